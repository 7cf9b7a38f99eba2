// SPDX-License-Identifier: MIT
/* The tables of rows and of listeners. */
const PRINT_ROWS = 5000;

const stateText = (row) => row.state === "exception" ? `exception until ${row.raw.until}` : STATES[row.state].word;

/* By the classes of the table's columns: the text of a row's cell. */
const ROW_CELLS = {
	port: portsText,
	protocol: (row) => row.protocol,
	state: stateText,
	process: (row) => visible(row.raw.process || ""),
	team: (row) => visible(row.team),
	since: (row) => visible(row.raw.since || ""),
	role: (row) => row.raw.role === "any" ? "" : row.raw.role || "",
	layer: (row) => visible(row.raw.layer),
	owners: (row) => ownersOf(row).join("\n"),
	notes: noteOf,
};

const SOCKET_CELLS = {
	port: (s) => s.raw.ports ? `${s.raw.ports} of ${s.port}-${s.raw.port_last}` : String(s.port),
	protocol: (s) => s.protocol || "",
	verdict: (s) => visible(s.raw.verdict || ""),
	class: (s) => visible(s.raw.class || ""),
	address: (s) => visible(s.raw.address || ""),
	process: (s) => [s.raw, ...s.raw.others || []].map(processText).join(", "),
	workload: (s) => visible(s.raw.workload || ""),
	entry: (s) => s.entry ? visible(`${s.entry.layer}: ${s.entry.process || ""}`) : "no row",
};

const EVENT_CELLS = {
	...SOCKET_CELLS,
	times: (s) => s.raw.count === undefined ? "" : String(s.raw.count),
	last: (s) => visible(s.raw.time || s.raw.last || ""),
};

function tableLine(item, texts, port) {
	const line = make("tr", { class: item.violation ? "violation" : item.state || "" });

	for (const [name, text] of Object.entries(texts)) {
		const words = text(item);

		line.append(make("td", { class: name }, name === "port" ?
			make("button", { type: "button", class: "port-link", "data-port": port, "data-protocol": item.protocol }, words) :
			words));
	}
	return line;
}

/* Rows by the key of the header that was pressed; versions by their numbers. */
function sortRows(list) {
	const { key, down } = view.sort;
	const of = key === "since" ? (row) => (row.raw.since || "").split(".").map((p) => p.padStart(6, "0")).join(".") :
		(row) => ROW_CELLS[key](row).toLowerCase();
	const keyed = list.map((row) => [key === "port" ? 0 : of(row), row]);
	const byPort = (a, b) => a[1].first - b[1].first || a[1].last - b[1].last || a[1].index - b[1].index;

	keyed.sort((a, b) => a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : byPort(a, b));
	if (down)
		keyed.reverse();
	return keyed.map(([, row]) => row);
}

let sorted = []; /* what matches, in the order of the table */

function fillRows(limit) {
	const shown = sorted.slice(0, limit);
	const all = portsOf(view.protocol).mine.length;

	$("rows-table").tBodies[0].replaceChildren(...shown.map((row) => tableLine(row, ROW_CELLS, row.first)));
	$("more").hidden = shown.length === sorted.length;
	$("rows-count").textContent = (shown.length < sorted.length ?
		`Showing ${shown.length.toLocaleString("en")} of ${plural(sorted.length, "row")}` :
		`Showing ${plural(shown.length, "row")}`) +
		(sorted.length < all ? `, of ${all.toLocaleString("en")} for ${PROTOCOL_NAMES[view.protocol]}.` :
		` for ${PROTOCOL_NAMES[view.protocol]}.`);
}

function drawRows(matching) {
	sorted = sortRows(matching);
	fillRows(view.limit);
	for (const head of document.querySelectorAll("#rows-table th"))
		if (head.classList.contains(view.sort.key))
			head.setAttribute("aria-sort", view.sort.down ? "descending" : "ascending");
		else
			head.removeAttribute("aria-sort");
}

function makeSortable() {
	for (const head of document.querySelectorAll("#rows-table th")) {
		const button = make("button", { type: "button", class: "sort" }, head.textContent);

		button.addEventListener("click", () => {
			const key = head.className;

			view.sort = { key, down: view.sort.key === key && !view.sort.down };
			drawRows(sorted);
		});
		head.replaceChildren(button);
	}
}

/* The matching ones of a list, and how many they are, in words. */
function drawSockets(id, list, texts, one) {
	const mine = list.filter((s) => s.protocol === view.protocol);
	const found = mine.filter(socketMatches);
	const shown = found.slice(0, view.limit);

	$(`${id}-table`).tBodies[0].replaceChildren(...shown.map((s) => tableLine(s, texts, s.port)));
	return `Showing ${shown.length} of ${shown.length < found.length ? `${found.length} that match, of ` : ""}` +
		`${plural(mine.length, one)} for ${PROTOCOL_NAMES[view.protocol]}.`;
}

/* Violations before what may be, then by port; events as they came. */
function drawListeners() {
	if (data.listeners)
		$("listeners-count").textContent = drawSockets("listeners", listenersInOrder, SOCKET_CELLS, "listener") +
			(data.left_out ? ` The agent left out ${data.left_out}.` : "");
	if (data.violations)
		$("violations-count").textContent = drawSockets("violations", violations, EVENT_CELLS, "violation");
}
const listenersInOrder = listeners.slice().sort((a, b) => b.violation - a.violation || a.port - b.port);
