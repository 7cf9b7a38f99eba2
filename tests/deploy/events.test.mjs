// SPDX-License-Identifier: MIT
// The policy of deploy/components/events, by another implementation of CEL: which Events an agent may make. What an API
// server does around that is done here.

import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Environment } from "@marcbachmann/cel-js";

import { documents } from "./render.mjs";

const [{ spec }] = documents(join(fileURLToPath(new URL("../../", import.meta.url)), "deploy/components/events/policy.yaml"));
const AGENT = "system:serviceaccount:hostportd:hostportd";
const NODE = "authentication.kubernetes.io/node-name";

// As agents make them: user/event/kube_event_json.c.
const event = (changes = {}) => ({
  apiVersion: "events.k8s.io/v1",
  kind: "Event",
  metadata: { namespace: "shop", name: "debug-1.0123456789abcdef" },
  eventTime: "2026-11-30T00:00:00.000000Z",
  type: "Warning",
  reason: "HostPortUnregistered",
  action: "Deny",
  regarding: { apiVersion: "v1", kind: "Pod", namespace: "shop", name: "debug-1" },
  note: "…",
  reportingController: "hostportd",
  reportingInstance: "n1",
  ...changes,
});
const ofNode = (name) => ({ regarding: { apiVersion: "v1", kind: "Node", name } });
const user = (username, extra) => ({ username, groups: [], ...(extra ? { extra } : {}) });
const agent = user(AGENT, { [NODE]: ["n1"] });

const environment = new Environment({ unlistedVariablesAreDyn: true });
const compiled = new Map();
function evaluate(expression, context) {
  if (!compiled.has(expression)) compiled.set(expression, environment.parse(expression));
  return compiled.get(expression)(context);
}

// admit: null, if the policy lets it pass or does not match; else the message.
function admit({ userInfo, object, oldObject = null, operation = oldObject ? "UPDATE" : "CREATE" }) {
  const [{ apiGroups, resources, operations }] = spec.matchConstraints.resourceRules;
  assert.deepEqual([apiGroups, resources], [["events.k8s.io"], ["events"]]);
  assert.ok(operations.includes(operation));
  const context = { request: { userInfo, operation }, object, oldObject, variables: {} };
  for (const { expression } of spec.matchConditions) if (!evaluate(expression, context)) return null;
  for (const { name, expression } of spec.variables) context.variables[name] = evaluate(expression, context);
  for (const { expression, message, messageExpression } of spec.validations)
    if (evaluate(expression, context) !== true) return messageExpression ? evaluate(messageExpression, context) : message;
  return null;
}

describe("the policy of Events", () => {
  const cases = [
    ["of a pod", { object: event() }, null],
    ["of its node", { object: event(ofNode("n1")) }, null],
    ["repeats of its own", { object: event(), oldObject: event() }, null],
    ["of another node", { object: event(ofNode("n2")) }, /its own node, n1/],
    ["of something else", { object: event({ regarding: { kind: "Deployment", name: "x" } }) }, /of pods/],
    ["in the name of another node", { object: event({ reportingInstance: "n2" }) }, /its own node, n1/],
    ["in the name of another program", { object: event({ reportingController: "kubelet" }) }, /as hostportd/],
    ["a change of another node's", { object: event(), oldObject: event({ reportingInstance: "n2" }) }, /its own Events only/],
    ["a change of another program's", { object: event(), oldObject: event({ reportingController: "kubelet" }) }, /its own Events only/],
    ["with a token that names no node", { object: event(), userInfo: user(AGENT) }, /names no node/],
    ["with a token that names other things", { object: event(), userInfo: user(AGENT, { other: ["n1"] }) }, /names no node/],
    ["with no node, for no node", { object: event({ reportingInstance: "" }), userInfo: user(AGENT) }, /names no node/],
    ["by somebody else, whatever it is", { object: event(ofNode("n2")), userInfo: user("system:node:n2") }, null],
  ];
  for (const [name, request, want] of cases)
    test(name, () => {
      const got = admit({ userInfo: agent, ...request });
      if (want === null) assert.equal(got, null);
      else assert.match(String(got), want);
    });

  test("a failure denies", () => assert.equal(spec.failurePolicy, "Fail"));
});
