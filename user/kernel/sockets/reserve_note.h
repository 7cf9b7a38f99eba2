/* SPDX-License-Identifier: MIT */
/*
 * The note beside the control socket that says which ports an agent reserved,
 * for the case that it can't take them out itself: a JSON object in a file.
 */
#pragma once

#include "../../base/portset.h"
#include "../netns.h"

#define RESERVE_BOOT_LEN    36
#define RESERVE_NOTE_SUFFIX ".reserved" /* of the note's path, after the control socket's */

struct reserve_note {
	char boot[RESERVE_BOOT_LEN + 1]; /* the kernel's boot_id: nothing of before stands */
	uint64_t netns_cookie;		 /* 0: this kernel has none */
	uint32_t netns_inum;
	struct portset ports;
};

/* Read a note. 0; -EINVAL when it is not one, with the reason in `err`; -ENOMEM. */
int reserve_note_parse(const char *bytes, size_t len, struct buf *err,
		       struct reserve_note *ret_note);

/* Append the note, one line. */
void reserve_note_put(const struct reserve_note *note, struct buf *out);

/*
 * Read a file that the caller's user owns. 0; -ENOENT: there is none; another
 * negative errno, with the reason in `err`.
 */
int reserve_note_read(const char *path, struct buf *err, struct reserve_note *ret_note);

/* This boot's id; empty: unknown. */
void reserve_note_boot(char boot[RESERVE_BOOT_LEN + 1]);

/* Is the note of this boot? Of an earlier one, it has no meaning any more. */
bool reserve_note_is_current(const struct reserve_note *note);

/* Is it about this network namespace? Cookie and inode number each come again. */
bool reserve_note_is_about(const struct reserve_note *note, const struct netns *netns);

/* Replace the file at once, or leave it as it is. 0, or a negative errno. */
int reserve_note_write(const char *path, const struct reserve_note *note);
