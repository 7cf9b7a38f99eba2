// SPDX-License-Identifier: MIT
/* Publishing policies: each is whole in its half, and in force by one store. */
#include "world.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static uint32_t active(const struct world *w)
{
	return *(volatile __u32 *)&w->kernel->skel->bss->hp_active;
}

static void test_active(void **state)
{
	static const struct {
		enum hp_mode mode;
		uint32_t denies, bits;
	} cases[] = {
		{ HP_MODE_AUDIT, DENY_DEFAULT, HP_ACTIVE_SET },
		{ HP_MODE_ENFORCE, DENY_DEFAULT, HP_ACTIVE_SET | HP_ACTIVE_DENIES },
		{ HP_MODE_ENFORCE, 0, HP_ACTIVE_SET },
		{ HP_MODE_AUDIT, BIT(EPHEMERAL), HP_ACTIVE_SET | HP_ACTIVE_EPHEMERAL },
		{ HP_MODE_ENFORCE, BIT(EPHEMERAL),
		  HP_ACTIVE_SET | HP_ACTIVE_DENIES | HP_ACTIVE_EPHEMERAL },
		{ HP_MODE_UNSET, DENY_DEFAULT, 0 },
		{ HP_MODE_UNSET, 0, 0 },
	};
	struct world *w = *state;
	struct hp_config got;

	world_load(w, &(struct world_load) { 0 });
	check_u64("nothing yet", active(w), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint32_t half = i % 2;

		w->config.deny_kernel = (uint32_t)i;
		world_publish(w, cases[i].mode, cases[i].denies);
		check_u64("half", active(w) & HP_ACTIVE_POLICY, half);
		check_u64("bits", active(w) & ~HP_ACTIVE_POLICY, cases[i].bits);
		check_u64("generation", kernel_generation(w->kernel), i + 1);
		assert_int_equal(bpf_map_lookup_elem(bpf_map__fd(w->kernel->skel->maps.hp_configs),
						     &half, &got),
				 0);
		check_u64("generation", got.generation, i + 1);
		check_u64("mode", got.mode, cases[i].mode);
		check_u64("denies", got.denies, cases[i].denies);
		check_u64("errno", got.errno_code, EPERM);
		check_u64("kernel sockets", got.deny_kernel, i);
	}
	w->config.deny_kernel = 0;
}

/* The rows of a half: how many there are, and the n-th. */
static int rows_of(const struct world *w, uint32_t half)
{
	uint32_t id;

	assert_int_equal(
		bpf_map_lookup_elem(bpf_map__fd(w->kernel->skel->maps.hp_rows), &half, &id), 0);
	return bpf_map_get_fd_by_id(id);
}

static size_t count_rows(int fd)
{
	struct hp_row_key key, *before = NULL;
	size_t n = 0;

	while (bpf_map_get_next_key(fd, before, &key) == 0) {
		before = &key;
		n++;
	}
	return n;
}

/* Of the half that is not in use any more. */
static size_t rows_before(const struct world *w)
{
	_cleanup_close_ int fd = rows_of(w, !(active(w) & HP_ACTIVE_POLICY));

	assert_true(fd >= 0);
	return count_rows(fd);
}

/* As many rows as a policy of the real ones may have, from port 1 on; all of them arrive. */
static void publish_rows(struct world *w, struct policy_row *rows, size_t len, uint32_t number)
{
	struct policy policy = { .rows = rows, .len = len };
	const struct hp_config config = { .mode = HP_MODE_AUDIT };

	for (size_t i = 0; i < len; i++)
		rows[i] = (struct policy_row) {
			.key = { .proto = HP_PROTO_SCTP, .port = (uint16_t)(1 + i) },
			.row = { .row = { (uint32_t)i, number }, .cls = { 1, 2 }, .excepted = 3 },
		};
	policy.bitmap.words[HP_PROTO_UDP][number].named = number;
	check_int("publish", kernel_publish(w->kernel, &policy, &config), 0);
}

static void check_rows(struct world *w, size_t len, uint32_t number)
{
	uint32_t half = active(w) & HP_ACTIVE_POLICY;
	int fd = rows_of(w, half);
	struct hp_row got;

	assert_true(fd >= 0);
	check_u64("rows", count_rows(fd), len);
	for (size_t i = 0; i < len; i++) {
		struct hp_row_key key = { .proto = HP_PROTO_SCTP, .port = (uint16_t)(1 + i) };

		assert_int_equal(bpf_map_lookup_elem(fd, &key, &got), 0);
		check_u64("row", got.row[0], i);
		check_u64("policy", got.row[1], number);
		check_u64("the rest", got.cls[0] + got.cls[1] + got.excepted, 6);
	}
	check_u64("bitmap",
		  w->kernel->skel->bss->hp_bitmaps[half].words[HP_PROTO_UDP][number].named, number);
	(void)close(fd);
}

static void test_rows(void **state)
{
	static const size_t lens[] = {
		0, 1, 1023, 1024, 1025, 2047, 2048, 2049, 5000, 3, 512, 513
	};
	struct world *w = *state;
	struct policy_row *rows = calloc(5000, sizeof(*rows));

	assert_non_null(rows);
	for (int settles = 0; settles < 2; settles++) {
		world_load(w, &(struct world_load) { 0 });
		check_int("before the first", kernel_settle(w->kernel), 0);
		check_int("nothing is settled", w->kernel->rows, -1);
		for (uint32_t i = 0; i < ARRAY_LEN(lens); i++) {
			publish_rows(w, rows, lens[i], i + 1);
			check_rows(w, lens[i], i + 1);
			/* the half before is whole while it may be read */
			if (i && !settles)
				check_u64("before", rows_before(w), lens[i - 1]);
			if (!settles)
				continue;
			check_int("settle", kernel_settle(w->kernel), 0);
			check_rows(w, lens[i], i + 1);
		}
		world_stop(w);
	}
	free(rows);
}

/* What is settled has room for a policy that has grown, unless that would cost megabytes. */
static void test_spare(void **state)
{
	static const struct {
		size_t len;
		uint32_t spare;
	} cases[] = {
		{ 0, 512 }, { 4, 517 }, { 1000, 1762 }, { 2048, 3072 }, { 2049, 1 },
	};
	struct world *w = *state;
	struct policy_row *rows = calloc(4096, sizeof(*rows));

	assert_non_null(rows);
	world_load(w, &(struct world_load) { 0 });
	for (uint32_t i = 0; i < ARRAY_LEN(cases); i++) {
		int before;

		publish_rows(w, rows, cases[i].len, 2 * i + 1);
		check_u64("in use", w->kernel->spare_len, 0);
		check_int("settle", kernel_settle(w->kernel), 0);
		check_u64("spare", w->kernel->spare_len, cases[i].spare);
		before = w->kernel->rows;
		check_int("settled already", kernel_settle(w->kernel), 0);
		check_int("the same", w->kernel->rows, before);
		/* what fits goes into it, one more does not */
		publish_rows(w, rows, cases[i].spare, 2 * i + 2);
		check_rows(w, cases[i].spare, 2 * i + 2);
	}
	check_int("settle", kernel_settle(w->kernel), 0);
	publish_rows(w, rows, w->kernel->spare_len + 1, 20);
	check_rows(w, w->kernel->len, 20);
	free(rows);
}

static struct kernel *loaded(const struct kernel_settings *settings)
{
	struct kernel *kernel = NULL;

	check_int("load", kernel_load(settings, &kernel), 0);
	return kernel;
}

/* The first policy's rows have their place while the programs are loaded. */
static void test_first(void **state)
{
	struct world *w = *state;
	struct kernel_settings settings = world_settings(w);
	struct policy_row *rows = calloc(64, sizeof(*rows));
	int first;

	assert_non_null(rows);
	settings.rows = 10;
	w->kernel = loaded(&settings);
	first = w->kernel->rows;
	assert_true(first >= 0);
	check_u64("room", w->kernel->spare_len, 10);
	publish_rows(w, rows, 10, 1);
	check_int("it is used", w->kernel->rows, first);
	check_rows(w, 10, 1);
	world_stop(w);

	w->kernel = loaded(&settings);
	publish_rows(w, rows, 11, 2);
	check_rows(w, 11, 2);
	world_stop(w);

	settings.rows = 0;
	w->kernel = loaded(&settings);
	check_int("not known", w->kernel->rows, -1);
	publish_rows(w, rows, 1, 3);
	check_rows(w, 1, 3);
	free(rows);
}

static size_t open_files(void)
{
	_cleanup_closedir_ DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	return n - 3; /* . and .. and the directory */
}

/* A policy that can't be published changes nothing. */
static void test_fails(void **state)
{
	struct world *w = *state;
	struct rlimit limit, tight;
	uint32_t before;
	int r;

	world_start(w, &(struct world_load) { .unfolded = true });
	world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
	before = active(w);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	tight = limit;
	r = dup(0);
	tight.rlim_cur = (rlim_t)r; /* the lowest that is free */
	(void)close(r);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
	w->config.mode = HP_MODE_AUDIT;
	r = kernel_publish(w->kernel, &w->policy, &w->config);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	check_int("no descriptor is left", r, -EMFILE);
	check_u64("in force", active(w), before);
	check_u64("generation", kernel_generation(w->kernel), 1);
	check_int("denied as before", world_bind(TCP4(NULL, 3000)), EPERM);
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
	check_int("and then published", world_bind(TCP4(NULL, 3000)), 0);
}

/* Descriptors don't grow with policies. */
static void test_descriptors(void **state)
{
	struct world *w = *state;
	size_t before;

	world_load(w, &(struct world_load) { 0 });
	world_publish(w, HP_MODE_AUDIT, 0);
	before = open_files();
	for (int i = 0; i < 4; i++) {
		world_publish(w, HP_MODE_AUDIT, 0);
		check_u64("published", open_files(), before);
		if (i % 2)
			check_int("settle", kernel_settle(w->kernel), 0);
		check_u64("settled", open_files(), before);
	}
	world_stop(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_active), WORLD_TEST(test_rows),	 WORLD_TEST(test_spare),
		WORLD_TEST(test_first),	 WORLD_TEST(test_fails), WORLD_TEST(test_descriptors),
	};

	return WORLD_RUN("policies in the kernel", tests);
}
