// SPDX-License-Identifier: MIT
#include "socket_iterator.h"

#include <errno.h>

#include "bpf/sockets.skel.h"
#include "../iterator.h"
#include "../libbpf.h"

struct socket_iterator {
	struct sockets_bpf *skel;
	struct bpf_link *link;
};

static int load(struct socket_iterator *iterator, uint32_t netns_inum)
{
	iterator->skel = sockets_bpf__open();
	if (!iterator->skel)
		return -errno;
	(void)bpf_program__set_autoload(iterator->skel->progs.hp_kernel_tcp, false);
	(void)bpf_program__set_autoload(iterator->skel->progs.hp_kernel_udp, false);
	iterator->skel->rodata->hp_target_inum = netns_inum;
	if (sockets_bpf__load(iterator->skel))
		return -errno;
	iterator->link = bpf_program__attach_iter(iterator->skel->progs.hp_socket_owners, NULL);
	return iterator->link ? 0 : -errno;
}

int socket_iterator_open(uint32_t netns_inum, struct socket_iterator **ret_iterator)
{
	_cleanup_(socket_iterator_closep) struct socket_iterator *iterator =
		calloc(1, sizeof(*iterator));
	libbpf_print_fn_t print;
	int r;

	if (!iterator)
		return -ENOMEM;
	print = libbpf_set_print(NULL);
	r = load(iterator, netns_inum);
	(void)libbpf_set_print(print);
	if (r < 0)
		return r;
	*ret_iterator = TAKE_PTR(iterator);
	return 0;
}

void socket_iterator_close(struct socket_iterator *iterator)
{
	if (!iterator)
		return;
	(void)bpf_link__destroy(iterator->link);
	sockets_bpf__destroy(iterator->skel);
	free(iterator);
}

struct reading {
	socket_iterator_fn fn;
	void *data;
};

static void on_record(void *data, const void *record)
{
	const struct reading *reading = data;

	reading->fn(reading->data, record);
}

int socket_iterator_read(struct socket_iterator *iterator, socket_iterator_fn fn, void *data)
{
	struct reading reading = { fn, data };

	return iterator_read(iterator->link, sizeof(struct hp_socket_owner), on_record, &reading);
}
