// SPDX-License-Identifier: MIT
/*
 * Not on the list, so they fail: above all execve(); ptrace() and reading the memory
 * of other processes, modules, kexec, reboot, mounts, keys, io_uring (its requests
 * are not system calls), changing users and capabilities, new namespaces, executable
 * memory. A filter can't see the arguments of bpf(), which are in memory; capabilities
 * limit it.
 */
#include "sandbox.h"

#include <asm/termbits.h> /* by its struct termios the kernel numbers TCGETS; <termios.h> has another */
#include <errno.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <seccomp.h>

#include "../base/cleanup.h"

#define LOAD_BYTES (1 << 20) /* several times what the list of calls takes */

/* What is not the same on every architecture. */
#ifdef __s390x__
#define CLONE_FLAGS 1 /* which argument of clone() */
#define MMAP_CODE   0 /* its arguments are in memory: no bit can be bounded, mprotect() is */
#else
#define CLONE_FLAGS 0
#define MMAP_CODE   PROT_EXEC
#endif

/* Some of them only glibc makes. */
static const int agent_calls[] = {
	/* memory */
	SCMP_SYS(brk),
	SCMP_SYS(madvise),
	SCMP_SYS(memfd_create),
	SCMP_SYS(mremap),
	SCMP_SYS(munmap),
	/* files */
	SCMP_SYS(access),
	SCMP_SYS(close),
	SCMP_SYS(close_range),
	SCMP_SYS(dup),
	SCMP_SYS(dup2),
	SCMP_SYS(dup3),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(fcntl),
	SCMP_SYS(fdatasync),
	SCMP_SYS(flock),
	SCMP_SYS(fstat),
	SCMP_SYS(fstatfs),
	SCMP_SYS(fsync),
	SCMP_SYS(ftruncate),
	SCMP_SYS(getcwd),
	SCMP_SYS(getdents64),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek), /* ppc64le: its C library's lseek() */
	SCMP_SYS(lstat),
	SCMP_SYS(mkdir),
	SCMP_SYS(mkdirat),
	SCMP_SYS(name_to_handle_at),
	SCMP_SYS(newfstatat),
	SCMP_SYS(open),
	SCMP_SYS(open_by_handle_at),
	SCMP_SYS(openat),
	SCMP_SYS(openat2),
	SCMP_SYS(pipe2),
	SCMP_SYS(pread64),
	SCMP_SYS(pwrite64),
	SCMP_SYS(read),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(readv),
	SCMP_SYS(rename),
	SCMP_SYS(renameat),
	SCMP_SYS(renameat2),
	SCMP_SYS(rmdir),
	SCMP_SYS(stat),
	SCMP_SYS(statfs),
	SCMP_SYS(statx),
	SCMP_SYS(umask),
	SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	/* events and time */
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(epoll_create1),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_pwait2),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(eventfd2),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(inotify_add_watch),
	SCMP_SYS(inotify_init1),
	SCMP_SYS(inotify_rm_watch),
	SCMP_SYS(nanosleep),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(signalfd4),
	SCMP_SYS(time),
	SCMP_SYS(timerfd_create),
	SCMP_SYS(timerfd_gettime),
	SCMP_SYS(timerfd_settime),
	/* processes: the canary's child */
	SCMP_SYS(capget),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(fork),
	SCMP_SYS(futex),
	SCMP_SYS(getegid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getpid),
	SCMP_SYS(getppid),
	SCMP_SYS(getrandom),
	SCMP_SYS(getrlimit),
	SCMP_SYS(getrusage),
	SCMP_SYS(gettid),
	SCMP_SYS(getuid),
	SCMP_SYS(kill),
	SCMP_SYS(membarrier),
	SCMP_SYS(pidfd_open),
	SCMP_SYS(prlimit64),
	SCMP_SYS(rseq),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigpending),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigreturn), /* s390x: of handlers without SA_SIGINFO */
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_yield),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(sysinfo),
	SCMP_SYS(tgkill),
	SCMP_SYS(uname),
	SCMP_SYS(wait4),
	SCMP_SYS(waitid),
	/* sockets */
	SCMP_SYS(accept),
	SCMP_SYS(accept4),
	SCMP_SYS(bind),
	SCMP_SYS(connect),
	SCMP_SYS(getpeername),
	SCMP_SYS(getsockname),
	SCMP_SYS(getsockopt),
	SCMP_SYS(listen),
	SCMP_SYS(recv),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(send),
	SCMP_SYS(sendmsg),
	SCMP_SYS(sendto),
	SCMP_SYS(setsockopt),
	SCMP_SYS(shutdown),
	/* the kernel's programs and maps */
	SCMP_SYS(bpf),
};

/* Calls that are allowed if an argument, masked, has a value; mask 0: whatever it has. */
struct bounded_call {
	int call;
	unsigned int argument;
	scmp_datum_t mask, value;
};

static const struct bounded_call agent_bounded[] = {
	{ SCMP_SYS(socket), 0, UINT32_MAX, AF_UNIX },
	{ SCMP_SYS(socket), 0, UINT32_MAX, AF_INET },
	{ SCMP_SYS(socket), 0, UINT32_MAX, AF_INET6 },
	{ SCMP_SYS(socket), 0, UINT32_MAX, AF_NETLINK },
	{ SCMP_SYS(setns), 1, UINT32_MAX, CLONE_NEWNET },
	{ SCMP_SYS(clone), CLONE_FLAGS,
	  CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID |
		  CLONE_NEWUSER | CLONE_NEWUTS,
	  0 },
	{ SCMP_SYS(mmap), 2, MMAP_CODE, 0 },
	{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
	{ SCMP_SYS(ioctl), 1, UINT32_MAX, TCGETS },
	{ SCMP_SYS(ioctl), 1, UINT32_MAX, FIONREAD },
	{ SCMP_SYS(ioctl), 1, UINT32_MAX, NS_GET_NSTYPE },
	{ SCMP_SYS(prctl), 0, UINT32_MAX, PR_SET_PDEATHSIG },
	{ SCMP_SYS(prctl), 0, UINT32_MAX, PR_GET_SECCOMP },
	{ SCMP_SYS(prctl), 0, UINT32_MAX, PR_GET_NO_NEW_PRIVS },
	{ SCMP_SYS(prctl), 0, UINT32_MAX, PR_CAPBSET_READ },
};

/* What is left to a process that talks HTTPS and resolves names. No bind(), listen(), exec. */
static const int client_calls[] = {
	/* memory */
	SCMP_SYS(brk),
	SCMP_SYS(madvise),
	SCMP_SYS(mremap),
	SCMP_SYS(munmap),
	/* files */
	SCMP_SYS(access),
	SCMP_SYS(close),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(fcntl),
	SCMP_SYS(fstat),
	SCMP_SYS(getcwd),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek), /* ppc64le: its C library's lseek() */
	SCMP_SYS(newfstatat),
	SCMP_SYS(open),
	SCMP_SYS(openat),
	SCMP_SYS(pipe2),
	SCMP_SYS(pread64),
	SCMP_SYS(read),
	SCMP_SYS(readlink),
	SCMP_SYS(readv),
	SCMP_SYS(stat),
	SCMP_SYS(statx),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	/* events and time */
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(eventfd2),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(nanosleep),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(time),
	/* threads: of curl's resolver */
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(futex),
	SCMP_SYS(getegid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getpid),
	SCMP_SYS(getppid),
	SCMP_SYS(getrandom),
	SCMP_SYS(gettid),
	SCMP_SYS(getuid),
	SCMP_SYS(membarrier),
	SCMP_SYS(rseq),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigreturn), /* s390x: of handlers without SA_SIGINFO */
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_yield),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(sysinfo),
	SCMP_SYS(tgkill),
	SCMP_SYS(uname),
	/* sockets */
	SCMP_SYS(connect),
	SCMP_SYS(getpeername),
	SCMP_SYS(getsockname),
	SCMP_SYS(getsockopt),
	SCMP_SYS(recv),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(send),
	SCMP_SYS(sendmmsg),
	SCMP_SYS(sendmsg),
	SCMP_SYS(sendto),
	SCMP_SYS(setsockopt),
	SCMP_SYS(shutdown),
	SCMP_SYS(socketpair),
};

/* No Unix socket is connected: it may be root, and there are daemons that obey root. */
static const struct bounded_call client_bounded[] = {
	{ SCMP_SYS(socket), 0, UINT32_MAX, AF_INET },
	{ SCMP_SYS(socket), 0, UINT32_MAX, AF_INET6 },
	{ SCMP_SYS(socket), 0, UINT32_MAX, AF_NETLINK },
#ifndef __s390x__
	/* a netlink socket of the C library's, to see which addresses the host has; where bind() is
	 * made by socketcall(), its arguments are in memory, and the C library does without */
	{ SCMP_SYS(bind), 2, UINT32_MAX, 12 },
#endif
	{ SCMP_SYS(clone), CLONE_FLAGS, CLONE_THREAD | CLONE_NEWUSER, CLONE_THREAD },
	{ SCMP_SYS(mmap), 2, MMAP_CODE, 0 },
	{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
	{ SCMP_SYS(ioctl), 1, UINT32_MAX, FIONREAD },
	{ SCMP_SYS(ioctl), 1, UINT32_MAX, FIONBIO },
	{ SCMP_SYS(ioctl), 1, UINT32_MAX, TCGETS },
};

/*
 * What our programs do before they confine themselves, and what starts them: the C library's
 * loader, the container runtime's last steps. hostportctl confines itself to nothing.
 */
static const int start_calls[] = {
	/* programs: as code is mapped */
	SCMP_SYS(arch_prctl),
	SCMP_SYS(execve),
	SCMP_SYS(mmap),
	SCMP_SYS(mprotect),
	SCMP_SYS(set_tid_address),
	/* privileges, and their end */
	SCMP_SYS(capset),
	SCMP_SYS(landlock_add_rule),
	SCMP_SYS(landlock_create_ruleset),
	SCMP_SYS(landlock_restrict_self),
	SCMP_SYS(prctl),
	SCMP_SYS(seccomp),
	SCMP_SYS(setgid),
	SCMP_SYS(setgroups),
	SCMP_SYS(setresgid),
	SCMP_SYS(setresuid),
	SCMP_SYS(setuid),
	/* what the agent sets of itself */
	SCMP_SYS(getpriority),
	SCMP_SYS(setpriority),
	SCMP_SYS(setrlimit),
	/* files: of pins and pages, and the working directory */
	SCMP_SYS(chdir),
	SCMP_SYS(fchmod),
	SCMP_SYS(fchown),
};

static const struct bounded_call start_bounded[] = {
	{ SCMP_SYS(ioctl), 1, UINT32_MAX, FIONBIO },
	{ SCMP_SYS(ioctl), 1, UINT32_MAX, TIOCGWINSZ },
};

/* The lists, and the profiles that they are part of. */
static const struct call_list {
	const int *plain;
	size_t plain_len;
	const struct bounded_call *bounded;
	size_t bounded_len;
	unsigned int profiles; /* bits */
} lists[] = {
	{ agent_calls, ARRAY_LEN(agent_calls), agent_bounded, ARRAY_LEN(agent_bounded),
	  1U << SANDBOX_AGENT | 1U << SANDBOX_CONTAINER },
	{ client_calls, ARRAY_LEN(client_calls), NULL, 0,
	  1U << SANDBOX_CLIENT | 1U << SANDBOX_CONTAINER },
	/* in a container the agent's conditions are those of all */
	{ NULL, 0, client_bounded, ARRAY_LEN(client_bounded), 1U << SANDBOX_CLIENT },
	{ start_calls, ARRAY_LEN(start_calls), start_bounded, ARRAY_LEN(start_bounded),
	  1U << SANDBOX_CONTAINER },
};

/* A call that is in two lists of a profile is allowed once. */
static int unless_twice(int r)
{
	return r == -EEXIST ? 0 : r;
}

/*
 * A negative number: this architecture has no such call. libseccomp then allows the part of
 * socketcall() that does the same, and nothing where there is no socketcall().
 */
static int allow_plain(const struct call_list *list, scmp_filter_ctx filter)
{
	int r = 0;

	for (size_t i = 0; i < list->plain_len && r == 0; i++)
		r = unless_twice(seccomp_rule_add(filter, SCMP_ACT_ALLOW, list->plain[i], 0));
	return r;
}

static int allow_bounded(const struct call_list *list, scmp_filter_ctx filter)
{
	int r = 0;

	for (size_t i = 0; i < list->bounded_len && r == 0; i++) {
		const struct bounded_call *call = &list->bounded[i];
		struct scmp_arg_cmp equal = {
			.arg = call->argument,
			.op = SCMP_CMP_MASKED_EQ,
			.datum_a = call->mask,
			.datum_b = call->value,
		};

		r = unless_twice(seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call->call,
							call->mask ? 1 : 0, &equal));
	}
	return r;
}

static int allow_profile(enum sandbox_profile profile, scmp_filter_ctx filter)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(lists) && r == 0; i++) {
		if (!(lists[i].profiles & 1U << profile))
			continue;
		r = allow_plain(&lists[i], filter);
		if (r == 0)
			r = allow_bounded(&lists[i], filter);
	}
	return r;
}

/* ---- the lists, written down --------------------------------------------------------------- */

/* libseccomp knows the names of other architectures' calls, too: the list is the same on each. */
static int tell(int number, struct sandbox_call *call, sandbox_call_fn fn, void *data)
{
	_cleanup_free_ char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);

	if (!name)
		return -ENOENT;
	call->name = name;
	fn(data, call);
	return 0;
}

static int tell_list(const struct call_list *list, sandbox_call_fn fn, void *data)
{
	int r = 0;

	for (size_t i = 0; i < list->plain_len && r == 0; i++)
		r = tell(list->plain[i], &(struct sandbox_call) { 0 }, fn, data);
	for (size_t i = 0; i < list->bounded_len && r == 0; i++) {
		struct sandbox_call call = {
			.is_bounded = true,
			.argument = list->bounded[i].argument,
			.mask = list->bounded[i].mask,
			.value = list->bounded[i].value,
		};

		r = tell(list->bounded[i].call, &call, fn, data);
	}
	return r;
}

int sandbox_each_call(enum sandbox_profile profile, sandbox_call_fn fn, void *data)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(lists) && r == 0; i++)
		if (lists[i].profiles & 1U << profile)
			r = tell_list(&lists[i], fn, data);
	return r;
}

/* ---- the filter ---------------------------------------------------------------------------- */

static void release_filter(scmp_filter_ctx *filter)
{
	if (*filter)
		seccomp_release(*filter);
}

bool sandbox_is_built_in(void)
{
#ifdef __SANITIZE_ADDRESS__
	return false;
#else
	return true;
#endif
}

/*
 * seccomp_load() of libseccomp 2.5 crashes where an allocation fails, so it must not come to that.
 * (No compiler leaves this out, as it may leave out malloc() and free().)
 */
static bool has_memory_to_load(void)
{
	void *room =
		mmap(NULL, LOAD_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return room != MAP_FAILED && munmap(room, LOAD_BYTES) == 0;
}

int sandbox_enter(enum sandbox_profile profile)
{
	_cleanup_(release_filter) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r;

	if (!filter)
		return -ENOMEM;
	r = allow_profile(profile, filter);
	/* its flags are in memory, so it can't be filtered; glibc falls back to clone() */
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (r == 0)
		r = seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1);
	if (r == 0 && !has_memory_to_load())
		r = -ENOMEM;
	return r < 0 ? r : seccomp_load(filter);
}
