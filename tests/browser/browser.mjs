// SPDX-License-Identifier: MIT
// A headless Chromium, driven by its own protocol over a pipe: no port is opened, and
// no driver has to fit its version.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ANSWER_MS = 60000;

export class Browser {
  #process;
  #profile;
  #next = 1;
  #waiting = new Map();
  #listeners = new Map(); // by session
  #text = "";
  exited;

  static async start() {
    const browser = new Browser();
    browser.#profile = mkdtempSync(join(tmpdir(), "hostport-browser-"));
    browser.#process = spawn(
      process.env.CHROMIUM || "chromium",
      [
        "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check",
        "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-sync",
        "--disable-component-update", "--disable-extensions", "--hide-scrollbars", "--lang=en",
        `--user-data-dir=${browser.#profile}`,
        ...(process.getuid() === 0 ? ["--no-sandbox"] : []),
        "about:blank",
      ],
      // a group of its own, so that its children end with it
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"], detached: true },
    );
    browser.exited = new Promise((resolve) => browser.#process.once("exit", resolve));
    browser.#process.once("error", (error) => browser.#fail(error));
    browser.#process.once("exit", () => browser.#fail(new Error("the browser has ended")));
    browser.#process.stdio[3].on("error", () => {});
    browser.#process.stdio[4].setEncoding("utf8").on("data", (text) => browser.#take(text));
    await browser.send("Browser.getVersion");
    return browser;
  }

  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #take(text) {
    const parts = (this.#text + text).split("\0");
    this.#text = parts.pop();
    for (const part of parts) {
      const message = JSON.parse(part);
      const waiting = this.#waiting.get(message.id);
      if (waiting) {
        this.#waiting.delete(message.id);
        if (message.error) waiting.reject(new Error(`${waiting.method}: ${message.error.message}`));
        else waiting.resolve(message.result);
      } else if (message.method) {
        this.#listeners.get(message.sessionId)?.(message.method, message.params);
      }
    }
  }

  send(method, params = {}, sessionId = undefined) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method}: no answer`)), ANSWER_MS);
      this.#waiting.set(id, {
        method,
        resolve: (value) => (clearTimeout(timer), resolve(value)),
        reject: (error) => (clearTimeout(timer), reject(error)),
      });
      this.#process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
    });
  }

  async page(width, height) {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, sessionId, targetId);
    this.#listeners.set(sessionId, (method, params) => page.heard(method, params));
    await page.prepare(width, height);
    return page;
  }

  async stop() {
    try {
      process.kill(-this.#process.pid, "SIGKILL");
    } catch {
      // it has ended
    }
    await this.exited;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

const KEYS = {
  Enter: { keyCode: 13, text: "\r" }, Escape: { keyCode: 27 }, Tab: { keyCode: 9 }, " ": { keyCode: 32, text: " " },
  ArrowLeft: { keyCode: 37 }, ArrowUp: { keyCode: 38 }, ArrowRight: { keyCode: 39 }, ArrowDown: { keyCode: 40 },
  Home: { keyCode: 36 }, End: { keyCode: 35 }, PageUp: { keyCode: 33 }, PageDown: { keyCode: 34 },
};

class Page {
  faults = []; // what the page said, or broke
  requests = [];
  #waiters = [];

  constructor(browser, session, target) {
    this.browser = browser;
    this.session = session;
    this.target = target;
  }

  send(method, params) {
    return this.browser.send(method, params, this.session);
  }

  heard(method, params) {
    if (method === "Runtime.exceptionThrown") this.faults.push(params.exceptionDetails.exception?.description || params.exceptionDetails.text);
    if (method === "Runtime.consoleAPICalled") this.faults.push(`console.${params.type}`);
    if (method === "Log.entryAdded") this.faults.push(params.entry.text);
    if (method === "Audits.issueAdded") this.faults.push(params.issue.code);
    if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
    // what the page's policy stops is announced all the same; it is a fault, and no request
    if (method === "Network.loadingFailed" && params.blockedReason === "csp") this.requests.pop();
    if (method === "Page.javascriptDialogOpening") {
      this.faults.push(`dialog: ${params.message}`);
      this.send("Page.handleJavaScriptDialog", { accept: true });
    }
    this.#waiters = this.#waiters.filter((w) => w.method !== method || (w.resolve(params), false));
  }

  event(method) {
    return new Promise((resolve) => this.#waiters.push({ method, resolve }));
  }

  async prepare(width, height) {
    for (const domain of ["Page", "Runtime", "Log", "Network", "Audits"]) await this.send(`${domain}.enable`);
    await this.size(width, height);
  }

  size(width, height) {
    return this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  }

  media(features, type = "") {
    return this.send("Emulation.setEmulatedMedia", {
      media: type,
      features: Object.entries(features).map(([name, value]) => ({ name, value })),
    });
  }

  // Milliseconds until the page is loaded and drawn.
  async open(url, scripted = true) {
    const loaded = this.event("Page.loadEventFired");
    const from = performance.now();
    await this.send("Page.navigate", { url });
    await loaded;
    if (scripted) await this.settle();
    return performance.now() - from;
  }

  // The value of a JavaScript function of the page, called with arguments that are JSON.
  async call(fn, ...args) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression: `(${fn})(...${JSON.stringify(args)})`,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description || exceptionDetails.text);
    return result.value;
  }

  evaluate(expression) {
    return this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
  }

  // Two frames: what was asked for is on the screen.
  settle() {
    return this.call(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0)))));
  }

  async press(key, modifiers = 0) {
    const known = KEYS[key] || { text: key, keyCode: key.toUpperCase().charCodeAt(0) };
    const event = {
      key, modifiers, text: known.text, windowsVirtualKeyCode: known.keyCode,
      code: key === "/" ? "Slash" : key,
    };
    await this.send("Input.dispatchKeyEvent", { type: known.text ? "keyDown" : "rawKeyDown", ...event });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...event, text: undefined });
  }

  type(text) {
    return this.send("Input.insertText", { text });
  }

  async click(selector) {
    const box = await this.call((s) => {
      const element = document.querySelector(s);
      element.scrollIntoView({ block: "center", behavior: "instant" });
      const r = element.getBoundingClientRect();
      return { x: r.left + r.width / 2, y: r.top + r.height / 2 };
    }, selector);
    for (const type of ["mousePressed", "mouseReleased"])
      await this.send("Input.dispatchMouseEvent", { type, ...box, button: "left", clickCount: 1 });
  }

  async screenshot(whole = false) {
    const { data } = await this.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: whole });
    return Buffer.from(data, "base64");
  }

  async pdf() {
    const { data } = await this.send("Page.printToPDF", { preferCSSPageSize: true, printBackground: false });
    return Buffer.from(data, "base64");
  }

  close() {
    return this.browser.send("Target.closeTarget", { targetId: this.target });
  }
}
