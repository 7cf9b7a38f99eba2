// SPDX-License-Identifier: MIT
/* The map of what owners are granted. */
#include <errno.h>

#include "kernel_internal.h"

static int owners_fd(const struct kernel *kernel)
{
	return bpf_map__fd(kernel->skel->maps.hp_owners);
}

int kernel_set_owner(const struct kernel *kernel, const struct hp_owner_key *key, uint32_t grants)
{
	return bpf_map_update_elem(owners_fd(kernel), key, &grants, BPF_ANY) ? -errno : 0;
}

/* The key after one that is still there, or has just been removed, is read before that. */
int kernel_keep_owners(const struct kernel *kernel, kernel_owner_fn stays, void *data)
{
	struct hp_owner_key key, next;
	int fd = owners_fd(kernel), kept = 0;
	bool more = bpf_map_get_next_key(fd, NULL, &next) == 0;

	for (uint32_t i = 0; more && i < HP_OWNERS_MAX; i++) {
		key = next;
		more = bpf_map_get_next_key(fd, &key, &next) == 0;
		if (stays(data, &key))
			kept++;
		else if (bpf_map_delete_elem(fd, &key) && errno != ENOENT)
			return -errno;
	}
	return kept;
}

bool kernel_take_unknown(struct kernel *kernel)
{
	return __atomic_exchange_n(&kernel->skel->bss->hp_saw_unknown, false, __ATOMIC_RELAXED);
}
