/* SPDX-License-Identifier: MIT */
/* Calls tried in a child that is confined, or not. */
#pragma once

#include "test.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../user/agent/sandbox.h"
#include "../../user/base/cleanup.h"

#define LAST_CALL 470 /* later ones are new: nobody makes them */
#define LIMIT_S	  60  /* for a child */
#define NOT_TRIED (-1)

/* Results of a child: an errno, or 0. */
struct tried {
	bool only_allowed; /* of calls whose arguments decide */
	int now;	   /* the one at hand, if the child dies */
	int result[LAST_CALL + 1];
};

/* cmocka catches some. */
static inline void let_signals_kill(void)
{
	static const int caught[] = { SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGSYS };

	for (size_t i = 0; i < ARRAY_LEN(caught); i++)
		(void)signal(caught[i], SIG_DFL);
}

/* Run a function in a child, confined or not. Its exit status; the negative signal it died of. */
static inline int in_child_as(enum sandbox_profile profile, bool confined,
			      void (*fn)(struct tried *), struct tried *tried)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		let_signals_kill();
		(void)alarm(LIMIT_S);
		if (confined && sandbox_enter(profile) < 0)
			_exit(255);
		fn(tried);
		_exit(0);
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static inline int in_child(bool confined, void (*fn)(struct tried *), struct tried *tried)
{
	return in_child_as(SANDBOX_AGENT, confined, fn, tried);
}

static inline struct tried *new_tried(void)
{
	struct tried *tried = mmap(NULL, sizeof(*tried), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(tried, MAP_FAILED);
	for (int i = 0; i <= LAST_CALL; i++)
		tried->result[i] = NOT_TRIED;
	return tried;
}

static inline void check_tried(int status, const struct tried *tried)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "a child, at call %d", tried->now);
	check_int(name, status, 0);
}

static inline long try_socket(unsigned long family)
{
	return syscall(SYS_socket, family, SOCK_RAW | 0xfff, -1);
}

/* On s390x its arguments are in memory, where no filter sees them. */
static inline long try_mmap(unsigned long protection)
{
#ifdef __s390x__
	const unsigned long arguments[] = {
		0, 0, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1UL, 0
	};

	return syscall(SYS_mmap, arguments);
#else
	return syscall(SYS_mmap, 0, 0, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
#endif
}

#ifdef __s390x__
#define MAPS_CODE true
#else
#define MAPS_CODE false
#endif

/* clone() as a call: its flags are the second argument on s390x. */
static inline long call_clone(unsigned long flags)
{
#ifdef __s390x__
	return syscall(SYS_clone, NULL, flags, NULL, NULL, NULL);
#else
	return syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
#endif
}

static inline void *do_nothing(void *data)
{
	return data;
}

/* Can it have a thread? Status 60. */
static inline void try_pthread(struct tried *tried)
{
	pthread_t thread;

	(void)tried;
	_exit(pthread_create(&thread, NULL, do_nothing, NULL) == 0 &&
			      pthread_join(thread, NULL) == 0 ?
		      60 :
		      1);
}

static inline long try_mprotect(unsigned long protection)
{
	return syscall(SYS_mprotect, 1, 1, protection);
}

static inline long try_ioctl(unsigned long request)
{
	return syscall(SYS_ioctl, -1, request, "x");
}

/* What is refused fails with EPERM; else with what the kernel says of the other arguments. */
struct bounded_case {
	const char *name;
	long (*try)(unsigned long argument);
	unsigned long argument;
	bool allowed;
};
