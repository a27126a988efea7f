{{/* The pod of every pool. Arguments: root, name, pool. */}}
{{- define "chat.pod" -}}
{{- $values := .root.Values -}}
metadata:
  labels:
    {{- include "chat.labels" .root | nindent 4 }}
    app.kubernetes.io/component: server
    pool: {{ .name }}
  annotations:
    {{- if $values.logs.filebeatHints }}
    co.elastic.logs/enabled: "true"
    # Filebeat's filestream input takes these for its ndjson parser: fields to the root, dotted names to objects.
    co.elastic.logs/json.target: ""
    co.elastic.logs/json.overwrite_keys: "true"
    co.elastic.logs/json.add_error_key: "true"
    co.elastic.logs/json.expand_keys: "true"
    {{- end }}
    kubectl.kubernetes.io/default-container: chat
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "chat.name" .root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ include "chat.graceSeconds" .root }}
  securityContext:
    {{- include "chat.podSecurityContext" .root | nindent 4 }}
  {{- with $values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    {{- range list $values.topologyKey "kubernetes.io/hostname" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "chat.selector" $.root | nindent 10 }}
    {{- end }}
  {{- if $values.sidecar.enabled }}
  initContainers:
    # A native sidecar gets SIGTERM after the server has ended.
    - {{- toYaml (merge (dict "restartPolicy" "Always") $values.sidecar.container) | nindent 6 }}
  {{- end }}
  containers:
    - name: chat
      image: {{ include "chat.image" .root }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      securityContext:
        {{- include "chat.securityContext" .root | nindent 8 }}
      ports:
        - {name: http, containerPort: 8080}
        - {name: management, containerPort: 8081}
      envFrom:
        - configMapRef:
            name: {{ include "chat.configMapName" .root }}
      env:
        {{- include "chat.secretEnv" .root | nindent 8 }}
        - name: Admission__MaxConnections
          value: {{ .pool.maxConnections | quote }}
        {{- with $values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      resources:
        requests: {memory: {{ .pool.memory }}, cpu: {{ .pool.cpu }}}
        # No CPU limit: throttling would delay everybody's messages to protect nobody.
        limits: {memory: {{ .pool.memory }}}
      # Both see the process alone: no restart has ever mended a database.
      startupProbe:
        httpGet: {path: /livez, port: management}
        periodSeconds: 2
        failureThreshold: 30
      livenessProbe:
        httpGet: {path: /livez, port: management}
        periodSeconds: 10
        timeoutSeconds: 2
        failureThreshold: 3
      # Start-up and draining, nothing else.
      readinessProbe:
        httpGet: {path: /readyz, port: management}
        periodSeconds: 2
        timeoutSeconds: 1
        failureThreshold: 1
      lifecycle:
        preStop:
          sleep:
            seconds: {{ $values.drain.preStopSeconds }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
  volumes:
    - name: tmp
      emptyDir:
        sizeLimit: 64Mi
{{- end }}
