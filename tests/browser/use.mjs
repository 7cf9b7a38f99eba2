// SPDX-License-Identifier: MIT
// How the page is used: by keyboard, on paper, on a small screen, without its script.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { contrast } from "./expected.mjs";
import { choose, expected, protocol, search, shoot, shown } from "./suite.mjs";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function checkAxe(page, what) {
  await page.evaluate(axeSource);
  const found = await page.call(async () => {
    const result = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return {
      passes: result.passes.length,
      bad: result.violations.filter((v) => v.impact === "serious" || v.impact === "critical")
        .map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 200)} ${n.failureSummary}`).join("\n")}`),
    };
  });
  assert.ok(found.passes > 20, `${what}: axe looked at the page`);
  assert.deepEqual(found.bad, [], what);
}

// Pairs of text and what is behind it: a selector each.
const PAIRS = ["h1", ".about", "#result", ".track-name", ".at", "#legend li", "#keys", ".count", "thead th", "td.notes",
  ".port-link", ".cell.external.several-test", ".cell.localhost", ".cell.retired", ".cell.violation", ".band-label", "#details h2",
  ".card dt", ".tag", "#controls fieldset label:has(:checked)", "tr.violation td.verdict", ".warning b"];

const colours = (page) => page.call((selectors) => selectors.map((selector) => {
  const element = document.querySelector(selector);
  if (!element) return null;
  let behind = element;
  while (behind && /rgba\(.*, 0\)|transparent/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
  return [selector, getComputedStyle(element).color, getComputedStyle(behind || document.documentElement).backgroundColor];
}).filter(Boolean), PAIRS);

const visible = (page, selector) => page.call((s) => document.querySelector(s)?.checkVisibility() ?? false, selector);

export const use = [
  ["the keyboard reaches everything", async (open) => {
    const page = await open("listening");
    const path = [];
    for (let i = 0; i < 40 && !/^\d+$/.test(path.at(-1) ?? ""); i++) {
      await page.press("Tab");
      path.push(await page.call(() => document.activeElement.closest("#grid") ? document.activeElement.dataset.port :
        document.activeElement.id || document.activeElement.tagName));
    }
    assert.equal(path.at(-1), "9000", `by ${path}`);
    for (const id of ["theme", "search", "team", "state", "after"]) assert.ok(path.includes(id), `${id} is on the way: ${path}`);
    const steps = [["ArrowRight", 9001], ["ArrowDown", 9051], ["ArrowLeft", 9050], ["ArrowUp", 9000], ["End", 9049],
      ["Home", 9000], ["ArrowUp", 8950], ["ArrowDown", 9000], ["PageDown", 10000], ["PageUp", 9000], ["ArrowLeft", 8999],
      ["ArrowRight", 9000]];
    for (const [key, port] of steps) {
      await page.press(key);
      assert.equal((await shown(page)).focus, String(port), key);
    }
    for (let i = 0; i < 2; i++) await page.press("ArrowDown");
    await page.press("Enter");
    const now = await shown(page);
    assert.match(now.details, /^Port 9100\/tcp/);
    assert.equal(now.focus, "9100", "the focus stays");
    assert.equal(await page.call(() => document.querySelector("[aria-selected]").dataset.port), "9100");
    assert.match(await page.call(() => document.getElementById("chosen").textContent), /^Port 9100: external; node-exporter/);
    assert.equal(await page.call(() => document.querySelectorAll("#grid [tabindex='0']").length), 1, "one stop of the Tab key");
  }],

  ["the keyboard stays within the ports", async (open) => {
    const page = await open("plain");
    await page.call(() => document.querySelector('#grid [data-port="9000"]').focus());
    for (let i = 0; i < 70; i++) await page.press("PageDown");
    assert.equal((await shown(page)).focus, "65000");
    await page.press("ArrowDown");
    for (let i = 0; i < 12; i++) await page.press("ArrowDown");
    assert.equal((await shown(page)).focus, "65500");
    await page.press("End");
    assert.equal((await shown(page)).focus, "65535");
    for (let i = 0; i < 70; i++) await page.press("PageUp");
    assert.equal((await shown(page)).focus, "535");
  }],

  ["/ searches, Escape clears", async (open) => {
    const page = await open("plain");
    const all = (await shown(page)).result;
    await page.press("/");
    assert.equal((await shown(page)).focus, "search");
    await page.type("etcd");
    await page.press("/");
    await page.settle();
    assert.equal(await page.call(() => document.getElementById("search").value), "etcd/", "typed, not taken");
    await choose(page, "team", "etcd");
    await page.press("Escape");
    const now = await shown(page);
    assert.equal(now.result, all);
    assert.equal(await page.call(() => document.getElementById("search").value), "");
    assert.equal(await page.call(() => document.getElementById("team").value), "");
  }],

  ["counts are said to who listens", async (open) => {
    const page = await open("plain");
    const roles = await page.call(() => ["result", "chosen"].map((id) => document.getElementById(id).getAttribute("role")));
    assert.deepEqual(roles, ["status", "status"]);
    assert.match((await search(page, "etcd")).result, /^\d+ rows/);
  }],

  ["no serious finding of axe", async (open) => {
    for (const scheme of ["light", "dark"]) {
      const page = await open("listening", { scheme });
      await checkAxe(page, scheme);
      await page.click('#grid [data-port="9850"]');
      await checkAxe(page, `${scheme}, details`);
      await search(page, "kube");
      await checkAxe(page, `${scheme}, searched`);
    }
    await checkAxe(await open("listening", { width: 400 }), "narrow");
    await checkAxe(await open("hostile"), "hostile");
  }],

  ["light and dark can be read", async (open) => {
    const grounds = [];
    for (const scheme of ["light", "dark"]) {
      const page = await open("listening", { scheme });
      await page.click('#grid [data-port="9100"]');
      await page.call(() => document.querySelector(".cell.external").classList.add("several-test"));
      const pairs = await colours(page);
      assert.ok(pairs.length >= 20, `only ${pairs.length} pairs`);
      for (const [selector, text, ground] of pairs)
        assert.ok(contrast(text, ground) >= 4.5, `${scheme} ${selector}: ${text} on ${ground}: ${contrast(text, ground).toFixed(2)}`);
      grounds.push(await page.call(() => getComputedStyle(document.body).backgroundColor));
      await shoot(page, scheme);
    }
    assert.ok(contrast(...grounds) > 10, `the grounds are ${grounds}`);
  }],

  ["the theme can be chosen", async (open) => {
    const page = await open("plain");
    const ground = () => page.call(() => getComputedStyle(document.body).backgroundColor);
    const auto = await ground();
    await page.click("#theme");
    assert.equal(await ground(), auto, "light");
    await page.click("#theme");
    assert.notEqual(await ground(), auto, "dark");
    await page.click("#theme");
    assert.equal(await ground(), auto, "auto");
  }],

  ["states are told by more than colour", async (open) => {
    const page = await open("listening");
    const faces = await page.call(() => ["external", "localhost", "retired", "violation", "free"].map((state) => {
      const cell = document.querySelector(`#grid .cell.${state}`);
      const style = getComputedStyle(cell);
      return [cell.textContent, style.backgroundImage !== "none", style.backgroundColor === "rgba(0, 0, 0, 0)"].join();
    }));
    assert.equal(new Set(faces).size, faces.length, faces.join(" | "));
  }],

  ["on paper: the tables, and no controls", async (open) => {
    const page = await open("listening", { scheme: "dark" });
    await page.media({ "prefers-color-scheme": "dark" }, "print");
    for (const id of ["controls", "map", "space", "theme"]) assert.equal(await visible(page, `#${id}`), false, id);
    for (const id of ["rows-table", "listeners-table", "findings"]) assert.equal(await visible(page, `#${id}`), true, id);
    assert.equal(await page.call(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
    const [, text] = (await colours(page)).find(([s]) => s === "td.notes");
    assert.ok(contrast(text, "rgb(255, 255, 255)") > 10, `ink is ${text}`);
    assert.ok((await page.pdf()).subarray(0, 5).equals(Buffer.from("%PDF-")));
  }],

  ["small screens do not scroll sideways", async (open) => {
    for (const [name, width] of [["listening", 400], ["hostile", 400], ["site", 320]]) {
      const page = await open(name, { width });
      await page.click("#grid [data-port]:not(.free)");
      const sizes = await page.call(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      const wide = await page.call(() => [...document.querySelectorAll("body *")].filter((e) => !e.closest(".wide, .hide") &&
        e.getBoundingClientRect().right > document.documentElement.clientWidth).map((e) => e.id || e.className || e.tagName));
      assert.ok(sizes[0] <= sizes[1], `${name}: ${sizes[0]} of ${sizes[1]}: ${wide}`);
      assert.equal(await page.call(() => document.querySelectorAll("#grid [role=row]").length), 50, "rows of 20");
      await page.call(() => scrollTo({ top: 0, behavior: "instant" }));
      await shoot(page, `${name}-${width}`);
    }
  }],

  ["a screen that grows keeps what was chosen", async (open) => {
    const page = await open("plain", { width: 400 });
    await page.click('#grid [data-port="9100"]');
    await page.size(1280, 900);
    await page.settle();
    assert.equal(await page.call(() => document.querySelectorAll("#grid [role=row]").length), 20);
    assert.match((await shown(page)).details, /^Port 9100/);
  }],

  ["nothing moves for who wants none of it", async (open) => {
    const page = await open("plain");
    const motion = () => page.call(() => [getComputedStyle(document.documentElement).scrollBehavior,
      getComputedStyle(document.querySelector(".cell")).transitionDuration]);
    assert.deepEqual(await motion(), ["smooth", "0.12s"]);
    await page.media({ "prefers-reduced-motion": "reduce" });
    assert.deepEqual(await motion(), ["auto", "0s"]);
  }],

  ["without its script it is tables", async (open) => {
    const page = await open("listening", { script: false });
    const want = expected("listening", "listeners.json");
    const { root } = await page.send("DOM.getDocument", { depth: 1 });
    const all = async (selector) => (await page.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector })).nodeIds;
    assert.equal((await all("#rows-table tbody tr")).length, want.rows.length);
    assert.equal((await all("#listeners-table tbody tr")).length, want.listeners.length);
    assert.equal((await all("#findings li")).length, 1);
    const box = async (selector) => page.send("DOM.getBoxModel", { nodeId: (await all(selector))[0] }).then(() => true, () => false);
    assert.equal(await box("noscript p"), true, "it says so");
    assert.equal(await box("#rows-table"), true);
    assert.equal(await box("#controls"), false);
    assert.equal(await box("#map"), false);
    await shoot(page, "noscript");
  }],

  ["the static tables say what the script's do", async (open) => {
    const words = () => [...document.querySelectorAll("#rows-table tbody tr")].map((tr) =>
      [...tr.cells].map((td) => td.innerText.replaceAll("\n", "|")).join(" ; "));
    const before = (await open("site")), found = [];
    for (const p of ["tcp", "udp", "sctp", "udplite"]) {
      await protocol(before, p);
      await before.call(() => document.documentElement.classList.remove("alive"));
      found.push(...await before.call(words));
    }
    const html = readFileSync(new URL(before.url), "utf8");
    const fixed = await before.call((text) => {
      const other = new DOMParser().parseFromString(text, "text/html");
      for (const br of other.querySelectorAll("#rows-table br")) br.replaceWith("|");
      return [...other.querySelectorAll("#rows-table tbody tr")].map((tr) => [...tr.cells].map((td) => td.textContent).join(" ; ").trim());
    }, html);
    assert.deepEqual(fixed.slice().sort(), found.map((line) => line.trim()).sort());
  }],
];
