// SPDX-License-Identifier: MIT
/* Removing pins: instances, and everything. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "libbpf.h"
#include "pins_internal.h"

#define CONFIG_MAX 256 /* bytes of one configuration, in any version */

struct removal {
	unsigned int keep; /* an instance; 0: none */
	int error;	   /* the first one */
	bool links_only, force;
	unsigned int links, left; /* if forced */
};

static void note_error(struct removal *removal)
{
	if (!removal->error && errno != ENOENT)
		removal->error = -errno;
}

/*
 * Let programs pass everything that can't be detached while a process has them open.
 * Zeros are the harmless configuration of every version.
 */
static void unset_configs(int dir)
{
	char path[64], zeros[CONFIG_MAX] = { 0 };
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	_cleanup_close_ int fd = -1;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/" PINS_CONFIGS, dir);
	fd = bpf_obj_get(path);
	if (fd < 0 || !pins_is_kind(fd, PINS_MAP) || bpf_obj_get_info_by_fd(fd, &info, &len) < 0 ||
	    info.value_size > sizeof(zeros))
		return;
	for (uint32_t i = 0; i < info.max_entries; i++)
		(void)bpf_map_update_elem(fd, &i, zeros, BPF_ANY);
}

/* Detach at once, even if another process has the link open. */
static void detach_link(struct removal *removal, int dir, const char *name)
{
	char path[PATH_MAX];
	_cleanup_close_ int fd = -1;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dir, name);
	fd = bpf_obj_get(path);
	removal->links++;
	if (fd < 0 || bpf_link_detach(fd) < 0)
		removal->left++;
}

static void remove_pin(void *data, int dir, const char *name)
{
	struct removal *removal = data;

	if (removal->links_only && !pins_is_link(name))
		return;
	if (removal->force && strcmp(name, PINS_CONFIGS) == 0)
		unset_configs(dir);
	if (pins_is_link(name))
		detach_link(removal, dir, name);
	if (unlinkat(dir, name, 0) < 0)
		note_error(removal);
}

/* The links first: an agent that is killed in between leaves maps, but no program that runs. */
static void remove_instance(void *data, int dir, const char *name)
{
	struct removal *removal = data;
	unsigned int n = pins_number_of(name);

	if (!n || n == removal->keep)
		return;
	removal->links_only = true;
	pins_each_entry(dir, name, remove_pin, removal);
	removal->links_only = false;
	pins_each_entry(dir, name, remove_pin, removal);
	if (unlinkat(dir, name, AT_REMOVEDIR) < 0)
		note_error(removal);
}

int pins_remove_others(const struct pins *pins)
{
	struct removal removal = { .keep = pins->instance };

	pins_each_entry(pins->fd, ".", remove_instance, &removal);
	return removal.error;
}

int pins_remove_own(struct pins *pins)
{
	struct removal removal = { 0 };
	char name[16];

	if (pins->instance && pins->begun) {
		(void)snprintf(name, sizeof(name), "%u", pins->instance);
		remove_instance(&removal, pins->fd, name);
	}
	pins->instance = 0;
	if (pins_is_dir_at(pins->fd, pins->path))
		(void)rmdir(pins->path); /* unless there is another one in it */
	return removal.error;
}

int pins_remove_all(struct pins *pins)
{
	struct removal removal = { 0 };

	pins_each_entry(pins->fd, ".", remove_instance, &removal);
	pins->instance = 0;
	/* a directory that a service manager has mounted for us stays, empty */
	if (pins_is_dir_at(pins->fd, pins->path) && rmdir(pins->path) < 0 && errno != EROFS &&
	    errno != EBUSY)
		note_error(&removal);
	return removal.error;
}

int pins_break(const char *path, unsigned int *ret_left, struct buf *err)
{
	_cleanup_close_ int fd = pins_open_dir(path, false, err);
	struct removal removal = { .force = true };

	if (fd < 0)
		return fd;
	pins_each_entry(fd, ".", remove_instance, &removal);
	(void)rmdir(path);
	*ret_left = removal.left;
	return removal.error ? removal.error : (int)removal.links;
}
