// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/agent/losses.h"
#include "../../user/base/buf.h"

static char *put(const struct losses *losses, uint64_t all)
{
	struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	jsonw_object(&w, NULL);
	losses_put(losses, all, &w);
	jsonw_object_end(&w);
	return buf_take(&out);
}

static void test_none(void **state)
{
	struct losses losses = { 0 };
	_cleanup_free_ char *text = put(&losses, 0);

	(void)state;
	check_text("none", text, "{\"lost_workloads\":[],\"lost_others\":0}");
}

/* Control groups of one workload are together, and what is nobody's is the others'. */
static void test_some(void **state)
{
	struct losses losses = { 0 };
	_cleanup_free_ char *text = NULL, *later = NULL;

	(void)state;
	losses_add(&losses, "unit a.service", 5);
	losses_add(&losses, "cgroup /b", 4);
	losses_add(&losses, "unit a.service", 3);
	text = put(&losses, 20);
	check_text("some", text,
		   "{\"lost_workloads\":[{\"workload\":\"unit a.service\",\"lost\":8},"
		   "{\"workload\":\"cgroup /b\",\"lost\":4}],\"lost_others\":8}");
	/* counters that could not be read */
	later = put(&losses, 0);
	assert_non_null(strstr(later, "\"lost_others\":0"));
	losses_free(&losses);
}

static void test_full(void **state)
{
	struct losses losses = { 0 };
	_cleanup_free_ char *text = NULL;
	char name[32];

	(void)state;
	for (int i = 0; i <= LOSSES_LISTED; i++) {
		(void)snprintf(name, sizeof(name), "cgroup /%d", i);
		losses_add(&losses, name, 2);
	}
	losses_add(&losses, "cgroup /0", 1);
	check_u64("listed", losses.len, LOSSES_LISTED);
	check_u64("sum", losses.sum, 2 * LOSSES_LISTED + 1);
	text = put(&losses, 2 * LOSSES_LISTED + 3);
	assert_null(strstr(text, "\"cgroup /16\""));
	assert_non_null(strstr(text, "\"lost_others\":2}"));
	losses_free(&losses);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_some),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
