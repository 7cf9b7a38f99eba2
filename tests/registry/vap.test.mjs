// SPDX-License-Identifier: MIT
// The admission policy of `registry export --format=vap`: each of its expressions is compiled and evaluated by another
// implementation of CEL, for pods that it admits and pods that it refuses. What an API server does around that is done here:
// which requests match, the variables in their order, and what becomes of each result.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Environment } from "@marcbachmann/cel-js";
import Ajv2020 from "ajv/dist/2020.js";
import { parseAllDocuments } from "yaml";

const here = fileURLToPath(new URL(".", import.meta.url));
const program = resolve(here, "../..", process.env.B ?? "build", "hostportctl");
const skip = existsSync(program) ? false : `${program} is not built`;

const schema = new Ajv2020({ allErrors: true }).compile(JSON.parse(readFileSync(join(here, "vap.schema.json"), "utf8")));

// The functions of standard CEL that a policy may call. Kubernetes has more; other readers of policies may not.
const standard = new Set(["all", "dyn", "exists", "filter", "has", "map", "matches", "size", "startsWith", "string"]);
const MESSAGE_MAX = 5 * 1024; // of an API server

const site = `version: 1
name: site
entries:
  - {ports: 9100, protocol: tcp, process: node-exporter}
  - {ports: 9537, protocol: tcp, process: crio, scope: localhost}
  - {ports: 53, protocol: udp, process: dns, owners: [{namespace: openshift-dns, pod: "dns-*", container: dns}]}
  - {ports: 22, protocol: tcp, process: sshd, owners: [{unit: sshd.service}]}
  - {ports: 30, protocol: tcp, process: mixed, owners: [{namespace: a, pod: b, container: c}]}
  - {ports: 30, protocol: tcp, process: mixed on localhost, scope: localhost}
  - {ports: 6443, protocol: tcp, process: kube-apiserver, role: control-plane}
  - {ports: 1936, protocol: tcp, process: router, role: worker}
  - {ports: 38412, protocol: sctp, process: amf}
  - {ports: 40, protocol: tcp, process: odd, owners: [{namespace: n, pod: "p.q", container: "*"}]}
exceptions:
  - {ports: 8080, protocol: tcp, class: unregistered, until: 2099-12-31, reason: r, owners: [{namespace: old}]}
`;

let directory;
before(() => {
  directory = mkdtempSync(join(tmpdir(), "vap-"));
  writeFileSync(join(directory, "site.yaml"), site);
});
after(() => rmSync(directory, { recursive: true }));

function exported(...args) {
  const run = spawnSync(program, ["registry", "export", "--format=vap", ...args],
    { cwd: directory, encoding: "utf8", env: { PATH: process.env.PATH }, maxBuffer: 1 << 26 });
  assert.equal(run.status, 0, run.stderr);
  const documents = parseAllDocuments(run.stdout, { uniqueKeys: true, version: "1.1" });
  assert.deepEqual(documents.flatMap((d) => [...d.errors, ...d.warnings]), []);
  assert.equal(documents.length, 3);
  const [map, policy, binding] = documents.map((d) => d.toJS());
  return { map, policy, binding, stderr: run.stderr };
}

// What expressions see; `variables` have the values of those before.
function environment() {
  return new Environment()
    .registerVariable("object", "dyn")
    .registerVariable("request", "dyn")
    .registerVariable("params", "dyn")
    .registerVariable("variables", "dyn");
}

function expressions({ spec }) {
  return [
    ...spec.matchConditions.map((c) => [`condition ${c.name}`, c.expression, "bool"]),
    ...spec.variables.map((v) => [`variable ${v.name}`, v.expression, null]),
    ...spec.validations.flatMap((v, i) => [
      [`validation ${i + 1}`, v.expression, "bool"], [`message ${i + 1}`, v.messageExpression, "string"]]),
  ];
}

// Numbers as CEL has those of JSON that are whole.
function whole(value) {
  if (typeof value === "number") return BigInt(value);
  if (Array.isArray(value)) return value.map(whole);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, whole(v)]));
  return value;
}

// What an API server makes of a pod: null if no condition lets it through to the policy, else what its validations say.
function admit({ map, policy }, pod) {
  const env = environment();
  const variables = {};
  const object = whole(pod);
  const context = { object, request: { namespace: pod.metadata.namespace }, params: map, variables };

  if (!policy.spec.matchConditions.every((c) => env.evaluate(c.expression, context))) return null;
  for (const v of policy.spec.variables) variables[v.name] = env.evaluate(v.expression, context);
  return policy.spec.validations.filter((v) => !env.evaluate(v.expression, context))
    .map((v) => env.evaluate(v.messageExpression, context));
}

const pod = (spec, metadata = {}) => ({
  apiVersion: "v1", kind: "Pod", metadata: { namespace: "n", name: "p", ...metadata }, spec: { containers: [], ...spec },
});
// A pod with one container, c, that declares one port.
const onHost = (port, metadata, spec) => pod({ hostNetwork: true, containers: [{ name: "c", ports: [port] }], ...spec }, metadata);
const ofHost = (port, metadata, spec) => pod({ containers: [{ name: "c", ports: [port] }], ...spec }, metadata);

const missing = (key, who = "n/p/c") =>
  `host port ${key} of ${who} is not in the host port registry, or not for the nodes that the pod is for`;
const localhost = (key, who = "n/p/c") =>
  `host port ${key} of ${who} is for localhost only in the host port registry: listen there, and set hostIP to 127.0.0.1`;
const foreign = (key, who = "n/p/c") => `host port ${key} of ${who} belongs to another workload in the host port registry`;

describe("an admission policy", { skip }, () => {
  let any;
  before(() => { any = exported("--registry=site.yaml", "--enforce=default,owner"); });

  test("is three objects that name each other", () => {
    const { map, policy, binding } = any;
    assert.deepEqual([map, policy, binding].map((o) => [o.apiVersion, o.kind]), [
      ["v1", "ConfigMap"],
      ["admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"],
      ["admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding"],
    ]);
    assert.deepEqual(map.metadata, { name: "host-port-registry", namespace: "hostportd" });
    assert.deepEqual(policy.metadata, { name: "host-port-registry" });
    assert.deepEqual(binding.spec, {
      policyName: "host-port-registry",
      paramRef: { name: "host-port-registry", namespace: "hostportd", parameterNotFoundAction: "Allow" },
      validationActions: ["Warn", "Audit"],
    });
    assert.deepEqual(policy.spec.paramKind, { apiVersion: "v1", kind: "ConfigMap" });
    assert.deepEqual(policy.spec.matchConstraints.resourceRules,
      [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }]);
    assert.equal(policy.spec.failurePolicy, "Ignore");
  });

  test("is valid", () => {
    for (const object of [any.map, any.policy, any.binding]) assert.ok(schema(object), JSON.stringify(schema.errors, null, 2));
  });

  for (const [what, which, breakIt] of [
    ["an unknown member", "policy", (o) => { o.spec.validation = []; }],
    ["no validation", "policy", (o) => { o.spec.validations = []; }],
    ["an unknown operation", "policy", (o) => { o.spec.matchConstraints.resourceRules[0].operations = ["create"]; }],
    ["a message of two lines", "policy", (o) => { o.spec.validations[0].message = "a\nb"; }],
    ["a warning beside a refusal", "binding", (o) => { o.spec.validationActions = ["Deny", "Warn"]; }],
    ["an unknown action", "binding", (o) => { o.spec.validationActions = ["Log"]; }],
    ["a binding to no parameters", "binding", (o) => { delete o.spec.paramRef.parameterNotFoundAction; }],
    ["a key that no ConfigMap has", "map", (o) => { o.data["tcp/9100"] = ""; }],
    ["a value that is no text", "map", (o) => { o.data["TCP-9100"] = 1; }],
    ["an unknown kind", "map", (o) => { o.kind = "Secret"; }],
  ]) test(`the schema refuses ${what}`, () => {
    const copy = structuredClone(any[which]);
    breakIt(copy);
    assert.equal(schema(copy), false);
  });

  test("has a ConfigMap that an API server takes", () => {
    for (const [key, value] of Object.entries(any.map.data)) {
      assert.match(key, /^(TCP|UDP|SCTP)-[1-9][0-9]*(-localhost)?$/);
      assert.equal(typeof value, "string");
      assert.doesNotThrow(() => new RegExp(`^(${value})$`));
    }
    assert.equal(any.map.data["TCP-9100"], ".*");
    assert.equal("TCP-22" in any.map.data, false);
  });

  test("has names that an API server takes", () => {
    const { matchConditions, variables } = any.policy.spec;
    for (const list of [matchConditions, variables]) assert.equal(new Set(list.map((o) => o.name)).size, list.length);
    for (const v of variables) assert.match(v.name, /^[a-zA-Z_][a-zA-Z0-9_]*$/);
    for (const c of matchConditions) assert.match(c.name, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
  });

  test("has expressions that compile, of the types that they must have", () => {
    const all = expressions(any.policy);
    assert.ok(all.length >= 12);
    for (const [name, text, type] of all) {
      const { valid, type: is, error } = environment().check(text);
      assert.ok(valid, `${name}: ${error?.message}`);
      if (type) assert.equal(is, type, name);
    }
  });

  test("calls only functions of standard CEL", () => {
    for (const [name, text] of expressions(any.policy)) {
      const calls = [...text.replace(/'[^']*'/g, "''").matchAll(/([A-Za-z_]\w*)\s*\(/g)].map((m) => m[1]);
      for (const call of calls) assert.ok(call === "in" || standard.has(call), `${name}: ${call}()`);
    }
  });

  for (const [what, text] of [
    ["what is not closed", "size(variables.claims == 0"],
    ["an unknown function", "flattened(variables.claims) == 1"],
    ["an unknown name", "pods.spec == 1"],
    ["types that don't fit", "size('a') == 'b'"],
  ]) test(`${what} does not compile`, () => assert.equal(environment().check(text).valid, false));

  test("lets anybody have an owner's port unless class owner is asked for", () => {
    const common = exported("--registry=site.yaml");
    assert.equal(common.map.data["UDP-53"], ".*");
    assert.equal(any.map.data["UDP-53"], "openshift-dns/dns-[^/]*/dns");
    assert.deepEqual(admit(common, onHost({ containerPort: 53, protocol: "UDP" })), []);
    assert.deepEqual(admit(common, onHost({ containerPort: 54, protocol: "UDP" })), [missing("UDP-54")]);
    assert.deepEqual(common.policy, any.policy);
  });

  test("has the exceptions of today, and says when they end", () => {
    assert.match(any.stderr, /vap: exceptions, the first until 2099-12-31, after which to export again: 1\n/);
    assert.equal(any.map.data["TCP-8080"], "old/[^/]*/[^/]*");
  });

  for (const [what, object, said] of [
    ["without ports", pod({ containers: [{ name: "c" }] }), []],
    ["without host ports", ofHost({ containerPort: 80, protocol: "TCP" }), []],
    ["with a registered port", onHost({ containerPort: 9100, hostPort: 9100, protocol: "TCP" }), []],
    ["with a registered hostPort", ofHost({ containerPort: 80, hostPort: 9100 }), []],
    ["with a hostPort that the server has not set yet", onHost({ containerPort: 9100 }), []],
    ["with an unregistered port", onHost({ containerPort: 9101, hostPort: 9101, protocol: "TCP" }), [missing("TCP-9101")]],
    ["with an unregistered hostPort", ofHost({ containerPort: 80, hostPort: 80 }), [missing("TCP-80")]],
    ["with the port in another protocol", onHost({ containerPort: 9100, protocol: "UDP" }), [missing("UDP-9100")]],
    ["with a port of SCTP", onHost({ containerPort: 38412, protocol: "SCTP" }), []],
    ["with one of a unit", onHost({ containerPort: 22 }), [missing("TCP-22")]],
    ["with one of localhost, on the host network", onHost({ containerPort: 9537 }), []],
    ["with one of localhost, as a hostPort", ofHost({ containerPort: 80, hostPort: 9537 }), [localhost("TCP-9537")]],
    ["with one of localhost, at 127.0.0.1", ofHost({ containerPort: 80, hostPort: 9537, hostIP: "127.0.0.1" }), []],
    ["with one of localhost, at ::1", ofHost({ containerPort: 80, hostPort: 9537, hostIP: "::1" }), []],
    ["with one of localhost, at ::ffff:127.0.0.2", ofHost({ containerPort: 80, hostPort: 9537, hostIP: "::ffff:127.0.0.2" }), []],
    ["with one of localhost, at an address", onHost({ containerPort: 9537, hostIP: "10.0.0.1" }), [localhost("TCP-9537")]],
    ["with one of localhost, at ::", onHost({ containerPort: 9537, hostIP: "::" }), [localhost("TCP-9537")]],
    ["with an unregistered one at 127.0.0.1", onHost({ containerPort: 9101, hostIP: "127.0.0.1" }), [missing("TCP-9101")]],
    ["with another one's port", onHost({ containerPort: 53, protocol: "UDP" }), [foreign("UDP-53")]],
    ["that is another container of the owner", onHost({ containerPort: 53, protocol: "UDP" }, { namespace: "openshift-dns", name: "dns-x" }),
      [foreign("UDP-53", "openshift-dns/dns-x/c")]],
    ["of the owner", pod({ hostNetwork: true, containers: [{ name: "dns", ports: [{ containerPort: 53, protocol: "UDP" }] }] },
      { namespace: "openshift-dns", name: "dns-x" }), []],
    ["of the owner, which has no name yet",
      pod({ hostNetwork: true, containers: [{ name: "dns", ports: [{ containerPort: 53, protocol: "UDP" }] }] },
        { namespace: "openshift-dns", name: undefined, generateName: "dns-" }), []],
    ["with another one's port at an address that others may not have", onHost({ containerPort: 30, hostIP: "0.0.0.0" }), [foreign("TCP-30")]],
    ["with another one's port on localhost, which others may", onHost({ containerPort: 30, hostIP: "127.0.0.1" }), []],
    ["with another one's port at an address that is not known", onHost({ containerPort: 30 }), []],
    ["whose name is no pattern", onHost({ containerPort: 40 }, { name: "p.q" }), []],
    ["whose name only a pattern would match", onHost({ containerPort: 40 }, { name: "pxq" }), [foreign("TCP-40", "n/pxq/c")]],
    ["with an exception", onHost({ containerPort: 8080 }, { namespace: "old" }), []],
    ["with another one's exception", onHost({ containerPort: 8080 }), [foreign("TCP-8080")]],
    ["with both faults", pod({ hostNetwork: true, containers: [
      { name: "c", ports: [{ containerPort: 9100 }, { containerPort: 9101 }] }, { name: "d" },
      { name: "e", ports: [{ containerPort: 53, protocol: "UDP" }] }] }), [missing("TCP-9101"), foreign("UDP-53", "n/p/e")]],
    ["with an init container's port", pod({ hostNetwork: true, containers: [{ name: "c" }],
      initContainers: [{ name: "i", ports: [{ containerPort: 9101 }] }] }), [missing("TCP-9101", "n/p/i")]],
    ["for Windows", onHost({ containerPort: 9101 }, {}, { os: { name: "windows" } }), null],
    ["for Linux", onHost({ containerPort: 9101 }, {}, { os: { name: "linux" } }), [missing("TCP-9101")]],
    ["that mirrors a static one", onHost({ containerPort: 9101 }, { annotations: { "kubernetes.io/config.mirror": "x" } }), null],
    ["with other annotations", onHost({ containerPort: 9101 }, { annotations: { "kubernetes.io/config.hash": "x" } }), [missing("TCP-9101")]],
  ]) test(`a pod ${what} is ${said === null ? "not asked about" : said.length ? "refused" : "admitted"}`, () => {
    assert.deepEqual(admit(any, object), said);
  });

  test("without a ConfigMap's data, every host port is refused", () => {
    const { data, ...empty } = any.map;
    assert.ok(data);
    assert.deepEqual(admit({ ...any, map: empty }, onHost({ containerPort: 9100 })), [missing("TCP-9100")]);
    assert.deepEqual(admit({ ...any, map: empty }, pod({})), []);
  });

  test("a message is no longer than an API server takes", () => {
    const long = onHost({ containerPort: 65535 }, { namespace: "n".repeat(63), name: "p".repeat(253) });
    long.spec.containers[0].name = "c".repeat(63);
    for (const message of admit(any, long)) assert.ok(Buffer.byteLength(message) <= MESSAGE_MAX);
  });
});

describe("an admission policy of a role", { skip }, () => {
  const policies = {};
  before(() => {
    for (const role of ["worker", "control-plane"]) policies[role] = exported("--registry=site.yaml", `--role=${role}`);
  });

  test("is named after it", () => {
    for (const [role, { policy, binding }] of Object.entries(policies)) {
      assert.equal(policy.metadata.name, `host-port-registry-${role}`);
      assert.equal(binding.spec.policyName, policy.metadata.name);
    }
  });

  test("has expressions that compile", () => {
    for (const { policy } of Object.values(policies))
      for (const [name, text] of expressions(policy)) assert.ok(environment().check(text).valid, name);
  });

  const affinity = (...terms) => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
  });
  const label = (key, operator = "Exists") => ({ matchExpressions: [{ key, operator }] });
  const role = (name) => `node-role.kubernetes.io/${name}`;

  for (const [what, spec, is] of [
    ["that selects no node", {}, "worker"],
    ["that selects workers", { nodeSelector: { [role("worker")]: "" } }, "worker"],
    ["that selects the control plane", { nodeSelector: { [role("control-plane")]: "" } }, "control-plane"],
    ["that selects masters, and more", { nodeSelector: { disk: "ssd", [role("master")]: "" } }, "control-plane"],
    ["that only tolerates the control plane", { tolerations: [{ key: role("control-plane"), operator: "Exists" }] }, "worker"],
    ["with an affinity to the control plane", affinity(label(role("control-plane"))), "control-plane"],
    ["with an affinity to masters", affinity(label(role("master"), "In")), "control-plane"],
    ["with an affinity to the control plane, or other nodes", affinity(label(role("control-plane")), label("disk")), "worker"],
    ["with an affinity away from the control plane", affinity(label(role("control-plane"), "DoesNotExist")), "worker"],
    ["for a node by its name", affinity({ matchFields: [{ key: "metadata.name", operator: "In", values: ["n1"] }] }), "worker"],
    ["that would like the control plane", { affinity: { nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: label(role("control-plane")) }] } } }, "worker"],
    ["with another affinity", { affinity: { podAffinity: {} } }, "worker"],
  ]) test(`a pod ${what} is asked about by that of ${is} alone`, () => {
    for (const [name, exportedPolicy] of Object.entries(policies)) {
      const answer = admit(exportedPolicy, pod({ hostNetwork: true, containers: [{ name: "c", ports: [{ containerPort: 1 }] }], ...spec }));
      assert.deepEqual(answer, name === is ? [missing("TCP-1")] : null, name);
    }
  });

  test("has the role's rows", () => {
    const onMaster = { nodeSelector: { [role("master")]: "" } };
    assert.deepEqual(admit(policies["control-plane"], onHost({ containerPort: 6443 }, {}, onMaster)), []);
    assert.deepEqual(admit(policies.worker, onHost({ containerPort: 6443 })), [missing("TCP-6443")]);
    assert.deepEqual(admit(policies["control-plane"], onHost({ containerPort: 1936 }, {}, onMaster)), [missing("TCP-1936")]);
    assert.deepEqual(admit(policies.worker, onHost({ containerPort: 1936 })), []);
  });
});

// Each entry of the built-in layers lets a pod have its ports, and ports of no row are not there.
test("an admission policy of the built-in layers has their rows", { skip }, () => {
  const { map } = exported();
  const show = spawnSync(program, ["registry", "show", "--json"], { encoding: "utf8", env: { PATH: process.env.PATH }, maxBuffer: 1 << 26 });
  const rows = JSON.parse(show.stdout).rows.filter((r) => (r.kind === "entry" || r.kind === "client") && r.protocol !== "udplite" && !r.dropped);
  const named = new Set();

  assert.ok(rows.length > 100);
  for (const row of rows) {
    const [first, last] = String(row.ports).split("-").map(Number);
    for (let port = first; port <= (last ?? first); port++) {
      const key = `${row.protocol.toUpperCase()}-${port}`;
      named.add(key);
      if (row.kind !== "entry") continue;
      if (row.scope === "external") assert.equal(map.data[key], ".*", key);
      else assert.equal(map.data[key] === ".*" || map.data[`${key}-localhost`] === ".*", true, key);
    }
  }
  for (const key of Object.keys(map.data)) assert.ok(named.has(key.replace("-localhost", "")), key);
});
