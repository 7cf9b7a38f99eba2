// SPDX-License-Identifier: MIT
// What deploy/ makes: every overlay with every set of components, against the shapes of Kubernetes' objects, against what
// was promised of them, and against hostportd's own checks. B is where the programs are.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import Ajv from "ajv";
import { parse } from "yaml";

import { documents, idOf, normal, render } from "./render.mjs";
import { shapes } from "./shapes.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const deploy = join(root, "deploy");
const built = process.env.B ?? join(root, "build");
const hostportd = join(built, "hostportd");
const hostportctl = join(built, "hostportctl");
const unbuilt = existsSync(hostportd) && existsSync(hostportctl) ? false : `${built} is not built`;
const work = mkdtempSync(join(tmpdir(), "hostportd-deploy-"));
after(() => rmSync(work, { recursive: true }));

const overlays = readdirSync(join(deploy, "overlays")).sort();
const optional = ["enforce", "events", "monitoring"]; // components that go with each overlay
const CAPABILITIES = ["BPF", "NET_ADMIN", "PERFMON", "DAC_READ_SEARCH", "SYS_PTRACE", "SETUID", "SETGID", "KILL"];

// All that a user may put together.
const made = new Map([["site", render(join(deploy, "site"))]]);
for (const overlay of overlays)
  for (let set = 0; set < 1 << optional.length; set++) {
    const chosen = optional.filter((_, i) => set & 1 << i);
    made.set([overlay, ...chosen].join("+"),
      render(join(deploy, "overlays", overlay), chosen.map((c) => join(deploy, "components", c))));
  }

for (const overlay of overlays)
  made.set(`${overlay}+kubelet`, render(join(deploy, "overlays", overlay), [join(deploy, "components", "kubelet")]));

const ajv = new Ajv({ allErrors: true, strict: true });
const validators = Object.fromEntries(Object.entries(shapes).map(([kind, shape]) => [kind, ajv.compile(shape)]));
const only = (objects, kind) => {
  const found = objects.filter((o) => o.kind === kind);
  assert.equal(found.length, 1, kind);
  return found[0];
};
const podOf = (objects) => only(objects, "DaemonSet").spec.template;
const containerOf = (objects) => podOf(objects).spec.containers[0];
const settingsOf = (objects) => Object.fromEntries(containerOf(objects).env.map(({ name, value }) => [name, value]));
const each = (name, check) => test(name, () => {
  for (const [what, objects] of made) {
    try {
      check(objects, what);
    } catch (error) {
      error.message = `${what}: ${error.message}`;
      throw error;
    }
  }
});

describe("all that can be put together", () => {
  test("is there", () => assert.equal(made.size, 1 + 4 * 8 + 4));

  each("has keys of Kubernetes", (objects) => {
    for (const o of objects) {
      assert.ok(validators[o.kind], `no shape of ${o.kind}`);
      assert.ok(validators[o.kind](o), `${idOf(o)}: ${ajv.errorsText(validators[o.kind].errors)}`);
    }
  });

  each("has nothing twice", (objects) => assert.equal(new Set(objects.map(idOf)).size, objects.length));

  each("refers to what is there", (objects) => {
    const names = (kind) => objects.filter((o) => o.kind === kind).map((o) => o.metadata.name);
    const { spec } = podOf(objects);
    assert.deepEqual(names("ServiceAccount"), [spec.serviceAccountName]);
    for (const o of objects.filter((other) => other.metadata.namespace))
      assert.equal(o.metadata.namespace, only(objects, "Namespace").metadata.name);
    for (const binding of objects.filter((o) => /RoleBinding$/.test(o.kind))) {
      assert.deepEqual(binding.subjects.map((s) => `${s.namespace}/${s.name}`), ["hostportd/hostportd"]);
      if (!binding.roleRef.name.startsWith("system:"))
        assert.ok(names(binding.roleRef.kind).includes(binding.roleRef.name), binding.roleRef.name);
    }
    for (const volume of spec.volumes)
      if (volume.configMap) assert.ok(names("ConfigMap").includes(volume.configMap.name));
    assert.deepEqual(spec.containers[0].volumeMounts.map((m) => m.name).sort(), spec.volumes.map((v) => v.name).sort());
    const { selector } = only(objects, "DaemonSet").spec;
    for (const [key, value] of Object.entries(selector.matchLabels))
      assert.equal(podOf(objects).metadata.labels[key], value);
    for (const binding of objects.filter((o) => o.kind === "ValidatingAdmissionPolicyBinding"))
      assert.ok(names("ValidatingAdmissionPolicy").includes(binding.spec.policyName));
  });

  each("is on every node, with its network and its processes", (objects) => {
    const { spec } = podOf(objects);
    assert.deepEqual([spec.hostNetwork, spec.hostPID, spec.priorityClassName], [true, true, "system-node-critical"]);
    assert.deepEqual(spec.tolerations, [{ operator: "Exists" }]);
    assert.equal(only(objects, "Namespace").metadata.annotations["openshift.io/node-selector"], "");
  });

  each("is replaced a tenth at a time, without a gap", (objects) => {
    assert.deepEqual(only(objects, "DaemonSet").spec.updateStrategy.rollingUpdate, { maxUnavailable: "10%", maxSurge: 0 });
    assert.equal(settingsOf(objects).HOSTPORTD_ON_EXIT, "keep");
  });

  each("has requests, and no limits", (objects) => {
    assert.deepEqual(Object.keys(containerOf(objects).resources), ["requests"]);
  });

  each("is in the mode that its label says", (objects, what) => {
    const wanted = /enforce/.test(what) ? "enforce" : "audit";
    assert.equal(settingsOf(objects).HOSTPORTD_MODE, wanted);
    assert.equal(podOf(objects).metadata.labels["mode-asked"], wanted);
  });

  each("declares the port that it binds, and no other", (objects, what) => {
    const metrics = settingsOf(objects).HOSTPORTD_METRICS;
    assert.equal(metrics !== undefined, /monitoring/.test(what));
    if (!metrics) return assert.equal(containerOf(objects).ports, undefined);
    const port = Number(metrics.replace(/.*:/, ""));
    assert.deepEqual(containerOf(objects).ports.map((p) => [p.containerPort, p.hostPort, p.protocol]), [[port, port, "TCP"]]);
    assert.equal(only(objects, "Service").spec.ports[0].port, port);
    const { entries } = parse(readFileSync(join(root, "registry/hostportd.yaml"), "utf8"));
    assert.deepEqual(entries.map((e) => [e.ports, e.protocol]), [[port, "tcp"]]);
  });

  each("has the rights that it needs, and no other", (objects, what) => {
    const rights = objects.filter((o) => /Role$/.test(o.kind)).flatMap((o) => o.rules)
      .flatMap((r) => r.resources.map((resource) => `${r.apiGroups}/${resource} ${r.verbs}`)).sort();
    const wanted = /kubelet/.test(what) ? ["/nodes/pods get"] : ["/nodes get", "/pods list,watch"];
    if (/events/.test(what)) wanted.push("events.k8s.io/events create,patch");
    if (/openshift-least/.test(what)) wanted.push("security.openshift.io/securitycontextconstraints use");
    assert.deepEqual(rights, wanted.sort());
  });

  each("is privileged, or has the capabilities that it uses", (objects, what) => {
    const security = containerOf(objects).securityContext;
    assert.equal(security.readOnlyRootFilesystem, true);
    if (!/least-privilege/.test(what)) return assert.equal(security.privileged, true);
    assert.equal(security.privileged, undefined);
    assert.equal(security.allowPrivilegeEscalation, false);
    assert.deepEqual(security.capabilities, { add: CAPABILITIES, drop: ["ALL"] });
    assert.deepEqual(security.seccompProfile, { type: "Localhost", localhostProfile: "hostportd.json" });
  });

  each("asks OpenShift for one security context constraint", (objects, what) => {
    const wanted = podOf(objects).metadata.annotations?.["openshift.io/required-scc"];
    if (!/openshift/.test(what)) return assert.equal(wanted, undefined);
    if (!/least-privilege/.test(what)) {
      assert.equal(wanted, "privileged");
      return assert.ok(objects.some((o) => o.kind === "RoleBinding" && o.roleRef.name === "system:openshift:scc:privileged"));
    }
    const scc = only(objects, "SecurityContextConstraints");
    assert.equal(wanted, scc.metadata.name);
    assert.deepEqual(scc.allowedCapabilities, CAPABILITIES);
    assert.deepEqual(scc.requiredDropCapabilities, ["ALL"]);
    assert.deepEqual([scc.allowPrivilegedContainer, scc.allowPrivilegeEscalation, scc.allowHostIPC], [false, false, false]);
    assert.deepEqual(scc.seccompProfiles, ["localhost/hostportd.json"]);
    const kinds = podOf(objects).spec.volumes.map((v) => Object.keys(v).find((k) => k !== "name"));
    for (const kind of kinds) assert.ok(scc.volumes.includes(kind), kind);
  });

  each("lets an agent make Events of its own node only", (objects, what) => {
    const policies = objects.filter((o) => o.kind === "ValidatingAdmissionPolicy");
    assert.equal(policies.length, Number(/events/.test(what)));
    assert.equal(settingsOf(objects).HOSTPORTD_KUBE_EVENTS, policies.length ? "on" : undefined);
  });
});

describe("hostportd's own view", { skip: unbuilt }, () => {
  const known = unbuilt ? null :
    new Set(execFileSync(hostportd, ["--help"], { encoding: "utf8" }).match(/^ {2}--[a-z-]+/gm).map((o) => o.trim()));

  each("settings are options of the agent", (objects) => {
    const settings = containerOf(objects).env.map((e) => e.name).filter((name) => name.startsWith("HOSTPORTD_"))
      .map((name) => `--${name.slice("HOSTPORTD_".length).toLowerCase().replaceAll("_", "-")}`);
    for (const option of [...settings, ...containerOf(objects).args.map((a) => a.split("=")[0])])
      assert.ok(known.has(option), option);
  });

  // An option's value is looked at before anything else is: an agent that only lacks its registry directory has taken all.
  const tried = new Set();
  each("settings have values that the agent takes", (objects) => {
    const settings = JSON.stringify([settingsOf(objects), containerOf(objects).args]);
    if (tried.has(settings)) return;
    tried.add(settings);
    const { status, stderr } = spawnSync(hostportd, [...containerOf(objects).args, `--registry=${work}/none`],
      { encoding: "utf8", env: { ...settingsOf(objects), HOSTPORTD_REGISTRY: "", NODE_NAME: "n1" } });
    assert.equal(status, 2, stderr);
    assert.match(stderr, /none.*No such file/);
  });

  each("probes are commands of hostportctl", (objects) => {
    for (const probe of ["readinessProbe", "livenessProbe"]) {
      const { exec: { command } } = containerOf(objects)[probe];
      assert.deepEqual(command, ["hostportctl", "status"]);
    }
  });

  // With no component, and with all: what is between is made of the same.
  each("hostportctl check finds nothing", (objects, what) => {
    if (what.includes("+") && !what.includes("kubelet") && optional.some((c) => !what.includes(c))) return;
    const file = join(work, `${what}.json`);
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
    const { status, stdout, stderr } = spawnSync(hostportctl, ["check", "--output=json", file], { encoding: "utf8" });
    assert.deepEqual(JSON.parse(stdout).findings, []);
    assert.equal(status, 0, stderr);
  });

  test("hostportctl check finds nothing in the files as they are", () => {
    const { status, stdout, stderr } = spawnSync(hostportctl, ["check", "--output=json", deploy], { encoding: "utf8" });
    assert.deepEqual(JSON.parse(stdout).findings, []);
    assert.equal(status, 0, stderr);
  });

  for (const directory of ["base", "site"])
    test(`the registry of ${directory} is read after the built-in layers`, () => {
      const layers = ["builtin:openshift", "builtin:node-baseline", "builtin:hostportd", join(deploy, directory, "registry")];
      const { status, stderr } = spawnSync(hostportctl, ["registry", "show", ...layers.map((l) => `--registry=${l}`)],
        { encoding: "utf8" });
      assert.equal(status, 0, stderr);
    });
});

describe("kustomize", () => {
  // Since 1.21 that of kubectl knows components.
  const minor = /"minor": "(\d+)/.exec(spawnSync("kubectl", ["version", "--client", "-o", "json"], { encoding: "utf8" }).stdout)?.[1];
  const command = minor >= 21 ? ["kubectl", "kustomize"] :
    spawnSync("kustomize", ["version"]).status === 0 ? ["kustomize", "build"] : null;
  const skip = command ? false : "neither kubectl 1.21 nor kustomize is installed";
  const build = (directory) => {
    const [program, verb] = command;
    const text = execFileSync(program, [verb, directory], { encoding: "utf8", maxBuffer: 1 << 26 });
    const file = join(work, "built.yaml");
    writeFileSync(file, text);
    return documents(file);
  };
  const sorted = (objects) => objects.map((o) => normal(o)).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));

  for (const directory of ["site", ...overlays.map((o) => `overlays/${o}`)])
    test(`makes the same of ${directory}`, { skip }, () => {
      assert.deepEqual(sorted(render(join(deploy, directory))), sorted(build(join(deploy, directory))));
    });

  for (const [overlay, components] of [["openshift-least-privilege", optional], ["kubernetes", ["kubelet"]]])
    test(`makes the same of ${overlay} with ${components.join(", ")}`, { skip }, () => {
      const directory = mkdtempSync(join(work, "site-"));
      const from = (path) => relative(directory, join(deploy, path));
      writeFileSync(join(directory, "kustomization.yaml"), JSON.stringify({
        apiVersion: "kustomize.config.k8s.io/v1beta1",
        kind: "Kustomization",
        resources: [from(`overlays/${overlay}`)],
        components: components.map((c) => from(`components/${c}`)),
      }));
      assert.deepEqual(sorted(made.get([overlay, ...components].join("+"))), sorted(build(directory)));
    });
});
