/* SPDX-License-Identifier: MIT */
/* What keys do in `top`. Pure. */
#pragma once

#include "top_rows.h"

#define TOP_FILTER_MAX 64 /* bytes */

struct top_keys {
	enum top_order order;
	bool only_wrong;
	bool typing; /* the filter */
	bool quit;
	char filter[TOP_FILTER_MAX + 1];
};

/*
 * q ends; s takes the next order; v shows all, or only what is wrong; / begins a filter, which
 * Enter ends, Escape clears, and Backspace shortens. Other keys do nothing.
 */
void top_keys_take(struct top_keys *keys, char key);
