// SPDX-License-Identifier: MIT
/*
 * Somebody else's BPF program beside the agent's.
 *
 *   foreign DIR HOOK WHAT HOW
 *
 * Loads a program called "foreign", attaches it to the cgroup DIR at HOOK (bind4,
 * bind6, post_bind4 or post_bind6), prints "attached ID", and takes it off again
 * at SIGTERM, or when its parent ends. WHAT it does: pass, refuse, override (pass, and
 * undo what the programs before it refused; status 77 where the kernel can't), or
 * rewrite (at bind4 and bind6: pass, with port 7999 in the place of any other).
 * HOW it is attached: link, multi (without a link), overridable, exclusive.
 *
 *   foreign detach ID
 *
 * Detaches the link with this id, whichever process holds it. Status 1: refused, with the
 * reason; 2: usage.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HELPER_SET_RETVAL 187 /* since 5.18 */
#define LINK		  (-1)

#define MOV(reg, value)                                                                            \
	{                                                                                          \
		.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (reg), .imm = (value)              \
	}
#define CALL(helper)                                                                               \
	{                                                                                          \
		.code = BPF_JMP | BPF_CALL, .imm = (helper)                                        \
	}
#define EXIT                                                                                       \
	{                                                                                          \
		.code = BPF_JMP | BPF_EXIT                                                         \
	}

static const struct bpf_insn pass[] = { MOV(BPF_REG_0, 1), EXIT };
static const struct bpf_insn refuse[] = { MOV(BPF_REG_0, 0), EXIT };
static const struct bpf_insn override[] = { MOV(BPF_REG_1, 0), CALL(HELPER_SET_RETVAL),
					    MOV(BPF_REG_0, 1), EXIT };

/* A constant in network byte order: htons() is none. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define NETWORK_ORDER(port) __builtin_bswap16(port)
#else
#define NETWORK_ORDER(port) (port)
#endif

/* The port is in network byte order; a constant can't be stored there before Linux 6.3. */
static const struct bpf_insn rewrite[] = {
	MOV(BPF_REG_2, NETWORK_ORDER(7999)),
	{ .code = BPF_STX | BPF_MEM | BPF_W,
	  .dst_reg = BPF_REG_1,
	  .src_reg = BPF_REG_2,
	  .off = offsetof(struct bpf_sock_addr, user_port) },
	MOV(BPF_REG_0, 1),
	EXIT,
};

struct word {
	const char *word;
	int value;
};

static const struct word hooks[] = {
	{ "bind4", BPF_CGROUP_INET4_BIND },
	{ "bind6", BPF_CGROUP_INET6_BIND },
	{ "post_bind4", BPF_CGROUP_INET4_POST_BIND },
	{ "post_bind6", BPF_CGROUP_INET6_POST_BIND },
	{ NULL, 0 },
};

static const struct word hows[] = {
	{ "link", LINK },
	{ "multi", BPF_F_ALLOW_MULTI },
	{ "overridable", BPF_F_ALLOW_OVERRIDE },
	{ "exclusive", 0 },
	{ NULL, 0 },
};

static const struct {
	const char *word;
	const struct bpf_insn *insns;
	uint32_t len;
} programs[] = {
	{ "pass", pass, sizeof(pass) / sizeof(*pass) },
	{ "refuse", refuse, sizeof(refuse) / sizeof(*refuse) },
	{ "override", override, sizeof(override) / sizeof(*override) },
	{ "rewrite", rewrite, sizeof(rewrite) / sizeof(*rewrite) },
};

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static _Noreturn void stop(int status, const char *what)
{
	(void)fprintf(stderr, "foreign: %s: %s\n", what, status == 2 ? "usage" : strerror(errno));
	exit(status);
}

static int value_of(const struct word *words, const char *word)
{
	for (; words->word; words++)
		if (strcmp(words->word, word) == 0)
			return words->value;
	stop(2, word);
}

static int load(int type, const char *what)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	union bpf_attr attr = { 0 };
	int fd;

	(void)setrlimit(RLIMIT_MEMLOCK, &unlimited); /* programs count until Linux 5.11 */
	attr.prog_type = type == BPF_CGROUP_INET4_BIND || type == BPF_CGROUP_INET6_BIND ?
				 BPF_PROG_TYPE_CGROUP_SOCK_ADDR :
				 BPF_PROG_TYPE_CGROUP_SOCK;
	attr.expected_attach_type = (uint32_t)type;
	attr.license = (uintptr_t) "GPL";
	(void)strcpy(attr.prog_name, "foreign");
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		if (strcmp(programs[i].word, what) != 0)
			continue;
		attr.insns = (uintptr_t)programs[i].insns;
		attr.insn_cnt = programs[i].len;
	}
	if (!attr.insns)
		stop(2, what);
	fd = bpf(BPF_PROG_LOAD, &attr);
	if (fd < 0)
		stop(strcmp(what, "override") == 0 && errno == EINVAL ? 77 : 1, "load");
	return fd;
}

static void attach(int cgroup, int program, int type, int how)
{
	union bpf_attr attr = { 0 };
	int r;

	if (how == LINK) {
		attr.link_create.prog_fd = (uint32_t)program;
		attr.link_create.target_fd = (uint32_t)cgroup;
		attr.link_create.attach_type = (uint32_t)type;
		r = bpf(BPF_LINK_CREATE, &attr); /* closed when we end */
	} else {
		attr.target_fd = (uint32_t)cgroup;
		attr.attach_bpf_fd = (uint32_t)program;
		attr.attach_type = (uint32_t)type;
		attr.attach_flags = (uint32_t)how;
		r = bpf(BPF_PROG_ATTACH, &attr);
	}
	if (r < 0)
		stop(1, "attach");
}

static void detach(int cgroup, int program, int type)
{
	union bpf_attr attr = { 0 };

	attr.target_fd = (uint32_t)cgroup;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = (uint32_t)type;
	if (bpf(BPF_PROG_DETACH, &attr) < 0)
		stop(1, "detach");
}

static int detach_link(const char *id)
{
	union bpf_attr attr = { 0 };
	int fd;

	attr.link_id = (uint32_t)strtoul(id, NULL, 10);
	fd = bpf(BPF_LINK_GET_FD_BY_ID, &attr);
	if (fd < 0)
		stop(1, "link");
	attr = (union bpf_attr) { 0 };
	attr.link_detach.link_fd = (uint32_t)fd;
	if (bpf(BPF_LINK_DETACH, &attr) < 0)
		stop(1, "detach");
	return 0;
}

static uint32_t id_of(int program)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attr = { 0 };

	attr.info.bpf_fd = (uint32_t)program;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uintptr_t)&info;
	return bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) < 0 ? 0 : info.id;
}

int main(int argc, char **argv)
{
	int cgroup, type, how, program, caught;
	sigset_t end;

	if (argc == 3 && strcmp(argv[1], "detach") == 0)
		return detach_link(argv[2]);
	if (argc != 5)
		stop(2, "foreign");
	(void)sigemptyset(&end);
	(void)sigaddset(&end, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &end, NULL);
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	cgroup = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup < 0)
		stop(1, argv[1]);
	type = value_of(hooks, argv[2]);
	how = value_of(hows, argv[4]);
	program = load(type, argv[3]);
	attach(cgroup, program, type, how);
	(void)printf("attached %u\n", id_of(program));
	(void)fflush(stdout);
	(void)sigwait(&end, &caught);
	if (how != LINK)
		detach(cgroup, program, type);
	return 0;
}
