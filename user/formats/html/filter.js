// SPDX-License-Identifier: MIT
/* What the user asked for, and what matches it. */
const view = {
	protocol: "tcp",
	search: "",
	team: null, /* null: all */
	state: "",
	start: 9000, /* of the thousand that the map shows */
	port: 9000, /* where the keyboard is in it */
	chosen: null, /* the port of the details */
	sort: { key: "port", down: false },
	limit: 500,
};

/* The port that the search is, or null. */
function searchedPort() {
	return /^[0-9]{1,5}$/.test(view.search) && Number(view.search) > 0 && Number(view.search) < PORTS ?
		Number(view.search) : null;
}

const decides = (row) => row.state !== "exception" && PORT_STATES.includes(row.state);
const isAmong = (what, row) => decides(row) && portsOf(row.protocol).among(what, row) > 0;

function rowMatchesState(row) {
	switch (view.state) {
	case "":
		return true;
	case "several":
	case "listening":
	case "violation":
		return isAmong(view.state, row);
	default:
		return row.state === view.state;
	}
}

/* Does a row match, whatever its protocol? */
function rowMatches(row) {
	const port = searchedPort();

	if (view.team !== null && row.team !== view.team)
		return false;
	if (view.search !== "") {
		const named = port !== null && row.first <= port && port <= row.last;

		if (!named && !rowText(row).includes(view.search))
			return false;
	}
	return rowMatchesState(row);
}

function socketMatches(socket) {
	if (view.team !== null && socket.team !== view.team)
		return false;
	if (view.state === "violation" && !socket.violation)
		return false;
	return view.search === "" || socket.port === searchedPort() || socket.text.includes(view.search);
}

function isFiltered() {
	return view.search !== "" || view.team !== null || view.state !== "";
}

/* The matching rows of all protocols, by protocol. */
function matchingRows() {
	const found = Object.fromEntries(protocols.map((name) => [name, []]));

	for (const row of rows)
		if (rowMatches(row))
			found[row.protocol].push(row);
	return found;
}

/* Which ports of the map match, as a function; without a filter all do. */
function matchingPorts(matching) {
	const counts = countPorts(matching.filter((row) => row.state !== "range" && row.state !== "drop"));
	const searched = searchedPort();
	const bySocket = new Set([...listeners, ...violations]
		.filter((s) => s.protocol === view.protocol && socketMatches(s)).map((s) => s.port));
	const sockets_count = view.state === "" || view.state === "listening" || view.state === "violation";

	if (!isFiltered())
		return () => true;
	return (port) => counts[port] > 0 || (sockets_count && bySocket.has(port)) ||
		(port === searched && view.team === null && view.state === "");
}
