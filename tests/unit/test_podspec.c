// SPDX-License-Identifier: MIT
/* What a pod's specification is read as. */
#include "pod_cases.h"

#include "../../user/checks/manifest/podspec.h"

static const struct {
	const char *name, *spec;
	const char *want; /* containers, and findings */
} cases[] = {
	{ "nothing", "", "" },
	{ "no list", "containers: {name: c}", "" },
	/* ports */
	{ "in its own network", "containers: [{name: c, ports: [{containerPort: 80}]}]",
	  " container c\n  tcp 80 at $.containers[0].ports[0].containerPort\n" },
	{ "a hostPort", "containers: [{name: c, ports: [{containerPort: 80, hostPort: 81}]}]",
	  " container c\n  tcp 81 claims at $.containers[0].ports[0].hostPort\n" },
	{ "a hostPort alone", "containers: [{name: c, ports: [{hostPort: 81}]}]",
	  " container c\n  tcp 81 claims at $.containers[0].ports[0].hostPort\n" },
	{ "hostPort 0 is no port",
	  "containers: [{name: c, ports: [{containerPort: 80, hostPort: 0}]}]",
	  " container c\n  tcp 80 at $.containers[0].ports[0].containerPort\n" },
	{ "hostPort 0 in quotes is a fault",
	  "containers: [{name: c, ports: [{containerPort: 80, hostPort: '0'}]}]",
	  " container c\n  tcp 80 at $.containers[0].ports[0].containerPort\n"
	  "invalid-port $.containers[0].ports[0].hostPort: hostPort of Pod ns/p: 0: a text: a port "
	  "is a number, without quotes\n" },
	{ "on the host network",
	  "hostNetwork: true, containers: [{name: c, ports: [{containerPort: "
	  "80}]}]",
	  " container c\n  tcp 80 claims at $.containers[0].ports[0].containerPort\n" },
	{ "both, the same",
	  "hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80, hostPort: 80}]}]",
	  " container c\n  tcp 80 claims at $.containers[0].ports[0].hostPort\n" },
	{ "both, not the same",
	  "hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80, hostPort: 81}]}]",
	  " container c\n  tcp 80 claims at $.containers[0].ports[0].containerPort\n"
	  "invalid-port $.containers[0].ports[0].hostPort: hostPort 81 of Pod ns/p is not its "
	  "containerPort 80, and the pod is on the host network\n" },
	{ "neither", "hostNetwork: true, containers: [{name: c, ports: [{name: x}]}]",
	  " container c\n" },
	{ "a bad protocol is no port",
	  "containers: [{name: c, ports: [{containerPort: 80, protocol: x}, {containerPort: 81}]}]",
	  " container c\n  tcp 81 at $.containers[0].ports[1].containerPort\n"
	  "invalid-port $.containers[0].ports[0].protocol: protocol of Pod ns/p: x: not TCP, UDP "
	  "or "
	  "SCTP\n" },
	{ "its name, protocol and address",
	  "containers: [{name: c, ports: [{name: web, containerPort: 80, protocol: UDP, hostIP: "
	  "10.0.0.1}, {containerPort: 81, hostIP: ''}]}]",
	  " container c\n  udp 80 name=web ip=10.0.0.1 at "
	  "$.containers[0].ports[0].containerPort\n"
	  "  tcp 81 at $.containers[0].ports[1].containerPort\n" },
	/* containers */
	{ "kinds and their order",
	  "containers: [{name: a}, {name: b}], ephemeralContainers: [{name: e}], initContainers: "
	  "[{name: i}, {name: s, restartPolicy: Always}, {name: j, restartPolicy: Never}]",
	  " init container i\n sidecar s\n init container j\n container a\n"
	  " container b\n ephemeral container e\n" },
	{ "a restart policy where it means nothing",
	  "containers: [{name: a, restartPolicy: Always}]", " container a\n" },
	{ "of Argo and of operators",
	  "container: {name: m}, script: {name: s}, sidecars: [{name: a}], extraContainers: "
	  "[{name: b}], "
	  "initContainers: [{name: i}]",
	  " container m\n container s\n init container i\n container a\n container b\n" },
	{ "a single container's port",
	  "hostNetwork: true, container: {name: m, livenessProbe: {grpc: {port: 1}}}",
	  " container m\n  livenessProbe 1 at $.container.livenessProbe.grpc.port\n" },
	{ "without a name", "containers: [{image: i}]", " container ?\n" },
	{ "of another kind", "containers: [x, {name: a}]", " container ?\n container a\n" },
	/* probes and handlers */
	{ "each probe and handler",
	  "hostNetwork: true, containers: [{name: c, livenessProbe: {httpGet: {port: 1}}, "
	  "readinessProbe: {tcpSocket: {port: 2}}, startupProbe: {grpc: {port: 3}}, lifecycle: "
	  "{preStop: {httpGet: {port: n}}, postStart: {tcpSocket: {port: '5'}}}}]",
	  " container c\n"
	  "  livenessProbe 1 at $.containers[0].livenessProbe.httpGet.port\n"
	  "  readinessProbe 2 at $.containers[0].readinessProbe.tcpSocket.port\n"
	  "  startupProbe 3 at $.containers[0].startupProbe.grpc.port\n"
	  "  preStop n0 at $.containers[0].lifecycle.preStop.httpGet.port\n"
	  "  postStart 5 at $.containers[0].lifecycle.postStart.tcpSocket.port\n" },
	{ "commands and unknown actions have no port",
	  "hostNetwork: true, containers: [{name: c, livenessProbe: {exec: {command: [x]}, other: "
	  "{port: 1}}, otherProbe: {httpGet: {port: 2}}}]",
	  " container c\n" },
	{ "not a port",
	  "hostNetwork: true, containers: [{name: c, livenessProbe: {httpGet: {port: 70000}}}]",
	  " container c\n"
	  "invalid-port $.containers[0].livenessProbe.httpGet.port: port of Pod ns/p: 70000: not a "
	  "number from 1 to 65535\n" },
	{ "in its own network nothing is read of them",
	  "containers: [{name: c, args: ['--port=7'], livenessProbe: {httpGet: {port: 1}}}]",
	  " container c\n" },
	{ "arguments on the host network",
	  "hostNetwork: true, containers: [{name: c, args: ['--port=7', '--listen=127.0.0.1:8']}]",
	  " container c\n  listens --port ?:7 at $.containers[0].args[0]\n"
	  "  listens --listen 127.0.0.1:8 localhost at $.containers[0].args[1]\n" },
	/* the network */
	{ "a placeholder of hostNetwork", "hostNetwork: '{{ x }}', containers: [{name: c}]",
	  " container c\n"
	  "template $.hostNetwork: hostNetwork of Pod ns/p is a placeholder, {{ x }}: render the "
	  "template first\n" },
	{ "no hostNetwork", "hostNetwork: null, containers: [{name: c}]", " container c\n" },
};

static struct pod *read_spec(struct at_top *at, const char *spec)
{
	static const struct pod object = {
		.full_name = "Pod ns/p",
		.kind = "Pod",
		.namespace_ = "ns",
		.name = "p",
	};
	_cleanup_buf_ struct buf text = { 0 };

	buf_printf(&text, "{%s}", spec);
	at_top_open(at, text.data);
	return podspec_read(&at->cursor, &object, NULL, at->tree->nodes);
}

static void test_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_at_top_ struct at_top at;
		const struct pod *pod = read_spec(&at, cases[i].spec);
		_cleanup_buf_ struct buf out = { 0 };

		buf_puts(&out, "");
		for (const struct container *c = pod->containers; c; c = c->next)
			put_container(c, &out);
		put_findings(&at.findings, &out);
		check_text(cases[i].name, out.data, cases[i].want);
		check_text("the path is as before", at.cursor.path.data, "$");
	}
}

/* ---- hosts of probes ----------------------------------------------------------------------- */
static void test_hosts(void **state)
{
	static const struct {
		const char *host;
		bool here;
	} hosts[] = {
		{ "127.0.0.1", true }, { "127.1.2.3", true },	{ "localhost", true },
		{ "::1", true },       { "[::1]", true },	{ "0.0.0.0", true },
		{ "", true },	       { "$(HOST)", true },	{ "{{ x }}", true },
		{ "10.0.0.1", false }, { "::", false },		{ "example.org", false },
		{ "127", false },      { "localhosts", false }, { "128.0.0.1", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		_cleanup_at_top_ struct at_top at;
		_cleanup_buf_ struct buf spec = { 0 };
		const struct pod *pod;

		buf_printf(&spec,
			   "hostNetwork: true, containers: [{name: c, livenessProbe: {httpGet: "
			   "{host: '%s', port: 1}}}]",
			   hosts[i].host);
		pod = read_spec(&at, spec.data);
		check_int(hosts[i].host, pod->containers->references != NULL, hosts[i].here);
	}
}

/* ---- bounds -------------------------------------------------------------------------------- */
/* The first one too many is a finding, and the rest is not read. */
static void test_bounds(void **state)
{
	static const struct {
		const char *before, *item, *after;
		int max;
		const char *what;
	} bounds[] = {
		{ "containers: [", "{name: c},", "]", POD_CONTAINERS_MAX,
		  "broken-manifest $.containers[1000]: Pod ns/p has more than 1000 containers: the "
		  "others were not looked at\n" },
		{ "containers: [{name: c, ports: [", "{containerPort: 1},", "]}]", POD_PORTS_MAX,
		  "broken-manifest $.containers[0].ports[4096]: Pod ns/p has more than 4096 ports: "
		  "the others were not looked at\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bounds); i++)
		for (int more = 0; more <= 2; more++) {
			_cleanup_at_top_ struct at_top at;
			_cleanup_buf_ struct buf spec = { 0 }, out = { 0 };
			const struct pod *pod;
			int containers = 0, ports = 0;

			buf_puts(&spec, bounds[i].before);
			for (int n = 0; n < bounds[i].max + more; n++)
				buf_puts(&spec, bounds[i].item);
			buf_puts(&spec, bounds[i].after);
			pod = read_spec(&at, spec.data);
			for (const struct container *c = pod->containers; c; c = c->next) {
				containers++;
				for (const struct port *p = c->ports; p; p = p->next)
					ports++;
			}
			check_int("kept", ports ? ports : containers, bounds[i].max);
			buf_puts(&out, "");
			put_findings(&at.findings, &out);
			check_text(bounds[i].before, out.data, more ? bounds[i].what : "");
		}
}

/* ---- the pod ------------------------------------------------------------------------------- */
static void test_pod(void **state)
{
	static const struct pod object = {
		.full_name = "DaemonSet ns/d",
		.kind = "DaemonSet",
		.namespace_ = "ns",
		.name = "d",
		.maker_kind = "X",
		.maker = "x",
		.names = PODS_SUFFIXED,
	};
	_cleanup_at_top_ struct at_top at;
	_cleanup_buf_ struct buf out = { 0 };
	struct ignore ignore = { .name = "template" };
	const struct pod *pod;

	(void)state;
	at_top_open(&at, "{metadata: {labels: {a: b}}, spec: {hostNetwork: yes, nodeName: n}}");
	at.cursor.ignores = &ignore;
	pod = podspec_read(&at.cursor, &object,
			   yaml_query(&at.cursor.doc, at.tree->nodes, "metadata"),
			   yaml_query(&at.cursor.doc, at.tree->nodes, "spec"));
	put_pod(pod, &out);
	check_text("pod", out.data,
		   "DaemonSet ns/d (DaemonSet ns/d), suffixed, roles 4, of X x, host, a=b, ignore "
		   "template, at $\n");
	check_int("line", pod->place.line, 1);
	check_int("column", pod->place.column, 36);
}

/* A place is that of the value. */
static void check_place(const char *spec, const struct place *place, const char *value)
{
	check_text(value, place->file, "f");
	check_int(value, place->line, 1);
	check_int(value, place->column, strstr(spec, value) - spec + 2); /* behind a { */
	;
}

static void test_places(void **state)
{
	static const char spec[] =
		"hostNetwork: true, containers: [{name: c, ports: [{containerPort: 801}, "
		"{hostPort: "
		"802}], args: [--port=803], livenessProbe: {grpc: {port: 804}}}]";
	_cleanup_at_top_ struct at_top at;
	const struct container *c;

	(void)state;
	c = read_spec(&at, spec)->containers;
	check_place(spec, &c->ports->place, "801");
	check_place(spec, &c->ports->next->place, "802");
	check_place(spec, &c->listeners->place, "--port=803");
	check_place(spec, &c->references->place, "804");
}

static void test_is(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} texts[] = {
		{ "{containers: [{name: c, image: i}]}", true },
		{ "{containers: [{name: c, image: i}, {}]}", true },
		{ "{containers: [{name: c}]}", false },
		{ "{containers: [{image: i}]}", true },
		{ "{sidecars: [{image: i}]}", true },
		{ "{extraContainers: [{name: c, image: i}]}", true },
		{ "{container: {image: i}}", true },
		{ "{script: {image: i, source: x}}", true },
		{ "{container: {name: c}}", false },
		{ "{container: [{image: i}]}", false },
		{ "{container: x}", false },
		{ "{containers: []}", false },
		{ "{containers: {name: c, image: i}}", false },
		{ "{initContainers: [{name: c, image: i}]}", false },
		{ "[]", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		_cleanup_at_top_ struct at_top at;

		at_top_open(&at, texts[i].text);
		check_int(texts[i].text, podspec_is(&at.cursor.doc, at.tree->nodes), texts[i].is);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),   cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_bounds), cmocka_unit_test(test_pod),
		cmocka_unit_test(test_is),     cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
