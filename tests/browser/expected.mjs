// SPDX-License-Identifier: MIT
// What a page must show, from what `hostportctl registry show --json` says of the same
// layers; made without the page's own script.
import { readFileSync } from "node:fs";

export class Expected {
  constructor(file, listeners = null) {
    this.rows = JSON.parse(readFileSync(file, "utf8")).rows.filter((raw) => raw.kind !== "accept").map((raw) => {
      const [first, last] = String(raw.ports).split("-").map(Number);
      return { ...raw, first, last: last ?? first };
    });
    this.listeners = listeners ? JSON.parse(readFileSync(listeners, "utf8")).listeners : [];
  }

  of(protocol) {
    return this.rows.filter((row) => row.protocol === protocol);
  }

  names(port, protocol) {
    return this.of(protocol).filter((row) => row.first <= port && port <= row.last);
  }

  // The class of a map's cell, beside "cell".
  state(port, protocol) {
    const here = this.names(port, protocol).filter((row) => !row.dropped);
    const entries = here.filter((row) => row.kind === "entry");
    if (entries.some((row) => row.scope === "external")) return "external";
    if (entries.length) return "localhost";
    if (here.some((row) => row.kind === "retired")) return "retired";
    if (here.some((row) => row.kind === "exception")) return "exception";
    return here.some((row) => row.kind === "range") ? "free" : "outside";
  }

  several(port, protocol) {
    return this.names(port, protocol)
      .filter((row) => !row.dropped && (row.kind === "entry" || row.kind === "retired")).length;
  }

  listening(port, protocol) {
    return this.listeners.filter((l) => l.port === port && l.protocol === protocol);
  }

  // Matching rows of a protocol, as the search promises: port, process, team, notes and the like.
  search(text, protocol) {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
    return this.of(protocol).filter((row) =>
      (row.first <= port && port <= row.last) ||
      [row.process, row.team, row.notes ?? row.note ?? row.reason, row.application, row.layer, row.since,
        ...(row.owners ?? []).map((o) => o.unit ? `unit ${o.unit}` : o.exe ??
          [o.namespace, o.pod, o.container].map((p) => p ?? "*").join("/"))]
        .some((value) => value?.toLowerCase().includes(text)));
  }

  free(protocol, first, last, n) {
    const free = [];
    for (let port = first; port <= last && free.length < n; port++)
      if (this.state(port, protocol) === "free" && !this.listening(port, protocol).length) free.push(port);
    return free;
  }
}

// The ratio of WCAG 2 of two colours "rgb(r, g, b)".
export function contrast(a, b) {
  const [one, two] = [a, b].map((colour) => {
    const [r, g, b2] = colour.match(/[\d.]+/g).slice(0, 3).map((v) => {
      const c = Number(v) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b2;
  }).sort((x, y) => y - x);
  return (one + 0.05) / (two + 0.05);
}
