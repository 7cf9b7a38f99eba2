// SPDX-License-Identifier: MIT
#include "control.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clients.h"
#include "control_socket.h"

struct control {
	struct loop_source *source;
	struct loop_source *timer;
	bool full; /* connections wait: there was no descriptor for one */
	int fd, lock_fd;
	char *path;
	struct clients clients;
};

static void on_tick(void *data, uint32_t events)
{
	struct control *control = data;

	(void)events;
	control->clients.timing = clients_expire(&control->clients);
	if (control->full)
		(void)loop_modify(control->source, EPOLLIN);
	control->full = false;
	if (!control->clients.timing)
		(void)loop_timer_set(control->timer, 0, 0);
}

/* Without a descriptor for it a connection would be announced again and again. */
static void pause_accepting(struct control *control)
{
	(void)loop_modify(control->source, 0);
	control->full = true;
	clients_start_timer(&control->clients);
}

static bool is_trusted(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return false;
	return peer.uid == 0 || peer.uid == geteuid();
}

static void on_connection(void *data, uint32_t events)
{
	struct control *control = data;
	int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	const char *refusal = NULL;

	(void)events;
	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
			pause_accepting(control);
		return;
	}
	if (control->clients.len >= CONTROL_CLIENTS_MAX)
		refusal = "too many clients";
	else if (!is_trusted(fd))
		refusal = "only root may ask";
	(void)clients_add(&control->clients, fd, refusal);
}

int control_open(struct loop *loop, const char *path, struct history *history,
		 control_document_fn document, void *data, struct control **ret_control)
{
	_cleanup_(control_closep) struct control *control = calloc(1, sizeof(*control));
	int r;

	if (!control)
		return -ENOMEM;
	*control = (struct control) {
		.fd = -1,
		.lock_fd = -1,
		.clients = {
			.loop = loop,
			.history = history,
			.document = document,
			.data = data,
		},
	};
	control->lock_fd = control_socket_lock(path);
	if (control->lock_fd < 0)
		return control->lock_fd;
	control->fd = control_socket_listen(path);
	if (control->fd < 0) {
		control_socket_unlock(path, TAKE_FD(control->lock_fd));
		return control->fd;
	}
	control->path = strdup(path);
	if (!control->path)
		return -ENOMEM;
	r = loop_timer(loop, on_tick, control, &control->timer);
	if (r == 0)
		r = loop_add(loop, control->fd, EPOLLIN, on_connection, control, &control->source);
	if (r < 0)
		return r;
	control->clients.timer = control->timer;
	*ret_control = TAKE_PTR(control);
	return 0;
}

void control_close(struct control *control)
{
	if (!control)
		return;
	clients_free(&control->clients);
	loop_remove(control->source);
	loop_remove(control->timer);
	if (control->path)
		(void)unlink(control->path);
	if (control->fd >= 0)
		(void)close(control->fd);
	if (control->lock_fd >= 0 && control->path)
		control_socket_unlock(control->path, control->lock_fd);
	else if (control->lock_fd >= 0)
		(void)close(control->lock_fd);
	free(control->path);
	free(control);
}

void control_tell(struct control *control, struct line *line)
{
	clients_tell(&control->clients, line);
}

void control_flush(struct control *control)
{
	clients_flush(&control->clients);
}

void control_stats(const struct control *control, unsigned int *ret_tails, uint64_t *ret_lost)
{
	clients_stats(&control->clients, ret_tails, ret_lost);
}
