// SPDX-License-Identifier: MIT
/* How pins go: others', our own, all of them, and all of an agent that does not answer. */
#include "pins_world.h"

#include <sys/mount.h>

/* ---- removal --------------------------------------------------------------------------------- */

/* Three instances of a map and a link each, and something else. */
static struct pins *fill(struct world *w)
{
	struct pins *pins = opened(w);

	for (int i = 0; i < 3; i++) {
		check_int("begins", pins_begin(pins), 0);
		put_new(pins, "link_a", new_link(w));
		put_new(pins, "hp_counts", new_map());
	}
	return pins;
}

static void test_remove_others(void **state)
{
	struct world *w = *state;
	struct pins *pins = fill(w);
	int held;

	make(w, "x");
	pins_use(pins, 1);
	held = pins_get(pins, "link_a", PINS_A_LINK);
	pins_use(pins, 2);
	check_int("others", pins_remove_others(pins), 0);
	assert_false(is_there(w, "1"));
	assert_true(is_there(w, "2/link_a") && is_there(w, "2/hp_counts"));
	assert_false(is_there(w, "3"));
	assert_true(is_there(w, "x"));
	check_u64("detached at once, whoever holds it", attached_to(held), 0);
	(void)close(held);
	/* what is in the way is an error, and the rest goes all the same */
	pins_use(pins, 2);
	make(w, "1");
	make(w, "1/dir");
	make(w, "3");
	assert_true(pins_remove_others(pins) < 0);
	assert_false(is_there(w, "3"));
	pins_close(pins);
	remove_pins(w);
}

static void test_remove_own(void **state)
{
	struct world *w = *state;
	struct pins *pins = fill(w);

	check_int("own", pins_remove_own(pins), 0); /* the third is ours */
	check_int("none is left", pins_instance(pins), 0);
	assert_true(is_there(w, "1/link_a") && is_there(w, "2/link_a"));
	assert_false(is_there(w, "3"));
	pins_use(pins, 2);
	check_int("not of our making", pins_remove_own(pins), 0);
	assert_true(is_there(w, "2/link_a"));
	pins_close(pins);
	remove_pins(w);

	pins = opened(w);
	check_int("begins", pins_begin(pins), 0);
	check_int("the only one", pins_remove_own(pins), 0);
	assert_int_not_equal(access(w->pins, F_OK), 0);
	pins_close(pins);
}

static void test_remove_all(void **state)
{
	struct world *w = *state;
	struct pins *pins = fill(w);

	errno = EACCES; /* of something before it */
	check_int("all", pins_remove_all(pins), 0);
	check_int("none is left", pins_instance(pins), 0);
	assert_int_not_equal(access(w->pins, F_OK), 0);
	pins_close(pins);

	pins = fill(w);
	make(w, "x");
	check_int("not what is another's", pins_remove_all(pins), -ENOTEMPTY);
	assert_false(is_there(w, "1") || is_there(w, "2") || is_there(w, "3"));
	pins_close(pins);
	remove_pins(w);
}

/* A directory that is mounted for us stays, empty. */
static void test_remove_mounted(void **state)
{
	struct world *w = *state;
	struct pins *pins;

	assert_int_equal(mkdir(w->pins, 0700), 0);
	assert_int_equal(mount("bpf", w->pins, "bpf", 0, "mode=700"), 0);
	pins = fill(w);
	check_int("all", pins_remove_all(pins), 0);
	assert_true(access(w->pins, F_OK) == 0);
	check_int("nothing is left", pins_next(pins, 0), 0);
	pins_close(pins);
	assert_int_equal(umount(w->pins), 0);
	remove_pins(w);
}

/* ---- without the lock ------------------------------------------------------------------------ */

static int break_pins(const struct world *w, unsigned int *left)
{
	_cleanup_buf_ struct buf err = { 0 };

	return pins_break(w->pins, left, &err);
}

static void put_words(int map, uint32_t len, const void *value)
{
	for (uint32_t i = 0; i < len; i++)
		assert_int_equal(bpf_map_update_elem(map, &i, value, BPF_ANY), 0);
}

/* Each element is zero, or none of them is. */
static void check_zero(const char *name, int map, uint32_t len, size_t size, bool want)
{
	char value[512], zeros[512] = { 0 };

	for (uint32_t i = 0; i < len; i++) {
		assert_int_equal(bpf_map_lookup_elem(map, &i, value), 0);
		check_int(name, memcmp(value, zeros, size) == 0, want);
	}
}

static int new_configs(uint32_t size, uint32_t len)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "hp_configs", 4, size, len, NULL);
	char value[512];

	assert_true(fd >= 0);
	memset(value, 7, sizeof(value));
	put_words(fd, len, value);
	return fd;
}

/* Links are detached whoever holds them, and a program that can't be detached passes everything. */
static void test_break(void **state)
{
	struct world *w = *state;
	struct pins *pins;
	unsigned int left = 99;
	int link, configs = new_configs(24, 3), largest = new_configs(256, 2),
		  larger = new_configs(264, 2);

	check_int("none", break_pins(w, &left), -ENOENT);
	check_int("unwritten", (int)left, 99);
	pins = fill(w); /* locked, by whom does not answer */
	link = pins_get(pins, "link_a", PINS_A_LINK);
	check_int("put", pins_put(pins, PINS_CONFIGS, configs), 0);
	pins_use(pins, 1);
	check_int("put", pins_put(pins, PINS_CONFIGS, largest), 0);
	pins_use(pins, 2);
	check_int("put", pins_put(pins, PINS_CONFIGS, larger), 0);
	put_new(pins, "link_iter", new_iterator()); /* of a kind that can't be detached */
	put_new(pins, "hp_link", new_map());
	check_int("links", break_pins(w, &left), 4);
	check_int("one is left", (int)left, 1);
	assert_int_not_equal(access(w->pins, F_OK), 0);
	check_u64("detached", attached_to(link), 0);
	check_zero("configurations", configs, 3, 24, true);
	check_zero("the largest", largest, 2, 256, true);
	check_zero("no configuration of any version", larger, 2, 264, false);
	pins_close(pins);
	(void)close(link);
	(void)close(configs);
	(void)close(largest);
	(void)close(larger);
}

/* Removing what is not forced leaves the configuration: another agent's programs may have it. */
static void test_not_forced(void **state)
{
	struct world *w = *state;
	int configs = new_configs(24, 2);
	struct pins *pins = fill(w);

	check_int("put", pins_put(pins, PINS_CONFIGS, configs), 0);
	check_int("all", pins_remove_all(pins), 0);
	check_zero("configurations", configs, 2, 24, false);
	pins_close(pins);
	(void)close(configs);
}

/* What is pinned in the place of the configuration, and is something else. */
static void test_break_odd(void **state)
{
	struct world *w = *state;
	unsigned int left = 0;
	struct pins *pins = opened(w);
	int link = new_link(w);

	check_int("begins", pins_begin(pins), 0);
	check_int("put", pins_put(pins, PINS_CONFIGS, link), 0);
	make(w, "x");
	check_int("no links", break_pins(w, &left), 0);
	check_int("none is left", (int)left, 0);
	assert_false(is_there(w, "1"));
	assert_true(is_there(w, "x"));
	make(w, "1");
	make(w, "1/dir");
	assert_true(break_pins(w, &left) < 0);
	(void)close(link);
	pins_close(pins);
	remove_pins(w);
}

/* A program that a process holds denies nothing after it. */
static void test_break_held(void **state)
{
	struct world *w = *state;
	struct pins *pins = opened(w);
	unsigned int left = 0;
	int held;

	check_int("begins", pins_begin(pins), 0);
	world_load(w, &(struct world_load) { .unfolded = true });
	world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
	check_int("put",
		  pins_put(pins, PINS_CONFIGS, bpf_map__fd(w->kernel->skel->maps.hp_configs)), 0);
	held = bpf_program__fd(w->kernel->skel->progs.hp_bind4);
	assert_int_equal(
		bpf_prog_attach(held, w->cgroup_fd, BPF_CGROUP_INET4_BIND, BPF_F_ALLOW_MULTI), 0);
	check_int("denied", world_bind(TCP4(NULL, 3000)), EPERM);
	check_int("no link was there", break_pins(w, &left), 0);
	check_int("still attached", world_bind(TCP4(NULL, 3000)), 0);
	assert_int_equal(bpf_prog_detach2(held, w->cgroup_fd, BPF_CGROUP_INET4_BIND), 0);
	pins_close(pins);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_remove_others), WORLD_TEST(test_remove_own),
		WORLD_TEST(test_remove_all),	WORLD_TEST(test_remove_mounted),
		WORLD_TEST(test_break),		WORLD_TEST(test_not_forced),
		WORLD_TEST(test_break_odd),	WORLD_TEST(test_break_held),
	};

	return WORLD_RUN("pins that go", tests);
}
