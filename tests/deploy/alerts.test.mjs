// SPDX-License-Identifier: MIT
// Rules and dashboard of deploy/components/monitoring: each expression is PromQL, of metrics that there are, with labels
// that these have; each alert has its section in docs/alerts.md. promtool, where it is installed, runs alerts.yaml.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { parser } from "@prometheus-io/lezer-promql";
import { parse, stringify } from "yaml";

import { documents } from "./render.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path) => readFileSync(join(root, path), "utf8");
const [{ spec }] = documents(join(root, "deploy/components/monitoring/rules.yaml"));
const rules = spec.groups.flatMap((g) => g.rules);
const alerts = rules.filter((r) => r.alert);
const dashboard = JSON.parse(read("deploy/components/monitoring/dashboard.json"));
const panels = dashboard.panels.filter((p) => p.type !== "row");

// What Prometheus, or the rules for scraping, add to each series.
const TARGET_LABELS = ["job", "namespace", "instance", "node"];

// The table of docs/metrics.md: the labels of each metric, which are what comes before a colon, or between separators.
const metrics = new Map([...read("docs/metrics.md").matchAll(/^\| `([a-z0-9_]+)` \| (\w+) \| (.*?) \|/gm)].map(([, name, , labels]) =>
  [name, labels.split(";").flatMap((part) => part.split(":")[0].split(",")).map((l) => l.trim()).filter(Boolean)]));
metrics.set("up", []);
metrics.get("hostportd_mode")?.push("asked"); // servicemonitor.yaml
for (const rule of rules.filter((r) => r.record))
  metrics.set(rule.record, /^(?:sum|count) by \(([a-z, ]+)\)/.exec(rule.expr)?.[1].split(", ") ?? []);

// look at an expression: names of series, and the labels that are asked for.
function look(expr) {
  const seen = { errors: [], names: [], labels: [] };
  parser.parse(expr).iterate({
    enter(node) {
      const text = expr.slice(node.from, node.to);
      if (node.type.isError) seen.errors.push(`at ${node.from}`);
      if (node.name === "Identifier" && node.node.parent.name === "VectorSelector") seen.names.push(text);
      if (node.name === "LabelName") seen.labels.push(text);
    },
  });
  return seen;
}

function check(what, expr) {
  const { errors, names, labels } = look(expr);
  assert.deepEqual(errors, [], `${what}: ${expr}`);
  assert.ok(names.length > 0, what);
  for (const name of names) assert.ok(metrics.has(name), `${what}: there is no metric ${name}`);
  const known = new Set([...TARGET_LABELS, ...names.flatMap((name) => metrics.get(name))]);
  for (const label of labels) assert.ok(known.has(label), `${what}: no label ${label}`);
}

describe("what looks at expressions", () => {
  test("sees names and labels", () => assert.deepEqual(look('sum by (team) (rate(a{job="x"}[5m]) / b)'),
    { errors: [], names: ["a", "b"], labels: ["team", "job"] }));
  test("sees errors", () => assert.notDeepEqual(look("sum(rate(a[5m])").errors, []));
  test("knows the metrics", () => assert.deepEqual(metrics.get("hostportd_violations_total"), ["class", "verdict", "protocol"]));
});

describe("rules", () => {
  for (const rule of rules)
    test(rule.record ?? rule.alert, () => check(rule.record ?? rule.alert, rule.expr));

  test("only series of hostportd's own job", () => {
    for (const { expr } of rules)
      for (const [, selector] of expr.matchAll(/\b(?:hostportd|process)_[a-z_0-9]+(\{[^}]*\})?/g))
        if (!/cluster:/.test(expr)) assert.match(selector ?? "", /job="hostportd"/, expr);
  });

  test("each alert has its section in docs/alerts.md, and each section its alert", () => {
    const sections = [...read("docs/alerts.md").matchAll(/^## (Hostportd\w+)$/gm)].map(([, name]) => name);
    assert.deepEqual(sections.sort(), alerts.map((a) => a.alert).sort());
    for (const { alert, annotations } of alerts) assert.equal(annotations.runbook, `docs/alerts.md#${alert.toLowerCase()}`);
  });

  test("what a message names is a label of its series", () => {
    for (const { alert, expr, annotations } of alerts) {
      const labels = [...annotations.description.matchAll(/\$labels\.([a-z_]+)/g)].map(([, name]) => name);
      const known = new Set([...TARGET_LABELS, ...look(expr).names.flatMap((name) => metrics.get(name))]);
      for (const label of labels) assert.ok(known.has(label), `${alert}: ${label}`);
    }
  });
});

// fill in what Grafana would.
const fill = (expr) => expr.replaceAll("$__rate_interval", "5m").replaceAll("$node", ".*");

describe("dashboard", () => {
  for (const panel of panels)
    test(panel.title, () => {
      assert.ok(panel.targets.length > 0);
      for (const { expr } of panel.targets) check(panel.title, fill(expr));
    });

  test("panels have numbers and places of their own", () => {
    const taken = new Set();
    for (const { gridPos: { x, y, w, h } } of dashboard.panels)
      for (let i = x; i < x + w; i++)
        for (let j = y; j < y + h; j++) {
          assert.ok(i < 24 && !taken.has(`${i} ${j}`), `${i} ${j}`);
          taken.add(`${i} ${j}`);
        }
    assert.equal(new Set(dashboard.panels.map((p) => p.id)).size, dashboard.panels.length);
  });

  test("shows each metric of hostportd's own, but what it is labelled with", () => {
    const shown = new Set(panels.flatMap((p) => p.targets).flatMap(({ expr }) => look(fill(expr)).names));
    const missing = [...metrics.keys()].filter((name) => name.startsWith("hostportd_") && !shown.has(name));
    assert.deepEqual(missing.sort(), ["hostportd_canary_runs_total", "hostportd_pod_source_last_update_seconds",
      "hostportd_registry_generation"]);
  });
});

test("promtool takes rules and dashboard, and alerts fire as they should", { skip: spawnSync("promtool", ["--version"]).status === 0 ? false : "promtool is not installed" }, () => {
  const work = mkdtempSync(join(tmpdir(), "hostportd-rules-"));
  try {
    const bare = spec.groups.map((g) => ({ ...g, rules: g.rules.map(({ annotations, ...rule }) => rule) }));
    writeFileSync(join(work, "full.yaml"), stringify({ groups: spec.groups }));
    writeFileSync(join(work, "rules.yaml"), stringify({ groups: bare }));
    writeFileSync(join(work, "alerts.yaml"), read("tests/deploy/alerts.yaml"));
    const shown = panels.flatMap((p) => p.targets).map(({ expr }, i) => ({ record: `panel:${i}`, expr: fill(expr) }));
    writeFileSync(join(work, "dashboard.yaml"), stringify({ groups: [{ name: "dashboard", rules: shown }] }));
    for (const args of [["check", "rules", "full.yaml", "dashboard.yaml"], ["test", "rules", "alerts.yaml"]]) {
      const { status, stdout, stderr } = spawnSync("promtool", args, { cwd: work, encoding: "utf8" });
      assert.equal(status, 0, stdout + stderr);
    }
  } finally {
    rmSync(work, { recursive: true });
  }
});

test("each alert is tested: that it fires, and that it does not", () => {
  const cases = parse(read("tests/deploy/alerts.yaml")).tests.flatMap((t) => t.alert_rule_test);
  for (const { alert } of alerts) {
    const of = cases.filter((c) => c.alertname === alert);
    assert.ok(of.some((c) => c.exp_alerts?.length), `${alert}: never fires`);
    assert.ok(of.some((c) => !c.exp_alerts?.length), `${alert}: fires always`);
  }
});
