// SPDX-License-Identifier: MIT
#include "taskfile.h"

#include <errno.h>

#include "bpf/procs.skel.h"
#include "libbpf.h"

#define HOLDERS_READ 512 /* at once */

struct taskfile {
	struct procs_bpf *skel;
	struct bpf_link *link;
};

static int load(struct taskfile *taskfile, uint32_t netns_inum)
{
	taskfile->skel = procs_bpf__open();
	if (!taskfile->skel)
		return -errno;
	taskfile->skel->rodata->hp_target_inum = netns_inum;
	if (procs_bpf__load(taskfile->skel))
		return -errno;
	taskfile->link = bpf_program__attach_iter(taskfile->skel->progs.hp_holders, NULL);
	return taskfile->link ? 0 : -errno;
}

int taskfile_open(uint32_t netns_inum, struct taskfile **ret_taskfile)
{
	_cleanup_(taskfile_closep) struct taskfile *taskfile = calloc(1, sizeof(*taskfile));
	libbpf_print_fn_t print;
	int r;

	if (!taskfile)
		return -ENOMEM;
	print = libbpf_set_print(NULL);
	r = load(taskfile, netns_inum);
	(void)libbpf_set_print(print);
	if (r < 0)
		return r;
	*ret_taskfile = TAKE_PTR(taskfile);
	return 0;
}

void taskfile_close(struct taskfile *taskfile)
{
	if (!taskfile)
		return;
	(void)bpf_link__destroy(taskfile->link);
	procs_bpf__destroy(taskfile->skel);
	free(taskfile);
}

int taskfile_read(struct taskfile *taskfile, taskfile_fn fn, void *data)
{
	_cleanup_close_ int fd = bpf_iter_create(bpf_link__fd(taskfile->link));
	struct hp_holder holders[HOLDERS_READ];
	size_t have = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	for (;;) {
		n = read(fd, (char *)holders + have, sizeof(holders) - have);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		have += (size_t)n;
		for (size_t i = 0; i < have / sizeof(holders[0]); i++)
			fn(data, &holders[i]);
		/* a read may end within a record */
		memmove(holders, (char *)holders + have - have % sizeof(holders[0]),
			have % sizeof(holders[0]));
		have %= sizeof(holders[0]);
	}
}
