// SPDX-License-Identifier: MIT
//
// apiserver.mjs DIR: what the API server does for a node's pods, and what it does when it is ill. Its
// certificate is in DIR. It writes its port to DIR/port and a line for each request to DIR/requests.
// A command is a file DIR/cmd, an object, which is removed when it is done:
//   {"node": {...}}  what the Node is from now on; null: nobody may read it
//   {"pods": [...]}  the list from now on      {"mode": WORD}  how requests are answered, see below
//   {"event": {...}} to all that watch         {"end": true}   end all watches; {"cut": true}: not cleanly
import { readFileSync, writeFileSync, appendFileSync, renameSync, unlinkSync, existsSync } from "node:fs";
import { createServer } from "node:https";

const dir = process.argv[2];
const put = (name, text) => {
	writeFileSync(`${dir}/${name}.new`, text);
	renameSync(`${dir}/${name}.new`, `${dir}/${name}`);
};
let pods = [], node = null, mode = "ok", version = 100;
const watches = new Set();

const status = (response, code, message, headers = {}) => {
	response.writeHead(code, { "content-type": "application/json", ...headers });
	response.end(JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", message, code }));
};
const list = () => JSON.stringify({ kind: "PodList", apiVersion: "v1", metadata: { resourceVersion: `${version}` }, items: pods });

// Byte by byte; each is a packet of its own.
const slowly = (response, text) => {
	let i = 0;
	response.socket.setNoDelay(true);
	const next = () => (i < text.length ? response.write(text[i++], () => setImmediate(next)) : response.end());
	next();
};

// As many pods as no node has.
const endless = (response) => {
	const pad = "x".repeat(500);
	let i = 0;
	response.write('{"kind":"PodList","metadata":{"resourceVersion":"7"},"items":[');
	const next = () => {
		while (i < 100000)
			if (!response.write(`${i ? "," : ""}{"metadata":{"name":"p${i}","namespace":"ns","uid":"u${i++}","managedFields":["${pad}"]},"spec":{}}`))
				return response.once("drain", next);
		response.end("]}");
	};
	next();
};

const answers = {
	ok: (response) => response.end(list()),
	slow: (response) => slowly(response, list()),
	endless,
	html: (response) => response.end("<html>not here</html>"),
	truncated: (response) => response.end(list().slice(0, -2)),
};
const watchAnswers = {
	"gone-event": (response) => response.end('{"type":"ERROR","object":{"kind":"Status","message":"too old resource version","code":410}}\n'),
	short: (response) => response.end(),
	garbage: (response) => response.end('{"type":"ADDED"\x00'),
};

const server = createServer({ key: readFileSync(`${dir}/server.key`), cert: readFileSync(`${dir}/server.crt`) }, (request, response) => {
	const query = new URL(request.url, "https://x").searchParams, watch = query.get("watch") === "1";
	if (request.url.startsWith("/api/v1/nodes/")) {
		appendFileSync(`${dir}/requests`, `node ${request.url} ${request.headers.authorization}\n`);
		return node ? response.end(JSON.stringify({ kind: "Node", apiVersion: "v1", ...node })) : status(response, 403, "nodes is forbidden");
	}
	appendFileSync(`${dir}/requests`, `${watch ? "watch" : "list"} ${query.get("resourceVersion")} ${query.get("fieldSelector")} ` +
		`${query.get("allowWatchBookmarks")} ${request.headers.authorization}\n`);
	const refusal = { 401: "Unauthorized", 403: "pods is forbidden", 429: "too many requests", 500: "boom" }[mode];
	if (refusal) return status(response, Number(mode), refusal, mode === "429" ? { "retry-after": "1" } : {});
	if (watch && mode === "410") return status(response, 410, "too old resource version");
	response.writeHead(200, { "content-type": "application/json" });
	if (!watch) return (answers[mode] ?? answers.ok)(response);
	if (watchAnswers[mode]) return watchAnswers[mode](response);
	response.flushHeaders();
	watches.add(response);
	response.on("close", () => watches.delete(response));
});

const commands = {
	pods: (value) => { pods = value; version++; },
	node: (value) => { node = value; },
	mode: (value) => { mode = value; },
	event: (value) => { version++; watches.forEach((w) => w.write(`${JSON.stringify(value).replaceAll("@V@", `${version}`)}\n`)); },
	end: () => watches.forEach((w) => w.end()),
	cut: () => watches.forEach((w) => w.socket.destroy()),
};
setInterval(() => {
	put("watches", `${watches.size}`);
	if (!existsSync(`${dir}/cmd`)) return;
	const command = JSON.parse(readFileSync(`${dir}/cmd`, "utf8"));
	for (const [name, value] of Object.entries(command)) commands[name](value);
	unlinkSync(`${dir}/cmd`);
}, 20);

server.listen(0, "127.0.0.1", () => {
	put("port", `${server.address().port}`);
});
