// SPDX-License-Identifier: MIT
#include "keeper.h"

#include <errno.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "../base/status.h"
#include "../pods/pod_record.h"
#include "access.h"
#include "confine.h"
#include "worker.h"

#define LOOK_MS	    1000
#define WAIT_MIN_MS 1000
#define WAIT_MAX_MS 60000

/* To read credentials, make a worker another user, and end it then. */
#define CAPABILITIES                                                                               \
	(1U << CAP_DAC_READ_SEARCH | 1U << CAP_SETUID | 1U << CAP_SETGID | 1U << CAP_KILL)

struct state {
	const struct keeper *keeper;
	struct access access;
	bool known;		    /* the access is */
	bool stale;		    /* it could not be read again */
	pid_t worker;		    /* 0: none */
	uint64_t read_ms, start_ms; /* when to read the credentials, and to start a worker, next */
	unsigned int wait_ms;
};

/* ---- the worker's process ------------------------------------------------------------------ */

static void warn(const char *what, int r)
{
	if (r < 0)
		log_warning("%s: %s", what, strerror(-r));
}

/* Nothing of what it reads from the network is to meet a privilege. */
static int become_worker(const struct state *state, pid_t parent)
{
	const struct keeper *keeper = state->keeper;
	const struct worker_task task = {
		.node = keeper->node,
		.kubelet = keeper->kubelet,
		.wants_node = keeper->wants_node,
		.socket_fd = keeper->fd,
	};
	int r;

	warn("pods: the user can't be changed", confine_user());
	r = confine_capabilities(0);
	if (r < 0) {
		log_error("pods: capabilities: %s", strerror(-r));
		return EXIT_SYSTEM;
	}
	/* changing the user undoes it */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || getppid() != parent)
		return EXIT_SYSTEM;
	r = confine_files();
	if (r != -ENOSYS && r != -EOPNOTSUPP) /* before Linux 5.13, or not asked for at boot */
		warn("pods: files are not limited", r);
	warn("pods: system calls are not filtered", keeper->confine());
	return worker_run(&state->access, &task);
}

static void start_worker(struct state *state, uint64_t now_ms)
{
	pid_t self = getpid(), pid = fork();

	if (pid == 0)
		_exit(become_worker(state, self));
	warn("pods: no process can be started", pid < 0 ? -errno : 0);
	state->worker = pid > 0 ? pid : 0;
	state->start_ms = now_ms + state->wait_ms;
	state->wait_ms = state->wait_ms < WAIT_MAX_MS / 2 ? 2 * state->wait_ms : WAIT_MAX_MS;
}

static void end_worker(struct state *state)
{
	if (!state->worker)
		return;
	(void)kill(state->worker, SIGKILL); /* it has nothing to put in order */
	(void)waitpid(state->worker, NULL, 0);
	state->worker = 0;
}

/* ---- the keeper's -------------------------------------------------------------------------- */

static void say_down(const struct state *state, const char *why)
{
	_cleanup_buf_ struct buf record = { 0 };

	pod_record_begin(&record, POD_RECORD_DOWN);
	pod_record_put(&record, POD_PART_MESSAGE, why, strnlen(why, POD_MESSAGE_MAX));
	if (!record.failed)
		(void)send(state->keeper->fd, record.data, record.len, MSG_NOSIGNAL);
}

static int read_credentials(const struct keeper *keeper, struct access *ret_access, struct buf *why)
{
	if (keeper->kubelet && !keeper->kubeconfig)
		return access_read_kubelet(keeper->node, keeper->kubelet_ca, ret_access, why);
	return access_read(keeper->kubeconfig, ret_access, why);
}

/* What can't be read any more is kept; what has changed needs another worker. */
static void read_access(struct state *state, uint64_t now_ms)
{
	_cleanup_buf_ struct buf why = { 0 };
	struct access access = { 0 };
	int r = read_credentials(state->keeper, &access, &why);

	state->read_ms = now_ms + (state->known || r == 0 ? state->keeper->every_s * 1000ULL :
							    WAIT_MIN_MS * 5);
	if (r < 0) {
		if (!state->known)
			say_down(state, why.data ? why.data : strerror(-r));
		else if (!state->stale)
			log_warning("pods: %s: the credentials known stay",
				    why.data ? why.data : strerror(-r));
		state->stale = state->known;
		return;
	}
	state->stale = false;
	if (state->known && access_same(&access, &state->access)) {
		access_free(&access);
		return;
	}
	end_worker(state);
	access_free(&state->access);
	state->access = access;
	state->known = true;
	state->start_ms = now_ms;
	state->wait_ms = WAIT_MIN_MS;
}

static void look_after_worker(struct state *state, uint64_t now_ms)
{
	int status;

	if (state->worker && waitpid(state->worker, &status, WNOHANG) == state->worker) {
		state->worker = 0;
		say_down(state, "the process that reads pods has ended; it is started again");
	}
	/* one that has run for long is started again at once */
	if (state->worker && now_ms > state->start_ms + WAIT_MAX_MS)
		state->wait_ms = WAIT_MIN_MS;
	if (!state->worker && state->known && now_ms >= state->start_ms)
		start_worker(state, now_ms);
}

static void ignore_signals(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };

	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		(void)signal(signals[i], SIG_IGN);
}

static bool is_hung_up(int fd)
{
	struct pollfd poll_fd = { .fd = fd };

	return poll(&poll_fd, 1, LOOK_MS) > 0;
}

int keeper_run(const struct keeper *keeper)
{
	struct state state = { .keeper = keeper, .wait_ms = WAIT_MIN_MS };

	ignore_signals();
	warn("pods: capabilities", confine_capabilities(CAPABILITIES));

	do {
		uint64_t now_ms = clock_boot_ms();

		if (now_ms >= state.read_ms)
			read_access(&state, now_ms);
		look_after_worker(&state, now_ms);
	} while (!is_hung_up(keeper->fd));
	end_worker(&state);
	access_free(&state.access);
	return EXIT_OK;
}
