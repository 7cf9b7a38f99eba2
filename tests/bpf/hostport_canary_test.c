// SPDX-License-Identifier: MIT
/* The programs of bind(), in the kernel: the canary, and programs of others. */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#define EPHEMERAL (DENY_DEFAULT | BIT(EPHEMERAL))

/* ---- the canary ------------------------------------------------------------------------------ */

static const struct where canary_ways[] = {
	UDP4(NULL, 0),
	UDP6(NULL, 0),
};

static void check_canary(struct world *w, const struct where *port0)
{
	volatile struct hp_canary *canary = kernel_canary(w->kernel);
	struct where port = *port0;
	int fd = world_socket(port0);
	uint64_t cookie = world_cookie(fd);

	port.port = 2000; /* that a row allows */
	*canary = (struct hp_canary) { .cookie = cookie };
	check_int("a port", world_bind_to(fd, &port), EPERM);
	check_u64("a port: denied", canary->denied, 1);
	check_u64("a port: whose", canary->refused, cookie);
	canary->refused = 0;
	check_int("port 0", world_bind_to(fd, port0), 0);
	check_u64("port 0: seen", canary->passed, 1);
	check_u64("port 0: not denied", canary->denied, 1);
	check_u64("port 0: nothing else", canary->refused | canary->again | canary->guard, 0);
	(void)close(fd);

	fd = world_socket(port0);
	canary->cookie = world_cookie(fd);
	canary->named = 1;
	check_int("named", world_bind_to(fd, &port), 0);
	check_u64("named: seen", canary->passed, 2);
	check_u64("named: not denied", canary->denied, 1);
	canary->named = 0;
	(void)close(fd);
}

static void check_canary_guard(struct world *w, const struct where *port0)
{
	volatile struct hp_canary *canary = kernel_canary(w->kernel);
	int fd = world_socket(port0);
	uint64_t cookie = world_cookie(fd);

	*canary = (struct hp_canary) { .cookie = cookie, .guard = 1 };
	check_int("guard", world_bind_to(fd, port0), EPERM);
	check_u64("guard: it ran", canary->guard, 2);
	check_u64("guard: not seen", canary->passed, 0);
	/* what bind has refused is refused again, if that is known to free the port */
	canary->refused = cookie;
	kernel_set_guard(w->kernel, true);
	check_int("refused before", world_bind_to(fd, port0), EPERM);
	check_u64("refused before", canary->again, 1);
	check_u64("refused before: not seen", canary->passed, 0);
	canary->refused = cookie + 1;
	check_int("another was refused", world_bind_to(fd, port0), 0);
	check_u64("another was refused: seen", canary->passed, 1);
	(void)close(fd);
	kernel_set_guard(w->kernel, false);
	fd = world_socket(port0);
	canary->refused = canary->cookie = world_cookie(fd);
	check_int("not guarded", world_bind_to(fd, port0), 0);
	check_u64("not guarded: seen", canary->passed, 2);
	check_u64("not guarded: not refused again", canary->again, 1);
	(void)close(fd);
}

/* It is refused and seen whatever the policy says, and is never a violation. */
static void test_canary(void **state)
{
	struct world *w = *state;

	world_start(w, &(struct world_load) { .unfolded = true });
	world_row(w, HP_PROTO_UDP, 2000, (struct hp_row) { .row = { 1, 1 } });
	world_mark(w);
	for (enum hp_mode mode = HP_MODE_UNSET; mode < HP_MODE_MAX; mode++) {
		if (mode != HP_MODE_UNSET)
			world_publish(w, mode, EPHEMERAL);
		for (size_t i = 0; i < ARRAY_LEN(canary_ways); i++) {
			check_canary(w, &canary_ways[i]);
			check_canary_guard(w, &canary_ways[i]);
		}
	}
	check_u64("no record", world_take(w), 0);
	check_u64("not counted", world_counted_all(w), 0);
}

/* The cookies of sockets are the machine's: one of another namespace is nothing to us. */
static void test_canary_elsewhere(void **state)
{
	const struct where where = UDP4(NULL, 3000);
	struct world *w = *state;
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), fd;

	world_start(w, &(struct world_load) { .unfolded = true });
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	fd = world_socket(&where);
	assert_int_equal(setns(home, CLONE_NEWNET), 0);
	kernel_canary(w->kernel)->cookie = world_cookie(fd);
	check_int("of another namespace", world_bind_to(fd, &where), 0);
	check_u64("not denied", kernel_canary(w->kernel)->denied, 0);
	check_u64("not seen", kernel_canary(w->kernel)->passed, 0);
	(void)close(fd);
	(void)close(home);
}

/* ---- other programs -------------------------------------------------------------------------- */

/* Whose refusal further down frees the port again: then there is no violation, if we can know. */
static void test_refused_below(void **state)
{
	struct world *w = *state;
	char below[PATH_MAX];
	int dir, program;

	(void)snprintf(below, sizeof(below), "%.4000s/below", w->cgroup);
	world_make_cgroup(below);
	dir = open(below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	program = world_foreign(BPF_CGROUP_INET4_POST_BIND, false);
	for (int without = 0; without < 2; without++) {
		world_start(w, &(struct world_load) { .unfolded = true, .no_retval = without });
		world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
		world_enter(below);
		assert_int_equal(bpf_prog_attach(program, dir, BPF_CGROUP_INET4_POST_BIND, 0), 0);
		check_int("refused", world_bind(TCP4(NULL, 3000)), EPERM);
		check_u64("refused: a record", world_take(w), without);
		assert_int_equal(bpf_prog_detach2(program, dir, BPF_CGROUP_INET4_POST_BIND), 0);
		check_int("not refused", world_bind(TCP4(NULL, 3000)), 0);
		check_u64("not refused: a record", world_take(w), 1);
		world_enter(w->cgroup);
		world_stop(w);
	}
	(void)close(program);
	(void)close(dir);
	world_remove_cgroup(below);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_canary),
		WORLD_TEST(test_canary_elsewhere),
		WORLD_TEST(test_refused_below),
	};

	return WORLD_RUN("the canary in the kernel", tests);
}
