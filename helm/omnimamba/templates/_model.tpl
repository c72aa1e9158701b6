{{/* Not empty where inference.extraVolumes has a volume "model". */}}
{{- define "omnimamba.modelVolume" -}}
{{- range .Values.inference.extraVolumes }}{{ if eq .name "model" }}true{{ end }}{{ end -}}
{{- end -}}

{{/* Where inference finds its model. A fetched one has a link of its own for each way of fetching, so that pods of two releases share a volume. */}}
{{- define "omnimamba.modelFolder" -}}
{{- with .Values.model -}}
/model
{{- if .source }}/{{ printf "%s %s %s" .source .fetch.dtype (toJson .fetch.arguments) | sha256sum | trunc 16 }}{{ end }}
{{- end -}}
{{- end -}}

{{- define "omnimamba.fetchEnv" -}}
{{- with include "omnimamba.trustOptions" . }}
- name: OMNIMAMBA_JAVA_OPTS
  value: {{ . | quote }}
{{- end }}
{{- with .Values.model.fetch.tokenSecret }}
{{ include "omnimamba.fromSecret" (dict "name" "HF_TOKEN" "secret" . "key" $.Values.model.fetch.tokenKey) }}
{{- end }}
{{- include "omnimamba.extraEnv" (dict "env" .Values.model.fetch.env) }}
{{- end -}}

{{/* Fetches the model into its volume before inference starts: root, image (repository and digest). */}}
{{- define "omnimamba.fetchContainer" -}}
{{- $model := .root.Values.model -}}
{{- $fetch := $model.fetch -}}
{{- $files := include "omnimamba.files" (dict "Values" .root.Values "readsDatabase" false) | fromYaml -}}
{{- $mount := dict "name" "model" "mountPath" "/model" -}}
{{- with $model.subPath }}{{ $_ := set $mount "subPath" . }}{{ end -}}
name: fetch-model
image: {{ include "omnimamba.image" (merge (dict "root" .root) .image) }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
args:
  - fetch
  - {{ $model.source | quote }}
  - --dtype
  - {{ $fetch.dtype }}
  - --cache
  - /model/cache
  - --link
  - {{ include "omnimamba.modelFolder" .root }}
  - --discard-downloads
  {{- with $fetch.arguments }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with include "omnimamba.fetchEnv" .root | trim }}
env:
  {{- . | nindent 2 }}
{{- end }}
resources:
  {{- toYaml $fetch.resources | nindent 2 }}
securityContext:
  {{- include "omnimamba.containerSecurity" .root | nindent 2 }}
volumeMounts:
  {{- toYaml (append $files.mounts $mount) | nindent 2 }}
{{- end -}}
