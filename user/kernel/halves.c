// SPDX-License-Identifier: MIT
/* The objects of the programs, on the maps of another. */
#include <errno.h>
#include <string.h>

#include "kernel_internal.h"

static enum half half_of(enum part part)
{
	return PARTS_POST_BIND & 1U << part ? HALF_POST_BIND : HALF_BIND;
}

static struct bpf_program *program_of(const struct hostport_bpf *skel, enum part part)
{
	struct bpf_program *const programs[PART_MAX] = {
		skel->progs.hp_bind4,	       skel->progs.hp_bind6,
		skel->progs.hp_post_bind4,     skel->progs.hp_post_bind6,
		skel->progs.hp_listen_sockops, skel->progs.hp_listen_fexit,
		skel->progs.hp_sctp_bind,      skel->progs.hp_sctp_listen,
		skel->progs.hp_sctp_bindx,
	};

	return programs[part];
}

struct bpf_program *part_program(const struct kernel *kernel, enum part part)
{
	return program_of(kernel->programs[half_of(part)], part);
}

static int choose(const struct hostport_bpf *skel, uint32_t parts)
{
	int r = 0;

	for (enum part p = 0; p < PART_MAX && r == 0; p++)
		r = bpf_program__set_autoload(program_of(skel, p), parts & 1U << p);
	return r;
}

/* The same object has the same maps, in the same order. */
static int use_maps(const struct hostport_bpf *skel, const struct hostport_bpf *from)
{
	const struct bpf_map *have = bpf_object__next_map(from->obj, NULL);
	struct bpf_map *map;
	int r = 0;

	bpf_object__for_each_map(map, skel->obj)
	{
		if (r == 0)
			r = bpf_map__reuse_fd(map, bpf_map__fd(have));
		have = bpf_object__next_map(from->obj, have);
	}
	return r;
}

static int put_casts(struct bpf_program *program, const struct kfunc_ids *ids)
{
	size_t n = bpf_program__insn_cnt(program);
	_cleanup_free_ struct bpf_insn *insns = calloc(n + 1, sizeof(*insns));

	if (!insns)
		return -ENOMEM;
	memcpy(insns, bpf_program__insns(program), n * sizeof(*insns));
	return kfunc_patch(insns, n, ids) ? bpf_program__set_insns(program, insns, n) : 0;
}

static int put_all_casts(const struct kernel *kernel, const struct hostport_bpf *skel,
			 uint32_t parts)
{
	int r = 0;

	for (enum part p = 0; p < PART_MAX && r == 0; p++)
		if (parts & 1U << p)
			r = put_casts(program_of(skel, p), &kernel->btf.casts);
	return r;
}

int half_load(struct kernel *kernel, enum half half, uint32_t parts)
{
	struct hostport_bpf *skel = NULL;
	int r = object_open_again(kernel, &skel);

	if (r < 0)
		return r;
	r = choose(skel, parts);
	if (r == 0)
		r = use_maps(skel, kernel->skel);
	if (r == 0 && kernel->skel->rodata->hp_can_cast)
		r = put_all_casts(kernel, skel, parts);
	if (r == 0)
		r = hostport_bpf__load(skel);
	hostport_bpf__destroy(r < 0 ? skel : kernel->programs[half]);
	kernel->programs[half] = r < 0 ? NULL : skel;
	return r;
}
