// SPDX-License-Identifier: MIT
//
// apiserver.mjs DIR PORT: what the API server does for a node's pods and for Events, and what it does when it is
// ill; and what the kubelet does for pods. Port 0: any. Its certificate is in DIR. It writes its port to DIR/port, a line for each request to DIR/requests, and
// the Events that it has to DIR/events.
// A command is a file DIR/cmd, an object, which is removed when it is done:
//   {"node": {...}}  what the Node is from now on; null: nobody may read it
//   {"pods": [...]}  the list from now on      {"mode": WORD}  how requests are answered, see below
//   {"event": {...}} to all that watch         {"end": true}   end all watches; {"cut": true}: not cleanly
//   {"events": WORD} how Events are answered: ok; 403; hang, never; and once 429, or lost: done, but not answered
//   {"forget": true} all Events, as an API server does after an hour
import { readFileSync, writeFileSync, appendFileSync, renameSync, unlinkSync, existsSync } from "node:fs";
import { createServer } from "node:https";

const [, , dir, port] = process.argv;
const put = (name, text) => {
	writeFileSync(`${dir}/${name}.new`, text);
	renameSync(`${dir}/${name}.new`, `${dir}/${name}`);
};
let pods = [], node = null, mode = "ok", version = 100, eventMode = "ok";
const events = new Map();
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

// What a real one refuses of events.k8s.io/v1.
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const hasSeries = ({ series }) => Number.isInteger(series.count) && series.count >= 2 && moment.test(series.lastObservedTime);
const fault = (event, namespace) => {
	const { metadata, regarding, note = "", series } = event;
	const short = ["reason", "action", "reportingController", "reportingInstance"].find((key) => !event[key] || event[key].length > 128);
	if (event.apiVersion !== "events.k8s.io/v1" || event.kind !== "Event") return "apiVersion, kind";
	if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(metadata.name) || metadata.name.length > 253) return "name";
	if (metadata.namespace !== namespace || (regarding.namespace ?? "default") !== namespace) return "namespace";
	if (!moment.test(event.eventTime)) return "eventTime";
	if (short) return short;
	if (Buffer.byteLength(note) > 1024) return "note";
	if (!["Normal", "Warning"].includes(event.type)) return "type";
	if (Object.keys(event).some((key) => key.startsWith("deprecated"))) return "deprecated";
	return series && !hasSeries(event) ? "series" : null;
};

const createEvent = (response, namespace, body) => {
	const event = JSON.parse(body), wrong = fault(event, namespace), key = `${namespace}/${event.metadata.name}`;
	if (wrong) return status(response, 422, `Event is invalid: ${wrong}`);
	if (events.has(key)) return status(response, 409, `${key} already exists`);
	events.set(key, event);
	response.writeHead(201, { "content-type": "application/json" });
	response.end(JSON.stringify(event));
};
const patchEvent = (response, request, key, body) => {
	const patch = JSON.parse(body);
	if (request.headers["content-type"] !== "application/merge-patch+json") return status(response, 415, "no such patch");
	if (!events.has(key)) return status(response, 404, `${key} not found`);
	if (Object.keys(patch).join() !== "series" || !hasSeries(patch)) return status(response, 422, "Event is invalid: series");
	Object.assign(events.get(key), patch);
	response.writeHead(200, { "content-type": "application/json" });
	response.end(JSON.stringify(events.get(key)));
};
const answerEvent = (request, response, body) => {
	const [, namespace, name] = request.url.match(/^\/apis\/events.k8s.io\/v1\/namespaces\/([^/]*)\/events(?:\/([^/?]*))?$/) ?? [];
	const once = eventMode;
	appendFileSync(`${dir}/requests`, `event ${request.method} ${namespace}/${name ?? ""} ${request.headers["content-type"]}\n`);
	if (eventMode === "hang") return;
	if (eventMode === "403") return status(response, 403, "events.events.k8s.io is forbidden");
	eventMode = "ok";
	if (once === "429") return status(response, 429, "too many requests", { "retry-after": "1" });
	if (once === "lost") response.end = () => request.socket.destroy();
	if (request.method === "PATCH" && name) patchEvent(response, request, `${namespace}/${name}`, body);
	else if (request.method === "POST" && namespace && !name) createEvent(response, namespace, body);
	else status(response, 405, "no such request");
	put("events", JSON.stringify([...events.values()]));
};

// The kubelet's list has no version, and what it refuses with is no status.
const answerKubelet = (request, response) => {
	appendFileSync(`${dir}/requests`, `kubelet ${request.headers.host} ${request.headers.authorization}\n`);
	if (mode === "403") response.writeHead(403, { "content-type": "text/plain; charset=utf-8" });
	response.end(mode === "403" ? "Forbidden (verb=get, resource=nodes, subresource(s)=[pods proxy])\n" :
		JSON.stringify({ kind: "PodList", apiVersion: "v1", metadata: {}, items: pods }));
};

const server = createServer({ key: readFileSync(`${dir}/server.key`), cert: readFileSync(`${dir}/server.crt`) }, (request, response) => {
	const query = new URL(request.url, "https://x").searchParams, watch = query.get("watch") === "1";
	if (request.url.startsWith("/apis/events.k8s.io/")) {
		let body = "";
		request.on("data", (part) => { body += part; });
		return request.on("end", () => answerEvent(request, response, body));
	}
	if (request.url.startsWith("/api/v1/nodes/")) {
		appendFileSync(`${dir}/requests`, `node ${request.url} ${request.headers.authorization}\n`);
		return node ? response.end(JSON.stringify({ kind: "Node", apiVersion: "v1", ...node })) : status(response, 403, "nodes is forbidden");
	}
	if (request.url === "/pods") return answerKubelet(request, response);
	appendFileSync(`${dir}/requests`, `${watch ? "watch" : "list"} ${query.get("resourceVersion")} ${query.get("fieldSelector")} ` +
		`${query.get("allowWatchBookmarks")} ${request.headers.authorization}\n`);
	const refusal = { 401: "Unauthorized", 403: "pods is forbidden", 429: "too many requests", 500: "boom" }[mode];
	if (mode === "hang") return;
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
	events: (value) => { eventMode = value; },
	forget: () => { events.clear(); put("events", "[]"); },
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

put("events", "[]");
server.listen(Number(port), "127.0.0.1", () => {
	put("port", `${server.address().port}`);
});
