package candidate

// world is what the comparison runs in: a namespace without limits, one with, one with quotas.
const world = `
{apiVersion: v1, kind: Namespace, metadata: {name: plain}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: bound}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: counted}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: app, namespace: plain}, imagePullSecrets: [{name: pull}, {name: more}]}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: app, namespace: bound}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: quiet, namespace: plain}, automountServiceAccountToken: false}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: quiet, namespace: bound}, automountServiceAccountToken: false}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: strict, namespace: plain, annotations: {kubernetes.io/enforce-mountable-secrets: "true"}}
secrets: [{name: listed}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: strict, namespace: bound, annotations: {kubernetes.io/enforce-mountable-secrets: "true"}}
secrets: [{name: listed}]
---
{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1000}
---
{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: polite}, value: 10, preemptionPolicy: Never}
---
{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: plain}, handler: runc}
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: sandbox}
handler: sandbox
overhead: {podFixed: {cpu: 50m}}
scheduling:
  nodeSelector: {sandbox: "yes"}
  tolerations: [{key: sandbox, operator: Exists, effect: NoSchedule}, {key: own, operator: Exists, effect: NoSchedule}]
---
apiVersion: v1
kind: LimitRange
metadata: {name: containers, namespace: bound}
spec:
  limits:
  - type: Container
    default: {memory: 256Mi, cpu: 300m}
    defaultRequest: {cpu: 150m}
    min: {memory: 4Mi}
    max: {memory: 1Gi, ephemeral-storage: 1Gi}
    maxLimitRequestRatio: {cpu: 4}
---
apiVersion: v1
kind: LimitRange
metadata: {name: pods, namespace: bound}
spec:
  limits:
  - {type: Pod, max: {cpu: 1500m}}
  - {type: PersistentVolumeClaim, max: {storage: 1Gi}}
`

const globalDefault = `
{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: standard}, value: 5, globalDefault: true, preemptionPolicy: Never}
`
