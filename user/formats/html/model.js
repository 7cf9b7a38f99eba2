// SPDX-License-Identifier: MIT
"use strict";
/*
 * The data, and what is known of each port. Counts of ports are made of the ends
 * of ranges, so that they cost as much as there are rows, not ports.
 */
const PORTS = 65536;
const WINDOW = 1000;
const data = JSON.parse(document.getElementById("data").textContent);
const PROTOCOL_NAMES = { tcp: "TCP", udp: "UDP", sctp: "SCTP", udplite: "UDP-Lite", dccp: "DCCP" };

/* States of rows and of ports: the word, and what stands in a cell of the map. */
const STATES = {
	external: { word: "external", title: "External", glyph: "" },
	localhost: { word: "localhost only", title: "Localhost only", glyph: "L" },
	inactive: { word: "not for this node", title: "Not for this node", glyph: "N" },
	retired: { word: "retired", title: "Retired", glyph: "R" },
	exception: { word: "exception", title: "Exception", glyph: "x" },
	client: { word: "source ports", title: "Source ports of its owners" },
	free: { word: "free", title: "Free", glyph: "" },
	outside: { word: "no row, outside the documented ranges", title: "Outside the ranges", glyph: "" },
	range: { word: "documented range", title: "Documented range" },
	dropped: { word: "dropped", title: "Dropped by a later layer" },
	drop: { word: "drop", title: "Drop" },
	several: { word: "several rows", title: "Several rows", glyph: "2" },
	listening: { word: "listening", title: "Listening", glyph: "" },
	violation: { word: "violation", title: "Violation", glyph: "!" },
};
/* What a port's rows make of it, the strongest first. */
const PORT_STATES = ["external", "localhost", "inactive", "retired", "exception"];

/* Text from outside, with what would steer the text around it by its name. */
const STEERING = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
function visible(text) {
	return String(text).replace(STEERING, (c) => "\n\r\t".includes(c) ? " " :
		`\u27e8U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}\u27e9`);
}

function rowState(raw) {
	if (raw.dropped)
		return "dropped";
	if (raw.kind === "range" || raw.kind === "drop" || raw.kind === "exception" ||
		raw.kind === "client")
		return raw.kind;
	if (raw.here === "inactive" || raw.here === "retired")
		return raw.here;
	if (raw.kind === "retired" && raw.here !== "none")
		return "retired";
	return raw.scope === "localhost" ? "localhost" : "external";
}

function ownerText(owner) {
	if (owner.unit)
		return `unit ${owner.unit}`;
	return owner.exe || [owner.namespace, owner.pod, owner.container].map((p) => p || "*").join("/");
}

function makeRow(raw, index) {
	const ends = typeof raw.ports === "number" ? [raw.ports] : raw.ports.split("-").map(Number);

	return {
		raw, index,
		state: rowState(raw),
		first: ends[0], last: ends[ends.length - 1],
		protocol: raw.protocol,
		team: raw.team || "",
		text: null,
	};
}

const noteOf = (row) => visible(row.raw.notes || row.raw.note || row.raw.reason || "");
const ownersOf = (row) => (row.raw.owners || []).map((owner) => visible(ownerText(owner)));

/* What a search finds of a row, in lower case; made when somebody searches. */
function rowText(row) {
	if (row.text === null)
		row.text = visible([row.raw.process, row.team, noteOf(row), row.raw.application, row.raw.layer,
			ownersOf(row).join(" "), row.raw.since].filter(Boolean).join(" ")).toLowerCase();
	return row.text;
}

function processText(process) {
	return `${visible(process.comm || "")}${process.pid ? ` [${process.pid}]` : ""}`;
}

function makeSocket(raw) {
	const entry = raw.entry || null;

	return {
		raw, protocol: raw.protocol, port: raw.port || 0, entry,
		team: entry && entry.team || "",
		violation: raw.verdict === "audited" || raw.verdict === "denied",
		text: visible([...[raw, ...raw.others || []].flatMap((p) => [p.comm, p.exe, p.address]),
			raw.workload, raw.class, raw.verdict,
			entry && entry.process, entry && entry.team].filter(Boolean).join(" ")).toLowerCase(),
	};
}

const rows = data.rows.map(makeRow);
const listeners = (data.listeners || []).map(makeSocket);
// They are violations whatever verdict is given, if any, but for what is excepted.
const violations = (data.violations || []).map((raw) => ({ ...makeSocket(raw), violation: raw.verdict !== "excepted" }));

function socketsByPort() {
	const map = new Map();

	for (const [kind, list] of [["listeners", listeners], ["violations", violations]])
		for (const socket of list) {
			const key = `${socket.protocol}/${socket.port}`;

			if (!map.has(key))
				map.set(key, { listeners: [], violations: [], violation: false });
			map.get(key)[kind].push(socket);
			map.get(key).violation ||= socket.violation;
		}
	return map;
}
const sockets = socketsByPort();
const NO_SOCKETS = { listeners: [], violations: [], violation: false };

function socketsOf(protocol, port) {
	return sockets.get(`${protocol}/${port}`) || NO_SOCKETS;
}

/* How many of the rows name each port. */
function countPorts(list) {
	const count = new Int32Array(PORTS + 1);

	for (const row of list) {
		count[row.first]++;
		count[row.last + 1]--;
	}
	for (let port = 1; port < PORTS; port++)
		count[port] += count[port - 1];
	return count;
}

/* sums[port]: of how many ports before it `has` says yes. */
function sumPorts(has) {
	const sums = new Int32Array(PORTS + 1);

	for (let port = 0; port < PORTS; port++)
		sums[port + 1] = sums[port] + (has(port) ? 1 : 0);
	return sums;
}

/*
 * What is known of the ports of a protocol. `among` says of how many ports of a row
 * something is true: several rows, a listener, a violation.
 */
function makePorts(protocol) {
	const mine = rows.filter((row) => row.protocol === protocol);
	const counts = {};
	const documented = countPorts(mine.filter((row) => row.state === "range"));
	const deciding = countPorts(mine.filter((row) => row.state !== "exception" && PORT_STATES.includes(row.state)));

	for (const state of PORT_STATES)
		counts[state] = countPorts(mine.filter((row) => row.state === state));
	const sums = {
		several: sumPorts((port) => deciding[port] > 1),
		listening: sumPorts((port) => socketsOf(protocol, port).listeners.length > 0),
		violation: sumPorts((port) => socketsOf(protocol, port).violation),
	};

	return {
		protocol, mine,
		among: (what, row) => sums[what][row.last + 1] - sums[what][row.first],
		ranges: mine.filter((row) => row.state === "range"),
		documented: (port) => documented[port] > 0,
		rows: (port) => deciding[port],
		state: (port) => PORT_STATES.find((state) => counts[state][port] > 0) ||
			(documented[port] > 0 ? "free" : "outside"),
	};
}

const portsMade = new Map();
function portsOf(protocol) {
	if (!portsMade.has(protocol))
		portsMade.set(protocol, makePorts(protocol));
	return portsMade.get(protocol);
}

/* The protocols that there is something to say of; TCP and UDP always. */
const protocols = Object.keys(PROTOCOL_NAMES).filter((name) => name === "tcp" || name === "udp" ||
	rows.some((row) => row.protocol === name) || listeners.some((l) => l.protocol === name));

/* All rows that name a port, however they stand to it. */
function rowsAt(ports, port) {
	return ports.mine.filter((row) => row.first <= port && port <= row.last);
}

function findingsAt(protocol, port) {
	return (data.findings || []).filter((f) => f.port === port && f.protocol === protocol);
}

/* The next free documented ports from `from` on, at most n of them, and no further than `to`. */
function freePorts(ports, from, to, n) {
	const free = [];

	for (let port = Math.max(from, 1); port <= to && free.length < n; port++)
		if (ports.state(port) === "free" && !sockets.has(`${ports.protocol}/${port}`))
			free.push(port);
	return free;
}
