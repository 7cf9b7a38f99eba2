// SPDX-License-Identifier: MIT
// Counts tests, and opens pages for them.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Expected } from "./expected.mjs";

export const PAGES = process.env.PAGES;
const SHOTS = process.env.SHOTS;

export class Suite {
  counts = { passed: 0, failed: 0, skipped: 0 };

  constructor(browser) {
    this.browser = browser;
  }

  async run(name, fn) {
    const opened = [];
    try {
      await fn(async (page, options = {}) => {
        const p = await this.open(page, options);
        opened.push(p);
        return p;
      });
      for (const p of opened) assert.deepEqual(p.faults, [], "what the page said or broke");
      for (const p of opened) assert.deepEqual(p.requests, [p.url], "requests but for the page itself");
      this.counts.passed++;
      console.log(`PASS browser: ${name}`);
    } catch (error) {
      this.counts.failed++;
      console.log(`FAIL browser: ${name}`);
      console.log(String(error.stack || error).replace(/^/gm, "     "));
    }
    for (const p of opened) await p.close().catch(() => {});
  }

  async open(name, { width = 1280, height = 900, scheme = "light", script = true, hash = "" }) {
    const page = await this.browser.page(width, height);
    page.url = pathToFileURL(join(PAGES, `${name}.html`)).href;
    await page.media({ "prefers-color-scheme": scheme });
    if (!script) await page.send("Emulation.setScriptExecutionDisabled", { value: true });
    page.took = await page.open(page.url + hash, script);
    return page;
  }

  finish() {
    const { passed, failed, skipped } = this.counts;
    console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
    return failed === 0;
  }
}

export function expected(name, listeners) {
  return new Expected(join(PAGES, `${name}.json`), listeners && join(PAGES, listeners));
}

export async function shoot(page, name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  writeFileSync(join(SHOTS, `${name}.png`), await page.screenshot());
}

// What the page says, in numbers and texts.
export const shown = (page) => page.call(() => ({
  result: document.getElementById("result").textContent,
  count: document.getElementById("rows-count").textContent,
  rows: [...document.querySelectorAll("#rows-table tbody tr")].map((tr) => tr.cells[0].textContent),
  listeners: [...document.querySelectorAll("#listeners-table tbody tr")].map((tr) => tr.cells[0].textContent),
  details: document.getElementById("details").textContent,
  title: document.getElementById("map-title").textContent,
  focus: document.activeElement.dataset.port ?? document.activeElement.id,
}));

export async function search(page, text) {
  await page.call(() => document.getElementById("search").focus());
  await page.call(() => document.getElementById("search").select());
  if (text === "") await page.call(() => {
    document.getElementById("search").value = "";
    document.getElementById("search").dispatchEvent(new Event("input"));
  });
  else await page.type(text);
  await page.call(() => new Promise((done) => setTimeout(done, 0)));
  await page.settle();
  return shown(page);
}

// Choose an option by its text.
export async function choose(page, id, text) {
  const found = await page.call((i, t) => {
    const select = document.getElementById(i);
    const option = [...select.options].find((o) => o.textContent === t);
    if (option) select.value = option.value;
    select.dispatchEvent(new Event("change"));
    return Boolean(option);
  }, id, text);
  assert.ok(found, `${id} has no option ${text}`);
  return shown(page);
}

export async function protocol(page, name) {
  await page.call((n) => document.querySelector(`#protocols input[value=${n}]`).click(), name);
  return shown(page);
}
