// SPDX-License-Identifier: MIT
// The registry files against their JSON Schema, and the openshift layer against the ports of the published page.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";

import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parseDocument } from "yaml";

const registry = new URL("../../registry/", import.meta.url);
const files = readdirSync(registry).filter((name) => name.endsWith(".yaml")).sort();

const ajv = new Ajv2020({ allErrors: true });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(new URL("schema.json", registry), "utf8")));

function load(name) {
  const document = parseDocument(readFileSync(new URL(name, registry), "utf8"), { uniqueKeys: true });
  assert.deepEqual([...document.errors, ...document.warnings], [], name);
  return document.toJS();
}

function bounds(ports) {
  const [first, last = first] = String(ports).split("-").map(Number);
  return [first, last];
}

function rows(layer) {
  return [...(layer.ranges ?? []), ...(layer.entries ?? []), ...(layer.retired ?? [])];
}

// The ports of the published page, in its order.
const page = {
  tcp: `53 80 179 443 1936 2041 2379 2380 2381 5050 6080 6180 6181 6183 6189 6385 6388 6443 8089 9001 9099 9100 9102 9103
    9105 9107 9108 9120 9110 9121 9122 9123 9191 9192 9193 9194 9200-9219 9257 9258 9300 9301 9400 9401 9444 9445 9446
    9447 9448 9449 9545 9537 9641 9642 9643 9644 9978 9979 9980 10010 10250 10251 10255 10256 10257 10258 10259 10263
    10357 10443 10444 17697 22623 22624 22625 60000`,
  udp: "500 4500 4789 6081 9122",
  localhost: `4180 8797 9259 9260 9443 9977 10248 10300-10313 11443 29102 29103 29105 29108 29150 29151 29445 39300
    39301`,
  retired: "3306 8089 9101 9106 10256 29100 29101",
};
for (const key of Object.keys(page)) page[key] = page[key].split(/\s+/);

describe("the files", () => {
  test("are the three layers", () => {
    assert.deepEqual(files, ["hostportd.yaml", "node-baseline.yaml", "openshift.yaml"]);
  });

  for (const name of files) {
    test(`${name} is valid`, () => {
      const layer = load(name);
      assert.ok(validate(layer), JSON.stringify(validate.errors, null, 2));
      assert.equal(`${layer.name}.yaml`, name);
      for (const { ports } of rows(layer)) {
        const [first, last] = bounds(ports);
        assert.ok(first <= last, `reversed: ${ports}`);
      }
    });
  }
});

describe("openshift", () => {
  const layer = load("openshift.yaml");
  const table = (row) => row.table ?? row.scope;

  test("has the rows of the page, in its order", () => {
    assert.equal(layer.entries.length, 98);
    assert.equal(layer.retired.length, 7);
    const ports = (list) => list.map((row) => String(row.ports));
    const external = layer.entries.filter((row) => table(row) === "external");
    assert.deepEqual(ports(external.filter((row) => row.protocol === "tcp")), page.tcp);
    assert.deepEqual(ports(external.filter((row) => row.protocol === "udp")), page.udp);
    assert.deepEqual(ports(layer.entries.filter((row) => table(row) === "localhost")), page.localhost);
    assert.deepEqual(ports(layer.entries), [...page.tcp, ...page.udp, ...page.localhost]);
    assert.deepEqual(ports(layer.retired), page.retired);
  });

  test("says table only where the scope differs", () => {
    const marked = layer.entries.filter((row) => row.table !== undefined);
    assert.deepEqual(marked.map((row) => [row.ports, row.scope, row.table]),
      [[10443, "localhost", "external"], [10444, "localhost", "external"]]);
  });

  test("has the essential rows", () => {
    const essential = layer.entries.filter((row) => row.essential).map((row) => row.ports);
    assert.deepEqual(essential, [2379, 2380, 6443, 10010, 10250, 22623, 22624, 10248]);
    assert.deepEqual(load("node-baseline.yaml").entries.filter((row) => row.essential).map((row) => row.ports), [22]);
  });

  test("derives the role from the cell, or from Notes", () => {
    for (const row of [...layer.entries, ...layer.retired]) {
      const only = row.control_plane === "yes" || /control plane only/.test(row.notes ?? "");
      assert.equal(row.role, only ? "control-plane" : undefined, `${row.protocol} ${row.ports}`);
    }
  });
});

test("hostportd's own port is in no other row, and in a documented range", () => {
  const [own] = load("hostportd.yaml").entries;
  const holds = (row) => {
    const [first, last] = bounds(row.ports);
    return row.protocol === own.protocol && first <= own.ports && own.ports <= last;
  };
  const others = files.filter((name) => name !== "hostportd.yaml").map(load);
  for (const layer of others) {
    assert.deepEqual([...(layer.entries ?? []), ...(layer.retired ?? [])].filter(holds), []);
  }
  assert.ok(others.some((layer) => (layer.ranges ?? []).some(holds)));
});

describe("the schema", () => {
  const whole = () => ({
    version: 1,
    name: "site",
    source: "a test",
    ranges: [{ protocol: "tcp", ports: "9000-9999", note: "a range" }],
    entries: [{
      ports: 9850, protocol: "tcp", scope: "localhost", table: "external", process: "agent", application: "HTTPS",
      role: "worker", control_plane: "no", team: "site", since: "4.10", platforms: ["baremetal"], notes: "metrics",
      owners: [{ namespace: "a", pod: "b-*", container: "*" }, { unit: "c.service" }, { exe: "/usr/bin/d" }],
      source: "a test", essential: true,
    }],
    clients: [{
      ports: "1024-65535", protocol: "udp", process: "resolver", role: "any", team: "site", since: "4.10",
      platforms: ["baremetal"], notes: "source ports", owners: [{ unit: "a.service" }], source: "a test",
    }],
    retired: [{ ports: "1-65535", protocol: "udp", process: "agent", removed: "4.11" }],
    drop: [{ ports: 9545, protocol: "tcp", layer: "openshift", reason: "typing error" }],
    exceptions: [{
      ports: 8080, protocol: "sctp", class: "unregistered", until: "2028-02-29", reason: "old",
      owners: [{ pod: "x" }],
    }],
    accept: [{ rule: "overlap", ports: "1-2", protocol: "tcp", layer: "openshift", reason: "known" }],
  });

  test("accepts a file that uses every key", () => {
    assert.ok(validate(whole()), JSON.stringify(validate.errors));
  });

  test("accepts a protocol as Kubernetes writes it", () => {
    const file = whole();
    file.entries[0].protocol = "TCP";
    assert.ok(validate(file), JSON.stringify(validate.errors));
  });

  test("accepts a file of a name alone", () => {
    assert.ok(validate({ version: 1, name: "a" }), JSON.stringify(validate.errors));
  });

  // Each breaks one thing in the file above; the keyword is the one that must refuse it.
  const broken = [
    ["an unknown version", "const", (f) => { f.version = 2; }],
    ["no version", "required", (f) => { delete f.version; }],
    ["no name", "required", (f) => { delete f.name; }],
    ["a name in capitals", "pattern", (f) => { f.name = "Site"; }],
    ["a name of 64 characters", "pattern", (f) => { f.name = "a".repeat(64); }],
    ["an unknown key of the file", "additionalProperties", (f) => { f.extras = []; }],
    ["entries that are no list", "type", (f) => { f.entries = null; }],
    ["an unknown key of an entry", "additionalProperties", (f) => { f.entries[0].port = 1; }],
    ["an unknown key of a range", "additionalProperties", (f) => { f.ranges[0].notes = "x"; }],
    ["removed in an entry", "additionalProperties", (f) => { f.entries[0].removed = "4.11"; }],
    ["an entry without ports", "required", (f) => { delete f.entries[0].ports; }],
    ["an entry without a process", "required", (f) => { delete f.entries[0].process; }],
    ["port 0", "minimum", (f) => { f.entries[0].ports = 0; }],
    ["port 65536", "maximum", (f) => { f.entries[0].ports = 65536; }],
    ["a fraction of a port", "type", (f) => { f.entries[0].ports = 80.5; }],
    ["port 0 in quotes", "pattern", (f) => { f.entries[0].ports = "0"; }],
    ["a range up to 65536", "pattern", (f) => { f.entries[0].ports = "1-65536"; }],
    ["a range with spaces", "pattern", (f) => { f.entries[0].ports = "1 - 2"; }],
    ["an unknown protocol", "enum", (f) => { f.entries[0].protocol = "Tcp"; }],
    ["an unknown scope", "enum", (f) => { f.entries[0].scope = "loopback"; }],
    ["an unknown table", "enum", (f) => { f.entries[0].table = "tcp"; }],
    ["an unknown role", "enum", (f) => { f.entries[0].role = "master"; }],
    ["a cell that is a boolean", "enum", (f) => { f.entries[0].control_plane = true; }],
    ["a version that is a number", "type", (f) => { f.entries[0].since = 4.1; }],
    ["a version of three numbers", "pattern", (f) => { f.entries[0].since = "4.10.1"; }],
    ["an empty text", "minLength", (f) => { f.entries[0].team = ""; }],
    ["a process of 129 characters", "maxLength", (f) => { f.entries[0].process = "a".repeat(129); }],
    ["notes of 1025 characters", "maxLength", (f) => { f.entries[0].notes = "a".repeat(1025); }],
    ["a platform twice", "uniqueItems", (f) => { f.entries[0].platforms = ["aws", "aws"]; }],
    ["an owner of nothing", "minProperties", (f) => { f.entries[0].owners = [{}]; }],
    ["an owner of two kinds", "oneOf", (f) => { f.entries[0].owners = [{ unit: "a.service", exe: "/a" }]; }],
    ["an owner of an unknown kind", "oneOf", (f) => { f.entries[0].owners = [{ user: "root" }]; }],
    ["a relative executable", "pattern", (f) => { f.entries[0].owners = [{ exe: "bin/a" }]; }],
    ["a glob of 254 characters", "maxLength", (f) => { f.entries[0].owners = [{ pod: "a".repeat(254) }]; }],
    ["a retired row without removed", "required", (f) => { delete f.retired[0].removed; }],
    ["table in a retired row", "additionalProperties", (f) => { f.retired[0].table = "external"; }],
    ["essential that is a text", "type", (f) => { f.entries[0].essential = "yes"; }],
    ["essential in a retired row", "additionalProperties", (f) => { f.retired[0].essential = true; }],
    ["a client without owners", "required", (f) => { delete f.clients[0].owners; }],
    ["a client of no owner", "minItems", (f) => { f.clients[0].owners = []; }],
    ["a client without a process", "required", (f) => { delete f.clients[0].process; }],
    ["a scope of a client", "additionalProperties", (f) => { f.clients[0].scope = "localhost"; }],
    ["a drop without a reason", "required", (f) => { delete f.drop[0].reason; }],
    ["an exception without an end", "required", (f) => { delete f.exceptions[0].until; }],
    ["an exception without a reason", "required", (f) => { delete f.exceptions[0].reason; }],
    ["a day that does not exist", "format", (f) => { f.exceptions[0].until = "2027-02-29"; }],
    ["a day with a time", "pattern", (f) => { f.exceptions[0].until = "2027-03-31T00:00:00Z"; }],
    ["an unknown class", "enum", (f) => { f.exceptions[0].class = "all"; }],
    ["an accept without a rule", "required", (f) => { delete f.accept[0].rule; }],
    ["an accept without a reason", "required", (f) => { delete f.accept[0].reason; }],
    ["a rule in capitals", "pattern", (f) => { f.accept[0].rule = "Overlap"; }],
    ["an end of an accept", "additionalProperties", (f) => { f.accept[0].until = "2027-03-31"; }],
  ];

  for (const [what, keyword, breakIt] of broken) {
    test(`refuses ${what}`, () => {
      const file = whole();
      breakIt(file);
      assert.equal(validate(file), false);
      const keywords = validate.errors.map((error) => error.keyword);
      assert.ok(keywords.includes(keyword), `refused for ${keywords}`);
    });
  }
});
