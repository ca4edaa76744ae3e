package candidate

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// template is one row of the comparison with the API server.
type template struct {
	name string
	// spec is a pod template in YAML.
	spec string
}

func (r *template) parse(t *testing.T) *corev1.PodTemplateSpec {
	t.Helper()
	out := &corev1.PodTemplateSpec{}
	if err := yaml.UnmarshalStrict([]byte(r.spec), out); err != nil {
		t.Fatal(err)
	}
	if out.Labels == nil {
		out.Labels = map[string]string{}
	}
	out.Labels["app"] = "app"
	return out
}

// templates are as small as shows the one thing that each is about, and in files' words: nothing is defaulted.
var templates = []template{
	{"A container and nothing else", `spec: {containers: [{name: a, image: nginx}]}`},
	{"An image by tag", `spec: {containers: [{name: a, image: "nginx:1.29"}]}`},
	{"An image by the tag latest", `spec: {containers: [{name: a, image: "registry.example:5000/nginx:latest"}]}`},
	{"An image by digest", `spec: {containers: [{name: a, image: "nginx@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]}`},
	{"An image by tag and digest", `spec: {containers: [{name: a, image: "nginx:latest@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]}`},
	{"An image that is no reference", `spec: {containers: [{name: a, image: "NGINX"}]}`},
	{"A pull policy of its own", `spec: {containers: [{name: a, image: nginx, imagePullPolicy: Never}]}`},
	{"Ports of all protocols", `spec: {containers: [{name: a, image: nginx, ports: [{containerPort: 80}, {containerPort: 53, protocol: UDP}]}]}`},
	{"The host network and its ports", `spec: {hostNetwork: true, containers: [{name: a, image: nginx, ports: [{containerPort: 80}, {containerPort: 81, hostPort: 81}]}]}`},
	{"The processes of the host", `spec: {hostPID: true, hostIPC: true, containers: [{name: a, image: nginx}]}`},
	{"A user namespace", `spec: {hostUsers: false, containers: [{name: a, image: nginx}]}`},
	{"Probes and hooks", `
spec:
  containers:
  - name: a
    image: nginx
    livenessProbe: {httpGet: {port: 80}}
    readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 3}
    startupProbe: {grpc: {port: 80}, failureThreshold: 30}
    lifecycle: {preStop: {httpGet: {port: 80, path: /stop}}, postStart: {exec: {command: ["true"]}}}`},
	{"Init containers and a sidecar", `
spec:
  initContainers:
  - {name: i, image: busybox}
  - {name: s, image: "proxy:1", restartPolicy: Always, startupProbe: {tcpSocket: {port: 1}}}
  containers: [{name: a, image: nginx}]`},
	{"Variables of every source", `
spec:
  containers:
  - name: a
    image: nginx
    env:
    - {name: A, value: <redacted>}
    - {name: B, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    - {name: C, valueFrom: {secretKeyRef: {name: s, key: k}}}
    - {name: D, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
    envFrom: [{configMapRef: {name: c}}]`},
	{"Volumes of the cluster", `
spec:
  containers: [{name: a, image: nginx, volumeMounts: [{name: e, mountPath: /e}]}]
  volumes:
  - {name: e}
  - {name: s, secret: {secretName: s}}
  - {name: c, configMap: {name: c}}
  - {name: d, downwardAPI: {items: [{path: p, fieldRef: {fieldPath: metadata.labels}}]}}
  - {name: h, hostPath: {path: /h}}
  - {name: g, persistentVolumeClaim: {claimName: g}}
  - {name: i, image: {reference: "data:1"}}
  - {name: m, emptyDir: {medium: Memory, sizeLimit: 1Mi}}`},
	{"Projected volumes", `
spec:
  containers: [{name: a, image: nginx}]
  volumes:
  - name: p
    projected:
      sources:
      - serviceAccountToken: {path: t, audience: vault}
      - downwardAPI: {items: [{path: p, fieldRef: {fieldPath: metadata.name}}]}
      - secret: {name: s}`},
	{"Ephemeral and CSI volumes", `
spec:
  containers: [{name: a, image: nginx}]
  volumes:
  - {name: e, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 0.5m}}}}}}
  - {name: c, csi: {driver: csi.example}}`},
	{"Storage outside of the cluster", `
spec:
  containers: [{name: a, image: nginx}]
  volumes:
  - {name: i, iscsi: {targetPortal: p, iqn: "iqn.2001-04.com.example:storage", lun: 0}}
  - {name: r, rbd: {monitors: [m], image: i}}
  - {name: z, azureDisk: {diskName: d, diskURI: "https://account.example/d", kind: Shared}}
  - {name: s, scaleIO: {gateway: g, system: s, secretRef: {name: s}, volumeName: v}}
  - {name: n, nfs: {server: s, path: /}}`},
	{"Limits without requests", `spec: {containers: [{name: a, image: nginx, resources: {limits: {cpu: 1, memory: 64Mi}}}]}`},
	{"Requests without limits", `spec: {containers: [{name: a, image: nginx, resources: {requests: {cpu: 100m}}}]}`},
	{"Requests that are limits", `spec: {containers: [{name: a, image: nginx, resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 0.1, memory: 64Mi}}}]}`},
	{"A quantity finer than a thousandth", `spec: {containers: [{name: a, image: nginx, resources: {requests: {cpu: 0.1234567}}}]}`},
	{"Limits of some containers only", `
spec:
  initContainers: [{name: i, image: busybox, resources: {limits: {memory: 32Mi}}}]
  containers: [{name: a, image: nginx, resources: {limits: {cpu: 500m}}}, {name: b, image: nginx}]`},
	{"Requests of the pod as a whole", `
spec:
  resources: {requests: {cpu: 300m}}
  containers: [{name: a, image: nginx, resources: {limits: {cpu: 200m, memory: 64Mi}}}, {name: b, image: nginx, resources: {limits: {cpu: 100m}}}]`},
	{"Requests of the pod beyond the limits of its containers", `
spec:
  resources: {requests: {cpu: 1, memory: 64Mi}}
  containers: [{name: a, image: nginx, resources: {limits: {cpu: 200m, memory: 64Mi}}}]`},
	{"Limits of the pod as a whole", `
spec:
  resources: {limits: {cpu: 900m, memory: 1Gi}}
  containers: [{name: a, image: nginx, resources: {requests: {cpu: 200m}}}, {name: b, image: nginx}]`},
	{"Huge pages and the pod as a whole", `
spec:
  resources: {requests: {cpu: 100m, memory: 64Mi}}
  containers: [{name: a, image: nginx, resources: {limits: {hugepages-2Mi: 4Mi, cpu: 100m, memory: 64Mi}}}]`},
	{"A device", `spec: {containers: [{name: a, image: nginx, resources: {limits: {example.com/gpu: 1}}}]}`},
	{"A ServiceAccount with pull secrets", `spec: {serviceAccountName: app, containers: [{name: a, image: nginx}]}`},
	{"A ServiceAccount by its old field", `spec: {serviceAccount: app, containers: [{name: a, image: nginx}]}`},
	{"Pull secrets of its own", `spec: {serviceAccountName: app, imagePullSecrets: [{name: own}], containers: [{name: a, image: nginx}]}`},
	{"A ServiceAccount without a token", `spec: {serviceAccountName: quiet, containers: [{name: a, image: nginx}]}`},
	{"A pod that wants the token all the same", `spec: {serviceAccountName: quiet, automountServiceAccountToken: true, containers: [{name: a, image: nginx}]}`},
	{"A pod that wants no token", `spec: {automountServiceAccountToken: false, containers: [{name: a, image: nginx}]}`},
	{"A container with a mount where the token goes", `
spec:
  containers:
  - {name: a, image: nginx, volumeMounts: [{name: t, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]}
  - {name: b, image: nginx}
  volumes: [{name: t}]`},
	{"A volume that is named as that of the token", `
spec:
  containers: [{name: a, image: nginx}]
  volumes: [{name: kube-api-access-old, projected: {sources: [{serviceAccountToken: {path: token}}]}}]`},
	{"A ServiceAccount that does not exist", `spec: {serviceAccountName: gone, containers: [{name: a, image: nginx}]}`},
	{"A ServiceAccount that lists the Secrets of its pods", `
spec:
  serviceAccountName: strict
  containers: [{name: a, image: nginx, env: [{name: A, valueFrom: {secretKeyRef: {name: listed, key: k}}}]}]
  volumes: [{name: v, secret: {secretName: listed}}]`},
	{"A Secret that its ServiceAccount does not list", `
spec:
  serviceAccountName: strict
  containers: [{name: a, image: nginx, envFrom: [{secretRef: {name: other}}]}]`},
	{"A pull secret that its ServiceAccount does not list", `spec: {serviceAccountName: strict, imagePullSecrets: [{name: other}], containers: [{name: a, image: nginx}]}`},
	{"A priority class", `spec: {priorityClassName: high, containers: [{name: a, image: nginx}]}`},
	{"A priority class that never preempts", `spec: {priorityClassName: polite, containers: [{name: a, image: nginx}]}`},
	{"A priority class of the system", `spec: {priorityClassName: system-node-critical, containers: [{name: a, image: nginx}]}`},
	{"A priority class that does not exist", `spec: {priorityClassName: gone, containers: [{name: a, image: nginx}]}`},
	{"A priority that is not that of the class", `spec: {priorityClassName: high, priority: 7, containers: [{name: a, image: nginx}]}`},
	{"A preemption policy that is not that of the class", `spec: {priorityClassName: high, preemptionPolicy: Never, containers: [{name: a, image: nginx}]}`},
	{"A runtime class", `spec: {runtimeClassName: plain, containers: [{name: a, image: nginx}]}`},
	{"A runtime class with overhead and nodes", `
spec:
  runtimeClassName: sandbox
  nodeSelector: {disk: ssd}
  tolerations: [{key: sandbox, operator: Equal, value: a, effect: NoSchedule}, {key: own, operator: Exists}]
  containers: [{name: a, image: nginx}]`},
	{"A node selector that contradicts the runtime class", `spec: {runtimeClassName: sandbox, nodeSelector: {sandbox: "no"}, containers: [{name: a, image: nginx}]}`},
	{"The overhead of its runtime class", `spec: {runtimeClassName: sandbox, overhead: {cpu: 50m}, containers: [{name: a, image: nginx}]}`},
	{"An overhead that counts for no limit of the namespace", `
spec:
  runtimeClassName: sandbox
  containers: [{name: a, image: nginx, resources: {limits: {cpu: 740m}}}, {name: b, image: nginx, resources: {limits: {cpu: 740m}}}]`},
	{"An overhead that is not that of the runtime class", `spec: {runtimeClassName: sandbox, overhead: {cpu: 60m}, containers: [{name: a, image: nginx}]}`},
	{"An overhead where the runtime class has none", `spec: {runtimeClassName: plain, overhead: {cpu: 60m}, containers: [{name: a, image: nginx}]}`},
	{"An overhead without a runtime class", `spec: {overhead: {cpu: 60m}, containers: [{name: a, image: nginx}]}`},
	{"A runtime class that does not exist", `spec: {runtimeClassName: gone, containers: [{name: a, image: nginx}]}`},
	{"A toleration of everything", `spec: {tolerations: [{operator: Exists}], containers: [{name: a, image: nginx}]}`},
	{"A toleration of a node that is not ready", `spec: {tolerations: [{key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 5}], containers: [{name: a, image: nginx}]}`},
	{"Label keys of a spread constraint", `
metadata: {labels: {pod-template-hash: abc, zone: z}}
spec:
  topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: app}}, matchLabelKeys: [pod-template-hash, none]}
  affinity:
    podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {}, matchLabelKeys: [zone]}]}
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
      - {weight: 1, podAffinityTerm: {topologyKey: zone, labelSelector: {}, mismatchLabelKeys: [pod-template-hash]}}
  containers: [{name: a, image: nginx}]`},
	{"AppArmor by annotation", `
metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/a: unconfined, container.apparmor.security.beta.kubernetes.io/b: localhost/p, container.apparmor.security.beta.kubernetes.io/c: runtime/default}}
spec:
  securityContext: {appArmorProfile: {type: RuntimeDefault}}
  containers: [{name: a, image: nginx}, {name: b, image: nginx, securityContext: {runAsUser: 1}}, {name: c, image: nginx}]`},
	{"Scheduling gates", `spec: {schedulingGates: [{name: example.com/wait}], containers: [{name: a, image: nginx}]}`},
	{"A negative grace period", `spec: {terminationGracePeriodSeconds: -1, containers: [{name: a, image: nginx}]}`},
	{"A deadline", `spec: {activeDeadlineSeconds: 60, restartPolicy: Never, containers: [{name: a, image: nginx}]}`},
	{"Another namespace's pods as neighbours", `
spec:
  affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {}, namespaces: [other]}]}}
  containers: [{name: a, image: nginx}]`},
	{"A restricted pod", `
spec:
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers: [{name: a, image: nginx, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]`},
	{"More memory than the namespace lets a container have", `spec: {containers: [{name: a, image: nginx, resources: {limits: {memory: 2Gi}}}]}`},
	{"Less memory than the namespace wants of a container", `spec: {containers: [{name: a, image: nginx, resources: {requests: {memory: 1Mi}}}]}`},
	{"A limit too far from the request", `spec: {containers: [{name: a, image: nginx, resources: {requests: {cpu: 100m}, limits: {cpu: 401m}}}]}`},
	{"A limit as far from the request as may be", `spec: {containers: [{name: a, image: nginx, resources: {requests: {cpu: 100m}, limits: {cpu: 400m}}}]}`},
	{"More than a pod may have", `
spec:
  containers:
  - {name: a, image: nginx, resources: {requests: {cpu: 700m}, limits: {cpu: 900m}}}
  - {name: b, image: nginx, resources: {requests: {cpu: 700m}, limits: {cpu: 900m}}}`},
}
