// SPDX-License-Identifier: MIT
// Reports of `hostportctl registry lint` and `check` against the schemas that their readers go by: SARIF 2.1.0's own, and those of
// JUnit reports (junit.xsd) and of OpenReports (openreports.schema.json). Runs the program, on files of hostile names and texts.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import Ajv2020 from "ajv/dist/2020.js";
import Ajv04 from "ajv-draft-04";
import addFormats from "ajv-formats";

const here = fileURLToPath(new URL(".", import.meta.url));
const program = resolve(here, "../..", process.env.B ?? "build", "hostportctl");
const skip = existsSync(program) ? false : `${program} is not built`;
const schema = "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";

// One pattern of the schema (of language) is invalid with the flag u.
const ajv = new Ajv04({ allErrors: true, strict: false, unicodeRegExp: false });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(join(here, schema), "utf8")));

const openreports = new Ajv2020({ allErrors: true })
  .compile(JSON.parse(readFileSync(join(here, "openreports.schema.json"), "utf8")));

// Markup, escape sequences and text that is written from right to left; in YAML's double quotes.
const hostile = String.raw`<p> & \"q\" ]]> '\u001b[31m\u202e\u0007 ü \U0001F433 %41 \\`;
const odd = "a <b> & \"c\"\t%41#?\u001b[31mü.yaml";
const clean = "clean.yaml";
const names = [odd, clean];

let directory;
before(() => {
  directory = mkdtempSync(join(tmpdir(), "lint-"));
  writeFileSync(join(directory, odd), `version: 1
name: odd
ranges:
  - {protocol: tcp, ports: 9000-9999}
entries:
  - {ports: 40000, protocol: tcp, process: "${hostile}", team: t, since: "4.1"}
  - {ports: 40001, protocol: tcp, process: q, owners: [{pod: "${hostile}"}]}
exceptions:
  - {ports: 1, protocol: udp, class: unregistered, until: 2020-01-01, reason: r}
accept:
  - {rule: in-ephemeral-range, ports: 40000, reason: "${hostile}"}
  - {rule: no-such-rule, reason: r}
`);
  writeFileSync(join(directory, clean), "version: 1\nname: clean\n");
});
after(() => rmSync(directory, { recursive: true }));

// Named, so that nothing is said of an agent.
const layers = ["openshift", "node-baseline", "hostportd"].map((name) => `--registry=builtin:${name}`);

function lint(output, files = names, status = 1) {
  const run = spawnSync(program, ["registry", "lint", `--output=${output}`, ...files],
    { cwd: directory, encoding: "utf8", env: { PATH: process.env.PATH } });
  assert.equal(run.stderr, "");
  assert.equal(run.status, status);
  return run.stdout;
}

function xmllint(xml) {
  const run = spawnSync("xmllint", ["--noout", "--nonet", "--schema", join(here, "junit.xsd"), "-"],
    { input: xml, encoding: "utf8" });
  assert.equal(run.error, undefined);
  return run;
}

function xpath(xml, expression) {
  const run = spawnSync("xmllint", ["--nonet", "--xpath", expression, "-"], { input: xml, encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout.replace(/\n$/, "");
}

describe("SARIF", { skip }, () => {
  let log;
  before(() => { log = JSON.parse(lint("sarif")); });

  test("is valid", () => assert.ok(validate(log), JSON.stringify(validate.errors, null, 2)));

  test("of the built-in layers is valid", () => {
    const builtin = JSON.parse(lint("sarif", layers, 0));
    assert.ok(validate(builtin), JSON.stringify(validate.errors, null, 2));
    const [{ results, artifacts }] = builtin.runs;
    assert.ok(results.length > 50);
    assert.deepEqual(artifacts.map((a) => a.location.uri),
      ["builtin:openshift", "builtin:node-baseline", "builtin:hostportd"]);
    for (const result of results) {
      if (result.level !== "note") assert.equal(result.suppressions.length, 1, result.message.text);
    }
    assert.equal(new Set(results.map((r) => r.partialFingerprints["hostportd/v1"])).size, results.length);
  });

  test("has the rules, and results of them", () => {
    const { tool, results } = log.runs[0];
    const { rules } = tool.driver;
    assert.equal(new Set(rules.map((r) => r.id)).size, rules.length);
    for (const result of results) assert.equal(rules[result.ruleIndex].id, result.ruleId);
    const count = (id) => results.filter((r) => r.ruleId === id).length;
    assert.equal(count("in-ephemeral-range"), 2);
    assert.equal(count("outside-documented-range"), 2);
    assert.equal(count("owner-never-matches"), 1);
    assert.equal(count("expired-exception"), 1);
    assert.equal(count("unknown-rule"), 1);
    assert.deepEqual(rules.find((r) => r.id === "localhost-in-range").properties.tags, ["R4"]);
  });

  test("points into the files by their names", () => {
    for (const { locations } of log.runs[0].results) {
      const { artifactLocation, region } = locations[0].physicalLocation;
      const url = new URL(artifactLocation.uri, `file://${directory}/`);
      assert.equal(fileURLToPath(url), join(directory, odd));
      const line = readFileSync(url, "utf8").split("\n")[region.startLine - 1];
      assert.equal(line[region.startColumn - 1], "{");
    }
  });

  test("suppresses what is accepted, with its reason", () => {
    const suppressed = log.runs[0].results.filter((r) => r.suppressions.length > 0);
    assert.equal(suppressed.length, 1);
    assert.deepEqual(suppressed[0].suppressions,
      [{ kind: "inSource", justification: JSON.parse(`"${hostile.replace(String.raw`\U0001F433`, "\u{1F433}")}"`) }]);
  });

  const broken = [
    ["an unknown member", (run) => { run.results[0].severity = "x"; }],
    ["an unknown level", (run) => { run.results[0].level = "fatal"; }],
    ["a line 0", (run) => { run.results[0].locations[0].physicalLocation.region.startLine = 0; }],
    ["a result without a message", (run) => { delete run.results[0].message; }],
    ["a suppression without a kind", (run) => { run.results[0].suppressions = [{ justification: "x" }]; }],
    ["a driver without a name", (run) => { delete run.tool.driver.name; }],
    ["a file name that is not a URI", (run) => {
      run.results[0].locations[0].physicalLocation.artifactLocation.uri = odd;
    }],
  ];
  for (const [what, breakIt] of broken) {
    test(`the schema refuses ${what}`, () => {
      const copy = structuredClone(log);
      breakIt(copy.runs[0]);
      assert.equal(validate(copy), false);
    });
  }
});

describe("JUnit", { skip }, () => {
  let xml;
  before(() => { xml = lint("junit"); });

  test("is valid", () => {
    const run = xmllint(xml);
    assert.equal(run.status, 0, run.stderr);
  });

  test("of the built-in layers is valid", () => {
    const run = xmllint(lint("junit", layers, 0));
    assert.equal(run.status, 0, run.stderr);
  });

  test("has a suite for each file, whose counts are right", () => {
    for (const [i, name] of names.entries()) {
      const suite = `/testsuites/testsuite[${i + 1}]`;
      // a tab in a file's name is a tab again
      assert.equal(xpath(xml, `string(${suite}/@name)`), name.replace("\u001b", "\ufffd"));
      for (const [attribute, path] of [["tests", "testcase"], ["failures", "testcase[failure]"],
        ["skipped", "testcase[skipped]"], ["errors", "testcase[error]"]]) {
        assert.equal(xpath(xml, `string(${suite}/@${attribute})`), xpath(xml, `count(${suite}/${path})`), attribute);
      }
    }
    for (const attribute of ["tests", "failures"]) {
      assert.equal(xpath(xml, `string(/testsuites/@${attribute})`),
        xpath(xml, `sum(/testsuites/testsuite/@${attribute})`));
    }
  });

  test("tells findings, reasons and files without findings", () => {
    assert.equal(xpath(xml, "count(//failure[@type='expired-exception'])"), "1");
    assert.equal(xpath(xml, "count(//testcase[skipped and starts-with(@name, 'in-ephemeral-range tcp 40000')])"), "1");
    assert.match(xpath(xml, "string(//skipped)"), /^<p> & "q" \]\]> '\ufffd\[31m\u202e\ufffd ü \u{1F433} %41 \\$/u);
    assert.equal(xpath(xml, "count(//testsuite[2]/testcase[not(*)])"), "1");
    assert.equal(xpath(xml, "count(//testcase[starts-with(@name, 'missing-team')]/failure)"), "0");
  });

  const broken = [
    ["an unknown element", /<failure /, "<fault/><failure "],
    ["an unknown attribute", /<testcase /, '<testcase severity="x" '],
    ["a count that is no number", / tests="[0-9]+"/, ' tests="many"'],
    ["a test without a name", /<testcase name="[^"]*"/, "<testcase"],
    ["a character that XML does not have", / message="/, ' message="\u0001'],
    ["markup in a text", /&lt;p&gt;/, "<p>"],
    ["what is not closed", /<\/testsuites>/, ""],
  ];
  for (const [what, pattern, instead] of broken) {
    test(`the schema refuses ${what}`, () => {
      assert.match(xml, pattern);
      assert.notEqual(xmllint(xml.replace(pattern, instead)).status, 0);
    });
  }
});

describe("OpenReports", { skip }, () => {
  let report;
  before(() => { report = JSON.parse(lint("openreports")); });

  test("is valid", () => assert.ok(openreports(report), JSON.stringify(openreports.errors, null, 2)));

  test("of the built-in layers is valid", () => {
    const builtin = JSON.parse(lint("openreports", layers, 0));
    assert.ok(openreports(builtin), JSON.stringify(openreports.errors, null, 2));
    assert.equal(builtin.summary.fail, 0);
    assert.ok(builtin.results.length > 50);
  });

  test("has a summary that counts its results", () => {
    for (const [outcome, count] of Object.entries(report.summary))
      assert.equal(report.results.filter((r) => r.result === outcome).length, count, outcome);
    assert.equal(Object.values(report.summary).reduce((a, b) => a + b), report.results.length);
  });

  test("tells findings, reasons and files without findings", () => {
    const of = (rule) => report.results.filter((r) => r.rule === rule);
    assert.deepEqual(of("expired-exception").map((r) => [r.result, r.severity]), [["fail", "high"]]);
    assert.deepEqual(of("in-ephemeral-range").map((r) => r.result).sort(), ["fail", "skip"]);
    assert.equal(of("in-ephemeral-range").find((r) => r.result === "skip").properties.reason,
      JSON.parse(`"${hostile.replace(String.raw`\U0001F433`, "\u{1F433}")}"`));
    assert.deepEqual(of("no-findings").map((r) => [r.result, r.properties]), [["pass", { file: clean }]]);
    assert.ok(of("missing-team").every((r) => r.result === "warn" && !r.scored));
    assert.ok(of("outside-documented-range").every((r) => r.category === "R2"));
  });

  const broken = [
    ["an unknown member", (r) => { r.findings = []; }],
    ["an unknown outcome", (r) => { r.results[0].result = "failed"; }],
    ["an unknown severity", (r) => { r.results[0].severity = "error"; }],
    ["a result of no policy", (r) => { delete r.results[0].policy; }],
    ["a property that is no text", (r) => { r.results[0].properties.line = 3; }],
    ["a name that no object may have", (r) => { r.metadata.name = "hostportctl check"; }],
    ["a negative count", (r) => { r.summary.fail = -1; }],
    ["another version", (r) => { r.apiVersion = "wgpolicyk8s.io/v1alpha2"; }],
  ];
  for (const [what, breakIt] of broken) {
    test(`the schema refuses ${what}`, () => {
      const copy = structuredClone(report);
      breakIt(copy);
      assert.equal(openreports(copy), false);
    });
  }
});

describe("hostportctl registry lint", { skip }, () => {
  const run = (...args) => spawnSync(program, ["registry", "lint", ...args],
    { cwd: directory, encoding: "utf8", env: { PATH: process.env.PATH } });
  const builtin = ["openshift", "node-baseline", "hostportd"].map((name) => `--registry=builtin:${name}`);

  before(() => {
    writeFileSync(join(directory, "broken.yaml"), "version: 1\nname: [\n");
    writeFileSync(join(directory, "site.yaml"), `version: 1
name: site
entries: [{ports: 8989, protocol: tcp, process: p, team: t, since: "4.1"}]
`);
  });

  test("has exit status 0 for notes alone, and for nothing", () => {
    const notes = run();
    assert.equal(notes.status, 0);
    assert.match(notes.stdout, /^builtin:openshift:\d+:5: note: .*\n.*\n0 errors, 0 warnings, 7 notes, 54 accepted, in 3 files\n$/s);
    const none = run(clean);
    assert.deepEqual([none.status, none.stdout], [0, "0 errors, 0 warnings, 0 notes, 0 accepted, in 1 file\n"]);
  });

  test("puts files on top of --registry, and else of nothing", () => {
    const alone = run("site.yaml");
    assert.deepEqual([alone.status, alone.stdout], [0, "0 errors, 0 warnings, 0 notes, 0 accepted, in 1 file\n"]);
    const above = run(...builtin, "--severity=warning", "site.yaml");
    assert.equal(above.status, 1);
    assert.match(above.stdout, /^site\.yaml:3:11: warning: tcp 8989 \(p\) is external.* \[outside-documented-range\]\n/);
    assert.match(above.stdout, /\n0 errors, 1 warning, 0 notes, \d+ accepted, in 4 files\n$/);
  });

  test("reports from a severity on", () => {
    assert.deepEqual(run("--severity=error", odd).stdout.match(/\[[a-z-]+\]\n/g).sort(),
      ["[expired-exception]\n", "[unknown-rule]\n"]);
    assert.equal(run(...builtin, "--severity=error", "site.yaml").status, 0);
  });

  test("writes no escape sequence to a terminal", () => {
    assert.doesNotMatch(run(odd).stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  for (const [what, args, message] of [
    ["a file that cannot be read", ["broken.yaml"], /^broken\.yaml:\d+:\d+: /],
    ["a file that is not there", ["nowhere.yaml"], /^nowhere\.yaml: .*No such file/],
    ["an unknown form", ["--output=xml"], /not text, json, sarif, junit or openreports\n$/],
    ["an unknown severity", ["--severity=fatal"], /not note, warning or error\n$/],
    ["too many files", Array(65).fill(clean), /more than 64 layers\n$/],
  ]) {
    test(`has exit status 2 for ${what}`, () => {
      const bad = run(...args);
      assert.deepEqual([bad.status, bad.stdout], [2, ""]);
      assert.match(bad.stderr, message);
    });
  }
});

// What the other tool that writes reports finds: in a tree of manifests, and in one of hostile names.
describe("check", { skip }, () => {
  const tree = resolve(here, "../manifests/tree");
  const pod = JSON.stringify({
    apiVersion: "v1", kind: "Pod", metadata: { name: "<p> & \"q\" ]]> '\u001b[31m\u202e ü \u{1F433} %41 \\", namespace: "n\u0007" },
    spec: { hostNetwork: true, containers: [{ name: "</failure>", image: "i", ports: [{ containerPort: 8081 }, { containerPort: 70000 }] }] },
  });

  function check(output, operand, input = "") {
    const run = spawnSync(program, ["check", ...layers, `--output=${output}`, operand],
      { input, encoding: "utf8", env: { PATH: process.env.PATH }, maxBuffer: 1 << 26 });
    assert.equal(run.stderr, "");
    assert.equal(run.status, 1);
    return run.stdout;
  }

  for (const [name, operand, input, least] of [["a tree", tree, "", 100], ["hostile names", "-", pod, 2]]) {
    test(`${name}: SARIF is valid`, () => {
      const log = JSON.parse(check("sarif", operand, input));
      assert.ok(validate(log), JSON.stringify(validate.errors, null, 2));
      const { tool, results } = log.runs[0];
      assert.ok(results.length >= least, `${results.length} results`);
      for (const result of results) assert.equal(tool.driver.rules[result.ruleIndex].id, result.ruleId);
      assert.equal(new Set(results.map((r) => r.partialFingerprints["hostportd/v1"])).size, results.length);
    });

    test(`${name}: JUnit is valid`, () => {
      const xml = check("junit", operand, input);
      const run = xmllint(xml);
      assert.equal(run.status, 0, run.stderr);
      assert.ok(Number(xpath(xml, "count(//testcase)")) >= least);
      assert.notEqual(xmllint(xml.replace("<testsuite ", "<suite ")).status, 0, "a broken one is refused");
    });

    test(`${name}: OpenReports is valid`, () => {
      const report = JSON.parse(check("openreports", operand, input));
      assert.ok(openreports(report), JSON.stringify(openreports.errors, null, 2));
      assert.equal(report.metadata.name, "hostportctl-check");
      assert.ok(report.results.length >= least);
      assert.ok(report.summary.fail > 0);
    });
  }
});

// What `listeners` makes of an agent's answers. The agent is this process.
describe("listeners", { skip }, () => {
  const documents = resolve(here, "../browser");

  async function report(listeners, node) {
    const socket = join(directory, "agent.sock");
    const answers = { listeners, status: { node } };
    const server = createServer((client) => {
      let request = "";
      client.on("error", () => {});
      client.on("data", (text) => {
        request += text;
        if (!request.endsWith("\n")) return;
        client.end(`{"ok":true}\n${JSON.stringify(answers[JSON.parse(request).verb])}\n`);
      });
    });
    await new Promise((done) => { server.listen(socket, done); });
    const run = spawn(program, [`--socket=${socket}`, "listeners", "--output=openreports"], { env: { PATH: process.env.PATH } });
    let stdout = "";
    let stderr = "";
    run.stdout.on("data", (text) => { stdout += text; });
    run.stderr.on("data", (text) => { stderr += text; });
    const status = await new Promise((done) => { run.on("close", done); });
    await new Promise((done) => { server.close(done); });
    assert.deepEqual([status, stderr], [0, ""]);
    return JSON.parse(stdout);
  }

  for (const name of ["listeners.json", "hostile-listeners.json"]) {
    test(`${name}: OpenReports is valid, and counts them`, async () => {
      const document = JSON.parse(readFileSync(join(documents, name), "utf8"));
      const { listeners } = document;
      const made = await report(document, "Node_1.example.com");
      assert.ok(openreports(made), JSON.stringify(openreports.errors, null, 2));
      assert.equal(made.metadata.name, "node-node-1.example.com-hostportctl-listeners");
      assert.deepEqual(made.scope, { apiVersion: "v1", kind: "Node", name: "Node_1.example.com" });
      const count = (filter) => listeners.filter(filter).length;
      assert.ok(listeners.length > 0);
      assert.equal(made.results.length,
        listeners.length + count((l) => l.documented === false) + (document.left_out ? 1 : 0));
      assert.equal(made.summary.pass, count((l) => l.verdict === "allowed"));
      assert.equal(made.summary.skip, count((l) => l.verdict === "excepted"));
    });
  }

  test("a pod's result is about the pod", async () => {
    const made = await report({ listeners: [{ verdict: "audited", class: "owner", protocol: "tcp", family: "ipv4", address: "0.0.0.0",
      port: 80, workload: { kind: "pod", namespace: "n", pod: "p", container: "c", uid: "0d6c1f2e-9f2b-6d0c-4e1a-0123456789ab" } }] }, "n1");
    assert.ok(openreports(made), JSON.stringify(openreports.errors, null, 2));
    assert.deepEqual(made.results[0].resources,
      [{ apiVersion: "v1", kind: "Pod", namespace: "n", name: "p", uid: "0d6c1f2e-9f2b-6d0c-4e1a-0123456789ab" }]);
  });
});
