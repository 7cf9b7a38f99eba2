/* SPDX-License-Identifier: MIT */
/*
 * The reading end of a ring buffer of records. libbpf's gives each record back as soon as it
 * was handed out. Here the reader says when, so that records which are being logged are still
 * there for the next agent, and so that the writers' cache line is left alone meanwhile. And
 * it maps the data once, where libbpf maps it twice.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "../base/cleanup.h"

struct records;

/* `size`: of the map's data. 0, or a negative errno. */
int records_open(int map_fd, size_t size, size_t record_size, struct records **ret_records);
void records_close(struct records *records);
DEFINE_CLEANUP(struct records, records_close)

typedef void (*records_fn)(void *data, const void *record);

/*
 * Hand out waiting records of the size or larger, at most `max`, that were not taken before;
 * a record is valid until the function returns. How many were taken.
 */
unsigned int records_take(struct records *records, unsigned int max, records_fn fn, void *data);

/* Give the writers the room of all taken records back. */
void records_release(struct records *records);
