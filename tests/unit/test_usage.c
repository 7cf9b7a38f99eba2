// SPDX-License-Identifier: MIT
#include "test.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../../user/agent/usage.h"

/* Descriptors are counted exactly; time and memory only have bounds that always hold. */
static void test_usage(void **state)
{
	struct usage before, now;
	struct rlimit limit;
	int fd;

	(void)state;
	usage_read(&before);
	fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	usage_read(&now);
	check_u64("one more", now.descriptors, before.descriptors + 1);
	assert_int_equal(close(fd), 0);
	usage_read(&now);
	check_u64("one less", now.descriptors, before.descriptors);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	check_u64("the limit", now.descriptors_max, limit.rlim_cur);
	assert_true(now.cpu_ns > 0);
	assert_true(now.cpu_ns >= before.cpu_ns);
	assert_true(now.resident_bytes > 0);
	assert_true(now.virtual_bytes >= now.resident_bytes);
	check_u64("whole pages", now.resident_bytes % (uint64_t)sysconf(_SC_PAGESIZE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_usage) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
