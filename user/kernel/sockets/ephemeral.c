// SPDX-License-Identifier: MIT
/*
 * How the kernel reads and writes a list of ports, which no manual says:
 *
 * - Only a read at offset 0 gives anything, and it gives no more than fits: a
 *   list that was cut looks like a shorter one. A whole one ends with a newline.
 * - A write takes a part that is less than a page. At offset 0 it replaces the
 *   list, at any other offset it adds to it; so a long list is written in parts,
 *   and writing at another offset from the start only adds, without a race.
 */
#include "ephemeral.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "../../registry/port_ranges.h"

#define RANGE_PATH    "/proc/sys/net/ipv4/ip_local_port_range"
#define RESERVED_PATH "/proc/sys/net/ipv4/ip_local_reserved_ports"
#define READ_MIN      4096
#define READ_MAX      (2 * PORTSET_TEXT_MAX)

struct opening {
	const char *path;
	int flags;
};

static int open_here(void *data)
{
	const struct opening *o = data;
	int fd = open(o->path, o->flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* A file below /proc/sys/net is that of the netns in which it was opened. */
static int open_in(const struct netns *netns, const char *path, int flags)
{
	struct opening o = { .path = path, .flags = flags };

	return netns_call(netns, open_here, &o);
}

/* Read the whole file, in one read. */
static int read_whole(int fd, struct buf *out)
{
	ssize_t n;

	for (size_t size = READ_MIN; size <= READ_MAX; size *= 2) {
		_cleanup_free_ char *bytes = malloc(size);

		if (!bytes)
			return -ENOMEM;
		n = pread(fd, bytes, size, 0);
		if (n < 0)
			return -errno;
		if (n == 0 || bytes[n - 1] != '\n')
			continue;
		buf_reset(out);
		buf_add(out, bytes, (size_t)n);
		return out->failed ? -ENOMEM : 0;
	}
	return -EFBIG;
}

static int read_sysctl(const struct netns *netns, const char *path, struct buf *out)
{
	_cleanup_close_ int fd = open_in(netns, path, O_RDONLY);

	return fd < 0 ? fd : read_whole(fd, out);
}

int ephemeral_range(const struct netns *netns, uint16_t *ret_first, uint16_t *ret_last)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = read_sysctl(netns, RANGE_PATH, &text);
	uint16_t first, last;

	*ret_first = EPHEMERAL_FIRST;
	*ret_last = EPHEMERAL_LAST;
	if (r < 0)
		return r;
	if (sscanf(text.data, "%hu %hu", &first, &last) != 2)
		return -EINVAL;
	*ret_first = first;
	*ret_last = last;
	return 0;
}

int ephemeral_reserved(const struct netns *netns, struct portset *ret_set)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = read_sysctl(netns, RESERVED_PATH, &text);

	return r < 0 ? r : portset_parse(text.data, text.len, ret_set);
}

/* Write a list, part by part: offset 0 replaces the list, any other adds to it. */
static int write_list(int fd, const struct portset *set, off_t offset)
{
	_cleanup_buf_ struct buf text = { 0 };
	size_t done = 0;
	ssize_t n;

	portset_put(set, SIZE_MAX, &text);
	buf_putc(&text, '\n');
	if (text.failed)
		return -ENOMEM;
	while (done < text.len) {
		n = pwrite(fd, text.data + done, text.len - done, offset + (off_t)done);
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		done += (size_t)n;
	}
	return 0;
}

static int replace_list(int fd, const struct portset *set)
{
	return write_list(fd, set, 0);
}

static int add_to_list(int fd, const struct portset *set)
{
	return write_list(fd, set, 1);
}

int ephemeral_reserve(const struct netns *netns, const struct portset *ports)
{
	_cleanup_close_ int fd = open_in(netns, RESERVED_PATH, O_WRONLY);
	struct portset before, now, added = *ports;
	int r;

	if (fd < 0)
		return fd;
	r = ephemeral_reserved(netns, &before);
	if (r < 0)
		return r;
	portset_subtract(&added, &before);
	r = add_to_list(fd, &added);
	if (r == 0)
		r = ephemeral_reserved(netns, &now);
	if (r == 0 && !(portset_contains(&now, &before) && portset_contains(&now, ports)))
		r = -EIO;
	if (r < 0)
		(void)ephemeral_release(netns, &added);
	return r;
}

int ephemeral_can_reserve(const struct netns *netns)
{
	_cleanup_close_ int fd = open_in(netns, RESERVED_PATH, O_WRONLY);

	return fd < 0 ? fd : 0;
}

int ephemeral_release(const struct netns *netns, const struct portset *ports)
{
	_cleanup_close_ int fd = open_in(netns, RESERVED_PATH, O_WRONLY);
	struct portset before, kept, now;
	int r;

	if (fd < 0)
		return fd;
	r = ephemeral_reserved(netns, &before);
	if (r < 0)
		return r;
	kept = before;
	portset_subtract(&kept, ports);
	r = replace_list(fd, &kept);
	if (r == 0)
		r = ephemeral_reserved(netns, &now);
	if (r < 0) {
		(void)add_to_list(fd, &before);
		return r;
	}
	if (!portset_contains(&now, &kept))
		return -EIO;
	portset_intersect(&now, ports);
	return portset_count(&now) ? -EIO : 0;
}
