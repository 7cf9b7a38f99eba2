// SPDX-License-Identifier: MIT
#include "reserve_note.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "../../base/json.h"
#include "../../base/jsonw.h"
#include "../../source/source_file.h"

#define NOTE_VERSION   1
#define NOTE_BYTES_MAX (PORTSET_TEXT_MAX + 4096)

static int fault(struct buf *err, const char *what)
{
	buf_puts(err, what);
	return -EINVAL;
}

int reserve_note_parse(const char *bytes, size_t len, struct buf *err,
		       struct reserve_note *ret_note)
{
	_cleanup_(json_freep) struct json *document = NULL;
	struct reserve_note note = { 0 };
	const char *boot, *ports;
	uint64_t inum;
	int r = json_parse(bytes, len, err, &document);

	if (r < 0)
		return r;
	if (json_member_u64(document, "version", 0) != NOTE_VERSION)
		return fault(err, "not version 1");
	boot = json_member_text(document, "boot", "");
	if (strlen(boot) != RESERVE_BOOT_LEN)
		return fault(err, "boot is not an id");
	(void)strcpy(note.boot, boot);
	note.netns_cookie = json_member_u64(document, "netns_cookie", 0);
	inum = json_member_u64(document, "netns_inode", 0);
	if (inum == 0 || inum > UINT32_MAX)
		return fault(err, "netns_inode is not an inode");
	note.netns_inum = (uint32_t)inum;
	ports = json_member_text(document, "ports", NULL);
	if (!ports || portset_parse(ports, strlen(ports), &note.ports) < 0)
		return fault(err, "ports is not a list of ports");
	*ret_note = note;
	return 0;
}

void reserve_note_put(const struct reserve_note *note, struct buf *out)
{
	_cleanup_buf_ struct buf ports = { 0 };
	struct jsonw w = { .out = out };

	portset_put(&note->ports, SIZE_MAX, &ports);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "version", NOTE_VERSION);
	jsonw_string(&w, "boot", note->boot);
	jsonw_u64(&w, "netns_cookie", note->netns_cookie);
	jsonw_u64(&w, "netns_inode", note->netns_inum);
	jsonw_string(&w, "ports", ports.data ? ports.data : "");
	jsonw_object_end(&w);
	buf_putc(out, '\n');
	out->failed |= ports.failed;
}

int reserve_note_read(const char *path, struct buf *err, struct reserve_note *ret_note)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	_cleanup_buf_ struct buf text = { 0 };
	struct stat st;
	int r = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		r = -errno;
	else if (st.st_uid != geteuid())
		return fault(err, "is another user's");
	else
		r = source_read(fd, NOTE_BYTES_MAX, &text);
	if (r < 0) {
		buf_puts(err, strerror(-r));
		return r;
	}
	return reserve_note_parse(text.data ? text.data : "", text.len, err, ret_note);
}

void reserve_note_boot(char boot[RESERVE_BOOT_LEN + 1])
{
	_cleanup_fclose_ FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	memset(boot, 0, RESERVE_BOOT_LEN + 1);
	if (f && fread(boot, 1, RESERVE_BOOT_LEN, f) != RESERVE_BOOT_LEN)
		boot[0] = '\0';
}

bool reserve_note_is_current(const struct reserve_note *note)
{
	char boot[RESERVE_BOOT_LEN + 1];

	reserve_note_boot(boot);
	return strcmp(note->boot, boot) == 0;
}

bool reserve_note_is_about(const struct reserve_note *note, const struct netns *netns)
{
	return note->netns_cookie == netns->cookie && note->netns_inum == netns->inum;
}

static int write_file(const char *path, const struct buf *text)
{
	_cleanup_close_ int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, text->data, text->len);
	if (n < 0)
		return -errno;
	return (size_t)n == text->len ? 0 : -ENOSPC;
}

int reserve_note_write(const char *path, const struct reserve_note *note)
{
	_cleanup_buf_ struct buf text = { 0 }, name = { 0 };
	int r;

	reserve_note_put(note, &text);
	buf_printf(&name, "%s.new", path);
	if (text.failed || name.failed)
		return -ENOMEM;
	(void)unlink(name.data); /* of an agent that was killed meanwhile */
	r = write_file(name.data, &text);
	if (r == 0 && rename(name.data, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlink(name.data);
	return r;
}
