// SPDX-License-Identifier: MIT
#include "program_names.h"

#include <errno.h>

#include "bpf/programs.skel.h"
#include "iterator.h"
#include "libbpf.h"

struct program_names {
	struct programs_bpf *skel;
	struct bpf_link *link;
};

static int load(struct program_names *names)
{
	names->skel = programs_bpf__open();
	if (!names->skel || programs_bpf__load(names->skel))
		return -errno;
	names->link = bpf_program__attach_iter(names->skel->progs.hp_programs, NULL);
	return names->link ? 0 : -errno;
}

int program_names_open(struct program_names **ret_names)
{
	_cleanup_(program_names_closep) struct program_names *names = calloc(1, sizeof(*names));
	libbpf_print_fn_t print;
	int r;

	if (!names)
		return -ENOMEM;
	print = libbpf_set_print(NULL);
	r = load(names);
	(void)libbpf_set_print(print);
	if (r < 0)
		return r;
	*ret_names = TAKE_PTR(names);
	return 0;
}

void program_names_close(struct program_names *names)
{
	if (!names)
		return;
	(void)bpf_link__destroy(names->link);
	programs_bpf__destroy(names->skel);
	free(names);
}

struct reading {
	program_names_fn fn;
	void *data;
};

static void on_record(void *data, const void *record)
{
	const struct reading *reading = data;

	reading->fn(reading->data, record);
}

int program_names_read(struct program_names *names, program_names_fn fn, void *data)
{
	struct reading reading = { fn, data };

	return iterator_read(names->link, sizeof(struct hp_program), on_record, &reading);
}
