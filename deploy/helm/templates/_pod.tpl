{{/* What the pods of both processes share: a list of the process' name and the root. */}}
{{- define "millrace.pod" -}}
{{- $process := index . 0 -}}
{{- $root := index . 1 -}}
securityContext:
  runAsUser: 10001
  runAsNonRoot: true
  fsGroup: 10001
containers:
  - name: {{ $process }}
    image: "{{ $root.Values.image.repository }}:{{ $root.Values.image.tag | default $root.Chart.AppVersion }}"
    imagePullPolicy: {{ $root.Values.image.pullPolicy }}
    args: [{{ $process }}, --config, /etc/millrace/millrace.json]
    env:
      - {name: MILLRACE_KAFKA, value: {{ $root.Values.kafka | quote }}}
      - {name: MILLRACE_REDIS, value: {{ $root.Values.redis | quote }}}
      - name: MILLRACE_REDIS_PASSWORD
        valueFrom:
          secretKeyRef: {name: {{ $root.Values.secret }}, key: redis-password, optional: true}
      - {name: MILLRACE_API, value: "0.0.0.0:8470"}
      - {name: MILLRACE_WORKER, value: "0.0.0.0:8480"}
    ports:
      - {name: http, containerPort: {{ eq $process "coordinator" | ternary 8470 8480 }}}
    livenessProbe:
      httpGet: {path: /healthz, port: http}
      periodSeconds: 10
      failureThreshold: 6
    readinessProbe:
      httpGet: {path: /readyz, port: http}
      periodSeconds: 5
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: {drop: [ALL]}
    resources: {{- index $root.Values $process "resources" | toYaml | nindent 6 }}
    volumeMounts:
      - {name: etc, mountPath: /etc/millrace, readOnly: true}
      - {name: state, mountPath: /var/lib/millrace}
volumes:
  - name: etc
    projected:
      defaultMode: 0440
      sources:
        - configMap: {name: {{ $root.Release.Name }}}
        - secret: {name: {{ $root.Values.secret }}}
  # Nothing in it is needed by another process, or by the next one.
  - name: state
    emptyDir: {}
{{- end }}
