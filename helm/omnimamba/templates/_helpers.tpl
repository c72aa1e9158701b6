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

{{/* A repository's image, by its digest where one is given: root, repository, digest. */}}
{{- define "omnimamba.image" -}}
{{- with .root.Values.image.registry }}{{ . }}/{{ end }}{{ .repository -}}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}{{ end -}}
{{- end -}}

{{- define "omnimamba.pullSecrets" -}}
{{- with .Values.image.pullSecrets -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{/* The address that clients see: given, or that of the ingress or of the route; empty where there is none. */}}
{{- define "omnimamba.publicUrl" -}}
{{- $gateway := .Values.gateway -}}
{{- if .Values.publicUrl -}}
{{ .Values.publicUrl }}
{{- else if and $gateway.ingress.enabled $gateway.ingress.host -}}
{{ ternary "https" "http" (not (empty $gateway.ingress.tlsSecret)) }}://{{ $gateway.ingress.host }}
{{- else if and $gateway.httpRoute.enabled $gateway.httpRoute.hostnames -}}
https://{{ first $gateway.httpRoute.hostnames }}
{{- end -}}
{{- end -}}

{{/* every replica behind the headless Service, found by DNS while the services run */}}
{{- define "omnimamba.inferenceUrl" -}}
dns://{{ include "omnimamba.fullname" . }}-inference:8081
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

{{- define "omnimamba.serviceAccountName" -}}
{{- $account := .values.serviceAccount -}}
{{- $made := printf "%s-%s" (include "omnimamba.fullname" .root) .component -}}
{{- $account.name | default (ternary $made "default" $account.create) -}}
{{- end -}}
