// SPDX-License-Identifier: MIT
/* Ports that arguments make a container listen on, seen by what it does not declare. */
#include "manifest_cases.h"
#include "yaml_cases.h"

#include "../../user/checks/manifest/argument.h"

static const struct manifest_case argument_cases[] = {
	{ "argument of a declared port",
	  POD(HOST ONE("args: ['--metrics-bind-address=:9100'], ports: [{containerPort: 9100}]")),
	  "" },
	{ "argument", POD(HOST ONE("args: ['--metrics-bind-address=:9100']")),
	  "undeclared-argument tcp/9100 $.spec.containers[0].args[0]\n" },
	{ "argument on localhost",
	  POD(HOST ONE("command: [x, '--secure-listen-address=127.0.0.1:1']")),
	  "undeclared-argument tcp/1 $.spec.containers[0].command[1]\n" },
	{ "argument in a pod's own network", POD(ONE("args: ['--metrics-bind-address=:9100']")),
	  "" },
	{ "argument, off",
	  POD(HOST ONE("args: [--port=0, --metrics-bind-address=, --secure-port]")), "" },
	{ "a client's host and port", POD(HOST ONE("args: [--host=db.example, --port=3306]")), "" },
	{ "a client's addresses",
	  POD(HOST ONE("args: ['--address=https://vault.example:8200', '-addr=redis.ns.svc:6379',"
		       " '--host=db:5432', --http-addr, 'consul:8500']")),
	  "" },
	{ "addresses with variables, and of localhost",
	  POD(HOST ONE("args: ['--address=$(IP):1', '--addr=localhost:2', '--host=[::1]:3',"
		       " '--listen=$(NODE).example:4']")),
	  "undeclared-argument tcp/1 $.spec.containers[0].args[0]\n"
	  "undeclared-argument tcp/2 $.spec.containers[0].args[1]\n"
	  "undeclared-argument tcp/3 $.spec.containers[0].args[2]\n"
	  "undeclared-argument tcp/4 $.spec.containers[0].args[3]\n" },
	{ "a server's host and port", POD(HOST ONE("args: [--host=0.0.0.0, --port=3306]")),
	  "undeclared-argument tcp/3306 $.spec.containers[0].args[1]\n" },
	{ "argument in the next word", POD(HOST ONE("args: [--port, '9100', --secure-port, --x]")),
	  "undeclared-argument tcp/9100 $.spec.containers[0].args[1]\n" },
	{ "arguments of clients",
	  POD(HOST ONE("args: ['--upstream=http://127.0.0.1:8080/', '--kubeconfig=/x:1',"
		       " '--server=https://h:6443', '--etcd-servers=https://h:2379']")),
	  "" },
	{ "variable",
	  POD(HOST ONE("env: [{name: P, value: '9100'}, {name: A, value: '127.0.0.1:$(P)'}],"
		       " args: ['--listen=$(A)']")),
	  "undeclared-argument tcp/9100 $.spec.containers[0].args[0]\n" },
	{ "variable from elsewhere",
	  POD(HOST ONE(
		  "env: [{name: P, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}],"
		  " args: ['--secure-listen-address=$(P):9100', '--port=$(P)', '--port=$(Q)']")),
	  "undeclared-argument tcp/9100 $.spec.containers[0].args[0]\n" },
	{ "script",
	  POD(HOST ONE("env: [{name: P, value: '9100'}], command: [/bin/bash, -ec,"
		       " \"x --no\\n# --port 1\\nexec y \\\\\\n  --secure-port \\\"${P}\\\" "
		       "--port=${Q:-7};"
		       " z --port\"]")),
	  "undeclared-argument tcp/9100 $.spec.containers[0].command[2]\n"
	  "undeclared-argument tcp/7 $.spec.containers[0].command[2]\n" },
	{ "addresses alone",
	  POD(HOST ONE("command: [server, ':1', '0.0.0.0:2', '[::]:3', '*:4'], args: ['--x', ':5',"
		       " '--y=0.0.0.0:6', '127.0.0.1:7']")),
	  "undeclared-argument tcp/1 $.spec.containers[0].command[1]\n"
	  "undeclared-argument tcp/2 $.spec.containers[0].command[2]\n"
	  "undeclared-argument tcp/3 $.spec.containers[0].command[3]\n"
	  "undeclared-argument tcp/4 $.spec.containers[0].command[4]\n"
	  "undeclared-argument tcp/5 $.spec.containers[0].args[1]\n"
	  "undeclared-argument tcp/6 $.spec.containers[0].args[2]\n" },
	{ "an address that is declared",
	  POD(HOST ONE("command: [server, ':9100'], ports: [{containerPort: 9100}]")), "" },
	{ "words that are no address",
	  POD(HOST ONE(
		  "command: [server, '8080', ':1/x', 'h:1', '10.0.0.1:80', ':', ':0', ':70000',"
		  " '0.0.0.0', '::', ':80:90', '/x:1', 'http://0.0.0.0:80', '0.0.0.0:$(P)'],"
		  " args: ['--x=10.0.0.1:80', '--y=h:1']")),
	  "" },
	{ "an address alone in a script",
	  POD(HOST ONE("command: [sh, -c, 'echo :80; x 0.0.0.0:81']")), "" },
	{ "what a script looks for",
	  POD(HOST ONE(
		  "command: [sh, -c, 'while lsof -i :1; do ss -ltn | grep -q :2; done; x :3']")),
	  "" },
	{ "addresses in a script",
	  POD(HOST ONE("command: [sh, -c, 'x --flag :1; y -flag=:2; z -listen :3']")),
	  "undeclared-argument tcp/1 $.spec.containers[0].command[2]\n"
	  "undeclared-argument tcp/2 $.spec.containers[0].command[2]\n"
	  "undeclared-argument tcp/3 $.spec.containers[0].command[2]\n" },
	{ "argument, excepted", POD(HOST ONE("args: [--port=7004]")),
	  "undeclared-argument tcp/7004 $.spec.containers[0].args[0] (accepted: exception until "
	  "2026-11-24: soon)\n" },
	{ "no script", POD(HOST ONE("command: [x, -c, 'y --port=1']")), "" },
};

static void test_arguments(void **state)
{
	(void)state;
	manifest_run(argument_cases, ARRAY_LEN(argument_cases));
}

/* Each port of a pod is compared with each argument of its container: one too many is said. */
static void test_bound(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);

	(void)state;
	for (int n = 512; n <= 513; n++) {
		_cleanup_buf_ struct buf text = { 0 }, out = { 0 };
		const char *texts[1];

		buf_puts(&text, "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
				"spec: {" HOST "containers: [{name: c, image: i, ports:"
				" [{containerPort: 9100}], args: [");
		for (int i = 0; i < n; i++)
			buf_puts(&text, "'--listen=:9100',");
		buf_puts(&text, "]}]}\n");
		texts[0] = text.data;
		manifest_lines(&options, texts, 1, &out);
		check_text("arguments", out.data ? out.data : "",
			   n == 512 ? "" : "broken-manifest $.spec.containers[0].args[512]\n");
	}
}

/* ---- every form ---------------------------------------------------------------------------- */
static const struct {
	const char *container;
	const char *want; /* "FLAG ADDRESS:PORT[ localhost]; ...", ? where no address is known */
} form_cases[] = {
	/* dashes and values */
	{ "args: [--port=1]", "--port ?:1; " },
	{ "args: [-port=1]", "-port ?:1; " },
	{ "args: [---port=1]", "" },
	{ "args: [port=1]", "" },
	{ "args: ['--=1', '-', '--', '']", "" },
	{ "args: [--port, '1']", "--port ?:1; " },
	{ "args: [--port, '1', '2']", "--port ?:1; " },
	{ "args: [--port, --x, '1']", "" },
	{ "args: [--port=, '1']", "" },
	{ "args: [[--port=1], {a: --port=2}, --port=3]", "--port ?:3; " },
	{ "command: [--port=1], args: [--port=2]", "--port ?:1; --port ?:2; " },
	{ "args: [--port=1, --http-port=2, --port=1]",
	  "--port ?:1; --http-port ?:2; --port ?:1; " },
	/* a port may have its address */
	{ "args: ['--port=10.0.0.1:1']", "--port 10.0.0.1:1; " },
	{ "args: ['--port=:1']", "--port ?:1; " },
	{ "args: ['--port=h:1']", "" },
	{ "args: [--port=http]", "" },
	/* lists of addresses */
	{ "args: ['--listen=1']", "--listen :1; " },
	{ "args: ['--listen=:1,127.0.0.1:2,[::1]:3']",
	  "--listen :1; --listen 127.0.0.1:2 localhost; --listen ::1:3 localhost; " },
	{ "args: ['--listen=x,,:1,']", "--listen :1; " },
	{ "args: ['--listen=unix:///a,tcp://10.0.0.1:1']", "--listen 10.0.0.1:1; " },
	/* URLs have a colon */
	{ "args: ['--listen-client-urls=https://0.0.0.0:1,http://127.0.0.1:2']",
	  "--listen-client-urls 0.0.0.0:1; --listen-client-urls 127.0.0.1:2 localhost; " },
	{ "args: ['--listen-all=1']", "" },
	{ "args: ['--listen-all=:1']", "--listen-all :1; " },
	/* a host for the ports of other flags, before and after them */
	{ "args: [--host=127.0.0.1, --port=1]", "--port 127.0.0.1:1 localhost; " },
	{ "args: [--port=1, --host=10.0.0.1]", "--port 10.0.0.1:1; " },
	{ "args: ['--host=127.0.0.1', '--listen=10.0.0.1:1']", "--listen 10.0.0.1:1; " },
	{ "args: ['--host=0.0.0.0:1']", "--host 0.0.0.0:1; " },
	{ "args: ['--host=db', '--port=1', '--listen=:2']", "--listen :2; " },
	{ "args: ['--host=10.0.0.1', '--port=1', '--host=127.0.0.1']",
	  "--port 127.0.0.1:1 localhost; " },
	/* other flags, and words alone: an address of all */
	{ "args: ['--x=:1', '--x', ':2', '--x=0.0.0.0:3', '--x=[::]:4', '--x=*:5']",
	  "--x :1; --x :2; --x 0.0.0.0:3; --x :::4; --x *:5; " },
	{ "args: ['--x=:1/', '--x=:', '--x=0.0.0.0', '--x=1', '--x=127.0.0.1:1']", "" },
	{ "args: [':1', 'x', '*:2']", ":1 :1; *:2 *:2; " },
	{ "args: ['127.0.0.1:1', '1', ':1x', ':65536']", "" },
	/* a shell's script: each shell, by its path as well, and each form of -c */
	{ "command: [sh, -c, 'x --port=1']", "--port ?:1; " },
	{ "command: [/bin/bash, -ec, 'x --port=1']", "--port ?:1; " },
	{ "command: [dash, -c, 'x --port=1']", "--port ?:1; " },
	{ "command: [/usr/local/bin/ash, -c, 'x --port=1']", "--port ?:1; " },
	{ "command: [ksh, -euxc, 'x --port=1']", "--port ?:1; " },
	{ "command: [zsh], args: [-c, 'x --port=1']", "--port ?:1; " },
	{ "command: [shx, -c, 'x --port=1']", "" },
	{ "command: [sh/x, -c, 'x --port=1']", "" },
	{ "command: [sh, --c, 'x --port=1']", "" },
	{ "command: [sh, -cx, 'x --port=1']", "" },
	{ "command: [sh, -, 'x --port=1']", "" },
	{ "command: [sh, c, 'x --port=1']", "" },
	{ "command: [sh, -x, 'x --port=1']", "" },
	{ "command: [sh, -c, 'x --port=1', 'y --port=2']", "--port ?:1; " },
	{ "command: [sh, -c, 'x', --port=2]", "--port ?:2; " },
	{ "command: [tini, --, sh, -c, 'x --port=1']", "--port ?:1; " },
	{ "command: [-c, 'x --port=1', sh]", "" },
	/* lines make a script without a shell; blanks do not */
	{ "args: [\"x --port=1\\ny --listen :2\"]", "--port ?:1; --listen :2; " },
	{ "args: [\"\\n--port=1\"]", "--port ?:1; " },
	{ "args: ['x --port=1']", "" },
/* words of a script */
#define SCRIPT(text) "command: [sh, -c, \"" text "\"]"
	{ SCRIPT("x --port 1"), "--port ?:1; " },
	{ SCRIPT("x --port; 1"), "" },
	{ SCRIPT("x --port\\n1"), "" },
	{ SCRIPT("x --port \\\\\\n 1"), "--port ?:1; " },
	{ SCRIPT("x --port=1\\\\\\n --port\\\\\\n2"), "--port ?:1; --port ?:2; " },
	{ SCRIPT("x\\t--port\\t1"), "--port ?:1; " },
	{ SCRIPT("x --port=1;y --port=2|z --port=3&w --port=4"),
	  "--port ?:1; --port ?:2; --port ?:3; --port ?:4; " },
	{ SCRIPT("(x --port=1)"), "--port ?:1; " },
	{ SCRIPT("x '--port=1' \\\"--port=2\\\" --po'rt=3'"),
	  "--port ?:1; --port ?:2; --port ?:3; " },
	{ SCRIPT("x '--port=1 ' '--y \\\" --port=2'"), "" },
	{ SCRIPT("x --po\\\\rt=1"), "--port ?:1; " },
	{ SCRIPT("x '--po\\\\rt=1'"), "" },
	{ SCRIPT("x \\\\\\\"--port=1"), "" },
	{ SCRIPT("x # --port=1\\ny --port=2"), "--port ?:2; " },
	{ SCRIPT("x#y --port=1"), "--port ?:1; " },
	{ SCRIPT("# --port=1"), "" },
	{ SCRIPT("x --port=1\\\\"), "" },
	{ SCRIPT("x '--port=1"), "--port ?:1; " },
	{ SCRIPT("x :1 0.0.0.0:2"), "" },
	{ SCRIPT("lsof -i :1; x --y :2; z -listen :3; w -y=:4"), "--y :2; -listen :3; -y :4; " },
/* variables */
#define ENV(list) "env: [" list "], "
	{ ENV("{name: P, value: '1'}") "args: ['--port=$(P)']", "--port ?:1; " },
	{ ENV("{name: P, value: '1'}") "args: ['--port=${P}', '--port=$P']", "" },
	{ ENV("{name: P, value: '1'}") SCRIPT("x --port=${P} --port=$P --port=$(P)"),
	  "--port ?:1; --port ?:1; --port ?:1; " },
	{ ENV("{name: P, value: '1'}") "args: ['--port=$$(P)']", "" },
	{ ENV("{name: P, value: '1'}, {name: P, value: '2'}") "args: ['--port=$(P)']",
	  "--port ?:2; " },
	{ ENV("{name: A, value: '$(B)'}, {name: B, value: '1'}") "args: ['--port=$(A)']", "" },
	{ ENV("{name: B, value: '1'}, {name: A, value: '$(B)'}") "args: ['--port=$(A)']",
	  "--port ?:1; " },
	{ ENV("{name: H, valueFrom: {x: y}}") "args: ['--listen=$(H):1']", "--listen $(H):1; " },
	{ ENV("{name: H}, {value: '1'}") "args: ['--listen=$(H):1', '--port=$()']",
	  "--listen :1; " },
	{ ENV("{name: PORTS, value: '1'}") "args: ['--port=$(P)', '--port=$(PORT)']", "" },
	/* variables of their own */
	{ ENV("{name: prometheus_server, value: ':1'}, {name: METRICS_PORT, value: '2'}, {name: "
	      "HEALTH_BIND_ADDRESS, value: '127.0.0.1:3'}") "args: [x]",
	  "prometheus_server :1; METRICS_PORT ?:2; HEALTH_BIND_ADDRESS 127.0.0.1:3 localhost; " },
	{ ENV("{name: DB_PORT, value: '1'}, {name: port, value: '9'}, {name: UPSTREAM, value: "
	      "':2'}, {name: X, value: '3'}, "
	      "{name: PORT, valueFrom: {x: y}}, {name: PORT, value: http}, {name: PORT, value: "
	      "[4]}, "
	      "{name: PORT}") "args: [x]",
	  "" },
	{ ENV("{name: A, value: '1'}, {name: UDP_LISTEN, value: ':$(A)'}") "args: [x]",
	  "UDP_LISTEN :1; " },
	{ ENV("{name: HOST, value: '127.0.0.1'}") "args: [--port=1]", "--port ?:1; " },
	{ ENV("{name: PORT, value: '1'}") "command: [echo]", "PORT ?:1; " },
	/* variables that a script sets */
	{ SCRIPT("PORT=1; exec x --port=$PORT"), "--port ?:1; " },
	{ SCRIPT("export A=1 B=2\\n x --port=$A --listen=:${B}"), "--port ?:1; --listen :2; " },
	{ SCRIPT("A='1' B=\\\"2\\\"\\n x --port=$A --port=$B"), "--port ?:1; --port ?:2; " },
	{ SCRIPT("A=1; B=$A; x --port=$B"), "--port ?:1; " },
	{ SCRIPT("A=1; A=2; x --port=$A"), "--port ?:2; " },
	{ SCRIPT("x A=1 --port=$A"), "" },
	{ SCRIPT("A=$(y); x --port=$A"), "" },
	{ ENV("{name: A, value: '1'}") SCRIPT("B=${A:-2}; C=${D:-3}; x --port=$B --port=$C"),
	  "--port ?:1; --port ?:3; " },
	{ "command: [sh, -c, 'A=1', '--port=$A']", "" },
	/* programs that listen on nothing */
	{ SCRIPT("echo --port=1; x --port=2"), "--port ?:2; " },
	{ SCRIPT("ssh -L :1 --port 2 | x --port=3"), "--port ?:3; " },
	{ SCRIPT("if ! /usr/bin/curl --port=1; then exec x --port=2; fi"), "--port ?:2; " },
	{ SCRIPT("A=b timeout 5 grep --port=1\\nx --port=2"), "--port ?:2; " },
	{ "command: [ssh], args: ['--port=1', ':2']", "" },
	{ "command: [tini, --, chown, ':1', /data]", "" },
	{ "command: [x, ssh, '--port=1']", "--port ?:1; " },
	{ "args: [echo, '--port=1']", "--port ?:1; " },
	{ "args: ['--uid=:1', '--chown=:2', '--connect=:3', '--upstream', ':4', '--y=:5']",
	  "--y :5; " },
	/* socat */
	{ "command: [socat], args: ['TCP-LISTEN:1,fork', 'TCP:10.0.0.1:80']",
	  "TCP-LISTEN:1,fork :1; " },
	{ SCRIPT("socat TCP6-LISTEN:1,bind=[::1] UDP:x:80"),
	  "TCP6-LISTEN:1,bind=[::1] ::1:1 localhost; " },
	/* an address with its protocol */
	{ "args: ['--endpoint=tcp://0.0.0.0:1', '--endpoint', 'udp://:2', '--x=http://0.0.0.0:3', "
	  "'tcp://0.0.0.0:4']",
	  "--endpoint 0.0.0.0:1; --endpoint :2; " },
	/* lines that go on, which YAML may have joined */
	{ SCRIPT("exec server --port \\\\ 1"), "--port ?:1; " },
	{ SCRIPT("exec server --port \\\\\\r\\n 1"), "--port ?:1; " },
	{ SCRIPT("exec server --port \\\\\\n1 \\\\\\n  --listen=:2"), "--port ?:1; --listen :2; " },
};

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(form_cases); i++) {
		struct listener *listeners = NULL;
		_cleanup_buf_ struct buf text = { 0 }, out = { 0 };
		_cleanup_at_top_ struct at_top at;
		uint32_t count = 0, n = 0;

		buf_printf(&text, "{%s}", form_cases[i].container);
		at_top_open(&at, text.data);
		argument_read(&at.cursor, at.tree->nodes, &count, &listeners);
		buf_puts(&out, "");
		for (const struct listener *l = listeners; l; l = l->next, n++)
			buf_printf(&out, "%s %s:%u%s; ", l->flag, l->address ? l->address : "?",
				   l->port, l->localhost ? " localhost" : "");
		check_text(form_cases[i].container, out.data, form_cases[i].want);
		check_int("counted", count >= n, true);
		check_text("the path is as before", at.cursor.path.data, "$");
	}
}

/* Variables that double one another do not fill memory; a long flag and address are cut. */
static void test_long(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_at_top_ struct at_top at;
	struct listener *listeners = NULL;
	uint32_t count = 0;

	(void)state;
	buf_puts(&text, "{env: [{name: V0, value: 'xxxxxxxxxxxxxxxx'}");
	for (int i = 1; i < 40; i++)
		buf_printf(&text, ", {name: V%d, value: '$(V%d)$(V%d)'}", i, i - 1, i - 1);
	buf_puts(&text, ", {name: P, value: '7'}], args: ['--listen=$(V39):1', '--port=$(P)', '--");
	for (int i = 0; i < 2 * CURSOR_TEXT_MAX; i++)
		buf_putc(&text, 'y');
	buf_puts(&text, "=[");
	for (int i = 0; i < 2 * CURSOR_TEXT_MAX; i++)
		buf_putc(&text, '0');
	buf_puts(&text, "]:9', '--");
	for (int i = 0; i < 2 * CURSOR_TEXT_MAX; i++)
		buf_putc(&text, 'y');
	buf_puts(&text, "=:9', '--listen=[");
	for (int i = 0; i < 2 * CURSOR_TEXT_MAX; i++)
		buf_putc(&text, '0');
	buf_puts(&text, "]:10']}");
	at_top_open(&at, text.data);
	argument_read(&at.cursor, at.tree->nodes, &count, &listeners);
	check_int("too long a value", listeners->address[strspn(listeners->address, "$")], 0);
	listeners = listeners->next;
	check_int("the next variable", listeners->port, 7);
	listeners = listeners->next;
	check_int("port", listeners->port, 9);
	check_u64("flag", strlen(listeners->flag), CURSOR_TEXT_MAX);
	listeners = listeners->next;
	check_int("port", listeners->port, 10);
	check_u64("address", strlen(listeners->address), CURSOR_TEXT_MAX);
	assert_null(listeners->next);
}

/* Where each stands, and what a bound of listeners leaves out. */
static void test_places(void **state)
{
	static const char text[] = "{command: [x, --port=11], args: [sh, -c, 'x --port=12']}";
	_cleanup_at_top_ struct at_top at;
	struct listener *l = NULL;
	uint32_t count = POD_LISTENERS_MAX - 1;

	(void)state;
	at_top_open(&at, text);
	argument_read(&at.cursor, at.tree->nodes, &count, &l);
	check_text("path", l->place.path, "$.command[1]");
	check_int("column", l->place.column, strstr(text, "--port=11") - text + 1);
	assert_null(l->next);
	check_u64("one too many", at.findings.len, 1);
	check_text("where", at.findings.items[0].path, "$.args[2]");
	check_text("message", at.findings.items[0].message,
		   "Pod ns/p has more than 512 listening arguments: the others were not looked at");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments), cmocka_unit_test(test_bound),
		cmocka_unit_test(test_forms),	  cmocka_unit_test(test_long),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
