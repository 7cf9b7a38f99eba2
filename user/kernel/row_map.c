// SPDX-License-Identifier: MIT
#include "row_map.h"

#include <errno.h>

#include "../../bpf/abi.h"

int row_map_create(uint32_t len)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, "hp_policy_rows", sizeof(struct hp_row_key),
				sizeof(struct hp_row), len ? len : 1, NULL);

	return fd < 0 ? -errno : fd;
}

int row_map_install(int row_maps, uint32_t half, int row_map)
{
	return bpf_map_update_elem(row_maps, &half, &row_map, BPF_ANY) ? -errno : 0;
}

/* ---- the first one ------------------------------------------------------------------------- */

static int create_row_maps(const struct bpf_map *hp_rows, int row_map)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = (uint32_t)row_map,
		    .map_flags = bpf_map__map_flags(hp_rows));

	return bpf_map_create(bpf_map__type(hp_rows), bpf_map__name(hp_rows),
			      bpf_map__key_size(hp_rows), bpf_map__value_size(hp_rows),
			      bpf_map__max_entries(hp_rows), &opts);
}

static void install_first(void *data)
{
	struct row_map_first *first = data;

	first->in_place = row_map_install(first->row_maps, 0, first->row_map) == 0;
}

void row_map_first_start(struct row_map_first *first, const struct bpf_map *hp_rows, uint32_t len)
{
	first->row_map = row_map_create(len);
	if (first->row_map >= 0)
		first->row_maps = create_row_maps(hp_rows, first->row_map);
	if (first->row_maps >= 0)
		(void)thread_start(install_first, first, &first->thread);
}

int row_map_first_finish(struct row_map_first *first)
{
	int row_map = -1;

	thread_join(first->thread);
	if (first->in_place)
		row_map = TAKE_FD(first->row_map);
	cleanup_close(&first->row_map);
	cleanup_close(&first->row_maps);
	*first = ROW_MAP_FIRST_NONE;
	return row_map;
}
