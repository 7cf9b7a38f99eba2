// SPDX-License-Identifier: MIT
/* Pins that somebody has removed, or in whose place something else is, are made anew. */
#include <errno.h>

#include "kernel_internal.h"

/* The id of a map or of a link; 0: it can't be had. */
static uint32_t id_of(int fd, enum pins_kind kind)
{
	struct bpf_map_info map = { 0 };
	struct bpf_link_info link = { 0 };
	void *info = kind == PINS_MAP ? (void *)&map : (void *)&link;
	uint32_t len = kind == PINS_MAP ? sizeof(map) : sizeof(link);

	if (bpf_obj_get_info_by_fd(fd, info, &len))
		return 0;
	return kind == PINS_MAP ? map.id : link.id;
}

/* Pin what is not pinned. 1; 0: it is, or that can't be seen now; or a negative errno. */
static int mend(const struct kernel *kernel, const char *name, enum pins_kind kind, int fd)
{
	_cleanup_close_ int pinned = pins_get(kernel->pins, name, kind);
	int r;

	if (pinned < 0 && !adopt_means_none(pinned))
		return 0; /* for want of descriptors, or of memory */
	if (pinned >= 0 && id_of(pinned, kind) == id_of(fd, kind))
		return 0;
	r = pins_put(kernel->pins, name, fd);
	return r < 0 ? r : 1;
}

static int mend_maps(const struct kernel *kernel)
{
	const struct bpf_map *map;
	int sum = 0;

	bpf_object__for_each_map(map, kernel->skel->obj)
	{
		struct adopt_pin name = adopt_pin_of(map);
		int r = 0;

		if (adopt_is_kept(map) && map != kernel->skel->maps.hp_info)
			r = mend(kernel, name.text, PINS_MAP, bpf_map__fd(map));
		if (r < 0)
			return r;
		sum += r;
	}
	return sum;
}

static int mend_links(const struct kernel *kernel)
{
	int sum = 0;

	for (enum program p = 0; p < PROGRAMS; p++) {
		int r = 0;

		if (kernel->links[p])
			r = mend(kernel, program_table[p].pin, PINS_A_LINK,
				 bpf_link__fd(kernel->links[p]));
		if (r < 0)
			return r;
		sum += r;
	}
	return sum;
}

/* What makes the instance complete comes last, as at a start. */
int kernel_mend_pins(struct kernel *kernel, struct buf *err)
{
	int r, sum = 0;

	if (!kernel->pins)
		return 0;
	r = pins_mend(kernel->pins, err);
	if (r >= 0)
		r = mend_maps(kernel);
	if (r >= 0) {
		sum += r;
		r = mend_links(kernel);
	}
	if (r >= 0) {
		sum += r;
		r = mend(kernel, PINS_INFO, PINS_MAP, bpf_map__fd(kernel->skel->maps.hp_info));
	}
	return r < 0 ? r : sum + r;
}
