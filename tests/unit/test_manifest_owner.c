// SPDX-License-Identifier: MIT
/* Whether a container is an owner of a row, and how messages name owners. */
#include "registry_cases.h"

#include "../../user/checks/manifest/manifest_owner.h"

/* The only row of a registry, of these owners. */
static struct registry *registry_with(const char *owners)
{
	_cleanup_buf_ struct buf lists = { 0 };

	buf_printf(&lists, "entries: [{ports: 1, protocol: tcp, process: p, owners: [%s]}]",
		   owners);
	return registry_of_lists(lists.data);
}

static const struct {
	const char *owners;
	bool matches; /* container c of pod ns/agent-0, of a StatefulSet */
} cases[] = {
	{ "{namespace: ns}", true },
	{ "{namespace: 'n*'}", true },
	{ "{namespace: n}", false },
	{ "{pod: agent-0}", true },
	{ "{pod: agent-1}", false },
	{ "{pod: agent}", false },
	{ "{pod: 'agent-*'}", true },
	{ "{container: c}", true },
	{ "{container: d}", false },
	{ "{namespace: ns, pod: agent-0, container: c}", true },
	{ "{namespace: x, pod: agent-0, container: c}", false },
	{ "{namespace: ns, pod: x, container: c}", false },
	{ "{namespace: ns, pod: agent-0, container: x}", false },
	{ "{exe: /bin/x}", true },
	{ "{unit: a.service}", false },
	{ "{unit: a.service}, {container: d}", false },
	{ "{unit: a.service}, {container: c}", true },
	{ "{container: c}, {unit: a.service}", true },
	{ "{namespace: x}, {pod: x}", false },
};

static void test_matches(void **state)
{
	const struct pod pod = { .namespace_ = "ns", .name = "agent", .names = PODS_NUMBERED };
	const struct container container = { .name = "c" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(registry_freep) struct registry *reg = registry_with(cases[i].owners);

		check_int(cases[i].owners,
			  manifest_owner_matches(&reg->layers[0].rows[0], &pod, &container),
			  cases[i].matches);
	}
}

/* Of each kind of workload, the names that its pods get: which globs match one of them. */
static const char *const globs[] = { "w",     "w-*",	"w-?????", "w-*-*",    "w-0",
				     "w-1-*", "w-node", "w-29*",   "w-*-?????" };
static const struct {
	enum pod_names names;
	const char *matched; /* a letter for each glob */
} name_cases[] = {
	{ PODS_STATIC, "++----+--" },  { PODS_SUFFIXED, "-+-------" },
	{ PODS_HASHED, "-+-+-----" },  { PODS_NUMBERED, "-+--+----" },
	{ PODS_TIMED, "-+-+---+-" },   { PODS_ROLLED, "-+-+-+---" },
	{ PODS_UNKNOWN, "+++++++++" },
};

static void test_pod_names(void **state)
{
	const struct container container = { .name = "c" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(name_cases); i++) {
		const struct pod pod = {
			.namespace_ = "ns",
			.name = "w",
			.names = name_cases[i].names,
		};

		for (size_t g = 0; g < ARRAY_LEN(globs); g++) {
			_cleanup_(registry_freep) struct registry *reg = NULL;
			_cleanup_buf_ struct buf owner = { 0 };

			buf_printf(&owner, "{pod: '%s'}", globs[g]);
			reg = registry_with(owner.data);
			if (manifest_owner_matches(&reg->layers[0].rows[0], &pod, &container) !=
			    (name_cases[i].matched[g] == '+'))
				fail_msg("names of kind %zu, %s: want %c", i, globs[g],
					 name_cases[i].matched[g]);
		}
	}
}

/* What is still to be filled in may become the owner's name. */
static void test_placeholders(void **state)
{
	_cleanup_(registry_freep) struct registry *reg =
		registry_with("{namespace: a, pod: b, container: c}");
	static const struct {
		const char *namespace_, *pod, *container;
		bool matches;
	} filled[] = {
		{ "a", "b", "c", true },
		{ "${A}", "b", "c", true },
		{ "a", "{{ .Release.Name }}", "c", true },
		{ "a", "b", "$(C)", true },
		{ "${A}", "x", "c", false },
		{ "x", "${B}", "c", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(filled); i++) {
		const struct pod pod = { .namespace_ = filled[i].namespace_,
					 .name = filled[i].pod };
		const struct container container = { .name = filled[i].container };

		check_int("filled in",
			  manifest_owner_matches(&reg->layers[0].rows[0], &pod, &container),
			  filled[i].matches);
	}
}

/* A row without owners lets anything bind. */
static void test_no_owners(void **state)
{
	_cleanup_(registry_freep) struct registry *reg =
		registry_of_lists("entries: [{ports: 1, protocol: tcp, process: p}]");
	const struct pod pod = { .namespace_ = "ns", .name = "agent" };
	const struct container container = { .name = "c" };

	(void)state;
	assert_true(manifest_owner_matches(&reg->layers[0].rows[0], &pod, &container));
}

static const struct {
	const char *owners, *want;
} words[] = {
	{ "{unit: a.service}", "unit a.service" },
	{ "{namespace: n}", "pod n/*" },
	{ "{pod: p}", "pod */p" },
	{ "{namespace: n, pod: 'p-*'}", "pod n/p-*" },
	{ "{container: c}", "container c" },
	{ "{exe: /bin/x}", "/bin/x" },
	{ "{namespace: n, pod: p, container: c}", "pod n/p, container c" },
	{ "{unit: a.service}, {pod: p}, {container: c}", "unit a.service; pod */p; container c" },
	{ "{pod: p}, {pod: q}, {pod: r}, {pod: s}", "pod */p; pod */q; pod */r; and 1 more" },
	{ "{pod: p}, {pod: q}, {pod: r}, {pod: s}, {pod: t}",
	  "pod */p; pod */q; pod */r; and 2 more" },
};

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		_cleanup_(registry_freep) struct registry *reg = registry_with(words[i].owners);
		_cleanup_buf_ struct buf out = { 0 };

		manifest_owner_names(&reg->layers[0].rows[0], &out);
		check_text(words[i].owners, out.data, words[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),	     cmocka_unit_test(test_pod_names),
		cmocka_unit_test(test_placeholders), cmocka_unit_test(test_no_owners),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
