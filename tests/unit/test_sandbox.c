// SPDX-License-Identifier: MIT
/*
 * What a confined process can do and can't, tried in children. Needs no privilege.
 *
 * Every system call is tried, with arguments that no call accepts. One that the agent needs has to
 * do what it does without the filter; any other one has to fail as the filter says.
 */
#include "sandbox_child.h"

#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include <seccomp.h>

/* Calls that the agent and its children make; of the C library's some only on some machines. */
static const char needed[] =
	/* memory */
	"brk madvise memfd_create mremap munmap "
	/* files */
	"access close close_range dup dup2 dup3 faccessat faccessat2 fcntl fdatasync flock fstat "
	"fstatfs fsync ftruncate getcwd getdents64 lseek _llseek lstat mkdir mkdirat "
	"name_to_handle_at "
	"newfstatat open open_by_handle_at openat openat2 pipe2 pread64 pwrite64 read readlink "
	"readlinkat "
	"readv rename renameat renameat2 rmdir stat statfs statx umask unlink unlinkat write "
	"writev "
	/* events and time */
	"clock_getres clock_gettime clock_nanosleep epoll_create1 epoll_ctl epoll_pwait "
	"epoll_pwait2 epoll_wait eventfd2 gettimeofday inotify_add_watch inotify_init1 "
	"inotify_rm_watch nanosleep poll ppoll restart_syscall signalfd4 time timerfd_create "
	"timerfd_gettime timerfd_settime "
	/* processes */
	"capget futex getegid geteuid getgid getpid getppid getrandom getrlimit getrusage gettid "
	"getuid membarrier pidfd_open prlimit64 rseq rt_sigaction rt_sigpending rt_sigprocmask "
	"sched_getaffinity sched_yield set_robust_list sigaltstack sysinfo tgkill uname wait4 "
	"waitid "
	/* sockets */
	"accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom "
	"recvmsg send sendmsg sendto setsockopt shutdown "
	/* the kernel's programs and maps */
	"bpf";

/* Calls that would do something whatever the arguments: they have tests of their own below. */
static const char tried_apart[] = "exit exit_group fork kill rt_sigreturn sigreturn clone3 "
				  /* which calls these are, their arguments say */
				  "clone ioctl mmap mprotect prctl setns socket "
				  /* if the filter let it pass, a terminal would be hung up */
				  "vhangup";

static bool is_name_of(const char *name, int call)
{
	_cleanup_free_ char *its = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call);

	return its && strcmp(name, its) == 0;
}

/*
 * Mark the calls of a list in a set; one that this machine lacks has no number. Where there is
 * socketcall(), libseccomp has numbers of its own for the names of sockets' calls, also of those
 * that the machine has: so names are found by numbers.
 */
static void mark_calls(const char *names, bool set[LAST_CALL + 1])
{
	_cleanup_free_ char *copy = strdup(names);
	char *save = NULL;

	assert_non_null(copy);
	for (char *name = strtok_r(copy, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
		assert_int_not_equal(seccomp_syscall_resolve_name(name), __NR_SCMP_ERROR);
		for (int call = 0; call <= LAST_CALL; call++)
			if (is_name_of(name, call))
				set[call] = true;
	}
}

/* Calls of the kernel itself, from a probe's code; another caller is killed. No filter sees them.
 */
static bool is_probe(int call)
{
#ifdef __x86_64__
	return call == 335 || call == 336;
#else
	return call < 0;
#endif
}

static void try_call(struct tried *tried, int call)
{
	tried->now = call;
	tried->result[call] = syscall(call, -1L, -1L, -1L, -1L, -1L, -1L) == -1 ? errno : 0;
}

static void try_needed(struct tried *tried)
{
	bool is_needed[LAST_CALL + 1] = { false };

	mark_calls(needed, is_needed);
	for (int call = 0; call <= LAST_CALL; call++)
		if (is_needed[call])
			try_call(tried, call);
}

static void try_all(struct tried *tried)
{
	bool is_apart[LAST_CALL + 1] = { false };

	mark_calls(tried_apart, is_apart);
	for (int call = 0; call <= LAST_CALL; call++)
		if (!is_apart[call] && !is_probe(call))
			try_call(tried, call);
}

static void check_call(int call, const struct tried *free, const struct tried *confined)
{
	_cleanup_free_ char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call);
	char text[64];

	(void)snprintf(text, sizeof(text), "%s (%d)", name ? name : "a call without a name", call);
	check_int(text, confined->result[call],
		  free->result[call] == NOT_TRIED ? EPERM : free->result[call]);
}

static void test_every_call(void **state)
{
	struct tried *free = new_tried(), *confined = new_tried();
	unsigned int refused = 0, allowed = 0;

	(void)state;
	if (!sandbox_is_built_in())
		skip(); /* ASan */
	check_tried(in_child(false, try_needed, free), free);
	check_tried(in_child(true, try_all, confined), confined);
	for (int call = 0; call <= LAST_CALL; call++) {
		if (confined->result[call] == NOT_TRIED)
			continue;
		check_call(call, free, confined);
		*(free->result[call] == NOT_TRIED ? &refused : &allowed) += 1;
	}
	assert_true(allowed > 80);
	assert_true(refused > 200);
	(void)munmap(free, sizeof(*free));
	(void)munmap(confined, sizeof(*confined));
}

/* ---- calls whose arguments decide --------------------------------------------------------- */

static long try_setns(unsigned long type)
{
	return syscall(SYS_setns, -1, type);
}

static long try_clone(unsigned long flags)
{
	/* CLONE_THREAD without CLONE_SIGHAND is no valid combination */
	return call_clone(flags | CLONE_THREAD);
}

/* The kernel's one call for all of sockets, where it has one. */
static long try_socketcall(unsigned long family)
{
#ifdef SYS_socketcall
	const unsigned long arguments[] = { family, SOCK_RAW | 0xfff, -1UL };

	return syscall(SYS_socketcall, 1 /* socket() */, arguments);
#else
	return try_socket(family);
#endif
}

#ifdef SYS_socketcall
#define MAKES_ALL_SOCKETS true
#else
#define MAKES_ALL_SOCKETS false
#endif

static long try_prctl(unsigned long option)
{
	return syscall(SYS_prctl, option, -1L, -1L, -1L, -1L);
}

#define HIGH_BITS (1UL << 32) /* the kernel looks at an int */

static const struct bounded_case bounded_cases[] = {
	{ "socket, unix", try_socket, AF_UNIX, true },
	{ "socket, inet", try_socket, AF_INET, true },
	{ "socket, inet6", try_socket, AF_INET6, true },
	{ "socket, netlink", try_socket, AF_NETLINK, true },
	{ "socket, inet, high bits", try_socket, AF_INET | HIGH_BITS, true },
	{ "socket, packet", try_socket, AF_PACKET, false },
	{ "socket, unspecified", try_socket, AF_UNSPEC, false },
	{ "socket, alg", try_socket, AF_ALG, false },
	{ "socket, vsock", try_socket, AF_VSOCK, false },
	{ "socketcall, packet", try_socketcall, AF_PACKET, MAKES_ALL_SOCKETS },
	{ "setns, network", try_setns, CLONE_NEWNET, true },
	{ "setns, mounts", try_setns, CLONE_NEWNS, false },
	{ "setns, users", try_setns, CLONE_NEWUSER, false },
	{ "clone, a process", try_clone, SIGCHLD, true },
	{ "clone, memory", try_clone, CLONE_VM | CLONE_FILES | CLONE_FS, true },
	{ "clone, cgroup", try_clone, CLONE_NEWCGROUP, false },
	{ "clone, ipc", try_clone, CLONE_NEWIPC, false },
	{ "clone, network", try_clone, CLONE_NEWNET, false },
	{ "clone, mounts", try_clone, CLONE_NEWNS, false },
	{ "clone, pids", try_clone, CLONE_NEWPID, false },
	{ "clone, users", try_clone, CLONE_NEWUSER, false },
	{ "clone, uts", try_clone, CLONE_NEWUTS, false },
	{ "clone, users and memory", try_clone, CLONE_NEWUSER | CLONE_VM, false },
	{ "mmap, none", try_mmap, PROT_NONE, true },
	{ "mmap, data", try_mmap, PROT_READ | PROT_WRITE, true },
	{ "mmap, code", try_mmap, PROT_EXEC, MAPS_CODE },
	{ "mmap, readable code", try_mmap, PROT_READ | PROT_EXEC, MAPS_CODE },
	{ "mmap, all", try_mmap, PROT_READ | PROT_WRITE | PROT_EXEC, MAPS_CODE },
	{ "mprotect, data", try_mprotect, PROT_READ | PROT_WRITE, true },
	{ "mprotect, code", try_mprotect, PROT_EXEC, false },
	{ "mprotect, readable code", try_mprotect, PROT_READ | PROT_EXEC, false },
	{ "ioctl, is it a terminal", try_ioctl, TCGETS, true },
	{ "ioctl, waiting bytes", try_ioctl, FIONREAD, true },
	{ "ioctl, the kind of a namespace", try_ioctl, NS_GET_NSTYPE, true },
	{ "ioctl, terminal input", try_ioctl, TIOCSTI, false },
	{ "ioctl, the parent of a namespace", try_ioctl, NS_GET_PARENT, false },
	{ "prctl, death of the parent", try_prctl, PR_SET_PDEATHSIG, true },
	{ "prctl, the filter", try_prctl, PR_GET_SECCOMP, true },
	{ "prctl, new privileges", try_prctl, PR_GET_NO_NEW_PRIVS, true },
	{ "prctl, a capability", try_prctl, PR_CAPBSET_READ, true },
	{ "prctl, to drop a capability", try_prctl, PR_CAPBSET_DROP, false },
	{ "prctl, core dumps", try_prctl, PR_SET_DUMPABLE, false },
	{ "prctl, a tracer", try_prctl, 0x59616d61 /* PR_SET_PTRACER */, false },
	{ "prctl, another filter", try_prctl, PR_SET_SECCOMP, false },
	{ "prctl, ambient capabilities", try_prctl, PR_CAP_AMBIENT, false },
};

static void try_bounded(struct tried *tried)
{
	for (size_t i = 0; i < ARRAY_LEN(bounded_cases); i++) {
		const struct bounded_case *c = &bounded_cases[i];

		tried->now = (int)i;
		if (c->allowed || !tried->only_allowed)
			tried->result[i] = c->try(c->argument) < 0 ? errno : 0;
	}
}

static void test_arguments(void **state)
{
	struct tried *free = new_tried(), *confined = new_tried();

	(void)state;
	if (!sandbox_is_built_in())
		skip();
	free->only_allowed = true;
	check_tried(in_child(false, try_bounded, free), free);
	check_tried(in_child(true, try_bounded, confined), confined);
	for (size_t i = 0; i < ARRAY_LEN(bounded_cases); i++) {
		const struct bounded_case *c = &bounded_cases[i];

		assert_int_not_equal(free->result[i], EPERM);
		/* once confined, a process is told so */
		if (c->argument == PR_GET_SECCOMP && c->try == try_prctl)
			check_int(c->name, confined->result[i], 0);
		else
			check_int(c->name, confined->result[i],
				  c->allowed ? free->result[i] : EPERM);
	}
	(void)munmap(free, sizeof(*free));
	(void)munmap(confined, sizeof(*confined));
}

static bool is_allowed(const struct bounded_case *like, unsigned long argument)
{
	for (size_t i = 0; i < ARRAY_LEN(bounded_cases); i++)
		if (bounded_cases[i].try == like->try && bounded_cases[i].argument == argument)
			return bounded_cases[i].allowed;
	return false;
}

/* Nothing is allowed that differs in a bit: status 1 says that something is. */
static void try_neighbours(struct tried *tried)
{
	for (size_t i = 0; i < ARRAY_LEN(bounded_cases); i++) {
		const struct bounded_case *c = &bounded_cases[i];

		tried->now = (int)i;
		if (!c->allowed || c->try == try_clone || c->try == try_mmap ||
		    c->try == try_mprotect || c->try == try_socketcall)
			continue;
		for (unsigned int bit = 0; bit < 32; bit++)
			if (!is_allowed(c, (uint32_t)c->argument ^ 1U << bit) &&
			    (c->try((uint32_t)c->argument ^ 1U << bit) >= 0 || errno != EPERM))
				_exit(1);
	}
}

static void test_neighbours(void **state)
{
	struct tried *tried = new_tried();

	(void)state;
	if (!sandbox_is_built_in())
		skip();
	check_tried(in_child(true, try_neighbours, tried), tried);
	(void)munmap(tried, sizeof(*tried));
}

/* ---- calls that do something -------------------------------------------------------------- */

static void on_signal(int number)
{
	(void)number;
}

static void try_exit(struct tried *tried)
{
	(void)tried;
	(void)syscall(SYS_exit, 40);
}

static void try_exit_group(struct tried *tried)
{
	(void)tried;
	(void)syscall(SYS_exit_group, 41);
}

/* A return from a signal's handler is a system call. */
static void try_signals(struct tried *tried)
{
	(void)tried;
	if (signal(SIGUSR1, on_signal) == SIG_ERR || raise(SIGUSR1) != 0 ||
	    kill(getpid(), SIGUSR1) < 0)
		_exit(1);
	_exit(42);
}

/* As the canary does it. */
static void try_fork(struct tried *tried)
{
	int status;
	pid_t pid = fork();

	(void)tried;
	if (pid == 0)
		_exit(7);
	_exit(pid > 0 && waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 7 ? 43 : 1);
}

static void try_raw_fork(struct tried *tried)
{
#ifdef SYS_fork
	long pid = syscall(SYS_fork);
	int status;

	if (pid == 0)
		_exit(7);
	_exit(pid > 0 && waitpid((pid_t)pid, &status, 0) == pid && WEXITSTATUS(status) == 7 ? 44 :
											      1);
#else
	_exit(44);
#endif
}

/* ENOSYS is what the C library takes for "not on this kernel", and then uses clone(). */
static void try_clone3(struct tried *tried)
{
	(void)tried;
	_exit(syscall(SYS_clone3, NULL, 0) < 0 && errno == ENOSYS ? 45 : 1);
}

static void try_files(struct tried *tried)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/status", "re");
	char line[256];

	(void)tried;
	_exit(f && fgets(line, sizeof(line), f) && lseek(fileno(f), 0, SEEK_SET) == 0 &&
			      isatty(0) >= 0 ?
		      46 :
		      1);
}

static void try_memory(struct tried *tried)
{
	char *p = malloc(1 << 22);

	(void)tried;
	if (!p)
		_exit(1);
	memset(p, 1, 1 << 22);
	free(p);
	_exit(47);
}

static void try_privileges(struct tried *tried)
{
	(void)tried;
	_exit(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
			      prctl(PR_GET_SECCOMP) == 2 /* SECCOMP_MODE_FILTER */ ?
		      48 :
		      1);
}

static const struct {
	const char *name;
	void (*try)(struct tried *);
	int status;
} doing[] = {
	{ "exit", try_exit, 40 },
	{ "exit_group", try_exit_group, 41 },
	{ "signals", try_signals, 42 },
	{ "fork", try_fork, 43 },
	{ "fork, as a call", try_raw_fork, 44 },
	{ "clone3", try_clone3, 45 },
	{ "files", try_files, 46 },
	{ "memory", try_memory, 47 },
	{ "no new privileges, and a filter", try_privileges, 48 },
	{ "a thread", try_pthread, 60 },
};

static void test_doing(void **state)
{
	(void)state;
	if (!sandbox_is_built_in())
		skip();
	for (size_t i = 0; i < ARRAY_LEN(doing); i++)
		check_int(doing[i].name, in_child(true, doing[i].try, NULL), doing[i].status);
	check_int("of this process", prctl(PR_GET_SECCOMP), 0);
}

/* ---- calls that the C library makes of others --------------------------------------------- */

/* Standard output may be a socket. On some machines send() and recv() are calls, or socketcall().
 */
static void try_send(struct tried *tried)
{
	char byte = 0;

	_exit(send(tried->result[0], "x", 1, MSG_NOSIGNAL) == 1 &&
			      recv(tried->result[1], &byte, 1, 0) == 1 && byte == 'x' ?
		      49 :
		      1);
}

static void test_send(void **state)
{
	struct tried *tried = new_tried();

	(void)state;
	if (!sandbox_is_built_in())
		skip();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, tried->result), 0);
	check_int("send, recv", in_child(true, try_send, tried), 49);
	(void)close(tried->result[0]);
	(void)close(tried->result[1]);
	(void)munmap(tried, sizeof(*tried));
}

/* A terminal has to be known as one: the number of the request has a size in it on ppc64le. */
static void try_terminal(struct tried *tried)
{
	_exit(isatty(tried->result[0]) == 1 ? 50 : 1);
}

static void test_terminal(void **state)
{
	struct tried *tried = new_tried();

	(void)state;
	tried->result[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (!sandbox_is_built_in() || tried->result[0] < 0)
		skip(); /* no terminal to be had */
	check_int("free", in_child(false, try_terminal, tried), 50);
	check_int("confined", in_child(true, try_terminal, tried), 50);
	(void)close(tried->result[0]);
	(void)munmap(tried, sizeof(*tried));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_call), cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_neighbours), cmocka_unit_test(test_doing),
		cmocka_unit_test(test_send),	   cmocka_unit_test(test_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
