// SPDX-License-Identifier: MIT
/* One agent after another: what is pinned, and whose maps are taken over. */
#include "agent.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#define NOBODY 65534

/* ---- what is pinned -------------------------------------------------------------------------- */

static const char *const maps[] = { "hostport_bss", "hp_choices", "hp_configs", "hp_counts",
				    "hp_declared",  "hp_folds",	  "hp_info",	"hp_losses",
				    "hp_names",	    "hp_notes",	  "hp_owners",	"hp_ring",
				    "hp_rows",	    "hp_told",	  "hp_tokens" };

static size_t count_entries(const char *path)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	const struct dirent *entry;
	size_t n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	return n;
}

static void test_pinned(void **state)
{
	struct world *w = *state;
	struct agent agent = loaded(w);
	char path[256];

	assert_false(kernel_adopted(agent.kernel));
	check_int("the maps but one", count_entries(path_of(w, "1", "", path)),
		  ARRAY_LEN(maps) - 1);
	assert_false(pins_are_there(agent.pins));
	publish(w, &agent, HP_MODE_ENFORCE);
	check_int("attach", kernel_attach(agent.kernel, w->cgroup_fd), 0);
	check_int("keep", kernel_keep(agent.kernel), 0);
	assert_true(pins_are_there(agent.pins));
	for (size_t i = 0; i < ARRAY_LEN(maps); i++)
		check_int(maps[i], access(path_of(w, "1", maps[i], path), F_OK), 0);
	for (enum program p = 0; p < PROGRAMS; p++)
		check_int(program_table[p].pin,
			  access(path_of(w, "1", program_table[p].pin, path), F_OK) == 0,
			  program_table[p].group == PROGRAMS_BIND);
	check_int("no more", count_entries(path_of(w, "1", "", path)),
		  ARRAY_LEN(maps) + KERNEL_HOOKS);
	check_denied("attached", true);
	end(&agent);
	check_denied("without an agent", true);
	remove_all(w);
	check_denied("without pins", false);
}

/* ---- taking over ----------------------------------------------------------------------------- */

/* Every bind() is checked meanwhile, the links are the same, and the numbers go on. */
static void test_taken_over(void **state)
{
	struct world *w = *state;
	uint32_t links[KERNEL_HOOKS], programs[KERNEL_HOOKS], now[KERNEL_HOOKS],
		now_programs[KERNEL_HOOKS];
	struct hp_counters counters;
	struct agent agent = started(w);

	link_ids(&agent, links, programs);
	check_denied("the first", true);
	kernel_told(agent.kernel)->tally.untold = 4711;
	end(&agent);
	check_denied("between", true);

	agent = loaded(w);
	assert_true(kernel_adopted(agent.kernel));
	check_int("instance", pins_instance(agent.pins), 1);
	check_u64("generations go on", kernel_generation(agent.kernel), 1);
	check_u64("what was told", kernel_told(agent.kernel)->tally.untold, 4711);
	check_denied("loaded", true);
	check_int("counters", kernel_counters(agent.kernel, &counters), 0);
	check_u64("counters go on",
		  counters.count[HP_CLASS_UNREGISTERED][HP_VERDICT_DENIED][HP_PROTO_TCP], 3);
	publish(w, &agent, HP_MODE_AUDIT);
	check_u64("the next generation", kernel_generation(agent.kernel), 2);
	check_denied("another policy, by the programs of the one before", false);
	publish(w, &agent, HP_MODE_ENFORCE);
	check_int("attach", kernel_attach(agent.kernel, w->cgroup_fd), 0);
	check_denied("attached", true);
	link_ids(&agent, now, now_programs);
	for (size_t i = 0; i < KERNEL_HOOKS; i++) {
		check_u64("the same link", now[i], links[i]);
		assert_true(now_programs[i] != programs[i]);
	}
	check_int("keep", kernel_keep(agent.kernel), 0);
	check_int("replace", kernel_replace(agent.kernel), 0);
	end(&agent);
	check_denied("after it", true);
	remove_all(w);
}

/* A canary that was killed has left its cookie. */
static void test_canary_is_cleared(void **state)
{
	struct world *w = *state;
	struct agent agent = started(w);

	kernel_canary(agent.kernel)->cookie = 4711;
	kernel_canary(agent.kernel)->named = 1;
	kernel_set_guard(agent.kernel, true);
	end(&agent);
	agent = loaded(w);
	assert_true(kernel_adopted(agent.kernel));
	check_u64("cookie", kernel_canary(agent.kernel)->cookie, 0);
	check_u64("named", kernel_canary(agent.kernel)->named, 0);
	assert_true(kernel_guards(agent.kernel)); /* which is the kernel's property */
	end(&agent);
	remove_all(w);
}

/* ---- what is not ours ------------------------------------------------------------------------ */

/* Another cgroup or namespace: beside it, and the one before goes when all is done. */
static void check_other(struct world *w, const char *name, struct kernel_settings other)
{
	struct agent agent;
	char path[256];

	leave(w);
	check_int(name, load(w, other, &agent), 0);
	check_int(name, kernel_adopted(agent.kernel), false);
	check_int(name, pins_instance(agent.pins), 2);
	check_denied(name, true); /* by the one before */
	publish(w, &agent, HP_MODE_AUDIT);
	check_int(name, kernel_attach(agent.kernel, w->cgroup_fd), 0);
	check_int(name, kernel_keep(agent.kernel), 0);
	check_denied(name, true);
	check_int(name, kernel_replace(agent.kernel), 0);
	check_denied(name, false);
	check_int(name, access(path_of(w, "1", "", path), F_OK), -1);
	check_int(name, access(path_of(w, "2", PINS_INFO, path), F_OK), 0);
	end(&agent);
	remove_all(w);
}

static void test_others(void **state)
{
	struct world *w = *state;
	struct kernel_settings other = world_settings(w);

	other.cgroup_id++;
	check_other(w, "another cgroup", other);
	other = world_settings(w);
	other.netns_cookie++;
	check_other(w, "another cookie", other);
	other = world_settings(w);
	other.netns_inum++;
	check_other(w, "another namespace", other);
}

/* The instance stays as it is, and what this agent has begun beside it goes. */
static void check_passed_over(struct world *w, const char *name)
{
	struct agent agent = loaded(w);

	check_int(name, kernel_adopted(agent.kernel), false);
	check_int(name, pins_instance(agent.pins), 2);
	check_int(name, pins_remove_own(agent.pins), 0);
	end(&agent);
}

static void test_info(void **state)
{
	static const size_t offsets[] = { offsetof(struct hp_info, magic),
					  offsetof(struct hp_info, layout),
					  offsetof(struct hp_info, pad) };
	struct world *w = *state;
	char path[256];

	leave(w);
	for (size_t i = 0; i < ARRAY_LEN(offsets); i++) {
		struct hp_info info;
		uint32_t zero = 0;
		int fd;

		fd = bpf_obj_get(path_of(w, "1", PINS_INFO, path));
		assert_true(fd >= 0);
		assert_int_equal(bpf_map_lookup_elem(fd, &zero, &info), 0);
		check_u64("magic", info.magic, HP_INFO_MAGIC);
		assert_true(info.layout);
		check_u64("cgroup", info.cgroup_id, w->cgroup_id);
		check_u64("cookie", info.netns_cookie, w->netns.cookie);
		check_u64("inum", info.netns_inum, w->netns.inum);
		((char *)&info)[offsets[i]] ^= 1;
		assert_int_equal(bpf_map_update_elem(fd, &zero, &info, BPF_ANY), 0);
		check_passed_over(w, "another's");
		((char *)&info)[offsets[i]] ^= 1;
		assert_int_equal(bpf_map_update_elem(fd, &zero, &info, BPF_ANY), 0);
		(void)close(fd);
	}
	remove_all(w);
}

/* One map is missing, is another user's, or can't be read now. */
static void test_maps(void **state)
{
	struct world *w = *state;
	char path[256], aside[128];
	struct agent agent;

	(void)snprintf(aside, sizeof(aside), "%s/aside", w->bpffs);
	leave(w);
	for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
		(void)path_of(w, "1", maps[i], path);
		assert_int_equal(chown(path, NOBODY, NOBODY), 0);
		check_passed_over(w, maps[i]);
		assert_int_equal(chown(path, 0, 0), 0);
		assert_int_equal(rename(path, aside), 0);
		check_passed_over(w, maps[i]);
		/* this must not pass for another's, which would be removed */
		assert_int_equal(mkdir(path, 0700), 0);
		check_int(maps[i], load(w, world_settings(w), &agent), -EACCES);
		check_int(maps[i], access(path, F_OK), 0);
		assert_int_equal(rmdir(path), 0);
		assert_int_equal(rename(aside, path), 0);
	}
	agent = loaded(w);
	assert_true(kernel_adopted(agent.kernel));
	end(&agent);
	remove_all(w);
}

#define CONFIG sizeof(struct hp_config)

/* A map in the place of one, alike but for one thing. */
static void test_shapes(void **state)
{
	static const struct {
		const char *name, *pin;
		enum bpf_map_type type;
		uint32_t key, value, entries, flags;
		bool adopted;
	} shapes[] = {
		{ "the same", "hp_configs", BPF_MAP_TYPE_ARRAY, 4, CONFIG, 2, 0, true },
		{ "type", "hp_configs", BPF_MAP_TYPE_HASH, 4, CONFIG, 2, 0, false },
		{ "value", "hp_configs", BPF_MAP_TYPE_ARRAY, 4, CONFIG + 4, 2, 0, false },
		{ "entries", "hp_configs", BPF_MAP_TYPE_ARRAY, 4, CONFIG, 3, 0, false },
		{ "flags", "hp_configs", BPF_MAP_TYPE_ARRAY, 4, CONFIG, 2, BPF_F_RDONLY_PROG,
		  false },
		{ "the same", "hp_names", BPF_MAP_TYPE_HASH, 4, HP_NAME_LEN, HP_FOLD_SLOTS,
		  BPF_F_NO_PREALLOC, true },
		{ "key", "hp_names", BPF_MAP_TYPE_HASH, 8, HP_NAME_LEN, HP_FOLD_SLOTS,
		  BPF_F_NO_PREALLOC, false },
		{ "a ring of another size", "hp_ring", BPF_MAP_TYPE_RINGBUF, 0, 0, 1 << 20, 0,
		  true },
	};
	struct world *w = *state;
	char path[256];

	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = shapes[i].flags);
		int fd = bpf_map_create(shapes[i].type, "hp_test", shapes[i].key, shapes[i].value,
					shapes[i].entries, &opts);
		struct agent agent;

		assert_true(fd >= 0);
		leave(w);
		assert_int_equal(unlink(path_of(w, "1", shapes[i].pin, path)), 0);
		assert_int_equal(bpf_obj_pin(fd, path), 0);
		(void)close(fd);
		agent = loaded(w);
		check_int(shapes[i].name, kernel_adopted(agent.kernel), shapes[i].adopted);
		if (strcmp(shapes[i].pin, "hp_ring") == 0) {
			check_int("its size", kernel_ring_bytes(agent.kernel), 1 << 20);
			check_int("an eighth", agent.kernel->skel->rodata->hp_wake_bytes, 1 << 17);
		}
		end(&agent);
		remove_all(w);
	}
}

/* Of several the newest is looked at first; ours may be any. */
static void test_several(void **state)
{
	struct world *w = *state;
	struct kernel_settings other = world_settings(w);
	struct agent agent;

	leave(w);
	other.cgroup_id++;
	check_int("beside it", load(w, other, &agent), 0);
	check_int("beside it", kernel_keep(agent.kernel), 0);
	check_int("beside it", pins_instance(agent.pins), 2);
	end(&agent);
	agent = loaded(w);
	check_int("ours", kernel_adopted(agent.kernel), true);
	check_int("ours", pins_instance(agent.pins), 1);
	end(&agent);
	check_int("the other's", load(w, other, &agent), 0);
	check_int("the other's", kernel_adopted(agent.kernel), true);
	check_int("the other's", pins_instance(agent.pins), 2);
	end(&agent);
	remove_all(w);
}

/* What fits is not taken over if the agent does not want it; it stays until it is replaced. */
static void test_afresh(void **state)
{
	struct world *w = *state;
	struct kernel_settings settings = world_settings(w);
	struct hp_counters counters;
	struct agent agent;

	leave(w);
	check_denied("before", true);
	settings.afresh = true;
	check_int("afresh", load(w, settings, &agent), 0);
	check_int("afresh: adopted", kernel_adopted(agent.kernel), false);
	check_int("afresh: instance", pins_instance(agent.pins), 2);
	check_int("afresh: counters", kernel_counters(agent.kernel, &counters), 0);
	check_u64("afresh: counters",
		  counters.count[HP_CLASS_UNREGISTERED][HP_VERDICT_DENIED][HP_PROTO_TCP], 0);
	check_denied("the one before still denies", true);
	publish(w, &agent, HP_MODE_ENFORCE);
	check_int("attach", kernel_attach(agent.kernel, w->cgroup_fd), 0);
	check_int("keep", kernel_keep(agent.kernel), 0);
	check_int("replace", kernel_replace(agent.kernel), 0);
	check_int("the one before is gone", pins_next(agent.pins, 2), 0);
	check_denied("after", true);
	end(&agent);
	remove_all(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_pinned),
		WORLD_TEST(test_taken_over),
		WORLD_TEST(test_canary_is_cleared),
		WORLD_TEST(test_others),
		WORLD_TEST(test_info),
		WORLD_TEST(test_maps),
		WORLD_TEST(test_shapes),
		WORLD_TEST(test_several),
		WORLD_TEST(test_afresh),
	};

	return WORLD_RUN("taking over", tests);
}
