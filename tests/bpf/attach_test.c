// SPDX-License-Identifier: MIT
/* Links: which are taken over, which are made, and how all that a start did is undone. */
#include "agent.h"

#include <fcntl.h>
#include <stdlib.h>

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
	check_u64("counters",
		  counters.count[HP_CLASS_UNREGISTERED][HP_VERDICT_DENIED][HP_PROTO_TCP], 1);
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

/* What a kernel says where programs load that it can't attach. */
static void test_errors(void **state)
{
	(void)state;
	check_text("the kernel's own", strerror(kernel_errno_told(524)), strerror(EOPNOTSUPP));
	check_int("another", kernel_errno_told(EPERM), EPERM);
	check_int("none", kernel_errno_told(0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_links),	 WORLD_TEST(test_unused_links), WORLD_TEST(test_undo),
		WORLD_TEST(test_detach), WORLD_TEST(test_dead),		WORLD_TEST(test_errors),
	};

	return WORLD_RUN("links", tests);
}
