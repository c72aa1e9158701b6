{{- define "omnimamba.secretName" -}}
{{- .Values.existingSecret | default (printf "%s-secrets" (include "omnimamba.fullname" .)) -}}
{{- end -}}

{{/* One variable from a Secret: name, secret, key, optional. */}}
{{- define "omnimamba.fromSecret" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
      {{- if .optional }}
      optional: true
      {{- end }}
{{- end -}}

{{/* What all services share: the token between them, logs, traces, options of the JVM. */}}
{{- define "omnimamba.commonEnv" -}}
{{- $secret := include "omnimamba.secretName" .root -}}
{{ include "omnimamba.fromSecret" (dict "name" "OMNIMAMBA_INTERNALTOKEN" "secret" $secret "key" "internal-token") }}
{{ include "omnimamba.fromSecret" (dict "name" "OMNIMAMBA_PREVIOUSINTERNALTOKENS" "secret" $secret "key" "previous-internal-tokens" "optional" true) }}
{{- with .root.Values.logFormat }}
- name: LOGGING_STRUCTURED_FORMAT_CONSOLE
  value: {{ . | quote }}
{{- end }}
{{- with .root.Values.tracing.endpoint }}
- name: MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT
  value: {{ . | quote }}
- name: MANAGEMENT_TRACING_SAMPLING_PROBABILITY
  value: {{ $.root.Values.tracing.samplingProbability | quote }}
{{- end }}
{{- $trust := .root.Values.trustStore -}}
{{- $options := list -}}
{{- if $trust.configMap -}}
{{- $options = append $options (printf "-Djavax.net.ssl.trustStore=/etc/omnimamba/trust/%s" $trust.key) -}}
{{- $options = append $options "-Djavax.net.ssl.trustStoreType=PKCS12" -}}
{{- $options = append $options (printf "-Djavax.net.ssl.trustStorePassword=%s" $trust.password) -}}
{{- end -}}
{{- with .values.javaOptions }}{{ $options = append $options . }}{{ end -}}
{{- with $options }}
- name: OMNIMAMBA_JAVA_OPTS
  value: {{ join " " . | quote }}
{{- end }}
{{- end -}}

{{/*
Spring stops in phases, each of which may take so long: longer than the seconds that the service itself gives its work, so
that the service ends it, not Spring.
*/}}
{{- define "omnimamba.shutdownEnv" -}}
- name: SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE
  value: {{ printf "%ds" (add .values.gracePeriodSeconds 10) | quote }}
{{- end -}}

{{/* Further settings from values, by environment variable. YAML reads large whole numbers as 6e+06, which no setting takes. */}}
{{- define "omnimamba.extraEnv" -}}
{{- range $name, $value := .env }}
- name: {{ $name }}
  {{- if and (kindIs "float64" $value) (eq (floor $value) $value) }}
  value: {{ int64 $value | quote }}
  {{- else }}
  value: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- with .extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* A part of the database's address: from its Secret where that names a key, else from values. */}}
{{- define "omnimamba.databasePart" -}}
{{- $key := index .database.secretKeys .part -}}
{{- if and .database.existingSecret $key -}}
$(DATABASE_{{ upper .part }})
{{- else -}}
{{ index .database .part }}
{{- end -}}
{{- end -}}

{{/* Connection settings of the services that keep state. */}}
{{- define "omnimamba.databaseEnv" -}}
{{- $database := .root.Values.database -}}
{{- $secret := $database.existingSecret | default (include "omnimamba.secretName" .root) -}}
{{- $username := ternary $database.secretKeys.username "database-username" (not (empty $database.existingSecret)) -}}
{{- $password := ternary $database.secretKeys.password "database-password" (not (empty $database.existingSecret)) -}}
{{- if $database.existingSecret -}}
{{- range $part := list "host" "port" "name" -}}
{{- with index $database.secretKeys $part }}
{{ include "omnimamba.fromSecret" (dict "name" (printf "DATABASE_%s" (upper $part)) "secret" $secret "key" .) }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $host := include "omnimamba.databasePart" (dict "database" $database "part" "host") -}}
{{- $port := include "omnimamba.databasePart" (dict "database" $database "part" "port") -}}
{{- $name := include "omnimamba.databasePart" (dict "database" $database "part" "name") -}}
{{- $at := printf "postgresql://%s:%s/%s" $host $port $name -}}
{{- $r2dbc := list -}}
{{- $jdbc := list -}}
{{- with $database.sslMode -}}
{{- $r2dbc = append $r2dbc (printf "sslMode=%s" .) -}}
{{- $jdbc = append $jdbc (printf "sslmode=%s" .) -}}
{{- end -}}
{{- if $database.sslRootCert.secret -}}
{{- $r2dbc = append $r2dbc (printf "sslRootCert=/etc/omnimamba/database/%s" $database.sslRootCert.key) -}}
{{- $jdbc = append $jdbc (printf "sslrootcert=/etc/omnimamba/database/%s" $database.sslRootCert.key) -}}
{{- end }}
- name: SPRING_R2DBC_URL
  value: {{ printf "r2dbc:%s%s" $at (ternary (printf "?%s" (join "&" $r2dbc)) "" (gt (len $r2dbc) 0)) | quote }}
{{ include "omnimamba.fromSecret" (dict "name" "SPRING_R2DBC_USERNAME" "secret" $secret "key" $username) }}
{{ include "omnimamba.fromSecret" (dict "name" "SPRING_R2DBC_PASSWORD" "secret" $secret "key" $password) }}
{{- if eq .component "jobs" }}
- name: SPRING_FLYWAY_URL
  value: {{ printf "jdbc:%s%s" $at (ternary (printf "?%s" (join "&" $jdbc)) "" (gt (len $jdbc) 0)) | quote }}
{{ include "omnimamba.fromSecret" (dict "name" "SPRING_FLYWAY_USER" "secret" $secret "key" $username) }}
{{ include "omnimamba.fromSecret" (dict "name" "SPRING_FLYWAY_PASSWORD" "secret" $secret "key" $password) }}
{{- end }}
{{- end -}}
