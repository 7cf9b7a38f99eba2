// SPDX-License-Identifier: MIT
/* The whole port space: what is documented, what is used otherwise, what is registered. */
const KNOWN_BANDS = [
	{ first: 30000, last: 32767, name: "node ports", class: "nodeport", before: true, is: "a node port" },
	{ first: 32768, last: 60999, name: "ephemeral (the kernel's default)", class: "ephemeral", is: "the kernel may hand it out" },
];
const BIN = 64; /* ports a mark stands for: the eye and the screen tell no more apart */
const LEAST = 130; /* ports wide at least, so that one port can be seen */

const percent = (port) => `${100 * port / PORTS}%`;

function track(name, ...shapes) {
	const svg = makeSvg("svg", {
		viewBox: `0 0 ${PORTS} 10`, preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false",
	});

	svg.append(...shapes);
	return make("div", { class: "track" }, make("span", { class: "track-name" }, name),
		make("div", { class: "track-body" }, svg));
}

function bandRect(first, last, name) {
	return makeSvg("rect", { x: first, y: 0, width: Math.max(last - first + 1, LEAST), height: 10, class: name });
}

/* One path for all ports that `has` accepts. */
function marks(has, name) {
	let path = "";

	for (let bin = 0; bin < PORTS; bin += BIN) {
		for (let port = bin; port < bin + BIN; port++)
			if (has(port)) {
				path += `M${bin} 0h${LEAST}v10h-${LEAST}z`;
				break;
			}
	}
	return makeSvg("path", { d: path, class: name });
}

function labelled(body, bands) {
	for (const band of bands) {
		const label = make("span", { class: band.before ? "band-label before" : "band-label" }, band.name);

		label.style.left = percent(band.first);
		label.style.maxWidth = band.before ? "none" : percent(band.last - band.first);
		body.lastChild.append(label);
	}
	return body;
}

function axis() {
	const line = make("div", { class: "axis", "aria-hidden": "true" });

	for (let at = 0; at <= 60000; at += 10000) {
		const tick = make("span", {}, String(at));

		tick.style.left = percent(at);
		line.append(tick);
	}
	return make("div", { class: "track" }, make("span", { class: "track-name" }), line);
}

function drawBands(matches) {
	const ports = portsOf(view.protocol);
	const registered = (port) => !["free", "outside"].includes(ports.state(port));
	const open = (port) => socketsOf(view.protocol, port);
	const here = make("div", { class: "here" });
	const lines = [
		track("Documented", ...ports.ranges.slice(0, 1000).map((row) => bandRect(row.first, row.last, "documented"))),
		track("Registered", marks((port) => registered(port) && !matches(port), "registered dim"),
			marks((port) => registered(port) && matches(port), "registered")),
	];

	if (data.listeners || data.violations)
		lines.push(track("Listening", marks((port) => open(port).listeners.length > 0 && !matches(port), "listening dim"),
			marks((port) => open(port).listeners.length > 0 && matches(port), "listening"),
			marks((port) => open(port).violation, "violation")));
	lines.push(labelled(track("Dynamic", ...KNOWN_BANDS.map((band) => bandRect(band.first, band.last, band.class))),
		KNOWN_BANDS), axis());
	here.style.left = percent(view.start);
	here.style.width = percent(windowEnd() - view.start + 1);
	lines[0].lastChild.append(here);
	$("bands").replaceChildren(...lines);
	for (const proto of document.querySelectorAll("#space .proto"))
		proto.textContent = PROTOCOL_NAMES[view.protocol];
}
