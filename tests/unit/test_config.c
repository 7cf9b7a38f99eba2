// SPDX-License-Identifier: MIT
/* The agent's options that have bounds or units of their own: what is taken, and what is refused
 * why. */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../user/agent/config.h"

static int parse(const char *word, struct config *config, struct buf *err)
{
	char *argv[] = { (char[]) { "hostportd" }, (char *)word, NULL };

	return config_parse(word ? 2 : 1, argv, config, err);
}

static void test_defaults(void **state)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct config config;

	(void)state;
	assert_int_equal(parse(NULL, &config, &err), OPTIONS_OK);
	check_u64("fold", config.fold_ns, 1000000000);
	check_u64("ring-size", config.ring_bytes, 0);
	check_u64("sweep", config.sweep_s, 30);
}

struct taken {
	const char *value;
	uint64_t want;
};

static const struct taken folds[] = {
	{ "0", 0 },	      { "0.0", 0 },	   { "0.5", 500000000 },
	{ "0.000000001", 1 }, { "1", 1000000000 }, { "3600", 3600000000000 },
};

static const struct taken rings[] = {
	{ "auto", 0 },	   { "64K", 65536 },	 { "65536", 65536 },  { "256K", 262144 },
	{ "1M", 1048576 }, { "1024K", 1048576 }, { "64M", 67108864 }, { "65536K", 67108864 },
};

static void take(const char *option, const struct taken *cases, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		_cleanup_buf_ struct buf err = { 0 };
		struct config config;
		bool ring = strcmp(option, "ring-size") == 0;
		char word[64];

		(void)snprintf(word, sizeof(word), "--%s=%s", option, cases[i].value);
		check_int(word, parse(word, &config, &err), OPTIONS_OK);
		check_u64(word, ring ? config.ring_bytes : config.fold_ns, cases[i].want);
	}
}

static void test_taken(void **state)
{
	(void)state;
	take("fold", folds, ARRAY_LEN(folds));
	take("ring-size", rings, ARRAY_LEN(rings));
}

static const char *const not_folds[] = { "", "-1", "1s", "3600.1", "3601", ".5", "0,5", "auto" };
static const char *const not_rings[] = { "",	  "0",		 "1",	"32K", "63K",
					 "65537", "96K",	 "65M", "1G",  "128M",
					 "64KiB", "4294967296K", "AUTO" };

static void refuse(const char *option, const char *const *values, size_t len, const char *why)
{
	for (size_t i = 0; i < len; i++) {
		_cleanup_buf_ struct buf err = { 0 };
		struct config config;
		char word[64], want[160];

		(void)snprintf(word, sizeof(word), "--%s=%s", option, values[i]);
		(void)snprintf(want, sizeof(want), "hostportd: bad value: %s: %s", word, why);
		check_int(word, parse(word, &config, &err), -EINVAL);
		check_text(word, err.data, want);
	}
}

static void test_refused(void **state)
{
	(void)state;
	refuse("fold", not_folds, ARRAY_LEN(not_folds),
	       "not a number of seconds up to 3600, such as 0.5, or 0");
	refuse("ring-size", not_rings, ARRAY_LEN(not_rings),
	       "not auto, nor a power of two from 64K to 64M");
}

/* As with any option, the command line goes before the environment. */
static void test_environment(void **state)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct config config;

	(void)state;
	(void)setenv("HOSTPORTD_FOLD", "0", 1);
	(void)setenv("HOSTPORTD_RING_SIZE", "4M", 1);
	assert_int_equal(parse(NULL, &config, &err), OPTIONS_OK);
	check_u64("HOSTPORTD_FOLD", config.fold_ns, 0);
	check_u64("HOSTPORTD_RING_SIZE", config.ring_bytes, 4 << 20);
	assert_int_equal(parse("--fold=2", &config, &err), OPTIONS_OK);
	check_u64("--fold before HOSTPORTD_FOLD", config.fold_ns, 2000000000);
	(void)unsetenv("HOSTPORTD_FOLD");
	(void)setenv("HOSTPORTD_RING_SIZE", "many", 1);
	assert_int_equal(parse(NULL, &config, &err), -EINVAL);
	check_text("HOSTPORTD_RING_SIZE=many", err.data,
		   "hostportd: bad value: HOSTPORTD_RING_SIZE=many: not auto, nor a power of two"
		   " from 64K to 64M");
	(void)unsetenv("HOSTPORTD_RING_SIZE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
