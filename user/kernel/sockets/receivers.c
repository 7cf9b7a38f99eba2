// SPDX-License-Identifier: MIT
#include "receivers.h"

#include <errno.h>
#include <string.h>

#include "sockdiag.h"

#define LIST_MIN 64

struct reading {
	receivers_keep_fn keep;
	void *data;
	struct receivers *receivers;
	size_t cap;
	int error;
};

static int grow(struct reading *reading)
{
	size_t cap = reading->cap ? reading->cap * 2 : LIST_MIN;
	struct receivers_socket *list;

	if (cap > RECEIVERS_MAX)
		return -E2BIG;
	list = reallocarray(reading->receivers->list, cap, sizeof(*list));
	if (!list)
		return -ENOMEM;
	reading->receivers->list = list;
	reading->cap = cap;
	return 0;
}

static void on_socket(void *data, const struct receiver *socket)
{
	struct reading *reading = data;
	struct receivers_socket kept = { .socket = *socket };
	struct receivers *receivers = reading->receivers;

	receivers->seen++;
	if (!reading->keep(reading->data, &kept))
		return;
	if (receivers->len == reading->cap && !reading->error)
		reading->error = grow(reading);
	if (!reading->error)
		receivers->list[receivers->len++] = kept;
}

int receivers_read(const struct netns *netns, receivers_keep_fn keep, void *data,
		   struct receivers *ret_receivers)
{
	struct reading reading = { .keep = keep, .data = data, .receivers = ret_receivers };
	int r;

	*ret_receivers = (struct receivers) { 0 };
	r = sockdiag_dump(netns, on_socket, &reading, &ret_receivers->unreadable);
	return r < 0 ? r : reading.error;
}

int receivers_name(struct receivers *receivers, struct socket_owners *finder)
{
	_cleanup_free_ struct socket_owner *owners = NULL;
	const struct socket_owner *owner;
	int r;

	if (!receivers->len)
		return 0;
	owners = calloc(receivers->len, sizeof(*owners));
	if (!owners)
		return -ENOMEM;
	for (size_t i = 0; i < receivers->len; i++)
		owners[i].inode = receivers->list[i].socket.inode;
	r = socket_owners_find(finder, owners, receivers->len);
	if (r < 0)
		return r;
	for (size_t i = 0; i < receivers->len; i++) {
		struct receivers_socket *s = &receivers->list[i];

		owner = socket_owners_of(owners, receivers->len, s->socket.inode);
		if (!owner || !s->socket.inode)
			continue;
		s->pid = owner->pid;
		s->asked = owner->asked;
		memcpy(s->comm, owner->comm, sizeof(s->comm));
	}
	return 0;
}

/* They are few. */
static void on_kernel_socket(void *data, uint64_t cookie)
{
	struct receivers *receivers = data;

	for (size_t i = 0; i < receivers->len; i++)
		if (!receivers->list[i].pid && receivers->list[i].socket.cookie == cookie)
			receivers->list[i].holder = RECEIVER_HOLDER_KERNEL;
}

void receivers_find_holders(struct receivers *receivers, bool all_seen,
			    struct kernel_sockets *kernel_sockets, const struct netns *netns)
{
	bool without = false, told;

	for (size_t i = 0; i < receivers->len; i++) {
		struct receivers_socket *s = &receivers->list[i];

		s->holder = s->pid ? RECEIVER_HOLDER_PROCESS : RECEIVER_HOLDER_UNKNOWN;
		without |= !s->pid;
	}
	if (!without)
		return;
	told = kernel_sockets_read(kernel_sockets, netns, on_kernel_socket, receivers) == 0;
	for (size_t i = 0; i < receivers->len && told && all_seen; i++)
		if (receivers->list[i].holder == RECEIVER_HOLDER_UNKNOWN)
			receivers->list[i].holder = RECEIVER_HOLDER_NONE;
}

static int compare(const void *a, const void *b)
{
	const struct receivers_socket *x = a, *y = b;

	return receiver_compare(&x->socket, &y->socket);
}

void receivers_sort(struct receivers *receivers)
{
	if (receivers->len)
		qsort(receivers->list, receivers->len, sizeof(*receivers->list), compare);
}

void receivers_free(struct receivers *receivers)
{
	free(receivers->list);
	receivers->list = NULL;
	receivers->len = 0;
}
