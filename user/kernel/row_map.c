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

int row_map_create_outer(int inner)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = (uint32_t)inner);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "hp_rows", sizeof(uint32_t),
				sizeof(uint32_t), HP_POLICIES, &opts);

	return fd < 0 ? -errno : fd;
}

int row_map_install(int outer, uint32_t half, int rows)
{
	return bpf_map_update_elem(outer, &half, &rows, BPF_ANY) ? -errno : 0;
}
