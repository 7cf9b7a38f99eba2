// SPDX-License-Identifier: MIT
// What comes from outside stays text; the page asks nobody; it stays quick.
import assert from "node:assert/strict";
import { statSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { choose, expected, PAGES, protocol, search, shoot, shown } from "./suite.mjs";

const inert = (page) => page.call(() => ({
  pwned: "pwned" in globalThis,
  scripts: document.querySelectorAll("script").length,
  foreign: document.querySelectorAll("img, iframe, object, embed, link, body [onload], [onerror], [onclick], [onmouseover]").length,
  svgs: document.querySelectorAll("svg:not(#bands svg)").length,
  bold: [...document.querySelectorAll("td b, td i, td script, td svg")].length,
}));
const INERT = { pwned: false, scripts: 2, foreign: 0, svgs: 0, bold: 0 };

// Milliseconds until what was done is on the screen.
async function timed(page, fn, ...args) {
  return page.call(new Function("...args", `
    const from = performance.now();
    (${fn})(...args);
    return new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now() - from), 0)));
  `), ...args);
}

async function checkQuick(open, name, limits) {
  const page = await open(name), want = expected(name);
  const kib = Math.round(statSync(join(PAGES, `${name}.html`)).size / 1024);
  const times = { load: page.took };
  const rows = want.of("tcp").length;
  assert.match((await shown(page)).count, new RegExp(`^Showing 500 of ${rows.toLocaleString("en")} rows`));
  times.state = await timed(page, () => {
    document.getElementById("state").value = "external";
    document.getElementById("state").dispatchEvent(new Event("change"));
  });
  times.sort = await timed(page, () => document.querySelector("#rows-table th.process button").click());
  times.udp = await timed(page, () => document.querySelector("#protocols input[value=udp]").click());
  times.key = await timed(page, () => document.querySelector("#after").click());
  await page.click("#clear");
  await protocol(page, "tcp");
  const found = want.search("daemon-777", "tcp");
  times.search = await page.call(async (text, count) => {
    const input = document.getElementById("search"), from = performance.now();
    input.value = text;
    input.dispatchEvent(new Event("input"));
    while (!document.getElementById("result").textContent.startsWith(`${count} row`) && performance.now() - from < 20000)
      await new Promise((done) => setTimeout(done, 5));
    return performance.now() - from;
  }, "daemon-777", found.length.toLocaleString("en"));
  assert.match((await shown(page)).result, new RegExp(`^${found.length.toLocaleString("en")} rows?`));
  console.log(`     ${name}: ${want.rows.length} rows, ${kib} KiB; milliseconds: ` +
    Object.entries(times).map(([k, v]) => `${k} ${Math.round(v)}`).join(", "));
  for (const [what, limit] of Object.entries(limits))
    assert.ok(times[what] < limit, `${name}: ${what} took ${Math.round(times[what])} ms; the limit is ${limit}`);
}

export const safety = [
  ["hostile names are text", async (open) => {
    const page = await open("hostile"), want = expected("hostile");
    await page.settle();
    assert.deepEqual(await inert(page), INERT);
    const text = await page.call(() => document.getElementById("rows-table").innerText);
    for (const row of want.rows.filter((r) => r.process && !/[\u202a-\u202e\u2028\u2066-\u2069]/.test(r.process)))
      assert.ok(text.includes(row.process), `${row.process} can't be read`);
    assert.ok(text.includes("left\u27e8U+202E\u27e9right"), "an override is named");
    assert.ok(!/[\u202a-\u202e\u2066-\u2069\u2028\u2029]/.test(await page.call(() => document.body.textContent
      .replace(document.getElementById("data").textContent, ""))), "and is not in the page");
    const title = await page.call(() => [document.title, document.querySelector("h1").textContent]);
    for (const t of title) assert.equal(t, "</title><script>pwned=1</script>\ufffd\ufffd(\"><img src=x onerror=pwned=1>");
    await shoot(page, "hostile");
  }],

  ["hostile names are text wherever they are shown", async (open) => {
    const page = await open("hostile"), want = expected("hostile", "hostile-listeners.json");
    for (const port of [9000, 9001, 9002, 9003, 9004, 9005, 9006]) {
      await page.click(`#grid [data-port="${port}"]`);
      assert.deepEqual(await inert(page), INERT, `details of ${port}`);
    }
    for (const team of want.rows.map((r) => r.team).filter((t) => t && !t.includes("\u2066"))) {
      const got = await choose(page, "team", team);
      assert.deepEqual(got.rows, want.rows.filter((r) => r.team === team).map((r) => String(r.ports)), team);
    }
    await choose(page, "team", "all");
    const listed = await page.call(() => document.getElementById("listeners-table").innerText);
    for (const word of ["<img src=x onerror=pwned=1>", "\"><script>pwned=1</script>", "</td><script>pwned=1</script>", "cgroup /<svg onload=pwned=1>"])
      assert.ok(listed.includes(word), `${word} can't be read`);
    assert.equal((await search(page, "</script><script>")).rows.length, want.search("</script><script>", "tcp").length);
    await search(page, "");
    assert.deepEqual(await inert(page), INERT);
    const findings = await page.call(() => document.getElementById("findings").innerText);
    assert.ok(findings.includes("<script>pwned=1</script>") && findings.includes("<b>10-site.yaml"));
  }],

  ["hostile names are text without the script", async (open) => {
    const page = await open("hostile", { script: false });
    const { root } = await page.send("DOM.getDocument", { depth: 1 });
    const count = async (selector) => (await page.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector })).nodeIds.length;
    assert.equal(await count("script"), 2);
    assert.equal(await count("img, svg, [onload], [onerror], [onclick], td b, td i"), 0);
  }],

  // The negative cases: had a name become an element, it would still do nothing.
  ["the policy stops what is not the page's own", async (open) => {
    const page = await open("plain");
    const before = page.requests.length;
    await page.call(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.pwned = 1";
      document.body.append(script);
      const holder = document.createElement("div");
      holder.innerHTML = "<img src='https://192.0.2.1/x.png' onerror='pwned=1'><b style='color:red' onclick='pwned=1'>b</b>";
      document.body.append(holder);
      holder.querySelector("b").click();
      return fetch("https://192.0.2.1/").then(() => "fetched", () => "refused");
    });
    await page.settle();
    assert.equal(await page.call(() => globalThis.pwned), undefined);
    assert.notEqual(await page.call(() => getComputedStyle(document.querySelector("div b")).color), "rgb(255, 0, 0)");
    const faults = page.faults.join("\n");
    for (const what of ["script-src", "style-src", "img-src|default-src", "connect-src|default-src"]) assert.match(faults, new RegExp(what));
    assert.equal(page.requests.length, before, "nothing was asked for");
    page.faults = [];
  }],

  ["nothing on the page can load or send", async () => {
    for (const name of ["plain", "listening"]) {
      const html = readFileSync(join(PAGES, `${name}.html`), "utf8");
      assert.doesNotMatch(html, /@import|url\(|<link|<img|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
      assert.doesNotMatch(html, /\s(?:src|href)="(?!#)/);
    }
  }],

  ["25,000 rows", async (open) => checkQuick(open, "big",
    { load: 30000, search: 15000, state: 15000, sort: 15000, udp: 15000, key: 15000 })],
  ["131,072 rows, as many as a registry has", async (open) => checkQuick(open, "huge",
    { load: 30000, search: 15000, state: 15000, sort: 15000, udp: 15000, key: 15000 })],

  ["more rows are shown on request", async (open) => {
    const page = await open("big");
    assert.equal((await shown(page)).rows.length, 500);
    await page.click("#more");
    const now = await shown(page);
    assert.equal(now.rows.length, 1000);
    assert.match(now.count, /^Showing 1,000 of /);
  }],

  ["a long static table says how much of it is there", async (open) => {
    const page = await open("big", { script: false });
    const { root } = await page.send("DOM.getDocument", { depth: 1 });
    const { nodeId } = await page.send("DOM.querySelector", { nodeId: root.nodeId, selector: "#rows-count" });
    const { outerHTML } = await page.send("DOM.getOuterHTML", { nodeId });
    assert.match(outerHTML, />The first 1000 of 25000 rows\.</);
  }],
];
