/* SPDX-License-Identifier: MIT */
/* For tests of pins: directories, maps and links of the test's own. */
#pragma once

#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/programs.skel.h"

static inline int open_pins(const char *path, bool make, struct pins **ret, char *text, size_t size)
{
	_cleanup_buf_ struct buf err = { 0 };
	int r = pins_open(path, make, ret, &err);

	(void)snprintf(text, size, "%s", err.len ? err.data : "");
	return r;
}

static inline struct pins *opened(const struct world *w)
{
	struct pins *pins = NULL;
	char text[256];

	if (open_pins(w->pins, true, &pins, text, sizeof(text)) < 0)
		fail_msg("%s: %s", w->pins, text);
	return pins;
}

/* It is refused, and says so. */
static inline void refused(const char *name, const char *path, bool make, int want,
			   const char *word)
{
	struct pins *pins = NULL;
	char text[2 * PATH_MAX];
	int r = open_pins(path, make, &pins, text, sizeof(text));

	check_int(name, r, want);
	assert_null(pins);
	if (word ? !strstr(text, word) : text[0])
		fail_msg("%s: it says: %s", name, text);
}

static inline bool is_there(const struct world *w, const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", w->pins, name);
	return access(path, F_OK) == 0;
}

static inline void make(const struct world *w, const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", w->pins, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static inline int new_map(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "hp_test", 4, 8, 2, NULL);

	assert_true(fd >= 0);
	return fd;
}

/* A link of a program that passes everything, at the test's cgroup. */
static inline int new_link(const struct world *w)
{
	int program = world_foreign(BPF_CGROUP_INET4_BIND, true);
	int fd = bpf_link_create(program, w->cgroup_fd, BPF_CGROUP_INET4_BIND, NULL);

	assert_true(fd >= 0);
	(void)close(program);
	return fd;
}

/* A link that can't be detached: an iterator's. */
static inline int new_iterator(void)
{
	struct programs_bpf *skel = programs_bpf__open_and_load();
	struct bpf_link *link;
	int fd;

	assert_non_null(skel);
	link = bpf_program__attach_iter(skel->progs.hp_programs, NULL);
	assert_non_null(link);
	fd = dup(bpf_link__fd(link));
	assert_true(fd >= 0);
	(void)bpf_link__destroy(link);
	programs_bpf__destroy(skel);
	return fd;
}

static inline void put_new(struct pins *pins, const char *name, int fd)
{
	check_int(name, pins_put(pins, name, fd), 0);
	(void)close(fd);
}

static inline uint32_t map_id(int fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &len), 0);
	return info.id;
}

/* The cgroup that a link is attached to; 0: it is detached. */
static inline uint64_t attached_to(int fd)
{
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &len), 0);
	return info.cgroup.cgroup_id;
}

static inline void remove_pins(struct world *w)
{
	(void)world_sh("rm -rf %s", w->pins);
}
