// SPDX-License-Identifier: MIT
/* What is written of many ports; rows of one are in test_impact.c. */
#include "impact_fixture.h"

/* What is written of many ports: how many, the ends, and all of them where that is short. */
static void test_many_written(void **state)
{
	(void)state;
	for (unsigned int runs = IMPACT_RANGES_MAX; runs <= IMPACT_RANGES_MAX + 1; runs++) {
		_cleanup_impact_ struct impact impact = { 0 };
		_cleanup_free_ struct event *e = new_event(10, 1);
		_cleanup_free_ char *json = NULL;
		_cleanup_buf_ struct buf want = { 0 };

		for (unsigned int n = 0; n < runs; n++) {
			e->port = (uint16_t)(1000 + 10 * n);
			e->exe = "/usr/sbin/web";
			add_violations(&impact, e, HP_CLASS_UNREGISTERED);
		}
		impact_settle(&impact);
		json = json_of(&impact, SIZE_MAX, SIZE_MAX);
		buf_printf(&want,
			   "\"port\":1000,\"ports\":%u,\"port_last\":%u,"
			   "\"scope\":\"external\",",
			   runs, 1000 + 10 * (runs - 1));
		assert_non_null(strstr(json, want.data));
		check_int("listed", strstr(json, "\"port_list\":\"1000,1010,") != NULL,
			  runs <= IMPACT_RANGES_MAX);
		assert_non_null(strstr(json, "\"exe\":\"/usr/sbin/web\""));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
