// SPDX-License-Identifier: MIT
#include "tar.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BLOCK	 512
#define FILE_MAX (1ULL << 33) /* what eleven octal digits can say */

struct header {
	char name[TAR_NAME_MAX], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type;
	char link[100], magic[6], version[2], owner[32], group[32], major[8], minor[8], prefix[155];
	char unused[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a header is a block");

/* Write a number in octal digits, with a zero byte. */
static void put_octal(char *field, size_t size, uint64_t n)
{
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%0*llo", (int)size - 1, (unsigned long long)n);
	memcpy(field, digits, size);
}

/* The sum of a header's bytes, in which that of the sum itself are blanks. */
static unsigned int sum_of(const struct header *header)
{
	const unsigned char *bytes = (const unsigned char *)header;
	unsigned int sum = 0;

	for (size_t i = 0; i < sizeof(*header); i++)
		sum += bytes[i];
	return sum;
}

static struct header header_of(const char *path, time_t changed, size_t size)
{
	struct header header = { .type = '0', .magic = "ustar", .version = { '0', '0' } };

	memcpy(header.name, path, strlen(path)); /* a whole field needs no zero byte */
	put_octal(header.mode, sizeof(header.mode), 0644);
	put_octal(header.uid, sizeof(header.uid), 0);
	put_octal(header.gid, sizeof(header.gid), 0);
	put_octal(header.size, sizeof(header.size), size);
	put_octal(header.mtime, sizeof(header.mtime), changed > 0 ? (uint64_t)changed : 0);
	put_octal(header.major, sizeof(header.major), 0);
	put_octal(header.minor, sizeof(header.minor), 0);
	memset(header.checksum, ' ', sizeof(header.checksum));
	/* six digits and a zero byte; then the blank stays */
	put_octal(header.checksum, sizeof(header.checksum) - 1, sum_of(&header));
	return header;
}

static void put_zeros(struct buf *tar, size_t n)
{
	char *to = buf_extend(tar, n);

	if (to)
		memset(to, 0, n);
}

int tar_add(struct buf *tar, const char *path, time_t changed, const struct buf *content)
{
	struct header header;

	if (strlen(path) > TAR_NAME_MAX)
		return -ENAMETOOLONG;
	if (content->len >= FILE_MAX)
		return -EFBIG;
	if (!buf_reserve(tar, sizeof(header) + content->len + BLOCK))
		return -ENOMEM;
	header = header_of(path, changed, content->len);
	buf_add(tar, &header, sizeof(header));
	if (content->len)
		buf_add(tar, content->data, content->len);
	put_zeros(tar, (BLOCK - content->len % BLOCK) % BLOCK);
	return 0;
}

void tar_end(struct buf *tar)
{
	put_zeros(tar, 2 * (size_t)BLOCK);
}
