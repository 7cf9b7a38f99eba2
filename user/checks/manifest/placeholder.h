/* SPDX-License-Identifier: MIT */
/*
 * What a template's renderer, a shell or oc process would fill in: {{ x }}, {% x %}, <% x %>,
 * ${X}, $(X), @X@. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Does a text hold one? */
bool placeholder_in(const char *text);

struct placeholder_place {
	unsigned int line, column; /* from 1, in bytes; line 0: there is none */
};

/*
 * The first one of a file that no manifest has outside of texts, comments left out: {{, {%, <%,
 * @X@, and ${X} or $(X) alone in its line.
 */
struct placeholder_place placeholder_first(const char *text, size_t len);

/* The first ${ or $( of a line or of the one before it. */
struct placeholder_place placeholder_near(const char *text, size_t len, unsigned int line);
