{{- define "edge-agent.fullname" -}}{{ .Release.Name }}-edge-agent{{- end }}
