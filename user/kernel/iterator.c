// SPDX-License-Identifier: MIT
#include "iterator.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "../base/cleanup.h"
#include "libbpf.h"

#define BYTES_READ 16384 /* at once */

int iterator_read(const struct bpf_link *link, size_t size, iterator_fn fn, void *data)
{
	_cleanup_close_ int fd = bpf_iter_create(bpf_link__fd(link));
	char bytes[BYTES_READ] __attribute__((aligned(8)));
	size_t have = 0, whole;
	ssize_t n;

	if (fd < 0)
		return -errno;
	for (;;) {
		n = read(fd, bytes + have, sizeof(bytes) - have);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		have += (size_t)n;
		whole = have - have % size;
		for (size_t at = 0; at < whole; at += size)
			fn(data, bytes + at);
		/* a read may end within a record */
		memmove(bytes, bytes + whole, have - whole);
		have -= whole;
	}
}
