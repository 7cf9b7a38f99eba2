// SPDX-License-Identifier: MIT
/* The maps of what owners are granted, and of what pods declare. */
#include <errno.h>

#include "kernel_internal.h"

static int owners_fd(const struct kernel *kernel)
{
	return bpf_map__fd(kernel->skel->maps.hp_owners);
}

static int declared_fd(const struct kernel *kernel)
{
	return bpf_map__fd(kernel->skel->maps.hp_declared);
}

int kernel_set_owner(const struct kernel *kernel, const struct hp_owner_key *key, uint32_t grants)
{
	return bpf_map_update_elem(owners_fd(kernel), key, &grants, BPF_ANY) ? -errno : 0;
}

uint32_t kernel_owner(const struct kernel *kernel, const struct hp_owner_key *key)
{
	uint32_t grants;

	return bpf_map_lookup_elem(owners_fd(kernel), key, &grants) ? 0 : grants;
}

int kernel_set_declared(const struct kernel *kernel, const struct hp_declared_key *key)
{
	const uint8_t is_declared = 1;

	return bpf_map_update_elem(declared_fd(kernel), key, &is_declared, BPF_ANY) ? -errno : 0;
}

union any_key {
	struct hp_owner_key owner;
	struct hp_declared_key declared;
};

/* The key after one that is still there, or has just been removed, is read before that. */
static int keep(int fd, uint32_t max, kernel_key_fn stays, void *data)
{
	union any_key key, next;
	bool more = bpf_map_get_next_key(fd, NULL, &next) == 0;
	int kept = 0;

	for (uint32_t i = 0; more && i < max; i++) {
		key = next;
		more = bpf_map_get_next_key(fd, &key, &next) == 0;
		if (stays(data, &key))
			kept++;
		else if (bpf_map_delete_elem(fd, &key) && errno != ENOENT)
			return -errno;
	}
	return kept;
}

int kernel_keep_owners(const struct kernel *kernel, kernel_key_fn stays, void *data)
{
	return keep(owners_fd(kernel), HP_OWNERS_MAX, stays, data);
}

int kernel_keep_declared(const struct kernel *kernel, kernel_key_fn stays, void *data)
{
	return keep(declared_fd(kernel), HP_DECLARED_MAX, stays, data);
}

bool kernel_take_unknown(struct kernel *kernel)
{
	return __atomic_exchange_n(&kernel->skel->bss->hp_saw_unknown, false, __ATOMIC_RELAXED);
}
