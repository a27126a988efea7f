{{/* The pod of a command. Arguments: root, command, hook (before the release's own objects are there). */}}
{{- define "chat.jobPod" -}}
{{- $values := .root.Values -}}
metadata:
  labels:
    {{- include "chat.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .command }}
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- if not .hook }}
  serviceAccountName: {{ include "chat.name" .root }}
  {{- end }}
  securityContext:
    {{- include "chat.podSecurityContext" .root | nindent 4 }}
  {{- with $values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  containers:
    - name: {{ .command }}
      image: {{ include "chat.image" .root }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args: [{{ .command }}]
      securityContext:
        {{- include "chat.securityContext" .root | nindent 8 }}
      env:
        - {name: Storage__Provider, value: postgres}
        - name: Storage__ConnectionString
          value: {{ include "chat.postgresForHooks" .root | quote }}
        - name: PGPASSWORD
          valueFrom:
            secretKeyRef: {name: {{ $values.existingSecret }}, key: postgres-password}
      resources:
        requests: {memory: {{ $values.jobs.memory }}, cpu: {{ $values.jobs.cpu }}}
        limits: {memory: {{ $values.jobs.memory }}}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
  volumes:
    - name: tmp
      emptyDir: {sizeLimit: 64Mi}
{{- end }}
