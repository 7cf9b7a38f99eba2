// SPDX-License-Identifier: MIT
/* One agent after another: whose maps and links are taken over, and what is undone. */
#include "world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

/* One agent: pins, and a kernel that pins there. */
struct agent {
	struct pins *pins;
	struct kernel *kernel;
};

static struct kernel_settings settings_of(const struct world *w)
{
	return (struct kernel_settings) {
		.netns_cookie = w->netns.cookie,
		.netns_inum = w->netns.inum,
		.fold_ns = KERNEL_FOLD_NS,
		.listen = KERNEL_LISTEN_NONE,
		.cgroup_id = w->cgroup_id,
	};
}

static int load(const struct world *w, struct kernel_settings settings, struct agent *agent)
{
	_cleanup_buf_ struct buf err = { 0 };
	int r;

	*agent = (struct agent) { 0 };
	if (pins_open(w->pins, true, &agent->pins, &err) < 0)
		fail_msg("%s", err.data);
	settings.pins = agent->pins;
	r = kernel_load(&settings, &agent->kernel);
	if (r < 0) {
		pins_close(agent->pins);
		agent->pins = NULL;
	}
	return r;
}

static struct agent loaded(const struct world *w)
{
	struct agent agent;

	check_int("load", load(w, settings_of(w), &agent), 0);
	return agent;
}

/* It ends; what is pinned stays. */
static void end(struct agent *agent)
{
	kernel_free(agent->kernel);
	pins_close(agent->pins);
	*agent = (struct agent) { 0 };
}

static void publish(struct world *w, struct agent *agent, enum hp_mode mode)
{
	const struct hp_config config = { .mode = mode,
					  .denies = DENY_DEFAULT,
					  .errno_code = EPERM };

	check_int("publish", kernel_publish(agent->kernel, &w->policy, &config), 0);
}

/* As an agent starts. */
static struct agent started(struct world *w)
{
	struct agent agent = loaded(w);

	publish(w, &agent, HP_MODE_ENFORCE);
	check_int("attach", kernel_attach(agent.kernel, w->cgroup_fd), 0);
	check_int("keep", kernel_keep(agent.kernel), 0);
	check_int("replace", kernel_replace(agent.kernel), 0);
	return agent;
}

/* One has been here, and what it pinned is left. */
static void leave(struct world *w)
{
	struct agent agent = started(w);

	end(&agent);
}

static void remove_all(struct world *w)
{
	struct agent agent = { 0 };
	_cleanup_buf_ struct buf err = { 0 };

	assert_int_equal(pins_open(w->pins, true, &agent.pins, &err), 0);
	check_int("remove all", pins_remove_all(agent.pins), 0);
	end(&agent);
}

static void check_denied(const char *name, bool want)
{
	check_int(name, world_bind(TCP4(NULL, 3000)), want ? EPERM : 0);
}

static char *path_of(const struct world *w, const char *instance, const char *name, char *path)
{
	(void)snprintf(path, 256, "%s/%s/%s", w->pins, instance, name);
	return path;
}

/* ---- what is pinned -------------------------------------------------------------------------- */

static const char *const maps[] = { "hostport_bss", "hp_configs", "hp_counts", "hp_folds",
				    "hp_info",	    "hp_names",	  "hp_notes",  "hp_ring",
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

static void link_ids(struct agent *agent, uint32_t *links, uint32_t *programs)
{
	struct kernel_attachment attached[KERNEL_ATTACHMENTS_MAX];

	check_int("attached", kernel_attachments(agent->kernel, attached), KERNEL_HOOKS);
	for (size_t i = 0; i < KERNEL_HOOKS; i++) {
		links[i] = attached[i].link_id;
		programs[i] = attached[i].program_id;
		assert_true(links[i] && programs[i]);
		assert_true(attached[i].required && attached[i].alive);
		check_text("hook", attached[i].hook, kernel_hook_name((enum kernel_hook)i));
	}
}

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
	check_u64("counters go on", counters.count[HP_CLASS_UNREGISTERED][HP_VERDICT_DENIED], 3);
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
	struct kernel_settings other = settings_of(w);

	other.cgroup_id++;
	check_other(w, "another cgroup", other);
	other = settings_of(w);
	other.netns_cookie++;
	check_other(w, "another cookie", other);
	other = settings_of(w);
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
		check_int(maps[i], load(w, settings_of(w), &agent), -EACCES);
		check_int(maps[i], access(path, F_OK), 0);
		assert_int_equal(rmdir(path), 0);
		assert_int_equal(rename(aside, path), 0);
	}
	agent = loaded(w);
	assert_true(kernel_adopted(agent.kernel));
	end(&agent);
	remove_all(w);
}

/* A map in the place of one, alike but for one thing. */
static void test_shapes(void **state)
{
	static const struct {
		const char *name, *pin;
		enum bpf_map_type type;
		uint32_t key, value, entries, flags;
		bool adopted;
	} shapes[] = {
		{ "the same", "hp_configs", BPF_MAP_TYPE_ARRAY, 4, 24, 2, 0, true },
		{ "type", "hp_configs", BPF_MAP_TYPE_HASH, 4, 24, 2, 0, false },
		{ "value", "hp_configs", BPF_MAP_TYPE_ARRAY, 4, 32, 2, 0, false },
		{ "entries", "hp_configs", BPF_MAP_TYPE_ARRAY, 4, 24, 3, 0, false },
		{ "flags", "hp_configs", BPF_MAP_TYPE_ARRAY, 4, 24, 2, BPF_F_RDONLY_PROG, false },
		{ "the same", "hp_names", BPF_MAP_TYPE_HASH, 4, sizeof(struct hp_event),
		  HP_FOLD_SLOTS, BPF_F_NO_PREALLOC, true },
		{ "key", "hp_names", BPF_MAP_TYPE_HASH, 8, sizeof(struct hp_event), HP_FOLD_SLOTS,
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
	struct kernel_settings other = settings_of(w);
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

/* ---- links ----------------------------------------------------------------------------------- */

/* A link that is not what ours would be: another one is made, and takes its pin. */
static void check_link(struct world *w, const char *name, int fd, bool added)
{
	const char *pin = program_table[PROGRAM_POST_BIND4].pin;
	struct agent agent;
	uint32_t links[KERNEL_HOOKS], programs[KERNEL_HOOKS];
	char path[256];

	leave(w);
	assert_int_equal(unlink(path_of(w, "1", pin, path)), 0);
	if (fd >= 0)
		assert_int_equal(bpf_obj_pin(fd, path), 0);
	agent = loaded(w);
	check_int(name, kernel_adopted(agent.kernel), true);
	publish(w, &agent, HP_MODE_ENFORCE);
	check_int(name, kernel_attach(agent.kernel, w->cgroup_fd), 0);
	check_int(name, agent.kernel->added, added ? 1 << PROGRAM_POST_BIND4 : 0);
	link_ids(&agent, links, programs);
	check_int(name, kernel_replace(agent.kernel), 0);
	check_int(name, access(path, F_OK), 0);
	end(&agent);
	check_denied(name, true);
	remove_all(w);
	if (fd >= 0)
		(void)close(fd);
}

static int link_at(int cgroup_fd, enum bpf_attach_type type)
{
	int program = world_foreign(type, true),
	    fd = bpf_link_create(program, cgroup_fd, type, NULL);

	assert_true(fd >= 0);
	(void)close(program);
	return fd;
}

static void test_links(void **state)
{
	struct world *w = *state;
	char below[PATH_MAX];
	int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "hp_test", 4, 4, 1, NULL), dir;

	(void)snprintf(below, sizeof(below), "%.4000s/below", w->cgroup);
	world_make_cgroup(below);
	dir = open(below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	check_link(w, "none", -1, true);
	check_link(w, "a map", map, true);
	check_link(w, "of another cgroup", link_at(dir, BPF_CGROUP_INET4_POST_BIND), false);
	check_link(w, "of another hook", link_at(w->cgroup_fd, BPF_CGROUP_INET6_POST_BIND), false);
	(void)close(dir);
	world_remove_cgroup(below);
}

/* A link of the instance that this agent has no use for goes, when the start has succeeded. */
static void test_unused_links(void **state)
{
	struct world *w = *state;
	int fd = link_at(w->cgroup_fd, BPF_CGROUP_INET4_BIND);
	struct agent agent;
	char path[256];

	leave(w);
	assert_int_equal(bpf_obj_pin(fd, path_of(w, "1", "link_unused", path)), 0);
	(void)close(fd);
	agent = loaded(w);
	publish(w, &agent, HP_MODE_ENFORCE);
	check_int("attach", kernel_attach(agent.kernel, w->cgroup_fd), 0);
	check_int("it stays so far", access(path, F_OK), 0);
	check_int("replace", kernel_replace(agent.kernel), 0);
	check_int("it is gone", access(path, F_OK), -1);
	check_int("ours are not", access(path_of(w, "1", "link_cgroup_inet4_bind", path), F_OK), 0);
	end(&agent);
	remove_all(w);
}

/* ---- a start that fails ---------------------------------------------------------------------- */

static void test_undo(void **state)
{
	const char *pin = program_table[PROGRAM_BIND6].pin;
	struct world *w = *state;
	struct agent agent;
	uint32_t before;
	char path[256];

	leave(w);
	assert_int_equal(unlink(path_of(w, "1", pin, path)), 0);
	agent = loaded(w);
	before = agent.kernel->skel->bss->hp_active;
	publish(w, &agent, HP_MODE_AUDIT);
	check_int("attach", kernel_attach(agent.kernel, w->cgroup_fd), 0);
	check_int("a link is new", access(path, F_OK), 0);
	check_denied("the new policy", false);
	kernel_undo(agent.kernel);
	check_denied("the policy before", true);
	check_u64("what is in force", agent.kernel->skel->bss->hp_active, before);
	check_int("the new link is dropped", access(path, F_OK), -1);
	check_int("the others are not",
		  access(path_of(w, "1", "link_cgroup_inet4_bind", path), F_OK), 0);
	end(&agent);
	check_denied("after it", true);
	remove_all(w);

	/* before its policy was published there is nothing to put back; nor after two */
	leave(w);
	for (int published = 0; published < 3; published += 2) {
		agent = loaded(w);
		for (int i = 0; i < published; i++)
			publish(w, &agent, HP_MODE_AUDIT);
		before = agent.kernel->skel->bss->hp_active;
		kernel_undo(agent.kernel);
		check_u64("as it was", agent.kernel->skel->bss->hp_active, before);
		end(&agent);
	}
	remove_all(w);

	/* over nothing of another's there is nothing to undo */
	agent = started(w);
	before = agent.kernel->skel->bss->hp_active;
	kernel_undo(agent.kernel);
	check_u64("not adopted", agent.kernel->skel->bss->hp_active, before);
	check_denied("not adopted", true);
	end(&agent);
	remove_all(w);
}

/* ---- the end --------------------------------------------------------------------------------- */

static void test_detach(void **state)
{
	struct world *w = *state;
	struct agent agent = started(w);
	struct kernel_attachment attached[KERNEL_ATTACHMENTS_MAX];
	struct hp_counters counters;
	char path[256];

	check_denied("attached", true);
	kernel_detach(agent.kernel);
	check_denied("detached", false);
	check_int("attached", kernel_attachments(agent.kernel, attached), 0);
	check_int("the pin of a link",
		  access(path_of(w, "1", "link_cgroup_inet4_bind", path), F_OK), -1);
	check_int("the pin of a map", access(path_of(w, "1", "hp_counts", path), F_OK), 0);
	check_int("counters", kernel_counters(agent.kernel, &counters), 0);
	check_u64("counters", counters.count[HP_CLASS_UNREGISTERED][HP_VERDICT_DENIED], 1);
	end(&agent);
	remove_all(w);
}

/* Links of a cgroup that is gone do nothing any more, and say so. */
static void test_dead(void **state)
{
	struct world *w = *state;
	struct kernel_attachment attached[KERNEL_ATTACHMENTS_MAX];
	char below[PATH_MAX];
	int dir;

	(void)snprintf(below, sizeof(below), "%.4000s/below", w->cgroup);
	world_make_cgroup(below);
	dir = open(below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	world_load(w, &(struct world_load) { .more = PROGRAMS_SOCKOPS });
	check_int("attach", kernel_attach(w->kernel, dir), 0);
	check_int("attach", kernel_attach_listen(w->kernel, dir), 0);
	check_int("attached", kernel_attachments(w->kernel, attached), KERNEL_HOOKS + 1);
	for (size_t i = 0; i <= KERNEL_HOOKS; i++) {
		assert_true(attached[i].alive);
		check_int(attached[i].hook, attached[i].required, i < KERNEL_HOOKS);
	}
	check_text("program", attached[KERNEL_HOOKS].program, "hp_listen_sockops");
	check_text("hook", attached[KERNEL_HOOKS].hook, "cgroup_sock_ops");
	(void)close(dir);
	world_remove_cgroup(below);
	for (int i = 0; i < 3000 && attached[0].alive; i++) { /* a worker of the kernel does it */
		check_int("still there", kernel_attachments(w->kernel, attached), KERNEL_HOOKS + 1);
		(void)usleep(10000);
	}
	for (size_t i = 0; i < KERNEL_HOOKS; i++)
		check_int(attached[i].hook, attached[i].alive, false);
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
		WORLD_TEST(test_links),
		WORLD_TEST(test_unused_links),
		WORLD_TEST(test_undo),
		WORLD_TEST(test_detach),
		WORLD_TEST(test_dead),
	};

	return WORLD_RUN("taking over", tests);
}
