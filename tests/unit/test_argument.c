// SPDX-License-Identifier: MIT
/* Ports that arguments make a container listen on, seen by what it does not declare. */
#include "manifest_cases.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
