// SPDX-License-Identifier: MIT
#include "pod_process.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "../base/log.h"

#define PROGRAM	    "hostportd-pods"
#define RECORDS_MAX 256	 /* at a time, before others get their turn */
#define FD	    0	 /* it has the socket there */
#define END_MS	    2000 /* for it to end */

/* The program lies beside the agent's. */
static int find_program(char ret_path[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", ret_path, PATH_MAX - sizeof(PROGRAM) - 1);
	char *slash;

	if (n <= 0)
		return -errno;
	ret_path[n] = '\0';
	slash = strrchr(ret_path, '/');
	if (!slash)
		return -ENOENT;
	(void)strcpy(slash + 1, PROGRAM);
	return access(ret_path, X_OK) < 0 ? -errno : 0;
}

/* In the child: as little as may be, then the other program. */
static void become(const struct pod_process *process, const char *path, int fd)
{
	_cleanup_buf_ struct buf node = { 0 }, kubeconfig = { 0 }, ca = { 0 };
	char kubelet[] = "--kubelet", read_node[] = "--read-node";
	char *argv[7] = { (char[]) { PROGRAM } };
	size_t len = 2;
	sigset_t none;

	buf_printf(&node, "--node=%s", process->node);
	argv[1] = node.data;
	if (process->kubeconfig) {
		buf_printf(&kubeconfig, "--kubeconfig=%s", process->kubeconfig);
		argv[len++] = kubeconfig.data;
	}
	if (process->kubelet)
		argv[len++] = kubelet;
	if (process->kubelet_ca) {
		buf_printf(&ca, "--kubelet-ca=%s", process->kubelet_ca);
		argv[len++] = ca.data;
	}
	if (process->wants_node)
		argv[len] = read_node;
	(void)sigemptyset(&none);
	if (node.failed || kubeconfig.failed || ca.failed || dup2(fd, FD) < 0 ||
	    dup2(STDERR_FILENO, 1) < 0 || close_range(3, UINT_MAX, 0) < 0 ||
	    sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		_exit(127);
	(void)execv(path, argv);
	_exit(127);
}

static bool ends_soon(int pid)
{
	_cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return fd >= 0 && poll(&poll_fd, 1, END_MS) > 0;
}

/* It ends itself when the socket is closed, and a process of its own before that. */
static void end(struct pod_process *process)
{
	loop_remove(process->source);
	process->source = NULL;
	if (process->fd >= 0)
		(void)close(TAKE_FD(process->fd));
	if (process->pid) {
		if (!ends_soon(process->pid))
			(void)kill(process->pid, SIGKILL);
		(void)waitpid(process->pid, NULL, 0);
	}
	process->pid = 0;
	free(process->bytes);
	process->bytes = NULL;
}

/* One record. 1; 0: there is none now; a negative errno: there will be none any more. */
static int receive(struct pod_process *process)
{
	struct pod_record record = { 0 };
	ssize_t n = recv(process->fd, process->bytes, POD_RECORD_MAX, MSG_DONTWAIT | MSG_TRUNC);
	int r;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n == 0)
		return -ECONNRESET;
	/* one that was cut is too long for it */
	r = pod_record_parse(process->bytes, (size_t)n, &record);
	process->on_record(process->data, r == 0 ? &record : NULL);
	return 1;
}

static void on_records(void *data, uint32_t events)
{
	struct pod_process *process = data;
	int r = 1;

	(void)events;
	for (int i = 0; r == 1 && i < RECORDS_MAX; i++)
		r = receive(process);
	if (r >= 0)
		return;
	end(process);
	process->on_end(process->data);
}

int pod_process_start(struct pod_process *process, struct loop *loop)
{
	int fds[2], r;
	char path[PATH_MAX];

	process->fd = -1;
	r = find_program(path);
	if (r < 0)
		return r;
	/* now: without memory later on, records that can't be read would keep the loop busy */
	process->bytes = malloc(POD_RECORD_MAX);
	if (!process->bytes)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0) {
		r = -errno;
		end(process);
		return r;
	}
	process->fd = fds[0];
	process->pid = fork();
	if (process->pid == 0)
		become(process, path, fds[1]);
	r = process->pid < 0 ? -errno : 0;
	(void)close(fds[1]);
	if (r == 0)
		r = loop_add(loop, process->fd, EPOLLIN, on_records, process, &process->source);
	if (r < 0) {
		process->pid = process->pid < 0 ? 0 : process->pid;
		end(process);
	}
	return r;
}

void pod_process_wait(struct pod_process *process, uint64_t ms)
{
	struct pollfd poll_fd = { .fd = process->fd, .events = POLLIN };

	if (poll(&poll_fd, 1, (int)ms) > 0)
		on_records(process, 0);
}

int pod_process_send(const struct pod_process *process, const void *bytes, size_t len)
{
	if (!process->pid)
		return -ENOTCONN;
	return send(process->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

void pod_process_stop(struct pod_process *process)
{
	if (process->pid)
		end(process);
}
