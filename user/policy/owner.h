/* SPDX-License-Identifier: MIT */
/* Is somebody one of a row's owners? Pure. */
#pragma once

#include "../registry/registry.h"

/* Who; NULL: not known. With a pod, he is of no unit; with a unit, of no pod. */
struct owner_of {
	const char *namespace_, *pod, *container;
	const char *unit;
	const char *exe; /* an absolute path */
};

enum owner_answer {
	OWNER_NOT_ASKED, /* the row names no owners, or nothing is known of him */
	OWNER_YES,
	OWNER_NO,
	OWNER_UNKNOWN, /* what is not known of him would decide */
};

/*
 * Does a text match a pattern, in which * stands for any run of characters, and
 * every other one for itself? In time proportional to the product of their lengths.
 */
bool owner_glob(const char *pattern, const char *text);

/* Is he that owner? What is not known of him matches what any text matches, and nothing else. */
bool owner_matches(const struct reg_owner *owner, const struct owner_of *who);

/* Is he one of the row's owners? */
enum owner_answer owner_of_row(const struct reg_row *row, const struct owner_of *who);
