/* SPDX-License-Identifier: MIT */
/*
 * Lines on their way to one reader, which may be slow, stuck or gone. The queue never blocks
 * and never grows beyond its bound. Lines that don't fit are lost to this reader only and
 * counted; a line reports the loss as soon as there is room again.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/buf.h"

struct outq {
	int fd;	       /* not owned */
	bool blocking; /* the descriptor is shared with other processes and may block */
	bool socket;   /* it is one, so each send can be told not to block */
	bool json;     /* the form in which a loss is reported */
	size_t max;    /* bytes that may wait */
	struct buf data;
	size_t at;	     /* of data: written so far */
	uint64_t lost;	     /* lines, since the start */
	uint64_t unreported; /* of them, not reported yet */
};

/* Append a line, given without its end. False: it was lost. */
bool outq_line(struct outq *q, const char *line, size_t len);

/*
 * Write what the descriptor takes. 0: all is written; 1: something waits;
 * negative errno: the reader is gone, or its disk is full.
 */
int outq_write(struct outq *q);

/* Bytes that are not written yet. */
size_t outq_waiting(const struct outq *q);

/* Lines that are not wholly written yet. */
uint64_t outq_lines_waiting(const struct outq *q);

void outq_free(struct outq *q);
