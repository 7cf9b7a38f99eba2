// SPDX-License-Identifier: MIT
/*
 * Taking over the maps of an agent that is gone. They are taken only if all of them
 * are there, belong to our user, and are what we would have made: the same layout,
 * for the same cgroup and network namespace.
 */
#include <errno.h>
#include <string.h>

#include "layout.h"
#include "kernel_internal.h"

bool adopt_is_kept(const struct bpf_map *map)
{
	return !bpf_map__is_internal(map) || strstr(bpf_map__name(map), ".bss");
}

struct adopt_pin adopt_pin_of(const struct bpf_map *map)
{
	struct adopt_pin name = { 0 };

	(void)snprintf(name.text, sizeof(name.text), "%s", bpf_map__name(map));
	for (char *c = name.text; *c; c++)
		if (*c == '.')
			*c = '_';
	return name;
}

/*
 * Is it what the object would make? A ring may be of any size: the records that wait in it
 * are worth more than the one that is asked for.
 */
static bool is_alike(const struct bpf_map *map, int fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) == 0 && info.type == bpf_map__type(map) &&
	       info.key_size == bpf_map__key_size(map) &&
	       info.value_size == bpf_map__value_size(map) &&
	       info.map_flags == bpf_map__map_flags(map) &&
	       (info.max_entries == bpf_map__max_entries(map) || info.type == BPF_MAP_TYPE_RINGBUF);
}

bool adopt_means_none(int r)
{
	return r == -ENOENT || r == -EINVAL || r == -EPERM;
}

/* The instance's map, in its place; -ENOENT also where it is another one. */
static int open_map(const struct kernel *kernel, const struct bpf_map *map)
{
	struct adopt_pin name = adopt_pin_of(map);
	_cleanup_close_ int fd = pins_get(kernel->pins, name.text, PINS_MAP);

	if (fd < 0)
		return fd;
	return is_alike(map, fd) ? TAKE_FD(fd) : -ENOENT;
}

/* 1: it is ours; 0: it is not; or a negative errno. */
static int is_our_instance(const struct kernel *kernel)
{
	_cleanup_close_ int fd = open_map(kernel, kernel->skel->maps.hp_info);
	struct hp_info info;
	uint32_t zero = 0;

	if (fd < 0)
		return adopt_means_none(fd) ? 0 : fd;
	if (bpf_map_lookup_elem(fd, &zero, &info))
		return -errno;
	return memcmp(&info, &kernel->info, sizeof(info)) == 0;
}

/* Has the instance every map? 1 or 0, or a negative errno. */
static int has_all_maps(const struct kernel *kernel)
{
	const struct bpf_map *map;

	bpf_object__for_each_map(map, kernel->skel->obj)
	{
		_cleanup_close_ int fd = adopt_is_kept(map) ? open_map(kernel, map) : -1;

		if (adopt_is_kept(map) && fd < 0)
			return adopt_means_none(fd) ? 0 : fd;
	}
	return 1;
}

/* An instance that can't be read now must not pass for another's: it would be removed. */
static int find_instance(struct kernel *kernel)
{
	unsigned int n = 0;
	int r = 0;

	while (r == 0 && (n = pins_next(kernel->pins, n))) {
		pins_use(kernel->pins, n);
		r = is_our_instance(kernel);
		if (r > 0)
			r = has_all_maps(kernel);
	}
	kernel->adopted = r > 0;
	if (!kernel->adopted)
		pins_use(kernel->pins, 0);
	return r < 0 ? r : 0;
}

int adopt_find(struct kernel *kernel, const struct kernel_settings *settings)
{
	if (!kernel->pins)
		return 0;
	kernel->info = (struct hp_info) {
		.magic = HP_INFO_MAGIC,
		.layout = layout_of(kernel->skel->obj),
		.cgroup_id = settings->cgroup_id,
		.netns_cookie = settings->netns_cookie,
		.netns_inum = settings->netns_inum,
	};
	if (!settings->afresh)
		return find_instance(kernel);
	pins_use(kernel->pins, 0);
	return 0;
}

bool kernel_adopted(const struct kernel *kernel)
{
	return kernel->adopted;
}

int adopt_maps(const struct kernel *kernel, const struct hostport_bpf *skel)
{
	struct bpf_map *map;
	int r = 0;

	bpf_object__for_each_map(map, skel->obj)
	{
		_cleanup_close_ int fd = adopt_is_kept(map) ? open_map(kernel, map) : -1;

		if (r == 0 && adopt_is_kept(map))
			r = fd < 0 ? fd : bpf_map__reuse_fd(map, fd);
	}
	return r;
}

int adopt_begin(struct kernel *kernel)
{
	const struct bpf_map *map;
	int r = pins_begin(kernel->pins);

	bpf_object__for_each_map(map, kernel->skel->obj)
	{
		struct adopt_pin name = adopt_pin_of(map);

		if (r == 0 && adopt_is_kept(map) && map != kernel->skel->maps.hp_info)
			r = pins_put(kernel->pins, name.text, bpf_map__fd(map));
	}
	return r;
}

int adopt_complete(struct kernel *kernel)
{
	int fd = bpf_map__fd(kernel->skel->maps.hp_info);
	uint32_t zero = 0;

	if (bpf_map_update_elem(fd, &zero, &kernel->info, BPF_ANY))
		return -errno;
	return pins_put(kernel->pins, PINS_INFO, fd);
}
