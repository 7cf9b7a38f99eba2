/* SPDX-License-Identifier: MIT */
/* Records of comma-separated values, as RFC 4180 has them. Pure. */
#pragma once

#include "text_lines.h"

#define CSV_FIELDS_MAX 64

struct csv_field {
	const char *text; /* without quotes; valid until the next record is read */
	unsigned int line, column;
};

struct csv_record {
	struct csv_field fields[CSV_FIELDS_MAX];
	size_t len;
	unsigned int line; /* where it starts */
};

struct csv {
	const char *file;
	struct diags *diags;
	const char *at;
	size_t left;
	unsigned int line, column; /* of `at`, from 1 */
	struct buf text;	   /* of the record's fields, each terminated */
};

/* A reader of a text that text_check() has passed. */
struct csv csv_of(const char *file, const char *text, size_t len, struct diags *diags);

void csv_free(struct csv *csv);
#define _cleanup_csv_ _cleanup_(csv_free)

/*
 * Read the next record; empty lines are none. 1; 0 after the last one; -EINVAL after
 * saying what is wrong with one (the next call reads the one after it); -ENOMEM.
 */
int csv_next(struct csv *csv, struct csv_record *ret_record);
