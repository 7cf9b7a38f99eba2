// SPDX-License-Identifier: MIT
/* The canary: what it finds where hooks work, are gone, or are overridden. */
#include "canary_world.h"

#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

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
	bad.fd = w->cgroup_fd; /* not a namespace */
	proof = try_all("no namespace", &canary, CANARY_NO_SOCKET);
	check_int("no namespace", proof.error[KERNEL_BIND4], EINVAL);
	netns_close(&w->netns);
	w->netns = own;
	(void)close(home);
}

/* ---- where it is tried ----------------------------------------------------------------------- */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_effective),  WORLD_TEST(test_gone),
		WORLD_TEST(test_overridden), WORLD_TEST(test_refused),
		WORLD_TEST(test_no_port),    WORLD_TEST(test_other_namespace),
		WORLD_TEST(test_frozen),     WORLD_TEST(test_no_place),
		WORLD_TEST(test_stale),
	};

	return WORLD_RUN("the canary", tests);
}
