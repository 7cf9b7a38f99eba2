// SPDX-License-Identifier: MIT
#include "taskfile.h"

#include <errno.h>

#include "bpf/procs.skel.h"
#include "iterator.h"
#include "libbpf.h"

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

struct reading {
	taskfile_fn fn;
	void *data;
};

static void on_record(void *data, const void *record)
{
	const struct reading *reading = data;

	reading->fn(reading->data, record);
}

int taskfile_read(struct taskfile *taskfile, taskfile_fn fn, void *data)
{
	struct reading reading = { fn, data };

	return iterator_read(taskfile->link, sizeof(struct hp_holder), on_record, &reading);
}
