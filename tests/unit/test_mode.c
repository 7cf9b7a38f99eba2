// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../bpf/abi.h"
#include "../../user/agent/mode.h"
#include "../../user/base/cleanup.h"

#define UNSET	HP_MODE_UNSET
#define AUDIT	HP_MODE_AUDIT
#define ENFORCE HP_MODE_ENFORCE

static const struct {
	const char *name;
	uint32_t option, remembered_option, remembered_mode, want;
} cases[] = {
	{ "nothing is remembered: audit", AUDIT, UNSET, UNSET, AUDIT },
	{ "nothing is remembered: enforce", ENFORCE, UNSET, UNSET, ENFORCE },
	{ "was not switched: audit", AUDIT, AUDIT, AUDIT, AUDIT },
	{ "was not switched: enforce", ENFORCE, ENFORCE, ENFORCE, ENFORCE },
	{ "switched to enforce", AUDIT, AUDIT, ENFORCE, ENFORCE },
	{ "switched to audit", ENFORCE, ENFORCE, AUDIT, AUDIT },
	{ "another option: enforce", ENFORCE, AUDIT, ENFORCE, ENFORCE },
	{ "another option: audit", AUDIT, ENFORCE, AUDIT, AUDIT },
	{ "another option beats a switch back", ENFORCE, AUDIT, AUDIT, ENFORCE },
	{ "another option beats a switch", AUDIT, ENFORCE, ENFORCE, AUDIT },
	{ "an option, but no mode", AUDIT, AUDIT, UNSET, AUDIT },
	{ "a mode of another version", ENFORCE, ENFORCE, HP_MODE_MAX, ENFORCE },
	{ "an option of another version", AUDIT, HP_MODE_MAX, ENFORCE, AUDIT },
};

static void test_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_u64(cases[i].name,
			  mode_at_start(cases[i].option, cases[i].remembered_option,
					cases[i].remembered_mode),
			  cases[i].want);
}

static void test_packed(void **state)
{
	(void)state;
	assert_int_equal(mode_packed_option(0), UNSET);
	assert_int_equal(mode_packed_mode(0), UNSET);
	for (uint32_t option = UNSET; option < HP_MODE_MAX; option++) {
		for (uint32_t mode = UNSET; mode < HP_MODE_MAX; mode++) {
			uint64_t packed = mode_pack(option, mode);

			assert_int_equal(mode_packed_option(packed), option);
			assert_int_equal(mode_packed_mode(packed), mode);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule),
		cmocka_unit_test(test_packed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
