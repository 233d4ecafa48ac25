{{- define "bellhop.labels" -}}
app.kubernetes.io/name: bellhop
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{- define "bellhop.selector" -}}
app.kubernetes.io/name: bellhop
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "bellhop.image" -}}
{{ .root.Values.image.repository }}-{{ .name }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{- define "bellhop.env" -}}
- {name: BELLHOP_KAFKA_BOOTSTRAP, value: {{ .root.Values.kafka.bootstrap | quote }}}
- {name: BELLHOP_TOPIC_PREFIX, value: {{ .root.Values.kafka.topicPrefix | quote }}}
- {name: BELLHOP_PORT, value: "8000"}
- {name: BELLHOP_TOKENS_FILE, value: /etc/bellhop/tokens/tokens.json}
- name: BELLHOP_POSTGRES_DSN
  valueFrom: {secretKeyRef: {name: {{ .root.Values.existingSecrets.postgres }}, key: uri}}
{{- range $key, $value := .settings.env }}
- {name: {{ $key }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}

{{- define "bellhop.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "bellhop.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}
