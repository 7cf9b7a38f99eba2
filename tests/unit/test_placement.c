// SPDX-License-Identifier: MIT
/* Where a pod may run: what is read of its specification, and what that says of nodes. */
#include "yaml_cases.h"

#include "../../user/checks/manifest/placement.h"

/* ---- what is read -------------------------------------------------------------------------- */
static void put_requirements(const struct requirement *q, struct buf *out)
{
	static const char *const ops[] = {
		[REQUIRE_IN] = "In",	     [REQUIRE_NOT_IN] = "NotIn",
		[REQUIRE_EXISTS] = "Exists", [REQUIRE_NOT_EXISTS] = "DoesNotExist",
		[REQUIRE_OTHER] = "?",
	};

	for (; q; q = q->next) {
		buf_printf(out, " %s %s", q->key, ops[q->op]);
		for (const struct word *w = q->values; w; w = w->next)
			buf_printf(out, " %s", w->text);
		buf_puts(out, q->next ? "," : "");
	}
}

/* "node=N selects tolerates ROLES {TERM} {TERM} apart(LABELS; NAMESPACES)". The last come first. */
static void put_placement(const struct placement *p, struct buf *out)
{
	if (p->node)
		buf_printf(out, "node=%s ", p->node);
	buf_puts(out, p->selects ? "selects " : "");
	buf_puts(out, p->tolerates ? "tolerates " : "");
	buf_puts(out, p->roles & NODES_CONTROL_PLANE ? "C" : "");
	buf_puts(out, p->roles & NODES_WORKER ? "W" : "");
	buf_puts(out, p->roles & NODES_ANY ? "any" : "");
	for (const struct term *t = p->terms; t; t = t->next) {
		buf_puts(out, " {");
		put_requirements(t->requirements, out);
		buf_puts(out, " }");
	}
	for (const struct apart *a = p->apart; a; a = a->next) {
		buf_puts(out, " apart(");
		put_requirements(a->labels, out);
		for (const struct word *w = a->namespaces; w; w = w->next)
			buf_printf(out, "; %s", w->text);
		buf_puts(out, " )");
	}
}

#define REQUIRED	"requiredDuringSchedulingIgnoredDuringExecution"
#define TERMS(terms)	"affinity: {nodeAffinity: {" REQUIRED ": {nodeSelectorTerms: [" terms "]}}}"
#define EXPRESSIONS(es) "{matchExpressions: [" es "]}"
#define APART(terms)	"affinity: {podAntiAffinity: {" REQUIRED ": [" terms "]}}"
#define ON_HOST		"topologyKey: kubernetes.io/hostname"
#define LABELS		"labelSelector: {matchLabels: {a: b}}"

static const struct {
	const char *spec, *want;
} read_cases[] = {
	{ "{}", "W" },
	{ "nodeName: n", "node=n any" },
	{ "nodeName: null", "W" },
	{ "nodeName: [n]", "W" },
	{ "nodeSelector: {a: b}", "selects W { a In b }" },
	{ "nodeSelector: {a: b, c: ''}", "selects W { a In b, c In  }" },
	{ "nodeSelector: {a: [b]}", "W" },
	{ "nodeSelector: {}", "W" },
	{ TERMS(EXPRESSIONS("{key: a, operator: In, values: [x, y]}")), "selects W { a In y x }" },
	{ TERMS(EXPRESSIONS("{key: a, operator: NotIn, values: [x]}")), "selects W { a NotIn x }" },
	{ TERMS(EXPRESSIONS("{key: a, operator: Exists}")), "selects W { a Exists }" },
	{ TERMS(EXPRESSIONS("{key: a, operator: DoesNotExist}")), "selects W { a DoesNotExist }" },
	{ TERMS(EXPRESSIONS("{key: a, operator: Gt, values: ['5']}")), "selects W { a ? 5 }" },
	{ TERMS(EXPRESSIONS("{key: a, operator: Lt, values: ['5']}")), "selects W { a ? 5 }" },
	{ TERMS(EXPRESSIONS("{key: a, operator: in, values: [x]}")), "selects W { a ? x }" },
	{ TERMS(EXPRESSIONS("{key: a, values: [x, [y], {z: 1}]}")), "selects W { a ? x }" },
	{ TERMS(EXPRESSIONS("{operator: In, values: [x]}")), "selects W { }" },
	{ TERMS(EXPRESSIONS("{key: a, operator: Exists}, {key: b, operator: Exists}")),
	  "selects W { b Exists, a Exists }" },
	{ TERMS("{matchFields: [{key: metadata.name, operator: In, values: [n]}]}"),
	  "selects W { metadata.name In n }" },
	{ "nodeName: n, " TERMS("{matchFields: [{key: metadata.name, operator: In, values: [n]}]}"),
	  "node=n selects any { }" },
	{ TERMS("{matchExpressions: [{key: a, operator: Exists}], matchFields: [{key: f, operator: "
		"Exists}]}, {}"),
	  "selects W { } { f Exists, a Exists }" },
	{ TERMS(""), "W" },
	{ "nodeSelector: {a: b}, " TERMS(EXPRESSIONS("{key: c, operator: Exists}") ", " EXPRESSIONS(
		  "{key: d, operator: Exists}")),
	  "selects W { d Exists, a In b } { c Exists, a In b }" },
	{ "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: "
	  "[{preference: "
	  "{matchExpressions: [{key: a, operator: Exists}]}}]}}",
	  "W" },
	/* who may not be beside it */
	{ APART("{" ON_HOST ", " LABELS "}"), "W apart( a In b )" },
	{ APART("{" ON_HOST ", labelSelector: {matchLabels: {a: b}, matchExpressions: [{key: c, "
		"operator: NotIn, values: [d, e]}]}}"),
	  "W apart( c NotIn e d, a In b )" },
	{ APART("{" ON_HOST ", " LABELS ", namespaces: [n, m]}"), "W apart( a In b; m; n )" },
	{ APART("{" ON_HOST ", labelSelector: {}}"), "W apart( )" },
	{ APART("{" ON_HOST "}"), "W" },
	{ APART("{topologyKey: topology.kubernetes.io/zone, " LABELS "}"), "W" },
	{ APART("{topologyKey: topology.kubernetes.io/region, " LABELS "}"), "W" },
	{ APART("{topologyKey: failure-domain.beta.kubernetes.io/zone, " LABELS "}"), "W" },
	{ APART("{topologyKey: hostname, " LABELS "}"), "W" },
	{ APART("{topologyKey: '', " LABELS "}"), "W" },
	{ APART("{" LABELS "}"), "W" },
	{ APART("{topologyKey: topology.kubernetes.io/zone, " LABELS "}, {" ON_HOST
		", labelSelector: {matchLabels: {c: d}}}, {" ON_HOST ", " LABELS "}"),
	  "W apart( a In b ) apart( c In d )" },
	{ "affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: "
	  "1, podAffinityTerm: {" ON_HOST ", " LABELS "}}]}}",
	  "W" },
	{ "affinity: {podAffinity: {" REQUIRED ": [{" ON_HOST ", " LABELS "}]}}", "W" },
};

static void check_placement(const char *spec, const char *want)
{
	_cleanup_buf_ struct buf text = { 0 }, out = { 0 };
	_cleanup_at_top_ struct at_top at;
	struct placement placement;

	buf_printf(&text, "{%s}", strcmp(spec, "{}") == 0 ? "" : spec);
	at_top_open(&at, text.data);
	placement_read(&at.cursor, at.tree->nodes, &placement);
	put_placement(&placement, &out);
	check_text(spec, out.data, want);
	check_u64(spec, at.findings.len, 0);
}

static void test_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(read_cases); i++)
		check_placement(read_cases[i].spec, read_cases[i].want);
}

/* ---- taints -------------------------------------------------------------------------------- */
#define CONTROL_PLANE "node-role.kubernetes.io/control-plane"
#define MASTER	      "node-role.kubernetes.io/master"

static const struct {
	const char *tolerations;
	bool tolerates;
} taint_cases[] = {
	{ "", false },
	{ "{operator: Exists}", true },
	{ "{operator: Exists, effect: NoSchedule}", true },
	{ "{operator: Exists, effect: ''}", true },
	{ "{key: '', operator: Exists}", true },
	{ "{operator: Exists, effect: NoExecute}", false },
	{ "{operator: Exists, effect: PreferNoSchedule}", false },
	{ "{operator: Equal}", false },
	{ "{}", false },
	{ "{key: " CONTROL_PLANE "}", true },
	{ "{key: " CONTROL_PLANE ", operator: Exists, effect: NoSchedule}", true },
	{ "{key: " CONTROL_PLANE ", operator: Equal, value: ''}", true },
	{ "{key: " CONTROL_PLANE ", effect: NoExecute}", false },
	{ "{key: " MASTER ", effect: NoSchedule}", true },
	{ "{key: node-role.kubernetes.io/worker, operator: Exists}", false },
	{ "{key: node-role.kubernetes.io/infra, operator: Exists}", false },
	{ "{key: gpu, operator: Exists}", false },
	{ "{key: gpu, operator: Exists}, {key: " MASTER "}", true },
	{ "{operator: Exists, effect: NoExecute}, {operator: Exists}", true },
};

static void test_taints(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(taint_cases); i++) {
		_cleanup_buf_ struct buf spec = { 0 };

		buf_printf(&spec, "tolerations: [%s]", taint_cases[i].tolerations);
		check_placement(spec.data, taint_cases[i].tolerates ? "tolerates CW" : "W");
	}
}

/* ---- roles --------------------------------------------------------------------------------- */
/* Each operator on a label of each kind, of a pod that tolerates nothing, and of one that does. */
static const char *const role_ops[] = { "In, values: ['']", "Exists", "NotIn, values: ['']",
					"DoesNotExist", "Gt, values: ['1']" };
static const struct {
	const char *key;
	const char *strict[ARRAY_LEN(role_ops)], *tolerant[ARRAY_LEN(role_ops)];
} role_cases[] = {
	{ CONTROL_PLANE, { "C", "C", "W", "W", "W" }, { "C", "C", "W", "W", "CW" } },
	{ MASTER, { "C", "C", "W", "W", "W" }, { "C", "C", "W", "W", "CW" } },
	{ "node-role.kubernetes.io/worker",
	  { "W", "W", "C", "C", "W" },
	  { "W", "W", "C", "C", "CW" } },
	{ "node-role.kubernetes.io/infra",
	  { "W", "W", "W", "W", "W" },
	  { "W", "W", "CW", "CW", "CW" } },
	{ "node-role.kubernetes.io/control-plane-x",
	  { "W", "W", "W", "W", "W" },
	  { "W", "W", "CW", "CW", "CW" } },
	{ "node-role.kubernetes", { "W", "W", "W", "W", "W" }, { "CW", "CW", "CW", "CW", "CW" } },
	{ "zone", { "W", "W", "W", "W", "W" }, { "CW", "CW", "CW", "CW", "CW" } },
};

static void check_roles(const char *spec, const char *want)
{
	static const char *const words[] = { "", "C", "W", "CW", "any" };
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_at_top_ struct at_top at;
	struct placement placement;

	buf_printf(&text, "{%s}", spec);
	at_top_open(&at, text.data);
	placement_read(&at.cursor, at.tree->nodes, &placement);
	check_int(spec, placement.roles < ARRAY_LEN(words), true);
	check_text(spec, words[placement.roles], want);
}

static void test_roles(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(role_cases); i++)
		for (size_t op = 0; op < ARRAY_LEN(role_ops); op++)
			for (int tolerant = 0; tolerant < 2; tolerant++) {
				_cleanup_buf_ struct buf spec = { 0 };

				buf_printf(&spec,
					   TERMS(EXPRESSIONS("{key: %s, operator: %s}")) "%s",
					   role_cases[i].key, role_ops[op],
					   tolerant ? ", tolerations: [{operator: Exists}]" : "");
				check_roles(spec.data, tolerant ? role_cases[i].tolerant[op] :
								  role_cases[i].strict[op]);
			}
}

static const struct {
	const char *spec, *want;
} several_cases[] = {
	/* one of the terms is enough, all requirements of a term are needed */
	{ TERMS(EXPRESSIONS("{key: " MASTER
			    ", operator: Exists}") ", " EXPRESSIONS("{key: a, operator: Exists}")),
	  "CW" },
	{ TERMS(EXPRESSIONS("{key: a, operator: Exists}, {key: " MASTER ", operator: Exists}")),
	  "C" },
	{ TERMS(EXPRESSIONS("{key: " MASTER ", operator: Exists}, {key: a, operator: Exists}")),
	  "C" },
	/* a contradiction is not understood */
	{ TERMS(EXPRESSIONS("{key: " MASTER ", operator: Exists}, {key: " CONTROL_PLANE
			    ", operator: DoesNotExist}")),
	  "any" },
	{ "nodeSelector: {" MASTER
	  ": ''}, " TERMS(EXPRESSIONS("{key: " CONTROL_PLANE ", operator: DoesNotExist}")),
	  "any" },
	{ "nodeSelector: {" CONTROL_PLANE ": ''}", "C" },
	{ "nodeSelector: {node-role.kubernetes.io/worker: ''}, tolerations: [{operator: Exists}]",
	  "W" },
	/* a name of a node may be that of any */
	{ "nodeName: n, nodeSelector: {" MASTER ": ''}", "any" },
	{ "nodeName: n, tolerations: [{operator: Exists}]", "any" },
};

static void test_several(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(several_cases); i++)
		check_roles(several_cases[i].spec, several_cases[i].want);
}

/* ---- in words ------------------------------------------------------------------------------ */
static void test_why(void **state)
{
	struct requirement requirement = { .key = "zone", .op = REQUIRE_EXISTS };
	struct term term = { .requirements = &requirement }, empty = { 0 };
	const struct placement open = { 0 }, selects = { .terms = &term },
			       all = { .terms = &empty };
	static const char worker[] = "no node selector or affinity keeps it from worker nodes";
	static const char tolerates[] = "it tolerates the taint of control-plane nodes";
	const struct {
		const struct placement *placement;
		unsigned int role;
		const char *want;
	} cases[] = {
		{ &open, NODES_WORKER, worker },
		{ &open, NODES_CONTROL_PLANE, tolerates },
		{ &all, NODES_WORKER, worker },
		{ &all, NODES_CONTROL_PLANE, tolerates },
		{ &selects, NODES_WORKER,
		  "its node selector or affinity (zone) lets it run on worker nodes" },
		{ &selects, NODES_CONTROL_PLANE,
		  "its node selector or affinity (zone) lets it run on control-plane nodes" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		placement_why(cases[i].placement, cases[i].role, &out);
		check_text("why", out.data, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),  cmocka_unit_test(test_taints),
		cmocka_unit_test(test_roles), cmocka_unit_test(test_several),
		cmocka_unit_test(test_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
