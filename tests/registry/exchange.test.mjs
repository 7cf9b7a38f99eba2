// SPDX-License-Identifier: MIT
// What hostportctl writes as YAML, as another YAML reader reads it: `registry export` and `import`. Configurations of machines
// are held against schemas written after those of their readers (butane.schema.json, machineconfig.schema.json).

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parseDocument } from "yaml";

const top = fileURLToPath(new URL("../../", import.meta.url));
const ctl = `${top}${process.env.B ?? "build"}/hostportctl`;
const skip = existsSync(ctl) ? false : `${ctl} is not built`;

const ajv = new Ajv2020({ allErrors: true });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(`${top}registry/schema.json`, "utf8")));

function registry(...args) {
  return execFileSync(ctl, ["registry", ...args], { cwd: top, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

function yaml(text, version) {
  const document = parseDocument(text, { uniqueKeys: true, version });
  assert.deepEqual([...document.errors, ...document.warnings], []);
  return document.toJS();
}

// The rows of a file as `show --json` has them, without what only one of the two has.
function rows(layer) {
  const kinds = { ranges: "range", entries: "entry", retired: "retired", exceptions: "exception" };
  const accepts = (layer.accept ?? []).map(({ layer: of, ...row }) => ({ ...row, ...(of && { of }), kind: "accept" }));
  return accepts.concat(Object.entries(kinds).flatMap(([list, kind]) => (layer[list] ?? []).map((row) =>
    (kind === "entry" || kind === "retired" ? { scope: "external", role: "any", ...row, kind } : { ...row, kind }))));
}

function shown(spec) {
  return JSON.parse(registry("show", "--json", `--registry=${spec}`)).rows.map(({ layer, line, ...row }) => row);
}

const sorted = (list) => list.map((row) => JSON.stringify(row, Object.keys(row).sort())).sort();

describe("exported YAML", { skip }, () => {
  for (const version of ["1.1", "1.2"]) {
    for (const spec of ["builtin:openshift", "builtin:node-baseline", "builtin:hostportd"]) {
      test(`${spec} has the same rows for a reader of YAML ${version}`, () => {
        const layer = yaml(registry("export", "--format=yaml", `--registry=${spec}`), version);
        assert.ok(validate(layer), JSON.stringify(validate.errors, null, 2));
        assert.deepEqual(sorted(rows(layer)), sorted(shown(spec)));
      });
    }
  }

  test("the whole stack is one file that the schema accepts", () => {
    const layer = yaml(registry("export", "--format=yaml"), "1.2");
    assert.ok(validate(layer), JSON.stringify(validate.errors, null, 2));
    assert.equal(layer.entries.length + layer.retired.length, 121);
  });
});

test("an imported page is a file that the schema accepts", { skip }, () => {
  const layer = yaml(registry("import", "tests/registry/page.md"), "1.2");
  assert.ok(validate(layer), JSON.stringify(validate.errors, null, 2));
  assert.equal(layer.entries.length, 98);
});

describe("a Butane configuration", { skip }, () => {
  const config = skip ? {} : yaml(registry("export", "--format=butane", "--role=worker"), "1.1");

  const schema = ajv.compile(JSON.parse(readFileSync(`${top}tests/registry/butane.schema.json`, "utf8")));

  for (const role of ["worker", "control-plane"]) {
    for (const version of ["4.8", "4.13", "4.14", "4.20"]) {
      test(`for ${role} nodes of ${version} is valid`, () => {
        const of = yaml(registry("export", "--format=butane", `--role=${role}`, `--cluster-version=${version}`), "1.1");
        assert.ok(schema(of), JSON.stringify(schema.errors, null, 2));
      });
    }
  }

  for (const [what, breakIt] of [
    ["an unknown member", (c) => { c.storage.directories = []; }],
    ["an unknown version", (c) => { c.version = "4.15.0"; }],
    ["another system", (c) => { c.variant = "fcos"; }],
    ["no role", (c) => { delete c.metadata.labels["machineconfiguration.openshift.io/role"]; }],
    ["a mode that is no permission", (c) => { c.storage.files[0].mode = 0o4755; }],
    ["a relative path", (c) => { c.storage.files[0].path = "etc/x"; }],
    ["a file without contents", (c) => { delete c.storage.files[0].contents; }],
    ["a unit without a type", (c) => { c.systemd.units[0].name = "hostportd"; }],
  ]) test(`the schema refuses ${what}`, () => {
    const copy = structuredClone(config);
    breakIt(copy);
    assert.equal(schema(copy), false);
  });

  test("has the metadata of a MachineConfig", () => {
    assert.deepEqual(Object.keys(config), ["variant", "version", "metadata", "storage", "systemd"]);
    assert.equal(config.variant, "openshift");
    assert.equal(config.version, "4.14.0");
    assert.deepEqual(config.metadata, {
      name: "98-worker-hostportd",
      labels: { "machineconfiguration.openshift.io/role": "worker" },
    });
  });

  test("holds the ruleset, byte for byte, and the reserved ports", () => {
    const [rules, reserved, ...more] = config.storage.files;
    assert.deepEqual(more, []);
    assert.equal(rules.mode, 0o600);
    assert.equal(rules.contents.inline, registry("export", "--format=nft", "--role=worker"));
    assert.equal(reserved.mode, 0o644);
    assert.equal(reserved.path, "/etc/sysctl.d/98-hostportd.conf");
    assert.equal(reserved.contents.inline, registry("export", "--format=reserved-ports", "--role=worker"));
  });

  test("holds a unit that loads the ruleset", () => {
    const [unit, ...more] = config.systemd.units;
    assert.deepEqual(more, []);
    assert.equal(unit.enabled, true);
    assert.ok(unit.contents.includes(`\nExecStart=/usr/sbin/nft -f ${config.storage.files[0].path}\n`));
  });
});

describe("a MachineConfig", { skip }, () => {
  const schema = ajv.compile(JSON.parse(readFileSync(`${top}tests/registry/machineconfig.schema.json`, "utf8")));
  const of = (role) => JSON.parse(registry("export", "--format=machineconfig", `--role=${role}`));
  const config = skip ? {} : of("worker");

  for (const role of ["worker", "control-plane"]) {
    test(`for ${role} nodes is valid`, () => assert.ok(schema(of(role)), JSON.stringify(schema.errors, null, 2)));
  }

  for (const [what, breakIt] of [
    ["an unknown member", (c) => { c.spec.config.storage.links = []; }],
    ["another version", (c) => { c.spec.config.ignition.version = "2.2.0"; }],
    ["no version", (c) => { delete c.spec.config.ignition; }],
    ["no role", (c) => { delete c.metadata.labels["machineconfiguration.openshift.io/role"]; }],
    ["contents that are no URL", (c) => { c.spec.config.storage.files[0].contents.source = "data:,a b"; }],
    ["contents from elsewhere", (c) => { c.spec.config.storage.files[0].contents.source = "https://example.com/x"; }],
    ["a path that it may not write", (c) => { c.spec.config.storage.files[0].path = "/usr/x"; }],
    ["a mode as text", (c) => { c.spec.config.storage.files[0].mode = "0600"; }],
  ]) test(`the schema refuses ${what}`, () => {
    const copy = structuredClone(config);
    breakIt(copy);
    assert.equal(schema(copy), false);
  });

  test("is what butane makes of the Butane configuration", () => {
    const butane = yaml(registry("export", "--format=butane", "--role=worker"), "1.1");
    const { metadata, spec } = config;
    assert.deepEqual(metadata, butane.metadata);
    assert.deepEqual(spec.config.systemd, butane.systemd);
    assert.deepEqual(
      spec.config.storage.files.map(({ contents, ...file }) => ({ ...file, text: decodeURIComponent(contents.source.replace(/^data:,/, "")) })),
      butane.storage.files.map(({ contents, ...file }) => ({ ...file, text: contents.inline })));
  });
});
