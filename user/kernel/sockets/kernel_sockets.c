// SPDX-License-Identifier: MIT
#include "kernel_sockets.h"

#include <errno.h>

#include "bpf/sockets.skel.h"
#include "../iterator.h"
#include "../libbpf.h"

struct kernel_sockets {
	bool tried; /* to load the iterators */
	struct sockets_bpf *skel;
	struct bpf_link *tcp, *udp; /* NULL: it could not be loaded */
};

int kernel_sockets_new(struct kernel_sockets **ret_sockets)
{
	*ret_sockets = calloc(1, sizeof(**ret_sockets));
	return *ret_sockets ? 0 : -ENOMEM;
}

void kernel_sockets_free(struct kernel_sockets *sockets)
{
	if (!sockets)
		return;
	(void)bpf_link__destroy(sockets->tcp);
	(void)bpf_link__destroy(sockets->udp);
	sockets_bpf__destroy(sockets->skel);
	free(sockets);
}

static void load(struct kernel_sockets *sockets)
{
	struct sockets_bpf *skel = sockets->skel = sockets_bpf__open();

	if (!skel)
		return;
	(void)bpf_program__set_autoload(skel->progs.hp_socket_owners, false);
	if (sockets_bpf__load(skel))
		return;
	sockets->tcp = bpf_program__attach_iter(skel->progs.hp_kernel_tcp, NULL);
	sockets->udp = bpf_program__attach_iter(skel->progs.hp_kernel_udp, NULL);
}

struct reading {
	struct kernel_sockets *sockets;
	kernel_sockets_fn fn;
	void *data;
};

static void on_record(void *data, const void *record)
{
	const struct reading *reading = data;

	reading->fn(reading->data, *(const uint64_t *)record);
}

/* The iterators show the netns that they are read in. */
static int read_both(void *data)
{
	struct reading *reading = data;
	const struct kernel_sockets *sockets = reading->sockets;
	int r = iterator_read(sockets->tcp, sizeof(uint64_t), on_record, reading);

	return r < 0 ? r : iterator_read(sockets->udp, sizeof(uint64_t), on_record, reading);
}

int kernel_sockets_read(struct kernel_sockets *sockets, const struct netns *netns,
			kernel_sockets_fn fn, void *data)
{
	struct reading reading = { sockets, fn, data };
	libbpf_print_fn_t print;

	if (!sockets->tried) {
		sockets->tried = true;
		print = libbpf_set_print(NULL);
		load(sockets);
		(void)libbpf_set_print(print);
	}
	if (!sockets->tcp || !sockets->udp)
		return -EOPNOTSUPP;
	return netns_call(netns, read_both, &reading);
}
