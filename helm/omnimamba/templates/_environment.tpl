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

{{/* Options of a JVM that trusts other certificates; empty where there are none. */}}
{{- define "omnimamba.trustOptions" -}}
{{- with .Values.trustStore -}}
{{- if .configMap -}}
-Djavax.net.ssl.trustStore=/etc/omnimamba/trust/{{ .key }} -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword={{ .password }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What all services share: the token between them, how they stop, logs, traces, options of the JVM. */}}
{{- define "omnimamba.commonEnv" -}}
{{- $secret := include "omnimamba.secretName" .root -}}
{{ include "omnimamba.fromSecret" (dict "name" "OMNIMAMBA_INTERNALTOKEN" "secret" $secret "key" "internal-token") }}
{{ include "omnimamba.fromSecret" (dict "name" "OMNIMAMBA_PREVIOUSINTERNALTOKENS" "secret" $secret "key" "previous-internal-tokens" "optional" true) }}
- name: OMNIMAMBA_SHUTDOWN_GRACE
  value: {{ printf "%ds" (int .values.gracePeriodSeconds) | quote }}
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
{{- $options := list -}}
{{- with include "omnimamba.trustOptions" .root }}{{ $options = append $options . }}{{ end -}}
{{- with .values.javaOptions }}{{ $options = append $options . }}{{ end -}}
{{- with $options }}
- name: OMNIMAMBA_JAVA_OPTS
  value: {{ join " " . | quote }}
{{- end }}
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

{{/*
All variables of a container, each name once: what an operator sets takes the place of what the chart sets. root, values,
env (a text, of the component itself).
*/}}
{{- define "omnimamba.env" -}}
{{- $common := include "omnimamba.commonEnv" (dict "root" .root "values" .values) | trim -}}
{{- $extra := include "omnimamba.extraEnv" .values | trim -}}
{{- $all := printf "%s\n%s\n%s" $common (trim .env) $extra | fromYamlArray -}}
{{- $last := dict -}}
{{- range $all }}{{ $_ := set $last .name . }}{{ end -}}
{{- $once := list -}}
{{- range $all -}}
{{- if hasKey $last .name -}}
{{- $once = append $once (get $last .name) -}}
{{- $_ := unset $last .name -}}
{{- end -}}
{{- end -}}
{{- toYaml $once -}}
{{- end -}}

{{/* A part of the database's address: from its Secret where that names a key, else from values. */}}
{{- define "omnimamba.databasePart" -}}
{{- $name := printf "OMNIMAMBA_DATABASE_%s" (upper .part) -}}
{{- $key := index .database.secretKeys .part -}}
{{- if and .database.existingSecret $key -}}
{{ include "omnimamba.fromSecret" (dict "name" $name "secret" .database.existingSecret "key" $key) }}
{{- else -}}
- name: {{ $name }}
  value: {{ index .database .part | toString | quote }}
{{- end -}}
{{- end -}}

{{/* Connection settings of the services that keep state: root, migrate (what is done with the tables). */}}
{{- define "omnimamba.databaseEnv" -}}
{{- $database := .root.Values.database -}}
{{- range $part := list "host" "port" "name" }}
{{ include "omnimamba.databasePart" (dict "database" $database "part" $part) }}
{{- end }}
{{- if $database.existingSecret }}
{{ include "omnimamba.fromSecret" (dict "name" "OMNIMAMBA_DATABASE_USERNAME" "secret" $database.existingSecret "key" $database.secretKeys.username) }}
{{ include "omnimamba.fromSecret" (dict "name" "OMNIMAMBA_DATABASE_PASSWORD" "secret" $database.existingSecret "key" $database.secretKeys.password) }}
{{- else }}
{{- $secret := include "omnimamba.secretName" .root }}
{{ include "omnimamba.fromSecret" (dict "name" "OMNIMAMBA_DATABASE_USERNAME" "secret" $secret "key" "database-username") }}
{{ include "omnimamba.fromSecret" (dict "name" "OMNIMAMBA_DATABASE_PASSWORD" "secret" $secret "key" "database-password") }}
{{- end }}
{{- with $database.sslMode }}
- name: OMNIMAMBA_DATABASE_SSLMODE
  value: {{ . | quote }}
{{- end }}
{{- if $database.sslRootCert.secret }}
- name: OMNIMAMBA_DATABASE_SSLROOTCERT
  value: {{ printf "/etc/omnimamba/database/%s" $database.sslRootCert.key | quote }}
{{- end }}
{{- if $database.migration.job }}
- name: OMNIMAMBA_DATABASE_MIGRATE
  value: {{ .migrate | default "false" | quote }}
{{- end }}
{{- if and (eq (default "" .migrate) "only") $database.migration.existingSecret }}
{{ include "omnimamba.fromSecret" (dict "name" "OMNIMAMBA_DATABASE_MIGRATION_USERNAME" "secret" $database.migration.existingSecret "key" $database.secretKeys.username) }}
{{ include "omnimamba.fromSecret" (dict "name" "OMNIMAMBA_DATABASE_MIGRATION_PASSWORD" "secret" $database.migration.existingSecret "key" $database.secretKeys.password) }}
{{- end }}
{{- end -}}
