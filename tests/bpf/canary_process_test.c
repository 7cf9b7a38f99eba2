// SPDX-License-Identifier: MIT
/* The canary's process where it hangs, is frozen or killed, or does not end even then. */
#include "canary_world.h"

#include "../../user/base/clock.h"

#include <poll.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

enum trick {
	HANG,	/* it does not run, and ends when it is killed */
	FREEZE, /* the same, and its group is frozen */
	KILL,	/* it is killed at its beginning */
	UNDEAD, /* it does not run, and does not end either */
};

/* A process that traces us, and so each child from its beginning on. */
struct tracer {
	pid_t pid;
	int end; /* it ends when this is closed */
};

/* Who traces a process waits for it first; only then can its parent. */
static void reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, __WALL) > 0 && WIFSTOPPED(status))
		;
}

static void trace(const struct world *w, pid_t parent, enum trick trick, int end)
{
	unsigned long child = 0;
	int status;
	pid_t pid;

	while ((pid = waitpid(parent, &status, __WALL)) == parent && WIFSTOPPED(status)) {
		bool event = status >> 8 == (SIGTRAP | PTRACE_EVENT_FORK << 8);
		int sig = event || status >> 16 ? 0 : WSTOPSIG(status);
		char c;

		if (event)
			(void)ptrace(PTRACE_GETEVENTMSG, parent, 0, &child);
		if (event && trick == FREEZE)
			set_group(w, "cgroup.freeze", "1");
		if (event && trick == KILL) {
			(void)kill((pid_t)child, SIGKILL);
			reap((pid_t)child);
		}
		(void)ptrace(event ? PTRACE_DETACH : PTRACE_CONT, parent, 0, sig);
		if (!event)
			continue;
		if (trick == HANG || trick == FREEZE)
			reap((pid_t)child);
		(void)read(end, &c, 1);
		_exit(0);
	}
	_exit(1);
}

static struct tracer start_tracer(const struct world *w, enum trick trick)
{
	pid_t parent = getpid();
	struct tracer tracer;
	int to[2], ready[2];
	char c;

	assert_int_equal(pipe2(to, O_CLOEXEC), 0);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	tracer.pid = fork();
	assert_true(tracer.pid >= 0);
	if (tracer.pid == 0) {
		(void)close(to[1]);
		if (ptrace(PTRACE_SEIZE, parent, 0, PTRACE_O_TRACEFORK) < 0)
			_exit(2);
		if (write(ready[1], "", 1) != 1)
			_exit(3);
		trace(w, parent, trick, to[0]);
	}
	(void)close(to[0]);
	(void)close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		skip(); /* nobody may trace here */
	(void)close(ready[0]);
	tracer.end = to[1];
	return tracer;
}

static void end_tracer(const struct tracer *tracer)
{
	int status;

	(void)close(tracer->end);
	assert_int_equal(waitpid(tracer->pid, &status, 0), tracer->pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* A process that hangs. */
static void try_late(const char *name, struct world *w, struct canary *canary,
		     enum canary_result want)
{
	struct tracer tracer = start_tracer(w, HANG);

	(void)try_all(name, canary, want);
	end_tracer(&tracer);
	check_clean(name, w);
}

/* The first ones that are late prove nothing; a third one in a row does. */
static void test_late(void **state)
{
	struct world *w = *state;
	struct canary canary = begin(w);

	canary.limit_ms = 1;
	try_late("late", w, &canary, CANARY_LATE);
	try_late("late again", w, &canary, CANARY_LATE);
	check_u64("late again", canary.late, 2);
	canary.limit_ms = SECONDS;
	(void)try_all("in time", &canary, CANARY_EFFECTIVE);
	check_u64("in time", canary.late, 0);
	canary.limit_ms = 1;
	try_late("the first", w, &canary, CANARY_LATE);
	try_late("the second", w, &canary, CANARY_LATE);
	try_late("the third", w, &canary, CANARY_STUCK);
	try_late("one more", w, &canary, CANARY_STUCK);
	check_u64("one more", canary.late, CANARY_LATE_MAX);
	canary.limit_ms = SECONDS;
	(void)try_all("in time again", &canary, CANARY_EFFECTIVE); /* it reaps the one before */
	check_u64("in time again", canary.late, 0);
}

static uint64_t took_ms(struct canary *canary, enum canary_result want)
{
	uint64_t start = clock_boot_ms();

	(void)try_all("growing", canary, want);
	return clock_boot_ms() - start;
}

/* Each one after a late one has twice as much time: no less is waited. */
static void test_growing(void **state)
{
	static const uint64_t least[] = { 100, 200, 400, 400 };
	struct world *w = *state;
	struct canary canary = begin(w);

	canary.limit_ms = 100;
	for (size_t i = 0; i < ARRAY_LEN(least); i++) {
		struct tracer tracer = start_tracer(w, HANG);
		enum canary_result want = i < 2 ? CANARY_LATE : CANARY_STUCK;

		assert_true(took_ms(&canary, want) >= least[i]);
		end_tracer(&tracer);
	}
}

static void test_frozen_meanwhile(void **state)
{
	struct world *w = *state;
	struct canary canary = begin(w);
	struct tracer tracer;

	world_enter(w->home);
	tracer = start_tracer(w, FREEZE);
	canary.limit_ms = 100;
	(void)try_all("frozen meanwhile", &canary, CANARY_FROZEN);
	end_tracer(&tracer);
	assert_false(canary.late);
	set_group(w, "cgroup.freeze", "0");
	canary.limit_ms = SECONDS;
	(void)try_all("thawed", &canary, CANARY_EFFECTIVE);
	world_enter(w->cgroup);
}

/* What a process wrote that was killed is no proof. */
static void test_killed(void **state)
{
	struct world *w = *state;
	struct canary canary = begin(w);
	struct tracer tracer = start_tracer(w, KILL);
	struct canary_proof proof = try_all("killed", &canary, CANARY_NO_PROCESS);

	end_tracer(&tracer);
	check_int("killed", proof.error[KERNEL_POST_BIND6], ECHILD);
	check_int("it has ended", canary.stuck, 0);
	(void)try_all("and another", &canary, CANARY_EFFECTIVE);
}

static size_t children(void)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/thread-self/children", "re");
	size_t n = 0;
	int pid;

	assert_non_null(f);
	while (fscanf(f, "%d", &pid) == 1)
		n++;
	return n;
}

/* One that SIGKILL does not end is not joined by a second one. */
static void test_undead(void **state)
{
	struct world *w = *state;
	struct canary canary = begin(w);
	size_t before = children(); /* one that was slow to end, and that nobody asked for since */
	struct tracer tracer = start_tracer(w, UNDEAD);
	uint64_t denied;

	canary.limit_ms = 1;
	(void)try_all("it hangs", &canary, CANARY_LATE);
	assert_true(canary.stuck > 0);
	canary.limit_ms = SECONDS;
	denied = kernel_canary(w->kernel)->denied;
	(void)try_all("it hangs still", &canary, CANARY_STUCK);
	check_u64("none is made beside it", children(), before + 2); /* it, and the tracer */
	check_u64("nothing is tried", kernel_canary(w->kernel)->denied, denied);
	end_tracer(&tracer);
	(void)try_all("it has ended", &canary, CANARY_EFFECTIVE);
	check_int("and is forgotten", canary.stuck, 0);
	check_u64("all have ended", children(), before);
}

/* In two steps: nothing is waited for but by who says so. */
static void test_steps(void **state)
{
	static const enum canary_result late[KERNEL_HOOKS] = { CANARY_LATE, CANARY_LATE,
							       CANARY_LATE, CANARY_LATE };
	static const enum canary_result effective[KERNEL_HOOKS] = {
		CANARY_EFFECTIVE, CANARY_EFFECTIVE, CANARY_EFFECTIVE, CANARY_EFFECTIVE
	};
	struct world *w = *state;
	struct canary canary = begin(w);
	struct canary_proof proof;
	struct tracer tracer;
	struct pollfd p;

	assert_true(canary_begin(&canary, &proof));
	p = (struct pollfd) { .fd = canary.fd, .events = POLLIN };
	assert_int_equal(poll(&p, 1, SECONDS), 1);
	canary_end(&canary, 0, &proof);
	check_proof("has ended", &proof, effective);
	check_int("has ended", canary.pid, 0);
	check_clean("has ended", w);
	tracer = start_tracer(w, HANG);
	assert_true(canary_begin(&canary, &proof));
	canary_end(&canary, 0, &proof);
	check_proof("hangs", &proof, late);
	check_int("hangs", canary.pid, 0);
	end_tracer(&tracer);
	check_clean("hangs", w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_late),
		WORLD_TEST(test_growing),
		WORLD_TEST(test_frozen_meanwhile),
		WORLD_TEST(test_killed),
		WORLD_TEST(test_undead),
		WORLD_TEST(test_steps),
	};

	return WORLD_RUN("the canary's process", tests);
}
