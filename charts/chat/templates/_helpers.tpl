{{- define "chat.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* What Services, policies and budgets select: the servers of all pools. */}}
{{- define "chat.selector" -}}
app.kubernetes.io/name: chat
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end }}

{{- define "chat.labels" -}}
app.kubernetes.io/name: chat
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "chat.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end }}

{{/* Service names of external addresses, or the hosts as given. Arguments: root, name, service. */}}
{{- define "chat.hosts" -}}
{{- $names := list -}}
{{- if .service.addresses -}}
{{- range $i, $_ := .service.addresses -}}
{{- $names = append $names (printf "%s-%s-%d" (include "chat.name" $.root) $.name $i) -}}
{{- end -}}
{{- join "," $names -}}
{{- else -}}
{{- .service.host -}}
{{- end -}}
{{- end }}

{{/* Npgsql's connection string without the password, which comes as PGPASSWORD. Arguments: root, host, port. */}}
{{- define "chat.postgres" -}}
{{- with .root.Values.postgres -}}
Host={{ $.host }};Port={{ $.port }};Database={{ .database }};Username={{ .username }};SSL Mode={{ .sslMode }}
{{- if or (contains "," $.host) }};Target Session Attributes=primary{{ end }}
{{- range $key, $value := .options }};{{ $key }}={{ $value }}{{ end }}
{{- end -}}
{{- end }}

{{/* Hooks run before the release's Services are there, so that they take addresses as they are. */}}
{{- define "chat.postgresForHooks" -}}
{{- $p := .Values.postgres -}}
{{- $host := $p.direct.host | default (ternary (join "," $p.addresses) $p.host (not (empty $p.addresses))) -}}
{{- include "chat.postgres" (dict "root" . "host" $host "port" (ternary $p.direct.port $p.port (not (empty $p.direct.host)))) -}}
{{- end }}

{{- define "chat.redis" -}}
{{- $hosts := list -}}
{{- range splitList "," (include "chat.hosts" (dict "root" . "name" "redis" "service" .Values.redis)) -}}
{{- $hosts = append $hosts (printf "%s:%v" . $.Values.redis.port) -}}
{{- end -}}
{{- with .Values.redis -}}
{{ join "," $hosts }}{{ if .serviceName }},serviceName={{ .serviceName }}{{ end }}{{ if .ssl }},ssl=true{{ end }}
{{- if .password }},password=$(REDIS_PASSWORD){{ end }}
{{- end -}}
{{- end }}

{{/* Kubelet kills after this. The last goAway comes closeAfterSeconds before the window's end. */}}
{{- define "chat.graceSeconds" -}}
{{- with .Values.drain -}}
{{- add .preStopSeconds .propagationSeconds (max .windowSeconds .closeAfterSeconds) .stopSeconds .spareSeconds -}}
{{- end -}}
{{- end }}

{{- define "chat.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "chat.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "chat.seconds" -}}
{{- printf "%02d:%02d:%02d" (div . 3600) (mod (div . 60) 60) (mod . 60) -}}
{{- end }}
