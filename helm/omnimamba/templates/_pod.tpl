{{/* What every container has: a folder to write to, and certificates. Values, readsDatabase. */}}
{{- define "omnimamba.files" -}}
{{- $certificate := and .readsDatabase .Values.database.sslRootCert.secret -}}
{{- $trust := .Values.trustStore.configMap -}}
volumes:
  - name: tmp
    emptyDir: {}
  {{- with $certificate }}
  - name: database-certificate
    secret:
      secretName: {{ . }}
  {{- end }}
  {{- with $trust }}
  - name: trust
    configMap:
      name: {{ . }}
  {{- end }}
mounts:
  - name: tmp
    mountPath: /tmp
  {{- if $certificate }}
  - name: database-certificate
    mountPath: /etc/omnimamba/database
    readOnly: true
  {{- end }}
  {{- if $trust }}
  - name: trust
    mountPath: /etc/omnimamba/trust
    readOnly: true
  {{- end }}
{{- end -}}

{{/*
The pod of a component: root, component, values (of the component), image, port, managementPort, env (a text),
volumes, mounts and initContainers (lists, of the component itself), readsDatabase, fsGroup.
*/}}
{{- define "omnimamba.podTemplate" -}}
{{- $root := .root -}}
{{- $values := .values -}}
{{- $files := include "omnimamba.files" (dict "Values" $root.Values "readsDatabase" .readsDatabase) | fromYaml -}}
{{- $volumes := concat $files.volumes .volumes -}}
{{- $mounts := concat $files.mounts .mounts -}}
metadata:
  labels:
    {{- include "omnimamba.labels" (dict "root" $root "component" .component) | nindent 4 }}
    {{- with $values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    {{- if not $root.Values.existingSecret }}
    # a changed secret changes the pods
    checksum/secrets: {{ include (print $root.Template.BasePath "/secret.yaml") $root | sha256sum }}
    {{- end }}
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "omnimamba.serviceAccountName" (dict "root" $root "component" .component "values" $values) }}
  automountServiceAccountToken: {{ $values.serviceAccount.automountToken }}
  # the variables of other Services could be taken for settings
  enableServiceLinks: false
  {{- with .fsGroup }}
  # lets the service's user write to its volume
  securityContext:
    fsGroup: {{ . }}
    fsGroupChangePolicy: OnRootMismatch
  {{- end }}
  # preStop, the grace period, and 15 s to answer or give back what is left
  terminationGracePeriodSeconds: {{ add $values.preStopSeconds $values.gracePeriodSeconds 15 }}
  {{- with include "omnimamba.pullSecrets" $root }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  topologySpreadConstraints:
    {{- if $values.topologySpreadConstraints }}
    {{- toYaml $values.topologySpreadConstraints | nindent 4 }}
    {{- else }}
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "omnimamba.selector" (dict "root" $root "component" .component) | nindent 10 }}
    {{- end }}
  {{- with concat (.initContainers | default list) $values.initContainers }}
  initContainers:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .component }}
      image: {{ .image }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      ports:
        - name: http
          containerPort: {{ .port }}
        - name: management
          containerPort: {{ .managementPort }}
      env:
        {{- include "omnimamba.env" (dict "root" $root "values" $values "env" .env) | nindent 8 }}
      {{- with $values.envFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      startupProbe:
        httpGet:
          path: /actuator/health/liveness
          port: management
        periodSeconds: 2
        timeoutSeconds: 3
        failureThreshold: {{ div (add $values.startupSeconds 1) 2 }}
      livenessProbe:
        httpGet:
          path: /actuator/health/liveness
          port: management
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      readinessProbe:
        httpGet:
          path: /actuator/health/readiness
          port: management
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 2
      {{- if $values.preStopSeconds }}
      lifecycle:
        preStop:
          # the pod still takes what is sent to it until the whole cluster knows that it stops
          {{- if semverCompare ">=1.30-0" $root.Capabilities.KubeVersion.Version }}
          sleep:
            seconds: {{ $values.preStopSeconds }}
          {{- else }}
          exec:
            command: ["sleep", {{ $values.preStopSeconds | quote }}]
          {{- end }}
      {{- end }}
      resources:
        {{- toYaml .resources | nindent 8 }}
      securityContext:
        {{- include "omnimamba.containerSecurity" . | nindent 8 }}
      volumeMounts:
        {{- toYaml (concat $mounts $values.extraVolumeMounts) | nindent 8 }}
  volumes:
    {{- toYaml (concat $volumes $values.extraVolumes) | nindent 4 }}
{{- end -}}
