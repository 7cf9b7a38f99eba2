// SPDX-License-Identifier: MIT
/* Pins that somebody removes, or puts something else in the place of, while an agent runs. */
#include "agent.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

static int mend(struct agent *agent)
{
	_cleanup_buf_ struct buf err = { 0 };

	return kernel_mend_pins(agent->kernel, &err);
}

/* How many pins the instance has; -1: there is none. */
static int count_pins(const struct world *w, const char *instance)
{
	char path[256];
	_cleanup_closedir_ DIR *dir = opendir(path_of(w, instance, "", path));
	const struct dirent *entry;
	int n = dir ? 0 : -1;

	while (dir && (entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	return n;
}

static void drop(const struct world *w, const char *name)
{
	char path[256];

	check_int(name, unlink(path_of(w, "1", name, path)), 0);
}

/* The next agent takes over, and goes on with the counts. */
static void check_taken_over(const char *name, struct world *w, struct agent *agent)
{
	struct hp_counters counters;
	__u64 before;

	check_int(name, kernel_counters(agent->kernel, &counters), 0);
	before = counters.count[HP_CLASS_UNREGISTERED][HP_VERDICT_DENIED][HP_PROTO_TCP];
	end(agent);
	check_denied(name, true);
	*agent = loaded(w);
	check_int(name, kernel_adopted(agent->kernel), true);
	check_int(name, kernel_counters(agent->kernel, &counters), 0);
	check_u64(name, counters.count[HP_CLASS_UNREGISTERED][HP_VERDICT_DENIED][HP_PROTO_TCP],
		  before + 1);
	publish(w, agent, HP_MODE_ENFORCE);
	check_int(name, kernel_attach(agent->kernel, w->cgroup_fd), 0);
	check_int(name, kernel_keep(agent->kernel), 0);
	check_int(name, kernel_replace(agent->kernel), 0);
}

static void test_nothing(void **state)
{
	struct world *w = *state;
	struct agent agent = started(w);
	int pins = count_pins(w, "1");

	check_int("all are there", mend(&agent), 0);
	check_int("and stay", count_pins(w, "1"), pins);
	end(&agent);
	remove_all(w);
}

static void test_removed(void **state)
{
	static const char *const names[] = { "hp_info",
					     "hp_counts",
					     "hp_ring",
					     "hostport_bss",
					     "link_cgroup_inet4_bind",
					     "link_cgroup_inet6_post_bind" };
	struct world *w = *state;
	struct agent agent = started(w);
	int pins = count_pins(w, "1");

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		drop(w, names[i]);
		check_int(names[i], mend(&agent), 1);
		check_int(names[i], count_pins(w, "1"), pins);
		check_int(names[i], mend(&agent), 0);
		check_taken_over(names[i], w, &agent);
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		drop(w, names[i]);
	check_int("several", mend(&agent), ARRAY_LEN(names));
	check_taken_over("several", w, &agent);
	end(&agent);
	remove_all(w);
}

/* Another map, another link, and what is neither. */
static void test_replaced(void **state)
{
	struct world *w = *state;
	struct agent agent = started(w);
	int pins = count_pins(w, "1");
	int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "hp_test", 4, 8, 2, NULL);
	char path[256], other[256];

	assert_true(map >= 0);
	drop(w, "hp_told");
	check_int("another map", bpf_obj_pin(map, path_of(w, "1", "hp_told", path)), 0);
	drop(w, "hp_info");
	check_int("another info", bpf_obj_pin(map, path_of(w, "1", "hp_info", path)), 0);
	drop(w, "link_cgroup_inet4_bind");
	check_int("a map as a link",
		  bpf_obj_pin(map, path_of(w, "1", "link_cgroup_inet4_bind", path)), 0);
	/* the right kind of link, and another hook's */
	drop(w, "link_cgroup_inet6_bind");
	check_int("another link",
		  rename(path_of(w, "1", "link_cgroup_inet6_post_bind", other),
			 path_of(w, "1", "link_cgroup_inet6_bind", path)),
		  0);
	check_int("all are replaced", mend(&agent), 5);
	check_int("none is left over", count_pins(w, "1"), pins);
	check_int("once", mend(&agent), 0);
	check_taken_over("replaced", w, &agent);
	(void)close(map);
	end(&agent);
	remove_all(w);
}

/* The instance is gone, or the directory with it: the agent makes and locks another one. */
static void test_directories(void **state)
{
	struct world *w = *state;
	struct agent agent = started(w), second;
	int pins = count_pins(w, "1");

	(void)world_sh("rm -r %s/1", w->pins);
	check_int("the instance", mend(&agent), pins);
	check_int("the instance", count_pins(w, "1"), pins);
	check_taken_over("the instance", w, &agent);
	(void)world_sh("rm -r %s", w->pins);
	check_int("the directory", mend(&agent), pins);
	check_int("the directory", count_pins(w, "1"), pins);
	check_int("nothing more", mend(&agent), 0);
	{
		_cleanup_buf_ struct buf err = { 0 };

		second = (struct agent) { 0 };
		check_int("it is locked", pins_open(w->pins, false, &second.pins, &err), -EBUSY);
	}
	check_taken_over("the directory", w, &agent);
	end(&agent);
	remove_all(w);
}

/* Another directory is there, and another process has it. */
static void test_locked(void **state)
{
	struct world *w = *state;
	struct agent agent = started(w), second = { 0 };
	_cleanup_buf_ struct buf err = { 0 };

	(void)world_sh("rm -r %s", w->pins);
	check_int("another agent", pins_open(w->pins, true, &second.pins, &err), 0);
	check_int("locked", mend(&agent), -EBUSY);
	check_denied("locked", true);
	pins_close(second.pins);
	check_int("free again", mend(&agent) > 0, true);
	check_taken_over("free again", w, &agent);
	end(&agent);
	remove_all(w);
}

/* Without a descriptor to look with, nothing is said to be gone. */
static void test_descriptors(void **state)
{
	struct world *w = *state;
	struct agent agent = started(w);
	struct rlimit before, none = { 0 };

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	check_int("it can't be seen", mend(&agent), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	drop(w, "hp_info");
	check_int("it can", mend(&agent), 1);
	end(&agent);
	remove_all(w);
}

static void test_no_pins(void **state)
{
	struct world *w = *state;
	struct kernel_settings settings = world_settings(w);
	struct agent agent = { 0 };

	settings.pins = NULL;
	check_int("load", kernel_load(&settings, &agent.kernel), 0);
	check_int("none are wanted", mend(&agent), 0);
	check_int("none are made", count_pins(w, "1"), -1);
	kernel_free(agent.kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_descriptors), WORLD_TEST(test_nothing),
		WORLD_TEST(test_removed),     WORLD_TEST(test_replaced),
		WORLD_TEST(test_directories), WORLD_TEST(test_locked),
		WORLD_TEST(test_no_pins),
	};

	return WORLD_RUN("mending pins", tests);
}
