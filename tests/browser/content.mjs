// SPDX-License-Identifier: MIT
// What the page shows, against the registry.
import assert from "node:assert/strict";
import { choose, expected, protocol, search, shoot, shown } from "./suite.mjs";

const ports = (rows) => rows.map((row) => String(row.ports)).sort();

function checkRows(got, want, what) {
  assert.deepEqual(got.rows.slice().sort(), ports(want), `${what}: rows of the table`);
  assert.match(got.result, new RegExp(`^${want.length} rows?(,|;|$)`), `${what}: the count`);
  assert.match(got.count, new RegExp(`^Showing ${want.length} rows?[ ,]`), `${what}: the count above the table`);
}

// The classes and the letter of each cell of the thousand that is shown.
const cells = (page) => page.call(() => [...document.querySelectorAll("#grid [role=gridcell]")].map((cell) => ({
  port: Number(cell.dataset.port), classes: [...cell.classList], text: cell.textContent,
  label: cell.getAttribute("aria-label"),
})));

function checkCell(cell, want, name) {
  const state = want.state(cell.port, name);
  const open = want.listening(cell.port, name);
  const bad = open.some((l) => l.verdict === "audited" || l.verdict === "denied");
  const several = want.several(cell.port, name);
  assert.ok(cell.classes.includes(state), `${cell.port}: ${cell.classes} has not ${state}`);
  assert.equal(cell.classes.includes("listening"), open.length > 0, `${cell.port}: listening`);
  assert.equal(cell.classes.includes("violation"), bad, `${cell.port}: violation`);
  assert.equal(cell.classes.includes("documented"),
    want.names(cell.port, name).some((row) => row.kind === "range"), `${cell.port}: documented`);
  const letter = { external: "", localhost: "L", retired: "R", exception: "x", free: "", outside: "" }[state];
  assert.equal(cell.text, bad ? "!" : several > 1 ? String(several) : letter, `${cell.port}: letter`);
  assert.ok(cell.label.startsWith(`${cell.port}: `), `${cell.port}: label`);
  if (bad) assert.match(cell.label, /violation/);
}

async function checkMap(page, want, name, start) {
  const all = await cells(page);
  assert.equal(all.length, Math.min(1000, 65536 - start));
  assert.deepEqual(all.map((c) => c.port), all.map((_, i) => start + i));
  for (const cell of all.filter((c) => c.port)) checkCell(cell, want, name);
}

export const content = [
  ["the map is the registry's", async (open) => {
    for (const [name, listeners] of [["plain"], ["listening", "listeners.json"], ["site"]]) {
      const page = await open(name), want = expected(name, listeners);
      await checkMap(page, want, "tcp", 9000);
      await protocol(page, "udp");
      await checkMap(page, want, "udp", 9000);
      await protocol(page, "tcp");
      for (const start of [0, 10000, 65000]) {
        await page.call((v) => {
          const select = document.getElementById("window");
          select.value = v;
          select.dispatchEvent(new Event("change"));
        }, String(start));
        await checkMap(page, want, "tcp", start);
      }
    }
  }],

  ["the table has every row of a protocol", async (open) => {
    for (const name of ["plain", "site"]) {
      const page = await open(name), want = expected(name);
      for (const p of ["tcp", "udp"]) checkRows(await protocol(page, p), want.of(p), `${name} ${p}`);
    }
  }],

  ["protocols but TCP and UDP have a switch only where they are", async (open) => {
    const names = (page) => page.call(() => [...document.querySelectorAll("#protocols input")].map((i) => i.value));
    assert.deepEqual(await names(await open("plain")), ["tcp", "udp"]);
    const page = await open("site"), want = expected("site");
    assert.deepEqual(await names(page), ["tcp", "udp", "sctp", "udplite"]);
    checkRows(await protocol(page, "sctp"), want.of("sctp"), "sctp");
    checkRows(await protocol(page, "udplite"), want.of("udplite"), "udplite");
  }],

  ["a search finds what the registry has", async (open) => {
    const page = await open("plain"), want = expected("plain");
    for (const text of ["kube", "etcd", "9100", "9205", "metal", "baremetal only", "4.1", "openshift-monitoring", "node-baseline", "no such thing"])
      checkRows(await search(page, text), want.search(text, "tcp"), text);
    assert.ok(want.search("9205", "tcp").some((row) => row.ports === "9200-9219"), "a port within a range");
    checkRows(await search(page, "KUBE"), want.search("kube", "tcp"), "upper case");
    checkRows(await search(page, ""), want.of("tcp"), "nothing");
  }],

  ["a search says what other protocols have", async (open) => {
    const page = await open("plain"), want = expected("plain");
    const got = await search(page, "vxlan");
    assert.equal(want.search("vxlan", "tcp").length, 0);
    assert.match(got.result, new RegExp(`^0 rows; ${want.search("vxlan", "udp").length} rows? in UDP$`));
    checkRows(await protocol(page, "udp"), want.search("vxlan", "udp"), "vxlan");
  }],

  ["a searched port is on the map, and the others are dimmed", async (open) => {
    const page = await open("plain");
    assert.match((await search(page, "22")).title, /^Ports 0–999, TCP/);
    const lit = await page.call(() => [...document.querySelectorAll("#grid .cell:not(.dim)")].map((c) => c.dataset.port));
    const want = expected("plain").search("22", "tcp").filter((r) => r.kind !== "range");
    for (const port of lit)
      assert.ok(want.some((r) => r.first <= Number(port) && Number(port) <= r.last), `${port} is lit`);
    assert.ok(lit.includes("22"));
  }],

  ["filters by team and by state", async (open) => {
    const page = await open("site"), want = expected("site"), tcp = want.of("tcp");
    const live = tcp.filter((row) => !row.dropped);
    for (const team of ["etcd", "metal", "backup"])
      checkRows(await choose(page, "team", team), tcp.filter((row) => row.team === team), team);
    await choose(page, "team", "all");
    const states = {
      External: live.filter((r) => r.kind === "entry" && r.scope === "external"),
      "Localhost only": live.filter((r) => r.kind === "entry" && r.scope === "localhost"),
      Retired: live.filter((r) => r.kind === "retired"),
      "Dropped by a later layer": tcp.filter((r) => r.dropped),
      Exception: tcp.filter((r) => r.kind === "exception"),
      "Documented range": tcp.filter((r) => r.kind === "range"),
      "Several rows": live.filter((r) => (r.kind === "entry" || r.kind === "retired") &&
        Array.from({ length: r.last - r.first + 1 }, (_, i) => r.first + i).some((p) => want.several(p, "tcp") > 1)),
    };
    for (const [state, rows] of Object.entries(states)) {
      assert.ok(rows.length > 0, `the test has no ${state}`);
      checkRows(await choose(page, "state", state), rows, state);
    }
    await choose(page, "state", "External");
    checkRows(await choose(page, "team", "metal"), states.External.filter((r) => r.team === "metal"), "both");
    await page.click("#clear");
    checkRows(await shown(page), tcp, "cleared");
  }],

  ["listeners, and what is wrong with them", async (open) => {
    const page = await open("listening"), want = expected("listening", "listeners.json");
    const tcp = want.listeners.filter((l) => l.protocol === "tcp");
    const bad = tcp.filter((l) => l.verdict !== "allowed");
    const got = await shown(page);
    assert.deepEqual(got.listeners, [...bad, ...tcp.filter((l) => l.verdict === "allowed")]
      .map((l) => String(l.port)).sort((a, b) => bad.some((l) => String(l.port) === b) - bad.some((l) => String(l.port) === a) || a - b));
    assert.match(got.result, new RegExp(`, ${tcp.length} listeners, ${bad.length} violations$`));
    assert.deepEqual((await choose(page, "state", "Violation")).listeners, bad.map((l) => String(l.port)).sort((a, b) => a - b));
    assert.deepEqual((await shown(page)).rows, ["10248"], "the row that one of them violates");
    await choose(page, "state", "all");
    assert.deepEqual((await search(page, "backup-agent")).listeners, ["9850"]);
    await search(page, "");
    assert.deepEqual((await protocol(page, "udp")).listeners, ["4789"]);
    const plain = await open("plain");
    assert.equal(await plain.call(() => document.getElementById("listeners").checkVisibility()), false);
  }],

  ["violations that were seen", async (open) => {
    const page = await open("events");
    const lines = () => page.call(() => [...document.querySelectorAll("#violations-table tbody tr")].map((tr) => tr.innerText.split("\t")));
    assert.deepEqual((await lines()).map((l) => [l[0], l.at(-2)]), [["8080", "1"], ["9200", "40"], ["9700", "2"]]);
    assert.equal(await page.call(() => document.getElementById("listeners").checkVisibility()), false);
    assert.deepEqual(await page.call(() => [...document.querySelectorAll("#grid .violation")].map((c) => c.dataset.port)), ["9200", "9700"]);
    assert.equal((await lines()).at(-1).at(-1), "2026-11-22T21:13:00Z");
    await page.click('#grid [data-port="9700"]');
    const { details } = await shown(page);
    assert.match(details, /^Port 9700\/tcp.*Violations.*cron.*unregistered/s);
    assert.doesNotMatch(details, /undefined/);
    assert.deepEqual((await choose(page, "state", "Violation")).rows, ["9200-9219"]);
    await page.click('#grid [data-port="9200"]');
    assert.match((await shown(page)).details, /^Port 9200\/tcp.*Violations.*dev\.service.*40/s);
    await choose(page, "state", "all");
    await search(page, "nginx");
    assert.deepEqual((await lines()).map((l) => l[0]), ["8080"]);
  }],

  ["details of a port", async (open) => {
    const page = await open("listening");
    await page.click('#grid [data-port="9100"]');
    const { details } = await shown(page);
    assert.match(details, /Declared\s*no, by pod shop\/web-1, shadowed/);
    for (const word of ["Port 9100/tcp", "External; in a documented range", "node-exporter", "monitoring",
      "openshift-monitoring/node-exporter-*/kube-rbac-proxy", "node_exporter", "4001", "Findings", "<script>pwned=1</script>"])
      assert.ok(details.includes(word), `${word} is not in: ${details}`);
    await page.click("#rows-table tbody tr:first-child button");
    assert.match((await shown(page)).details, /^Port 22\/tcp/);
    assert.match((await shown(page)).title, /^Ports 0–999/);
  }],

  ["an address names a port", async (open) => {
    const page = await open("plain", { hash: "#udp-4789" });
    page.url += "#udp-4789";
    assert.match((await shown(page)).details, /^Port 4789\/udp/);
    for (const hash of ["#udp-99999", "#nothing-1", "#tcp-1<script>"]) {
      const other = await open("plain", { hash });
      other.requests[0] = other.url;
      assert.match((await shown(other)).details, /^Details/);
    }
    page.requests[0] = page.url;
  }],

  ["the next free ports", async (open) => {
    for (const [name, listeners] of [["plain"], ["listening", "listeners.json"], ["site"]]) {
      const page = await open(name), want = expected(name, listeners);
      const got = await page.call(() => [...document.querySelectorAll("#free button")].map((b) => Number(b.textContent)));
      assert.deepEqual(got, want.free("tcp", 9000, 9999, 10), name);
    }
  }],

  ["a node's page tells rows that are not for it", async (open) => {
    const page = await open("worker"), want = expected("worker");
    const other = want.of("tcp").filter((r) => r.kind === "entry" && r.role === "control-plane");
    checkRows(await choose(page, "state", "Not for this node"), other, "inactive");
    assert.equal(await page.call(() => document.getElementById("node").textContent), "Node: worker");
  }],

  ["columns sort", async (open) => {
    const page = await open("plain");
    const column = (n) => page.call((i) => [...document.querySelectorAll("#rows-table tbody tr")].map((tr) => tr.cells[i].textContent.toLowerCase()), n);
    const sorted = (list) => list.slice().sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    await page.click("#rows-table th.process button");
    const up = await column(3);
    assert.deepEqual(up, sorted(up));
    assert.equal(await page.call(() => document.querySelector("#rows-table th.process").getAttribute("aria-sort")), "ascending");
    await page.click("#rows-table th.process button");
    assert.deepEqual(await column(3), up.slice().reverse());
    assert.equal(await page.call(() => document.querySelectorAll("[aria-sort]").length), 1);
    await page.click("#rows-table th.since button");
    const since = (await column(5)).filter(Boolean);
    assert.ok(since.indexOf("4.9") === -1 || since.indexOf("4.9") < since.indexOf("4.10"), "4.9 is before 4.10");
    await shoot(page, "sorted");
  }],
];
