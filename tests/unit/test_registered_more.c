// SPDX-License-Identifier: MIT
/* Exceptions for each class, several rows and roles, documented ranges; and the words of each. */
#include "manifest_cases.h"

/* ---- exceptions ---------------------------------------------------------------------------- */
/* A finding of each class that an exception can have, and one that none can accept. */
#define EXCEPTABLE                                                                                 \
	"ranges: [{ports: 100-106, protocol: tcp}]\n"                                              \
	"entries:\n"                                                                               \
	"- {ports: 102, protocol: tcp, process: p, role: control-plane}\n"                         \
	"- {ports: 103, protocol: tcp, process: p, scope: localhost}\n"                            \
	"- {ports: 104, protocol: tcp, process: p, owners: [{unit: a.service}]}\n"                 \
	"- {ports: 107, protocol: tcp, process: p}\n"                                              \
	"retired: [{ports: 101, protocol: tcp, process: p, removed: '4.1'}]\n"
static const char exceptable_pod[] =
	POD(HOST ONE("ports: [{containerPort: 100}, {containerPort: 101}, {containerPort: 102},"
		     " {containerPort: 103}, {containerPort: 104}, {containerPort: 107}],"
		     " livenessProbe: {httpGet: {port: 105}}, args: ['--port=106']"));

static const struct {
	const char *rule;
	unsigned int port;
	const char *cls; /* that accepts it */
} exceptable[] = {
	{ "unregistered-port", 100, "unregistered" },
	{ "retired-port", 101, "retired" },
	{ "inactive-port", 102, "inactive" },
	{ "localhost-only-port", 103, "scope" },
	{ "wrong-owner", 104, "owner" },
	{ "outside-documented-range", 107, NULL },
	{ "undeclared-port", 105, "undeclared" },
	{ "undeclared-argument", 106, "undeclared" },
};

static const struct {
	const char *name, *exception;
	bool holds;
} exceptions[] = {
	{ "its ports", "ports: 100-107, protocol: tcp, until: 2026-11-24", true },
	{ "another protocol", "ports: 100-107, protocol: udp, until: 2026-11-24", false },
	{ "other ports", "ports: 108-200, protocol: tcp, until: 2026-11-24", false },
	{ "over", "ports: 100-107, protocol: tcp, until: 2026-11-23", false },
	{ "for its namespace",
	  "ports: 100-107, protocol: tcp, until: 2026-11-24, owners: [{namespace: ns}]", true },
	{ "for another one",
	  "ports: 100-107, protocol: tcp, until: 2026-11-24, owners: [{namespace: x}]", false },
	{ "for its namespace, over",
	  "ports: 100-107, protocol: tcp, until: 2026-11-23, owners: [{namespace: ns}]", false },
};

static void check_exception(const char *cls, size_t e)
{
	const char *const texts[] = { exceptable_pod };
	_cleanup_(registry_freep) struct registry *registry = NULL;
	_cleanup_findings_ struct findings findings = { 0 };
	_cleanup_buf_ struct buf lists = { 0 };
	struct manifest_options options;

	buf_printf(&lists, EXCEPTABLE "exceptions: [{%s, class: %s, reason: r}]\n",
		   exceptions[e].exception, cls);
	registry = registry_of_lists(lists.data);
	options = manifest_options(registry);
	manifest_check(&options, texts, 1, &findings, NULL);
	check_u64(cls, findings.len, ARRAY_LEN(exceptable));
	for (size_t i = 0; i < findings.len; i++) {
		const struct finding *f = &findings.items[i];
		const char *of = NULL;

		for (size_t j = 0; j < ARRAY_LEN(exceptable); j++)
			if (strcmp(f->rule->id, exceptable[j].rule) == 0 &&
			    f->port == exceptable[j].port)
				of = exceptable[j].cls ? exceptable[j].cls : "none";
		if (!of)
			fail_msg("not expected: %s %u", f->rule->id, f->port);
		if ((f->accepted != NULL) != (exceptions[e].holds && strcmp(of, cls) == 0))
			fail_msg("exception for class %s, %s: %s is%s accepted", cls,
				 exceptions[e].name, f->rule->id, f->accepted ? "" : " not");
	}
}

/* An exception accepts what is of its class, and nothing else of its port. */
static void test_exceptions(void **state)
{
	static const char *const classes[] = { "unregistered", "retired",    "inactive", "scope",
					       "owner",	       "undeclared", "ephemeral" };

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(classes); c++)
		for (size_t e = 0; e < ARRAY_LEN(exceptions); e++)
			check_exception(classes[c], e);
}

/* ---- several rows and roles ---------------------------------------------------------------- */
struct row_case {
	const char *name, *lists, *text, *want; /* want: lines of manifest_words() */
};

static void run_rows(const struct row_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_(registry_freep) struct registry *reg = registry_of_lists(cases[i].lists);
		const struct manifest_options options = manifest_options(reg);
		_cleanup_findings_ struct findings findings = { 0 };
		_cleanup_buf_ struct buf out = { 0 };

		manifest_check(&options, &cases[i].text, 1, &findings, NULL);
		buf_puts(&out, "");
		for (size_t j = 0; j < findings.len; j++)
			manifest_words(&findings.items[j], &out);
		check_text(cases[i].name, out.data, cases[i].want);
	}
}

#define P80	 "Pod ns/p, container c: "
#define TAKES_80 POD(HOST ONE("ports: [{containerPort: 80}]"))
#define EVERYWHERE(more)                                                                           \
	POD(HOST "nodeSelector: {a: b}, tolerations: [{operator: Exists}], " ONE(                  \
		"ports: [{containerPort: 80}]" more))
#define RANGE_80  "ranges: [{ports: 80, protocol: tcp}]\n"
#define ROW(keys) "- {ports: 80, protocol: tcp, process: p" keys "}\n"
#define ADD_OWNER                                                                                  \
	" -> take another port, or add an owner to the row: {namespace: ns, pod: \"p\", "          \
	"container: c}\n"

static const struct row_case role_cases[] = {
	{ "inactive on control planes, and another's on workers",
	  RANGE_80 "entries:\n" ROW(", role: worker, owners: [{unit: a.service}]"), EVERYWHERE(""),
	  "4 inactive-port: tcp 80 of " P80
	  "row t tcp 80 (p) is for worker nodes only, and its node "
	  "selector or affinity (a) lets it run on control-plane nodes -> give it the node "
	  "selector "
	  "`node-role.kubernetes.io/worker: \"\"`, or take another port\n" },
	{ "another's on control planes, and inactive on workers",
	  RANGE_80 "entries:\n" ROW(", role: control-plane, owners: [{unit: a.service}]"),
	  EVERYWHERE(""),
	  "4 inactive-port: tcp 80 of " P80 "row t tcp 80 (p) is for control-plane nodes only, and "
	  "its node selector or affinity (a) lets it run on worker nodes -> give it the node "
	  "selector `node-role.kubernetes.io/control-plane: \"\"`, or take another port\n" },
	{ "its own on control planes, and another's on workers",
	  RANGE_80 "entries:\n" ROW(", role: control-plane")
		  ROW(", role: worker, owners: [{unit: a.service}]"),
	  EVERYWHERE(""),
	  "4 wrong-owner: tcp 80 of " P80 "row t tcp 80 (p) belongs to unit a.service" ADD_OWNER },
	{ "another's on control planes, and its own on workers",
	  RANGE_80 "entries:\n" ROW(", role: control-plane, owners: [{unit: b.service}]")
		  ROW(", role: worker"),
	  EVERYWHERE(""),
	  "4 wrong-owner: tcp 80 of " P80 "row t tcp 80 (p) belongs to unit b.service" ADD_OWNER },
	{ "another's on both: the control plane's is named",
	  RANGE_80 "entries:\n" ROW(", role: worker, owners: [{unit: a.service}]")
		  ROW(", role: control-plane, owners: [{unit: b.service}]"),
	  EVERYWHERE(""),
	  "4 wrong-owner: tcp 80 of " P80 "row t tcp 80 (p) belongs to unit b.service" ADD_OWNER },
	{ "localhost on control planes, inactive on workers",
	  RANGE_80 "entries:\n" ROW(", role: control-plane, scope: localhost"), EVERYWHERE(""),
	  "4 inactive-port: tcp 80 of " P80 "row t tcp 80 (p) is for control-plane nodes only, and "
	  "its node selector or affinity (a) lets it run on worker nodes -> give it the node "
	  "selector `node-role.kubernetes.io/control-plane: \"\"`, or take another port\n" },
	{ "its own on each",
	  RANGE_80 "entries:\n" ROW(", role: control-plane") ROW(", role: worker"), EVERYWHERE(""),
	  "" },
};

static const struct row_case owner_cases[] = {
	{ "the owner of a row that does not hold owns nothing",
	  RANGE_80 "entries:\n" ROW(", owners: [{unit: a.service}]")
		  ROW(", role: control-plane, owners: [{container: c}]"),
	  TAKES_80,
	  "4 wrong-owner: tcp 80 of " P80 "row t tcp 80 (p) belongs to unit a.service" ADD_OWNER },
	{ "nor that of a row for localhost",
	  RANGE_80 "entries:\n" ROW(", owners: [{unit: a.service}]")
		  ROW(", scope: localhost, owners: [{container: c}]"),
	  TAKES_80,
	  "4 wrong-owner: tcp 80 of " P80 "row t tcp 80 (p) belongs to unit a.service" ADD_OWNER },
	{ "but on localhost it does",
	  RANGE_80 "entries:\n" ROW(", owners: [{unit: a.service}]")
		  ROW(", scope: localhost, owners: [{container: c}]"),
	  POD(HOST ONE("ports: [{containerPort: 80, hostIP: 127.0.0.1}]")), "" },
	{ "nor that of a wider row of another protocol",
	  RANGE_80 "entries:\n" ROW(
		  ", owners: [{unit: a.service}]") "- {ports: 1-100, protocol: "
						   "udp, process: p}\n- {ports: 79, protocol: tcp, "
						   "process: p}\n- {ports: 81, "
						   "protocol: tcp, process: p}\n",
	  TAKES_80,
	  "4 wrong-owner: tcp 80 of " P80 "row t tcp 80 (p) belongs to unit a.service" ADD_OWNER },
	{ "that of a wider row does, at either end",
	  RANGE_80 "entries:\n" ROW(", owners: [{unit: a.service}]") "- {ports: 1-80, protocol: "
								     "tcp, process: p}\n",
	  TAKES_80, "" },
	{ "documented ranges, drops and exceptions are no rows",
	  RANGE_80
	  "entries:\n" ROW(", owners: [{unit: a.service}]") "exceptions: [{ports: 80, protocol: "
							    "tcp, class: scope, until: 2099-01-01, "
							    "reason: r}]\n",
	  TAKES_80,
	  "4 wrong-owner: tcp 80 of " P80 "row t tcp 80 (p) belongs to unit a.service" ADD_OWNER },
	{ "another's, and outside of the ranges",
	  "ranges: [{ports: 81, protocol: tcp}]\nentries:\n" ROW(", owners: [{unit: a.service}]"),
	  TAKES_80,
	  "4 wrong-owner: tcp 80 of " P80 "row t tcp 80 (p) belongs to unit a.service" ADD_OWNER
	  "4 outside-documented-range: tcp 80 of " P80
	  "it is reachable, and in no documented range "
	  "of tcp ports -> take a port of 81-81, or listen on localhost\n" },
};

#define UNNAMED	       "4 unregistered-port: tcp 80 of " P80 "no row of the registry names the port"
#define ADD_ROW	       " -> add a row: {ports: 80, protocol: tcp, process: c}"
#define RANGES(of)     "ranges:\n" of
#define TCP(ports)     "- {ports: " ports ", protocol: tcp}\n"
#define UDP(ports)     "- {ports: " ports ", protocol: udp}\n"
#define OR_TAKE(ports) ", or take a port of the documented range " ports "\n"

static const struct row_case range_cases[] = {
	{ "no ranges", "entries: []\n", TAKES_80, UNNAMED ADD_ROW "\n" },
	{ "one", RANGES(TCP("9000-9099")), TAKES_80, UNNAMED ADD_ROW OR_TAKE("9000-9099") },
	{ "the wider one comes last", RANGES(TCP("9000-9099") TCP("9200-9399")), TAKES_80,
	  UNNAMED ADD_ROW OR_TAKE("9200-9399") },
	{ "it comes first", RANGES(TCP("9200-9399") TCP("9000-9099")), TAKES_80,
	  UNNAMED ADD_ROW OR_TAKE("9200-9399") },
	{ "one that begins later and is as wide", RANGES(TCP("9000-9099") TCP("9300-9399")),
	  TAKES_80, UNNAMED ADD_ROW OR_TAKE("9000-9099") },
	{ "node ports are none", RANGES(TCP("9000-9001") TCP("30000-32767")), TAKES_80,
	  UNNAMED ADD_ROW OR_TAKE("9000-9001") },
	{ "those of another protocol neither", RANGES(UDP("9000-9999") TCP("9100-9101")), TAKES_80,
	  UNNAMED ADD_ROW OR_TAKE("9100-9101") },
	{ "only those", RANGES(UDP("9000-9999")), TAKES_80, UNNAMED ADD_ROW "\n" },
	{ "the port is in one", RANGES(TCP("80") TCP("9000-9999")), TAKES_80,
	  UNNAMED ADD_ROW "\n" },
	{ "on localhost", RANGES(TCP("9000-9999")),
	  POD(HOST ONE("ports: [{containerPort: 80, hostIP: 127.0.0.1}]")),
	  UNNAMED " -> add a row: {ports: 80, protocol: tcp, process: c, scope: localhost}\n" },
	{ "a row of another protocol", "entries:\n- {ports: 79-81, protocol: udp, process: q}\n",
	  TAKES_80, UNNAMED " for tcp; row t udp 79-81 (q) is for another protocol" ADD_ROW "\n" },
	{ "of another protocol, retired",
	  "retired:\n- {ports: 80, protocol: udp, process: q, removed: '4.1'}\n", TAKES_80,
	  UNNAMED ADD_ROW "\n" },
	{ "outside, of node ports only", RANGES(TCP("30000-32767")) "entries:\n" ROW(""), TAKES_80,
	  "4 outside-documented-range: tcp 80 of " P80
	  "it is reachable, and in no documented range "
	  "of tcp ports -> document a range of tcp ports, or listen on localhost\n" },
	{ "outside, the widest", RANGES(TCP("9000-9001") TCP("9100-9109")) "entries:\n" ROW(""),
	  TAKES_80,
	  "4 outside-documented-range: tcp 80 of " P80
	  "it is reachable, and in no documented range "
	  "of tcp ports -> take a port of 9100-9109, or listen on localhost\n" },
};

static void test_rows(void **state)
{
	(void)state;
	run_rows(role_cases, ARRAY_LEN(role_cases));
	run_rows(owner_cases, ARRAY_LEN(owner_cases));
	run_rows(range_cases, ARRAY_LEN(range_cases));
}

/* ---- words --------------------------------------------------------------------------------- */
static const struct manifest_case word_cases[] = {
	{ "retired", POD(HOST ONE("ports: [{containerPort: 9110}]")),
	  "4 retired-port: tcp 9110 of " P80 "row t tcp 9110 (old) was removed in 4.10, and the "
	  "cluster's version is not stated -> take another port, or add an entry: {ports: 9110, "
	  "protocol: tcp, process: c}\n" },
	{ "localhost only", POD(HOST ONE("ports: [{containerPort: 9102}]")),
	  "4 localhost-only-port: tcp 9102 of " P80 "row t tcp 9102 (local) is for localhost only, "
	  "and 0.0.0.0 is not loopback -> have it listen on 127.0.0.1 and say so with `hostIP: "
	  "127.0.0.1`\n" },
	{ "localhost only, of an address",
	  POD(HOST ONE("ports: [{containerPort: 9102, hostIP: 10.0.0.1}]")),
	  "4 localhost-only-port: tcp 9102 of " P80 "row t tcp 9102 (local) is for localhost only, "
	  "and 10.0.0.1 is not loopback -> have it listen on 127.0.0.1 and say so with `hostIP: "
	  "127.0.0.1`\n" },
	{ "control planes only", POD(HOST ONE("ports: [{containerPort: 9101}]")),
	  "4 inactive-port: tcp 9101 of " P80
	  "row t tcp 9101 (cp) is for control-plane nodes only, "
	  "and no node selector or affinity keeps it from worker nodes -> give it the node "
	  "selector "
	  "`node-role.kubernetes.io/control-plane: \"\"`, or take another port\n" },
	{ "workers only",
	  POD(HOST "tolerations: [{operator: Exists}], " ONE("ports: [{containerPort: 9106}]")),
	  "4 inactive-port: tcp 9106 of " P80
	  "row t tcp 9106 (worker) is for worker nodes only, and "
	  "it tolerates the taint of control-plane nodes -> give it the node selector "
	  "`node-role.kubernetes.io/worker: \"\"`, or take another port\n" },
	{ "the owners' pods",
	  WORKLOAD("DaemonSet", "agents", HOST ONE("ports: [{containerPort: 9103}]")),
	  "4 wrong-owner: tcp 9103 of DaemonSet ns/agents, container c: row t tcp 9103 (owned) "
	  "belongs to pod ns/agent-*, container c -> take another port, or add an owner to the "
	  "row: "
	  "{namespace: ns, pod: \"agents-*\", container: c}\n" },
};

static void test_words(void **state)
{
	(void)state;
	manifest_run_words(word_cases, ARRAY_LEN(word_cases));
}

/* What is said of all nodes by options. */
static void test_words_of_options(void **state)
{
	static const struct {
		const char *port;
		enum reg_role role;
		const char *platform;
		struct reg_version cluster;
		const char *want;
	} cases[] = {
		{ "9101",
		  REG_ROLE_WORKER,
		  NULL,
		  { 0 },
		  "4 inactive-port: tcp 9101 of " P80
		  "row t tcp 9101 (cp) is for control-plane nodes "
		  "only, and --role says that all nodes are worker ones -> give it the node "
		  "selector "
		  "`node-role.kubernetes.io/control-plane: \"\"`, or take another port\n" },
		{ "9106",
		  REG_ROLE_CONTROL_PLANE,
		  NULL,
		  { 0 },
		  "4 inactive-port: tcp 9106 of " P80 "row t tcp 9106 (worker) is for worker nodes "
		  "only, and --role says that all nodes are control-plane ones -> give it the node "
		  "selector `node-role.kubernetes.io/worker: \"\"`, or take another port\n" },
		{ "9104",
		  REG_ROLE_MAX,
		  "gcp",
		  { 0 },
		  "4 inactive-port: tcp 9104 of " P80
		  "row t tcp 9104 (aws) is for platform aws, and "
		  "this is gcp -> take another port, or widen the row\n" },
		{ "9105",
		  REG_ROLE_MAX,
		  NULL,
		  { 4, 17 },
		  "4 inactive-port: tcp 9105 of " P80 "row t tcp 9105 (new) exists since 4.18, and "
		  "this cluster is 4.17 -> take another port, or widen the row\n" },
	};
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct manifest_options options = manifest_options(registry);
		_cleanup_findings_ struct findings findings = { 0 };
		_cleanup_buf_ struct buf text = { 0 }, out = { 0 };
		const char *texts[1];

		options.role = cases[i].role;
		options.facts.platform = cases[i].platform;
		options.facts.cluster = cases[i].cluster;
		buf_printf(&text, POD(HOST ONE("ports: [{containerPort: %s}]")), cases[i].port);
		texts[0] = text.data;
		manifest_check(&options, texts, 1, &findings, NULL);
		for (size_t j = 0; j < findings.len; j++)
			manifest_words(&findings.items[j], &out);
		check_text(cases[i].port, out.data, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exceptions),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_words_of_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
