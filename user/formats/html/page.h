/* SPDX-License-Identifier: MIT */
/*
 * The registry as one HTML page that needs nothing but itself: a map of the
 * ports, search, details, and a table that also reads and prints without its
 * script. Pure.
 *
 * The page's policy lets only its own style and script run, by their digests; what
 * comes from outside is in it as text and as data.
 */
#pragma once

#include "../../base/json.h"
#include "../../policy/policy.h"
#include "../../checks/finding.h"

/* So many rows, and so many listeners, stand in the tables that need no script. */
#define PAGE_STATIC_ROWS 1000

/* What a page is of. All but the registry may be NULL. */
struct page {
	const struct registry *registry;
	const struct node_facts *facts;	 /* rows that do not hold on such a node are marked */
	const struct json *listeners;	 /* the document of `hostportctl listeners` */
	const struct json *violations;	 /* a list of events, or of what `learn` has */
	const struct findings *findings; /* of `registry lint` */
	const char *title;		 /* NULL: "Host port registry" */
	const char *generated;		 /* by what and when, in words */
};

/* Append the page. Where memory runs out, `out` says so. */
void html_page_put(const struct page *page, struct buf *out);
