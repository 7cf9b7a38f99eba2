// SPDX-License-Identifier: MIT
/*
 * The canary: what it finds where hooks work, are gone, or are overridden; and what it does
 * with a process that hangs, is killed, or does not end even then.
 */
#include "world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../user/kernel/canary/canary.h"

#define SECONDS 60000 /* no canary takes as long */

static struct canary new_canary(const struct world *w)
{
	return (struct canary) {
		.kernel = w->kernel,
		.netns = &w->netns,
		.cgroup = w->cgroup,
		.cgroup2 = w->mounts.v2,
		.limit_ms = SECONDS,
	};
}

static struct canary begin(struct world *w)
{
	world_start(w, &(struct world_load) { 0 });
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
	return new_canary(w);
}

static void check_proof(const char *name, const struct canary_proof *proof,
			const enum canary_result want[KERNEL_HOOKS])
{
	for (size_t i = 0; i < KERNEL_HOOKS; i++)
		if (proof->result[i] != want[i])
			fail_msg("%s: %s: %s", name, kernel_hook_name((enum kernel_hook)i),
				 canary_words(proof->result[i]));
}

static struct canary_proof try_all(const char *name, struct canary *canary, enum canary_result want)
{
	const enum canary_result all[] = { want, want, want, want };
	struct canary_proof proof;

	canary_try(canary, &proof);
	check_proof(name, &proof, all);
	return proof;
}

/* It leaves nothing in the group and in the programs' memory. */
static void check_clean(const char *name, const struct world *w)
{
	volatile struct hp_canary *canary = kernel_canary(w->kernel);
	_cleanup_closedir_ DIR *dir = opendir(w->cgroup);
	const struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		if (strstr(entry->d_name, "hostportd-canary."))
			fail_msg("%s: %s", name, entry->d_name);
	check_u64(name, canary->cookie | canary->guard | canary->named, 0);
}

/* ---- what it finds --------------------------------------------------------------------------- */

/* From within the group, and from outside, where its process begins there or enters it. */
static void test_effective(void **state)
{
	struct world *w = *state;
	struct canary canary = begin(w);

	for (int policy = 0; policy < 2; policy++) {
		(void)try_all("inside", &canary, CANARY_EFFECTIVE);
		check_clean("inside", w);
		world_enter(w->home);
		(void)try_all("outside", &canary, CANARY_EFFECTIVE);
		check_clean("outside", w);
		canary.confined = true;
		(void)try_all("outside, confined", &canary, CANARY_EFFECTIVE);
		check_clean("outside, confined", w);
		canary.confined = false;
		world_enter(w->cgroup);
		world_publish(w, HP_MODE_ENFORCE, ~0U);
	}
	check_u64("no violation", world_take(w), 0);
	check_u64("refused", kernel_canary(w->kernel)->denied, 12);
	assert_false(canary.late || canary.stuck);
}

/* Each hook that is gone is missed, by itself. */
static void test_gone(void **state)
{
	struct world *w = *state;

	for (enum program p = 0; (size_t)p < KERNEL_HOOKS; p++) {
		bool is_bind = p == PROGRAM_BIND4 || p == PROGRAM_BIND6;
		enum canary_result want[KERNEL_HOOKS] = { CANARY_EFFECTIVE, CANARY_EFFECTIVE,
							  CANARY_EFFECTIVE, CANARY_EFFECTIVE };
		struct canary canary = begin(w);
		struct canary_proof proof;

		(void)bpf_link__destroy(w->kernel->links[p]);
		w->kernel->links[p] = NULL;
		want[p] = is_bind ? CANARY_NOT_DENIED : CANARY_NOT_CONFIRMED;
		canary_try(&canary, &proof);
		check_proof(program_table[p].hook, &proof, want);
		check_u64(program_table[p].hook, canary_first_failure(&proof), p);
		world_stop(w);
	}
}

/* A program after ours that lets through what ours refuses. */
static int overriding(enum bpf_attach_type type)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_1 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_set_retval },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	bool is_bind = type == BPF_CGROUP_INET4_BIND || type == BPF_CGROUP_INET6_BIND;
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = type);

	return bpf_prog_load(is_bind ? BPF_PROG_TYPE_CGROUP_SOCK_ADDR : BPF_PROG_TYPE_CGROUP_SOCK,
			     "override", "GPL", insns, ARRAY_LEN(insns), &opts);
}

static void attach(const struct world *w, int program, enum bpf_attach_type type)
{
	assert_int_equal(bpf_prog_attach(program, w->cgroup_fd, type, BPF_F_ALLOW_MULTI), 0);
}

static void detach(const struct world *w, int program, enum bpf_attach_type type)
{
	assert_int_equal(bpf_prog_detach2(program, w->cgroup_fd, type), 0);
	(void)close(program);
}

static void test_overridden(void **state)
{
	struct world *w = *state;
	struct canary canary = begin(w);
	enum bpf_attach_type type = BPF_CGROUP_INET6_BIND;
	struct canary_proof proof;
	int program = overriding(type);

	if (program < 0)
		skip(); /* before Linux 5.18 */
	attach(w, program, type);
	canary_try(&canary, &proof);
	check_int("bind6", proof.result[KERNEL_BIND6], CANARY_OVERRIDDEN);
	check_int("bind4", proof.result[KERNEL_BIND4], CANARY_EFFECTIVE);
	/* what post_bind may do is known now: it refuses what bind has */
	assert_true(kernel_guards(w->kernel));
	canary_try(&canary, &proof);
	check_int("bind6, second", proof.result[KERNEL_BIND6], CANARY_SECOND);
	check_int("bind4, second", proof.result[KERNEL_BIND4], CANARY_EFFECTIVE);
	check_u64("that is proof", canary_first_failure(&proof), KERNEL_HOOKS);
	detach(w, program, type);

	type = BPF_CGROUP_INET4_POST_BIND;
	program = overriding(type);
	attach(w, program, type);
	canary_try(&canary, &proof);
	check_int("post_bind4", proof.result[KERNEL_POST_BIND4], CANARY_OVERRIDDEN);
	check_int("post_bind6", proof.result[KERNEL_POST_BIND6], CANARY_EFFECTIVE);
	check_int("it guards nothing", kernel_guards(w->kernel), false);
	detach(w, program, type);
	(void)try_all("alone again", &canary, CANARY_EFFECTIVE);
	assert_true(kernel_guards(w->kernel));
}

/* One that refuses what must succeed: our hook has had no chance. */
static void test_refused(void **state)
{
	struct world *w = *state;
	struct canary canary = begin(w);
	int program = world_foreign(BPF_CGROUP_INET4_BIND, false);
	struct canary_proof proof;

	attach(w, program, BPF_CGROUP_INET4_BIND);
	canary_try(&canary, &proof);
	check_int("post_bind4", proof.result[KERNEL_POST_BIND4], CANARY_NOT_BOUND);
	check_int("its errno", proof.error[KERNEL_POST_BIND4], EPERM);
	check_int("bind4", proof.result[KERNEL_BIND4], CANARY_EFFECTIVE);
	check_int("post_bind6", proof.result[KERNEL_POST_BIND6], CANARY_EFFECTIVE);
	detach(w, program, BPF_CGROUP_INET4_BIND);
	/* one after our post_bind: it was seen before */
	program = world_foreign(BPF_CGROUP_INET4_POST_BIND, false);
	attach(w, program, BPF_CGROUP_INET4_POST_BIND);
	canary_try(&canary, &proof);
	check_int("post_bind4, after it", proof.result[KERNEL_POST_BIND4], CANARY_EFFECTIVE);
	check_int("bind4, without a port", proof.result[KERNEL_BIND4], CANARY_EFFECTIVE);
	detach(w, program, BPF_CGROUP_INET4_POST_BIND);
}

/* Any process can take all ports that the kernel chooses from: then ports go by their numbers. */
static void test_no_port(void **state)
{
	const struct where where = UDP6(NULL, 40000);
	struct world *w = *state;
	int holder = world_socket(&where);
	struct canary canary;

	world_range(40000, 40000);
	assert_int_equal(world_bind_to(holder, &where), 0);
	canary = begin(w);
	check_int("no port is left", world_bind(UDP4(NULL, 0)), EADDRINUSE);
	(void)try_all("no port", &canary, CANARY_EFFECTIVE);
	assert_true(kernel_guards(w->kernel));
	check_clean("no port", w);
	check_u64("no violation", world_take(w), 0);
	(void)close(holder);
}

static void test_other_namespace(void **state)
{
	struct world *w = *state;
	struct netns own = w->netns, bad = own;
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct canary canary;
	struct canary_proof proof;

	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_int_equal(netns_open("/proc/self/ns/net", &w->netns), 0);
	assert_int_equal(setns(home, CLONE_NEWNET), 0);
	assert_true(w->netns.cookie != own.cookie);
	canary = begin(w);
	(void)try_all("another namespace", &canary, CANARY_EFFECTIVE);
	canary.netns = &own;
	canary_try(&canary, &proof);
	check_int("ours is not looked at", proof.result[KERNEL_BIND4], CANARY_NOT_DENIED);
	check_int("ours is not looked at", proof.result[KERNEL_POST_BIND6], CANARY_NOT_CONFIRMED);
	bad.fd = home;
	canary.netns = &bad;
	canary_try(&canary, &proof);
	check_int("ours by its name", proof.result[KERNEL_BIND4], CANARY_NOT_DENIED);
	bad.fd = w->cgroup_fd; /* which is none */
	proof = try_all("no namespace", &canary, CANARY_NO_SOCKET);
	check_int("no namespace", proof.error[KERNEL_BIND4], EINVAL);
	netns_close(&w->netns);
	w->netns = own;
	(void)close(home);
}

/* ---- where it is tried ----------------------------------------------------------------------- */

static void set_group(const struct world *w, const char *file, const char *text)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%.4000s/%s", w->cgroup, file);
	world_write(path, text);
}

static void test_frozen(void **state)
{
	struct world *w = *state;
	struct canary canary = begin(w);

	world_enter(w->home);
	set_group(w, "cgroup.freeze", "1");
	(void)try_all("frozen", &canary, CANARY_FROZEN);
	check_clean("frozen", w);
	set_group(w, "cgroup.freeze", "0");
	(void)try_all("thawed", &canary, CANARY_EFFECTIVE);
	world_enter(w->cgroup);
}

static void test_no_place(void **state)
{
	struct world *w = *state;
	struct canary canary = begin(w);
	struct canary_proof proof;

	world_enter(w->home);
	set_group(w, "cgroup.max.descendants", "0");
	proof = try_all("no descendants", &canary, CANARY_NO_PROCESS);
	check_int("no descendants", proof.error[KERNEL_BIND4], EAGAIN);
	set_group(w, "cgroup.max.descendants", "max");
	(void)try_all("as many as you like", &canary, CANARY_EFFECTIVE);
	world_enter(w->cgroup);
}

/* Directories of agents that were killed go; those of agents that live stay. */
static void test_stale(void **state)
{
	struct world *w = *state;
	struct canary canary = begin(w);
	char dead[PATH_MAX], living[PATH_MAX], odd[PATH_MAX];
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	(void)snprintf(dead, sizeof(dead), "%.4000s/hostportd-canary.%d", w->cgroup, (int)pid);
	(void)snprintf(living, sizeof(living), "%.4000s/hostportd-canary.%d", w->cgroup,
		       (int)getppid());
	(void)snprintf(odd, sizeof(odd), "%.4000s/hostportd-canary.%dx", w->cgroup, (int)pid);
	world_make_cgroup(dead);
	world_make_cgroup(living);
	world_make_cgroup(odd);
	(void)try_all("beside others", &canary, CANARY_EFFECTIVE);
	check_int("of the dead", access(dead, F_OK), -1);
	check_int("of the living", access(living, F_OK), 0);
	check_int("of no agent", access(odd, F_OK), 0);
	assert_int_equal(rmdir(living), 0);
	assert_int_equal(rmdir(odd), 0);
}

/* ---- a process that does not do as it should ------------------------------------------------- */

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

/* In the event loop the first that is late proves nothing; a second one does. */
static void test_late(void **state)
{
	struct world *w = *state;
	struct canary canary = begin(w);
	struct tracer tracer = start_tracer(w, HANG);

	canary.limit_ms = 1;
	(void)try_all("late", &canary, CANARY_LATE);
	end_tracer(&tracer);
	assert_true(canary.late);
	check_clean("late", w);
	tracer = start_tracer(w, HANG);
	(void)try_all("late again", &canary, CANARY_STUCK);
	end_tracer(&tracer);
	canary.limit_ms = SECONDS;
	(void)try_all("in time", &canary, CANARY_EFFECTIVE);
	assert_false(canary.late);
	/* at the start the limit is long: the first one counts */
	tracer = start_tracer(w, HANG);
	canary.limit_ms = CANARY_LIMIT_MS;
	(void)try_all("late at the start", &canary, CANARY_STUCK);
	end_tracer(&tracer);
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
	struct tracer tracer = start_tracer(w, UNDEAD);
	uint64_t denied;

	canary.limit_ms = 1;
	(void)try_all("it hangs", &canary, CANARY_LATE);
	assert_true(canary.stuck > 0);
	canary.limit_ms = SECONDS;
	denied = kernel_canary(w->kernel)->denied;
	(void)try_all("it hangs still", &canary, CANARY_STUCK);
	check_u64("none is made beside it", children(), 2); /* it, and the tracer */
	check_u64("nothing is tried", kernel_canary(w->kernel)->denied, denied);
	end_tracer(&tracer);
	(void)try_all("it has ended", &canary, CANARY_EFFECTIVE);
	check_int("and is forgotten", canary.stuck, 0);
	check_u64("all have ended", children(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_effective),
		WORLD_TEST(test_gone),
		WORLD_TEST(test_overridden),
		WORLD_TEST(test_refused),
		WORLD_TEST(test_no_port),
		WORLD_TEST(test_other_namespace),
		WORLD_TEST(test_frozen),
		WORLD_TEST(test_no_place),
		WORLD_TEST(test_stale),
		WORLD_TEST(test_late),
		WORLD_TEST(test_frozen_meanwhile),
		WORLD_TEST(test_killed),
		WORLD_TEST(test_undead),
	};

	return WORLD_RUN("the canary", tests);
}
