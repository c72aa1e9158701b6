{{- define "omnimamba.fullname" -}}
{{- printf "%s" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "omnimamba.selector" -}}
app.kubernetes.io/name: omnimamba
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "omnimamba.labels" -}}
{{ include "omnimamba.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "omnimamba.image" -}}
{{- $registry := .root.Values.image.registry -}}
{{- if $registry }}{{ $registry }}/{{ end }}{{ .repository }}:{{ .root.Values.image.tag }}
{{- end -}}

{{- define "omnimamba.secretName" -}}
{{- .Values.existingSecret | default (printf "%s-secrets" (include "omnimamba.fullname" .)) -}}
{{- end -}}

{{- define "omnimamba.fromSecret" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ include "omnimamba.secretName" .root }}
      key: {{ .key }}
{{- end -}}

{{/* Connection settings of the services that keep state. */}}
{{- define "omnimamba.databaseEnv" -}}
{{- $host := required "database.host is required: the platform keeps its jobs in a PostgreSQL that you run" .Values.database.host -}}
- name: SPRING_R2DBC_URL
  value: {{ printf "r2dbc:postgresql://%s:%d/%s" $host (int .Values.database.port) .Values.database.name | quote }}
- name: SPRING_FLYWAY_URL
  value: {{ printf "jdbc:postgresql://%s:%d/%s" $host (int .Values.database.port) .Values.database.name | quote }}
{{ include "omnimamba.fromSecret" (dict "root" . "name" "SPRING_R2DBC_USERNAME" "key" "database-username") }}
{{ include "omnimamba.fromSecret" (dict "root" . "name" "SPRING_R2DBC_PASSWORD" "key" "database-password") }}
{{ include "omnimamba.fromSecret" (dict "root" . "name" "SPRING_FLYWAY_USER" "key" "database-username") }}
{{ include "omnimamba.fromSecret" (dict "root" . "name" "SPRING_FLYWAY_PASSWORD" "key" "database-password") }}
{{- end -}}

{{/* Further settings from values, by environment variable. */}}
{{- define "omnimamba.extraEnv" -}}
{{- range $name, $value := . }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}

{{/* Who may read the management port. An empty selector would mean every namespace, so then nobody may. */}}
{{- define "omnimamba.metricsRule" -}}
{{- with .Values.networkPolicy.metricsNamespaceSelector -}}
- from:
    - namespaceSelector:
        matchLabels:
          {{- toYaml . | nindent 10 }}
  ports:
    - port: management
{{- end -}}
{{- end -}}

{{/* How every service writes its log. */}}
{{- define "omnimamba.logEnv" -}}
{{- with .Values.logFormat }}
- name: LOGGING_STRUCTURED_FORMAT_CONSOLE
  value: {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "omnimamba.probes" -}}
startupProbe:
  httpGet:
    path: /actuator/health/liveness
    port: management
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet:
    path: /actuator/health/liveness
    port: management
  periodSeconds: 10
  failureThreshold: 3
readinessProbe:
  httpGet:
    path: /actuator/health/readiness
    port: management
  periodSeconds: 5
  failureThreshold: 2
{{- end -}}

{{- define "omnimamba.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 10001
capabilities:
  drop: ["ALL"]
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* http://release-inference-0.release-inference:8081,... one for each replica */}}
{{- define "omnimamba.inferenceUrls" -}}
{{- $name := printf "%s-inference" (include "omnimamba.fullname" .) -}}
{{- $urls := list -}}
{{- range $i := until (int .Values.inference.replicas) -}}
{{- $urls = append $urls (printf "http://%s-%d.%s:8081" $name $i $name) -}}
{{- end -}}
{{- join "," $urls -}}
{{- end -}}
