// SPDX-License-Identifier: MIT
// What the objects of deploy/ may look like, as JSON Schema: the keys of Kubernetes that they use, and no others. So a key
// that is misspelt, or stands at the wrong place, is an error, as it would be for a server.

const text = { type: "string", minLength: 1 };
const flag = { type: "boolean" };
const number = { type: "integer", minimum: 0 };
const list = (items) => ({ type: "array", items });
const one = (...values) => ({ enum: values });
const named = { type: "object", additionalProperties: { type: "string" } };

// object KEYS: all that end with ! must be there.
function object(keys) {
  const names = Object.keys(keys);
  return {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name.replace(/!$/, ""), keys[name]])),
    required: names.filter((name) => name.endsWith("!")).map((name) => name.slice(0, -1)),
    additionalProperties: false,
  };
}

const metadata = object({ "name!": text, namespace: text, labels: named, annotations: named });
const ofNamespace = object({ "name!": text, "namespace!": text, labels: named, annotations: named });
const selector = object({ "matchLabels!": named });
const kind = (apiVersion, name, keys, meta = ofNamespace) =>
  object({ "apiVersion!": one(apiVersion), "kind!": one(name), "metadata!": meta, ...keys });

const rules = list(object({
  "apiGroups!": list({ type: "string" }), "resources!": list(text), resourceNames: list(text), "verbs!": list(text),
}));
const roleRef = object({ "apiGroup!": one("rbac.authorization.k8s.io"), "kind!": one("Role", "ClusterRole"), "name!": text });
const subjects = list(object({ "kind!": one("ServiceAccount"), "name!": text, "namespace!": text }));

const probe = object({
  "exec!": object({ "command!": list(text) }),
  initialDelaySeconds: number, periodSeconds: number, timeoutSeconds: number, failureThreshold: number,
});
const quantities = object({ cpu: text, memory: text });
const container = object({
  "name!": text, "image!": text, imagePullPolicy: one("IfNotPresent", "Always"),
  args: list(text),
  env: list(object({
    "name!": text, value: { type: "string" },
    valueFrom: object({ "fieldRef!": object({ "fieldPath!": text }) }),
  })),
  ports: list(object({ "name!": text, "containerPort!": number, hostPort: number, "protocol!": one("TCP", "UDP") })),
  securityContext: object({
    privileged: flag, readOnlyRootFilesystem: flag, allowPrivilegeEscalation: flag, runAsUser: number,
    capabilities: object({ add: list(text), drop: list(text) }),
    seccompProfile: object({ "type!": one("Localhost", "RuntimeDefault", "Unconfined"), localhostProfile: text }),
    appArmorProfile: object({ "type!": one("Unconfined", "RuntimeDefault", "Localhost") }),
  }),
  resources: object({ requests: quantities, limits: quantities }),
  readinessProbe: probe, livenessProbe: probe,
  volumeMounts: list(object({ "name!": text, "mountPath!": text, readOnly: flag })),
});
const podSpec = object({
  "serviceAccountName!": text, priorityClassName: text, hostNetwork: flag, hostPID: flag,
  dnsPolicy: one("Default"), nodeSelector: named,
  tolerations: list(object({ operator: one("Exists"), key: text, effect: text })),
  terminationGracePeriodSeconds: number, "containers!": list(container),
  volumes: list(object({
    "name!": text,
    hostPath: object({ "path!": text, "type!": one("Directory", "DirectoryOrCreate") }),
    configMap: object({ "name!": text }),
  })),
});

const strategy = object({ "type!": one("RunAsAny") });
const rule = object({
  record: text, alert: { ...text, pattern: "^Hostportd([A-Z][a-z]+)+$" }, "expr!": text, for: text,
  labels: object({ "severity!": one("info", "warning") }),
  annotations: object({ "summary!": text, "description!": text, "runbook!": text }),
});

export const shapes = {
  Namespace: kind("v1", "Namespace", {}, metadata),
  ServiceAccount: kind("v1", "ServiceAccount", {}),
  ConfigMap: kind("v1", "ConfigMap", { "data!": named }),
  Service: kind("v1", "Service", {
    "spec!": object({
      "clusterIP!": one("None"), "selector!": named,
      "ports!": list(object({ "name!": text, "port!": number, "targetPort!": text, "protocol!": one("TCP") })),
    }),
  }),
  ClusterRole: kind("rbac.authorization.k8s.io/v1", "ClusterRole", { "rules!": rules }, metadata),
  ClusterRoleBinding: kind("rbac.authorization.k8s.io/v1", "ClusterRoleBinding",
    { "roleRef!": roleRef, "subjects!": subjects }, metadata),
  Role: kind("rbac.authorization.k8s.io/v1", "Role", { "rules!": rules }),
  RoleBinding: kind("rbac.authorization.k8s.io/v1", "RoleBinding", { "roleRef!": roleRef, "subjects!": subjects }),
  NetworkPolicy: kind("networking.k8s.io/v1", "NetworkPolicy", {
    "spec!": object({ "podSelector!": object({}), "policyTypes!": list(one("Ingress", "Egress")) }),
  }),
  DaemonSet: kind("apps/v1", "DaemonSet", {
    "spec!": object({
      "selector!": selector,
      "updateStrategy!": object({
        "type!": one("RollingUpdate"),
        "rollingUpdate!": object({ "maxUnavailable!": text, "maxSurge!": number }),
      }),
      "template!": object({ "metadata!": object({ "labels!": named, annotations: named }), "spec!": podSpec }),
    }),
  }),
  SecurityContextConstraints: kind("security.openshift.io/v1", "SecurityContextConstraints", {
    "allowHostNetwork!": flag, "allowHostPID!": flag, "allowHostPorts!": flag, "allowHostIPC!": flag,
    "allowHostDirVolumePlugin!": flag, "allowPrivilegedContainer!": flag, "allowPrivilegeEscalation!": flag,
    "requiredDropCapabilities!": list(text), "allowedCapabilities!": list(text), "readOnlyRootFilesystem!": flag,
    "runAsUser!": object({ "type!": one("MustRunAs"), "uid!": number }),
    "seLinuxContext!": object({
      "type!": one("MustRunAs"),
      "seLinuxOptions!": object({ "user!": text, "role!": text, "type!": text, "level!": text }),
    }),
    "seccompProfiles!": list(text), "fsGroup!": strategy, "supplementalGroups!": strategy, "volumes!": list(text),
    users: list(text), groups: list(text),
  }, metadata),
  ValidatingAdmissionPolicy: kind("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", {
    "spec!": object({
      "failurePolicy!": one("Fail"),
      "matchConstraints!": object({
        "resourceRules!": list(object({
          "apiGroups!": list(text), "apiVersions!": list(text), "operations!": list(one("CREATE", "UPDATE")),
          "resources!": list(text),
        })),
      }),
      "matchConditions!": list(object({ "name!": text, "expression!": text })),
      "variables!": list(object({ "name!": text, "expression!": text })),
      "validations!": list(object({ "expression!": text, message: text, messageExpression: text })),
    }),
  }, metadata),
  ValidatingAdmissionPolicyBinding: kind("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", {
    "spec!": object({ "policyName!": text, "validationActions!": list(one("Deny", "Warn", "Audit")) }),
  }, metadata),
  ServiceMonitor: kind("monitoring.coreos.com/v1", "ServiceMonitor", {
    "spec!": object({
      "selector!": selector, "podTargetLabels!": list(text),
      "endpoints!": list(object({
        "port!": text, "interval!": text,
        relabelings: list(object({ action: text, sourceLabels: list(text), targetLabel: text, regex: text })),
        metricRelabelings: list(object({ action: text, sourceLabels: list(text), targetLabel: text, regex: text })),
      })),
    }),
  }),
  PrometheusRule: kind("monitoring.coreos.com/v1", "PrometheusRule", {
    "spec!": object({ "groups!": list(object({ "name!": text, "rules!": list(rule) })) }),
  }),
};
