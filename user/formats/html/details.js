// SPDX-License-Identifier: MIT
/* What there is to say of one port. */
const DETAILS_MAX = 50; /* rows, and sockets */

function facts(pairs) {
	const list = make("dl", {});

	for (const [key, value] of pairs)
		if (value)
			list.append(make("dt", {}, key), make("dd", {}, ...[].concat(value).flatMap((v, i) =>
				i ? [make("br"), visible(v)] : [visible(v)])));
	return list;
}

function rowCard(row) {
	const raw = row.raw;
	const scope = raw.scope === "localhost" ? "localhost only" : raw.scope;

	return make("div", { class: `card ${row.state}` },
		make("h4", {}, visible(raw.process || STATES[row.state].title),
			make("span", { class: "tag" }, STATES[row.state].word)),
		facts([
			["Ports", row.first === row.last ? "" : portsText(row)],
			["Team", row.team],
			["Layer", `${raw.layer}, line ${raw.line}`],
			["Scope", row.state === "external" || row.state === "localhost" ? "" : scope],
			["Application", raw.application],
			["Since", raw.since],
			["Removed", raw.removed],
			["Role", raw.role === "any" ? "" : raw.role],
			["Platforms", raw.platforms ? raw.platforms.join(", ") : ""],
			["Owners", ownersOf(row)],
			["Essential", raw.essential ? "yes" : ""],
			["Class", raw.class],
			["Until", raw.until],
			["Of layer", raw.of],
			["Notes", noteOf(row)],
			["Source", raw.source],
		]));
}

/* Does its own pod declare the port, or another one? As `hostportctl listeners` has it. */
function declaredText(raw) {
	const by = !raw.declared && raw.declared_by;

	return [
		raw.orphan ? "no such pod" : raw.declared === undefined ? "" : raw.declared ? "yes" : "no",
		by ? `by pod ${by.namespace}/${by.pod}` : "",
		raw.shadowed ? "shadowed" : "",
	].filter(Boolean).join(", ");
}

function socketCard(socket) {
	const raw = socket.raw;

	return make("div", { class: `card socket ${socket.violation ? "violation" : ""}` },
		make("h4", {}, visible(raw.comm || "no process"),
			make("span", { class: "tag" }, visible((socket.violation ? [raw.verdict, raw.class] : [raw.verdict]).filter(Boolean).join(": ")))),
		facts([
			["Address", raw.address],
			["Process id", raw.pid ? String(raw.pid) : ""],
			["Program", raw.exe],
			["Also", raw.others && raw.others.map((p) =>
				`${p.comm}${p.pid ? ` [${p.pid}]` : ""} on ${p.address}${p.exe ? `, ${p.exe}` : ""}`)],
			["Workload", raw.workload],
			["Row", socket.entry ? `${socket.entry.layer}: ${socket.entry.process || ""}` : "none"],
			["Documented", raw.documented === undefined ? "" : raw.documented ? "yes" : "no"],
			["Declared", declaredText(raw)],
			["Last", raw.time],
			["Count", raw.count ? String(raw.count) : ""],
		]));
}

function findingCard(finding) {
	return make("div", { class: `card finding ${finding.severity}` },
		make("h4", {}, visible(finding.message), make("span", { class: "tag" }, finding.accepted ? "accepted" : finding.severity)),
		facts([["Rule", finding.rule], ["To do", finding.suggestion], ["Accepted", finding.accepted]]));
}

function cards(title, list, card) {
	if (!list.length)
		return [];
	return [make("h3", {}, title), ...list.slice(0, DETAILS_MAX).map(card),
		list.length > DETAILS_MAX ? make("p", {}, `and ${list.length - DETAILS_MAX} more`) : ""];
}

function portSentence(ports, port) {
	const state = ports.state(port);
	const where = ports.documented(port) ? "in a documented range" : "outside the documented ranges";
	const band = KNOWN_BANDS.find((b) => b.first <= port && port <= b.last);
	const what = state === "free" || state === "outside" ? "No row names it" :
		STATES[state].word.replace(/^./, (c) => c.toUpperCase());

	return `${what}; ${where}${band ? `; ${band.is}` : ""}.`;
}

function emptyDetails() {
	return [make("h2", {}, "Details"), make("p", { class: "quiet" },
		"Choose a port: its rows, who may bind it, and what listens.")];
}

function drawDetails() {
	const port = view.chosen;

	if (port === null) {
		$("details").replaceChildren(...emptyDetails());
		$("chosen").textContent = "";
		return;
	}
	const ports = portsOf(view.protocol);
	const here = rowsAt(ports, port);
	const open = socketsOf(view.protocol, port);

	$("chosen").textContent = `Port ${portLabel(ports, port)}`;
	$("details").replaceChildren(
		make("h2", {}, `Port ${port}/${view.protocol}`),
		make("p", {}, portSentence(ports, port)),
		...cards("Violations", open.violations, socketCard),
		...cards("Listeners", open.listeners, socketCard),
		...cards("Rows", here.filter((row) => row.state !== "range"), rowCard),
		...cards("Findings", findingsAt(view.protocol, port), findingCard),
		...cards("Documented range", here.filter((row) => row.state === "range"), rowCard));
}
