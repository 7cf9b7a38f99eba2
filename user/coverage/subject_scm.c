// SPDX-License-Identifier: MIT
/* The socket, or the task that binds it, moves to another cgroup before the bind(). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "helper.h"
#include "lab.h"
#include "subject_take.h"

/* The cgroups in which the socket is made and bound; NULL: the subject's. */
struct scm {
	const char *maker, *binder;
	int to_binder, from_maker;
};

static bool enter_cgroup(struct subject *s, const char *cgroup)
{
	return !cgroup || subject_step(s, "cgroup", -lab_enter(cgroup));
}

/* A message of one byte with room for a descriptor, to send or to receive. */
struct message {
	char byte;
	struct iovec iov;
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	struct msghdr hdr;
};

static struct cmsghdr *message_init(struct message *m)
{
	memset(m, 0, sizeof(*m));
	m->iov = (struct iovec) { .iov_base = &m->byte, .iov_len = 1 };
	m->hdr = (struct msghdr) {
		.msg_iov = &m->iov,
		.msg_iovlen = 1,
		.msg_control = m->control,
		.msg_controllen = sizeof(m->control),
	};
	return CMSG_FIRSTHDR(&m->hdr);
}

static bool send_socket(struct subject *s, int to)
{
	struct message m;
	struct cmsghdr *c = message_init(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &s->fd, sizeof(int));
	return subject_step(s, "sendmsg", sendmsg(to, &m.hdr, MSG_NOSIGNAL) < 0 ? errno : 0);
}

/* The message is there: its sender has reported. */
static bool receive_socket(struct subject *s, int from)
{
	struct message m;
	struct cmsghdr *c = message_init(&m);

	if (!subject_step(s, "recvmsg",
			  recvmsg(from, &m.hdr, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0 ? errno : 0))
		return false;
	if (m.hdr.msg_controllen < CMSG_LEN(sizeof(int)))
		return subject_step(s, "recvmsg", EBADMSG);
	memcpy(&s->fd, CMSG_DATA(c), sizeof(int));
	return true;
}

/* The maker closes the socket, so only the binder has it then. */
static void make_and_send(struct subject *s, const void *ctx)
{
	const struct scm *scm = ctx;

	if (enter_cgroup(s, scm->maker) && subject_open(s) && send_socket(s, scm->to_binder))
		(void)close(TAKE_FD(s->fd));
}

static void receive_and_bind(struct subject *s, const void *ctx)
{
	const struct scm *scm = ctx;

	if (enter_cgroup(s, scm->binder) && receive_socket(s, scm->from_maker))
		subject_bind_and_listen(s);
}

static void pass_socket(struct subject *s, const char *maker, const char *binder)
{
	struct scm scm = { .maker = maker, .binder = binder };
	int pair[2];

	if (!subject_step(s, "socketpair",
			  socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ? errno : 0))
		return;
	_cleanup_close_ int from_maker = pair[0];
	_cleanup_close_ int to_binder = pair[1];

	scm.from_maker = from_maker;
	scm.to_binder = to_binder;
	if (helper_start(s, make_and_send, &scm))
		(void)helper_start(s, receive_and_bind, &scm);
}

/* Make a cgroup below the subject's, if it is not there. */
static bool make_cgroup_below(struct subject *s, char path[static PATH_MAX])
{
	(void)snprintf(path, PATH_MAX, "%s/below", s->cgroup);
	return subject_step(s, "mkdir", mkdir(path, 0755) < 0 && errno != EEXIST ? errno : 0);
}

void subject_take_scm_up(struct subject *s)
{
	char path[PATH_MAX];

	if (make_cgroup_below(s, path))
		pass_socket(s, path, NULL);
}

void subject_take_scm_down(struct subject *s)
{
	char path[PATH_MAX];

	if (make_cgroup_below(s, path))
		pass_socket(s, NULL, path);
}

void subject_take_scm_outside(struct subject *s)
{
	pass_socket(s, s->other_cgroup, NULL);
}

void subject_take_scm_away(struct subject *s)
{
	pass_socket(s, NULL, s->other_cgroup);
}

static void move_and_bind(struct subject *s, const void *ctx)
{
	if (subject_open(s) && enter_cgroup(s, s->other_cgroup))
		subject_bind_and_listen(s);
}

void subject_take_cgroup_move(struct subject *s)
{
	(void)helper_start(s, move_and_bind, NULL);
}
