// SPDX-License-Identifier: MIT
/* The map: a thousand ports, a cell each. */
const narrow = window.matchMedia("screen and (max-width: 760px)");
const columns = () => narrow.matches ? 20 : 50;
const windowEnd = () => Math.min(view.start + WINDOW, PORTS) - 1;
const cells = new Map();

/* What a person hears of a port, and sees when the mouse rests on it. */
function portLabel(ports, port) {
	const here = rowsAt(ports, port).filter((row) => PORT_STATES.includes(row.state));
	const open = socketsOf(ports.protocol, port);
	const words = port === 0 ? "not a port" : STATES[ports.state(port)].word;
	const names = [...new Set(here.map((row) => visible(row.raw.process || "")).filter(Boolean))];

	return [`${port}: ${words}`, names.slice(0, 3).join(", "),
		ports.rows(port) > 1 ? plural(ports.rows(port), "row") : "",
		open.listeners.length ? plural(open.listeners.length, "listener") : "",
		open.violation ? "violation" : ""].filter(Boolean).join("; ");
}

function cellGlyph(ports, port, state) {
	if (socketsOf(ports.protocol, port).violation)
		return STATES.violation.glyph;
	if (ports.rows(port) > 1)
		return ports.rows(port) > 9 ? "+" : String(ports.rows(port));
	return STATES[state].glyph;
}

function makeCell(ports, port) {
	const state = ports.state(port);
	const open = socketsOf(ports.protocol, port);
	const classes = ["cell", state];
	const plain = state === "free" || state === "outside";

	if (ports.documented(port))
		classes.push("documented");
	if (open.listeners.length)
		classes.push("listening");
	if (open.violation)
		classes.push("violation");
	const quiet = plain && !open.listeners.length && !open.violation && port > 0;
	const label = quiet ? `${port}: ${STATES[state].word}` : portLabel(ports, port);

	return make("div", {
		role: "gridcell", class: classes.join(" "), "data-port": port, tabindex: -1, "aria-label": label, title: label,
	}, cellGlyph(ports, port, state));
}

/* The rows of the window are looked through once, not once for each cell. */
function windowPorts() {
	const ports = portsOf(view.protocol);
	const mine = ports.mine.filter((row) => row.first <= windowEnd() && row.last >= view.start);

	return { ...ports, mine };
}

function drawGrid() {
	const ports = windowPorts();
	const grid = $("grid");

	cells.clear();
	grid.replaceChildren();
	for (let at = view.start; at <= windowEnd(); at += columns()) {
		const line = make("div", { role: "row" }, make("span", { role: "rowheader", class: "at" }, String(at)));

		for (let port = at; port < at + columns() && port <= windowEnd(); port++) {
			const cell = makeCell(ports, port);

			cells.set(port, cell);
			line.append(cell);
		}
		for (let port = PORTS; port < at + columns(); port++)
			line.append(make("span", { class: "cell pad", "aria-hidden": "true" }));
		grid.append(line);
	}
	markCells();
}

/* Where the keyboard is, and what is chosen. */
function markCells() {
	for (const [port, cell] of cells) {
		cell.tabIndex = port === view.port ? 0 : -1;
		if (port === view.chosen)
			cell.setAttribute("aria-selected", "true");
		else
			cell.removeAttribute("aria-selected");
	}
}

function dimCells(matches) {
	for (const [port, cell] of cells)
		cell.classList.toggle("dim", !matches(port));
}

function drawLegend() {
	const ports = portsOf(view.protocol);
	const count = Object.fromEntries(Object.keys(STATES).map((state) => [state, 0]));
	const shown = ["external", "localhost", "inactive", "retired", "exception", "several", "free", "outside",
		"listening", "violation"];

	for (let port = Math.max(view.start, 1); port <= windowEnd(); port++) {
		const open = socketsOf(view.protocol, port);

		count[ports.state(port)]++;
		count.several += ports.rows(port) > 1;
		count.listening += open.listeners.length > 0;
		count.violation += open.violation;
	}
	$("legend").replaceChildren(...shown
		.filter((state) => count[state] || ["external", "localhost", "free"].includes(state))
		.map((state) => make("li", {},
			make("span", { class: `cell ${state} ${state === "free" || state === "listening" ? "documented" : ""}`, "aria-hidden": "true" },
				STATES[state].glyph),
			`${STATES[state].title} `, make("b", {}, String(count[state])))));
}

/* The documented ranges first, 9000-9999 before all; then every thousand. */
function drawWindows() {
	const ranges = portsOf(view.protocol).ranges.slice().sort((a, b) =>
		(b.first === 9000) - (a.first === 9000) || a.first - b.first);
	const documented = make("optgroup", { label: "Documented ranges" });
	const all = make("optgroup", { label: "All ports" });

	for (const row of ranges.slice(0, 200))
		documented.append(make("option", { value: row.first - row.first % WINDOW },
			`${portsText(row).replace("-", "\u2013")}${noteOf(row) ? `, ${noteOf(row)}` : ""}`));
	for (let at = 0; at < PORTS; at += WINDOW)
		all.append(make("option", { value: at }, `${at}\u2013${Math.min(at + WINDOW, PORTS) - 1}`));
	$("window").replaceChildren(...(ranges.length ? [documented, all] : [all]));
}

/* An entry of the list stands for the whole thousand, unless the user chose a range of it. */
function chooseWindow() {
	const select = $("window");

	if (Number(select.value) !== view.start)
		select.value = String(view.start);
	$("map-title").replaceChildren(`Ports ${view.start}\u2013${windowEnd()}, `,
		make("span", { class: "proto" }, PROTOCOL_NAMES[view.protocol]));
	$("before").disabled = view.start === 0;
	$("after").disabled = windowEnd() === PORTS - 1;
}

/* Of the documented range of the map; else of the first one that there is. */
function drawFree() {
	const ports = portsOf(view.protocol);
	const inside = ports.ranges.filter((row) => row.first <= windowEnd() && row.last >= view.start);
	const range = inside.sort((a, b) => (b.last - b.first) - (a.last - a.first))[0] ||
		ports.ranges.find((row) => row.first === 9000) || ports.ranges[0];

	$("free").replaceChildren();
	if (!range)
		return;
	const free = freePorts(ports, range.first, range.last, 10);

	$("free").append(`Lowest free in ${portsText(range).replace("-", "\u2013")}: `, ...(free.length ?
		free.map((port) => make("button", { type: "button", class: "port-link", "data-port": port }, String(port))) :
		["none"]));
}

function drawMap() {
	chooseWindow();
	drawGrid();
	drawLegend();
	drawFree();
}
