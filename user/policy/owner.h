/* SPDX-License-Identifier: MIT */
/* Is a process one of a row's owners? The only place that matches owners. Pure. */
#pragma once

#include "../registry/registry.h"

/*
 * What is known of a process; NULL: not known. It has a pod or a unit, not both; a unit that is
 * "": it has neither. A program that is "": it is known to be none that a row names.
 */
struct owner_of {
	const char *namespace_, *pod, *container;
	const char *unit;
	const char *exe; /* an absolute path */
};

enum owner_answer {
	OWNER_NOT_ASKED, /* the row names no owners, or nothing is known of the process */
	OWNER_YES,
	OWNER_NO,
	OWNER_UNKNOWN, /* what is not known of the process would decide */
};

/*
 * Does a text match a pattern, in which * stands for any run of characters, and
 * every other one for itself? In time proportional to the product of their lengths.
 */
bool owner_glob(const char *pattern, const char *text);

/*
 * Is the process that owner? What is not known of it matches a pattern that any text
 * matches, and no other.
 */
bool owner_matches(const struct reg_owner *owner, const struct owner_of *who);

/* Is the process one of the row's owners? */
enum owner_answer owner_of_row(const struct reg_row *row, const struct owner_of *who);

/* Is every owner of the other row one that the row's owners let through, too? */
bool owner_row_covers(const struct reg_row *row, const struct reg_row *other);
