{{- define "daysix.labels" -}}
app.kubernetes.io/name: daysix
app.kubernetes.io/part-of: daysix
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "daysix.image" -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ $tag }}{{ end }}
{{- end }}

{{- /* The AuditConfiguration: what was given, and what comes with a right. */}}
{{- define "daysix.configuration" -}}
{{- $dryRun := dict "enabled" .Values.dryRun.enabled "requestsPerSecond" (int .Values.dryRun.requestsPerSecond) -}}
{{- $set := dict "apiVersion" "daysix.dev/v1alpha1" "kind" "AuditConfiguration" "dryRun" $dryRun "secretMetadata" .Values.secretMetadata.enabled -}}
{{- if .Values.policyReports.enabled }}{{ $_ := set $set "policyReports" .Values.policyReports.kind }}{{ end -}}
{{- merge $set (.Values.configuration | default dict) | toYaml }}
{{- end }}

{{- /* The manager reloads the rest. */}}
{{- define "daysix.readAtStart" -}}
{{- pick (include "daysix.configuration" . | fromYaml) "customResources" "dryRun" "policyReports" "secretMetadata" | toJson }}
{{- end }}

{{- define "daysix.topologySpread" -}}
{{- if .Values.topologySpreadConstraints -}}
topologySpreadConstraints: {{- toYaml .Values.topologySpreadConstraints | nindent 2 }}
{{- else if gt (int .Values.replicas) 1 -}}
topologySpreadConstraints:
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        app.kubernetes.io/name: daysix
        control-plane: controller-manager
    # Without it a rollout counts the pods that are going.
    matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end }}
{{- end }}
