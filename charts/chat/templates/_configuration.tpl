{{/* Everything that is not secret, as environment variables. A test compares it with the options of the server. */}}
{{- define "chat.configuration" -}}
{{- $p := .Values.postgres -}}
DOTNET_gcServer: "0"
# Hexadecimal, as the runtime reads it.
DOTNET_GCHeapHardLimitPercent: {{ printf "0x%X" (int .Values.gcHeapPercent) | quote }}
Http__Address: "*"
Http__Port: "8080"
Http__ManagementPort: "8081"
Storage__Provider: postgres
Storage__ConnectionString: {{ include "chat.postgres" (dict "root" . "host" (include "chat.hosts" (dict "root" . "name" "postgres" "service" $p)) "port" $p.port) | quote }}
{{- if $p.direct.host }}
Storage__MigrationConnectionString: {{ include "chat.postgresForHooks" . | quote }}
{{- end }}
Bus__Provider: redis
Bus__Redis__ChannelPrefix: {{ .Values.redis.channelPrefix | quote }}
Identity__AccessTokenMinutes: {{ .Values.settings.accessTokenMinutes | quote }}
Identity__VisitorSessionDays: {{ .Values.settings.visitorSessionDays | quote }}
Identity__OperatorSessionDays: {{ .Values.settings.operatorSessionDays | quote }}
Identity__OperatorSessionsPerMinute: {{ .Values.settings.operatorSessionsPerMinute | quote }}
Identity__PasswordsPerMinute: {{ .Values.settings.passwordsPerMinute | quote }}
Networks__Sockets: {{ int64 .Values.settings.networks.sockets | quote }}
Networks__Conversations: {{ int64 .Values.settings.networks.conversations | quote }}
Networks__Sessions: {{ int64 .Values.settings.networks.sessions | quote }}
Networks__StoredBytes: {{ int64 .Values.settings.networks.storedBytes | quote }}
{{- range $i, $origin := .Values.settings.publicOrigins }}
Identity__PublicOrigins__{{ $i }}: {{ $origin | quote }}
{{- end }}
{{- range $i, $host := .Values.settings.allowedHosts }}
Http__AllowedHosts__{{ $i }}: {{ $host | quote }}
{{- end }}
{{- if .Values.settings.hstsDays }}
Http__HstsDays: {{ .Values.settings.hstsDays | quote }}
{{- end }}
{{- if not .Values.settings.passwordSignIn }}
Identity__PasswordSignIn: "false"
{{- end }}
{{- range $i, $network := .Values.settings.trustedProxies }}
Http__TrustedProxies__{{ $i }}: {{ $network | quote }}
{{- end }}
{{- if .Values.settings.oidc.authority }}
Identity__Oidc__Authority: {{ .Values.settings.oidc.authority | quote }}
Identity__Oidc__ClientId: {{ .Values.settings.oidc.clientId | quote }}
Identity__Oidc__Name: {{ .Values.settings.oidc.name | quote }}
{{- end }}
{{- if .Values.settings.push.url }}
Push__Url: {{ .Values.settings.push.url | quote }}
Push__GiveUpAfterHours: {{ .Values.settings.push.giveUpAfterHours | quote }}
{{- end }}
Web__DemoPage: "false"
Lanes__Count: {{ .Values.settings.lanes | quote }}
Repair__Period: {{ .Values.settings.repairPeriod | quote }}
Repair__PeriodWhileDown: {{ .Values.settings.repairPeriodWhileDown | quote }}
Repair__HeadsPerSecond: {{ .Values.settings.repairHeadsPerSecond | quote }}
Log__RaiseEpochOnPromotion: {{ .Values.settings.raiseEpochOnPromotion | quote }}
Serilog__MinimumLevel__Override__Chat: {{ .Values.settings.logLevel }}
Admission__ConnectsPerSecond: {{ .Values.admission.connectsPerSecond | quote }}
Admission__ConnectBurst: {{ .Values.admission.connectBurst | quote }}
Admission__MaxAge: {{ include "chat.seconds" (mul 60 .Values.admission.maxAgeMinutes) | quote }}
Drain__Propagation: {{ include "chat.seconds" .Values.drain.propagationSeconds | quote }}
Drain__Window: {{ include "chat.seconds" .Values.drain.windowSeconds | quote }}
Drain__CloseAfter: {{ include "chat.seconds" .Values.drain.closeAfterSeconds | quote }}
Drain__Stop: {{ include "chat.seconds" .Values.drain.stopSeconds | quote }}
{{- if .Values.traces.endpoint }}
Traces__Endpoint: {{ .Values.traces.endpoint | quote }}
Traces__Ratio: {{ .Values.traces.ratio | quote }}
{{- end }}
{{- end }}

{{- define "chat.configMapName" -}}
{{ include "chat.name" . }}-{{ include "chat.configuration" . | sha256sum | trunc 8 }}
{{- end }}

{{/* What comes from the secret. PGPASSWORD is read by Npgsql itself, so that any character may be in it. */}}
{{- define "chat.secretEnv" -}}
- name: PGPASSWORD
  valueFrom:
    secretKeyRef: {name: {{ .Values.existingSecret }}, key: postgres-password}
- name: Identity__MasterKey
  valueFrom:
    secretKeyRef: {name: {{ .Values.existingSecret }}, key: master-key}
{{- if .Values.redis.password }}
- name: REDIS_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ .Values.existingSecret }}, key: redis-password}
{{- end }}
{{- if .Values.settings.push.url }}
- name: Push__Secret
  valueFrom:
    secretKeyRef: {name: {{ .Values.existingSecret }}, key: push-secret}
{{- end }}
- name: Bus__Redis__Configuration
  value: {{ include "chat.redis" . | quote }}
{{- end }}
