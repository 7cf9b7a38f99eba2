// SPDX-License-Identifier: MIT
#include "maps.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "../../user/base/cleanup.h"

/* A number of an fdinfo file, or 0. */
static uint64_t fdinfo(const char *path, const char *key)
{
	_cleanup_fclose_ FILE *f = fopen(path, "re");
	unsigned long long value;
	char line[256];
	size_t len = strlen(key);

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, key, len) == 0 && sscanf(line + len, ":%llu", &value) == 1)
			return value;
	return 0;
}

struct found {
	struct map_info *maps;
	int len;
};

static bool is_known(const struct found *found, uint32_t id)
{
	for (int i = 0; i < found->len; i++)
		if (found->maps[i].id == id)
			return true;
	return false;
}

/* A map by its id; the caller's. */
static int open_map(uint32_t id, struct bpf_map_info *info)
{
	_cleanup_close_ int fd = bpf_map_get_fd_by_id(id);
	uint32_t len = sizeof(*info);

	*info = (struct bpf_map_info) { 0 };
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, info, &len) < 0)
		return -errno;
	return TAKE_FD(fd);
}

static int add(struct found *found, uint32_t id, struct bpf_map_info *info)
{
	_cleanup_close_ int fd = open_map(id, info);
	char path[64];

	if (fd < 0)
		return fd;
	if (found->len == MAPS_MAX)
		return -E2BIG;
	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	found->maps[found->len] = (struct map_info) {
		.id = id,
		.type = info->type,
		.memlock = fdinfo(path, "memlock"),
	};
	(void)snprintf(found->maps[found->len].name, sizeof(found->maps[0].name), "%s", info->name);
	found->len++;
	return TAKE_FD(fd);
}

/* What stands in a map of maps is nobody's descriptor. */
static int add_inner(struct found *found, int outer, const struct bpf_map_info *outer_info)
{
	struct bpf_map_info info;
	uint32_t id;

	if (outer_info->type != BPF_MAP_TYPE_ARRAY_OF_MAPS)
		return 0;
	for (uint32_t i = 0; i < outer_info->max_entries; i++) {
		_cleanup_close_ int fd = -1;

		if (bpf_map_lookup_elem(outer, &i, &id) < 0 || is_known(found, id))
			continue;
		fd = add(found, id, &info);
		if (fd < 0)
			return fd;
	}
	return 0;
}

int maps_of(pid_t pid, struct map_info maps[MAPS_MAX])
{
	struct found found = { .maps = maps };
	_cleanup_closedir_ DIR *dir = NULL;
	struct bpf_map_info info;
	struct dirent *entry;
	char path[320];
	int r = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/fdinfo", pid);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (r == 0 && (entry = readdir(dir))) {
		_cleanup_close_ int fd = -1;
		uint32_t id;

		(void)snprintf(path, sizeof(path), "/proc/%d/fdinfo/%s", pid, entry->d_name);
		id = (uint32_t)fdinfo(path, "map_id");
		/* a link or a program names its maps by other keys */
		if (!id || is_known(&found, id))
			continue;
		fd = add(&found, id, &info);
		r = fd < 0 ? fd : add_inner(&found, fd, &info);
	}
	return r < 0 ? r : found.len;
}

int ring_view_open(pid_t pid, struct ring_view *ring)
{
	struct map_info maps[MAPS_MAX];
	struct bpf_map_info info;
	long page = sysconf(_SC_PAGESIZE);
	int n = maps_of(pid, maps), i = 0;
	_cleanup_close_ int fd = -1;
	unsigned char *pages;

	*ring = (struct ring_view) { 0 };
	while (i < n && maps[i].type != BPF_MAP_TYPE_RINGBUF)
		i++;
	if (i >= n)
		return n < 0 ? n : -ENOENT;
	fd = open_map(maps[i].id, &info);
	if (fd < 0)
		return fd;
	/* the reader's position has a page, and then the writers' */
	pages = mmap(NULL, (size_t)page * 2, PROT_READ, MAP_SHARED, fd, 0);
	if (pages == MAP_FAILED)
		return -errno;
	ring->read = (const void *)pages;
	ring->written = (const void *)(pages + page);
	ring->bytes = info.max_entries;
	ring->map_bytes = (uint32_t)page * 2;
	return 0;
}

void ring_view_close(struct ring_view *ring)
{
	if (ring->read)
		(void)munmap((void *)(uintptr_t)ring->read, ring->map_bytes);
	*ring = (struct ring_view) { 0 };
}
