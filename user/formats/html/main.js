// SPDX-License-Identifier: MIT
/* What the user does. */
function draw() {
	const found = matchingRows();
	const matches = matchingPorts(found[view.protocol]);

	for (const name of protocols)
		$(`count-${name}`).textContent = found[name].length.toLocaleString("en");
	drawBands(matches);
	drawMap();
	dimCells(matches);
	drawDetails();
	drawListeners();
	drawRows(found[view.protocol]);
	drawResult(found);
	$("clear").disabled = !isFiltered() && view.chosen === null;
}

function drawResult(found) {
	const others = protocols.filter((name) => name !== view.protocol && found[name].length);
	const open = listeners.filter((l) => l.protocol === view.protocol && socketMatches(l));
	const bad = open.filter((l) => l.violation).length;

	$("result").replaceChildren(plural(found[view.protocol].length, "row"),
		data.listeners ? `, ${plural(open.length, "listener")}` : "",
		bad ? make("span", { class: "bad" }, `, ${plural(bad, "violation")}`) : "",
		isFiltered() && others.length ?
			`; ${others.map((name) => `${plural(found[name].length, "row")} in ${PROTOCOL_NAMES[name]}`).join(", ")}` : "");
}

function goTo(port, focus) {
	const start = port - port % WINDOW;

	view.port = port;
	if (start !== view.start) {
		view.start = start;
		draw();
	} else {
		markCells();
	}
	if (focus)
		cells.get(port).focus();
}

/* Show a port's details; the address names it, so that it can be sent to somebody. */
function choose(port, protocol) {
	view.chosen = port;
	view.port = port;
	view.start = port - port % WINDOW;
	if (protocol && protocol !== view.protocol)
		setProtocol(protocol);
	else
		draw();
	history.replaceState(null, "", `#${view.protocol}-${port}`);
	if (narrow.matches)
		$("details").scrollIntoView({ block: "nearest" });
}

function setProtocol(name) {
	view.protocol = name;
	document.querySelector(`#protocols input[value="${name}"]`).checked = true;
	drawWindows();
	draw();
}

function clearAll() {
	Object.assign(view, { search: "", team: null, state: "", chosen: null, limit: 500 });
	for (const id of ["search", "team", "state"])
		$(id).value = "";
	history.replaceState(null, "", "#");
	draw();
}

function onGridKey(event) {
	const row = columns(), at = view.port - view.start;
	const to = {
		ArrowLeft: view.port - 1, ArrowRight: view.port + 1, ArrowUp: view.port - row, ArrowDown: view.port + row,
		Home: view.port - at % row, End: Math.min(view.port - at % row + row - 1, PORTS - 1),
		PageUp: view.port - WINDOW, PageDown: view.port + WINDOW,
	}[event.key];

	if (event.altKey || event.ctrlKey || event.metaKey)
		return;
	if (event.key === "Enter" || event.key === " ") {
		choose(view.port);
		cells.get(view.port).focus();
	} else if (to !== undefined) {
		if (to >= 0 && to < PORTS)
			goTo(to, true);
	} else {
		return;
	}
	event.preventDefault();
}

function onKey(event) {
	const typing = event.target.closest("input[type=search], select");

	if (event.altKey || event.ctrlKey || event.metaKey)
		return;
	if (event.key === "/" && !typing) {
		$("search").focus();
		$("search").select();
		event.preventDefault();
	} else if (event.key === "Escape" && !(event.target.tagName === "SELECT")) {
		clearAll();
		event.preventDefault();
	}
}

function onClick(event) {
	const link = event.target.closest("[data-port]");

	if (!link)
		return;
	choose(Number(link.dataset.port), link.dataset.protocol);
	if (link.classList.contains("cell"))
		cells.get(view.port).focus();
	else if (link.closest("table"))
		$("map").scrollIntoView({ block: "start" });
}

function onBands(event) {
	const body = event.target.closest(".track-body");
	const box = body && body.getBoundingClientRect();

	if (!body)
		return;
	goTo(Math.min(Math.max(Math.floor((event.clientX - box.left) / box.width * PORTS), 0), PORTS - 1), false);
}

function onSearch() {
	view.search = $("search").value.trim().toLowerCase();
	const port = searchedPort();

	if (port !== null)
		Object.assign(view, { port, start: port - port % WINDOW });
	view.limit = 500;
	draw();
}

function fillFilters() {
	const teams = [...new Set(rows.map((row) => row.team).filter(Boolean))].sort((a, b) =>
		a.toLowerCase() < b.toLowerCase() ? -1 : 1).slice(0, 2000);
	const used = new Set(rows.map((row) => row.state));

	if (rows.some((row) => isAmong("several", row)))
		used.add("several");
	if (data.listeners)
		used.add("listening");
	if (data.listeners || data.violations)
		used.add("violation");
	/* a team's name may be any text, so the value is its number */
	$("team").append(make("option", { value: "" }, "all"), ...teams.map((team, i) => make("option", { value: i }, visible(team))));
	$("state").append(make("option", { value: "" }, "all"), ...Object.keys(STATES).filter((state) => used.has(state))
		.map((state) => make("option", { value: state }, STATES[state].title)));
	$("team").addEventListener("change", () => {
		view.team = $("team").value === "" ? null : teams[Number($("team").value)];
		view.limit = 500;
		draw();
	});
	$("state").addEventListener("change", () => {
		view.state = $("state").value;
		view.limit = 500;
		draw();
	});
}

function fillProtocols() {
	for (const name of protocols) {
		const input = make("input", { type: "radio", name: "protocol", value: name, checked: name === view.protocol });

		input.addEventListener("change", () => setProtocol(name));
		$("protocols").append(make("label", {}, input, make("span", {}, `${PROTOCOL_NAMES[name]} `,
			make("b", { id: `count-${name}` }))));
	}
}

function fillHead() {
	const node = data.node;
	const words = node ? [node.role === "any" ? "" : node.role, node.platform, node.version].filter(Boolean) : [];

	$("node").hidden = !words.length;
	if (words.length)
		$("node").textContent = `Node: ${visible(words.join(", "))}`;
}

function nextTheme() {
	const themes = ["auto", "light", "dark"];
	const now = themes[(themes.indexOf(document.documentElement.dataset.theme || "auto") + 1) % themes.length];

	document.documentElement.dataset.theme = now;
	$("theme").textContent = `Theme: ${now}`;
}

function fromAddress() {
	const match = /^#([a-z]+)-([0-9]{1,5})$/.exec(location.hash);

	if (!match || !protocols.includes(match[1]) || Number(match[2]) >= PORTS)
		return;
	Object.assign(view, { protocol: match[1], port: Number(match[2]), chosen: Number(match[2]) });
	view.start = view.port - view.port % WINDOW;
}

function listen() {
	let waiting = 0;

	$("search").addEventListener("input", () => {
		clearTimeout(waiting);
		waiting = setTimeout(onSearch, rows.length > 5000 ? 150 : 0);
	});
	$("controls").addEventListener("submit", (event) => event.preventDefault());
	$("grid").addEventListener("keydown", onGridKey);
	$("clear").addEventListener("click", clearAll);
	$("window").addEventListener("change", () => goTo(Number($("window").value), false));
	$("before").addEventListener("click", () => goTo(Math.max(view.start - WINDOW, 0), false));
	$("after").addEventListener("click", () => goTo(Math.min(view.start + WINDOW, PORTS - 1), false));
	$("bands").addEventListener("click", onBands);
	$("theme").addEventListener("click", nextTheme);
	$("more").addEventListener("click", () => {
		view.limit += 500;
		fillRows(view.limit);
	});
	document.addEventListener("keydown", onKey);
	document.addEventListener("click", onClick);
	narrow.addEventListener("change", draw);
	window.addEventListener("beforeprint", () => fillRows(PRINT_ROWS));
	window.addEventListener("afterprint", () => fillRows(view.limit));
}

fromAddress();
fillHead();
fillProtocols();
fillFilters();
makeSortable();
drawWindows();
draw();
listen();
document.documentElement.classList.add("alive");
