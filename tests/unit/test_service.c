// SPDX-License-Identifier: MIT
/* What a Service is read as. */
#include "pod_cases.h"

#include "../../user/checks/manifest/service.h"

#define SELECTS "selector: {app: a}"
#define HEAD	"Service ns/s, app=a\n"

static const struct {
	const char *name, *spec;
	const char *want; /* the Service, and findings; nothing: none is kept */
} cases[] = {
	{ "the port is the target", SELECTS ", ports: [{port: 80}]",
	  HEAD "  tcp 80 at $.spec.ports[0].port\n" },
	{ "a target", SELECTS ", ports: [{port: 80, targetPort: 81}]",
	  HEAD "  tcp 81 at $.spec.ports[0].targetPort\n" },
	{ "a target in quotes", SELECTS ", ports: [{port: 80, targetPort: '81'}]",
	  HEAD "  tcp 81 at $.spec.ports[0].targetPort\n" },
	{ "a name", SELECTS ", ports: [{port: 80, targetPort: web}]",
	  HEAD "  tcp web0 at $.spec.ports[0].targetPort\n" },
	{ "target 0 is no target", SELECTS ", ports: [{port: 80, targetPort: 0}]",
	  HEAD "  tcp 80 at $.spec.ports[0].port\n" },
	{ "target 1", SELECTS ", ports: [{port: 80, targetPort: 1}]",
	  HEAD "  tcp 1 at $.spec.ports[0].targetPort\n" },
	{ "an empty target is no target", SELECTS ", ports: [{port: 80, targetPort: ''}]",
	  HEAD "  tcp 80 at $.spec.ports[0].port\n" },
	{ "target null is no target", SELECTS ", ports: [{port: 80, targetPort: null}]",
	  HEAD "  tcp 80 at $.spec.ports[0].port\n" },
	{ "not a target", SELECTS ", ports: [{port: 80, targetPort: [81]}, {port: 82}]",
	  HEAD "  tcp 82 at $.spec.ports[1].port\n"
	       "invalid-port $.spec.ports[0].targetPort: targetPort of Pod ns/p: a list or a "
	       "mapping: not a port\n" },
	{ "protocols, in the order of the file",
	  SELECTS ", ports: [{port: 3, protocol: UDP}, {port: 2, protocol: SCTP}, {port: 1, "
		  "protocol: TCP}]",
	  HEAD "  udp 3 at $.spec.ports[0].port\n  sctp 2 at $.spec.ports[1].port\n"
	       "  tcp 1 at $.spec.ports[2].port\n" },
	{ "a bad protocol", SELECTS ", ports: [{port: 3, protocol: x}]",
	  "invalid-port $.spec.ports[0].protocol: protocol of Pod ns/p: x: not TCP, UDP or "
	  "SCTP\n" },
	{ "no port", SELECTS ", ports: [{name: x}]", "" },
	{ "no ports", SELECTS, "" },
	{ "no selector", "ports: [{port: 80}]", "" },
	{ "an empty selector", "selector: {}, ports: [{port: 80}]", "" },
	{ "a name elsewhere", "type: ExternalName, " SELECTS ", ports: [{port: 80}]", "" },
	{ "other types", "type: NodePort, " SELECTS ", ports: [{port: 80}]",
	  HEAD "  tcp 80 at $.spec.ports[0].port\n" },
};

static void test_read(void **state)
{
	static const struct pod object = { .namespace_ = "ns", .name = "s" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf text = { 0 }, out = { 0 };
		_cleanup_at_top_ struct at_top at;

		buf_printf(&text, "{spec: {%s}}", cases[i].spec);
		at_top_open(&at, text.data);
		service_read(&at.cursor, &object, at.tree->nodes);
		buf_puts(&out, "");
		for (const struct service *s = at.model.services; s; s = s->next)
			put_service(s, &out);
		put_findings(&at.findings, &out);
		check_text(cases[i].name, out.data, cases[i].want);
		check_u64("counted", at.model.counts.services, 1);
		check_text("the path is as before", at.cursor.path.data, "$");
	}
}

/* Services are kept in the order of the files, with the annotations of their object. */
static void test_order(void **state)
{
	static const struct pod objects[] = {
		{ .namespace_ = "ns", .name = "b" },
		{ .namespace_ = "o", .name = "a" },
	};
	_cleanup_buf_ struct buf out = { 0 };
	_cleanup_at_top_ struct at_top at;
	struct ignore ignore = { .name = "undeclared-port" };

	(void)state;
	at_top_open(&at, "{spec: {selector: {app: a, x: y}, ports: [{port: 80}]}}");
	service_read(&at.cursor, &objects[0], at.tree->nodes);
	at.cursor.ignores = &ignore;
	service_read(&at.cursor, &objects[1], at.tree->nodes);
	for (const struct service *s = at.model.services; s; s = s->next)
		put_service(s, &out);
	check_text("services", out.data,
		   "Service ns/b, x=y, app=a\n  tcp 80 at $.spec.ports[0].port\n"
		   "Service o/a, x=y, app=a, ignore undeclared-port\n"
		   "  tcp 80 at $.spec.ports[0].port\n");
	check_u64("counted", at.model.counts.services, 2);
}

/* A place is that of the value that is the target. */
static void test_places(void **state)
{
	static const char text[] =
		"{spec: {selector: {app: a}, ports: [{port: 81}, {port: 80, targetPort: 82}]}}";
	static const struct pod object = { .namespace_ = "ns", .name = "s" };
	_cleanup_at_top_ struct at_top at;
	const struct service_port *port;

	(void)state;
	at_top_open(&at, text);
	service_read(&at.cursor, &object, at.tree->nodes);
	port = at.model.services->ports;
	check_text("file", port->place.file, "f");
	check_int("line", port->place.line, 1);
	check_int("column", port->place.column, strstr(text, "81") - text + 1);
	check_int("column", port->next->place.column, strstr(text, "82") - text + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
