/* SPDX-License-Identifier: MIT */
/* What the tests of the HTML page share. */
#pragma once

#include "registry_cases.h"

#include "../../user/formats/html/page.h"

static inline size_t count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what))) {
		n++;
		text += strlen(what);
	}
	return n;
}

static inline struct json *json_of(const char *text)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct json *json = NULL;

	if (json_parse(text, strlen(text), &err, &json) < 0)
		fail_msg("%s: %s", text, err.data);
	return json;
}
