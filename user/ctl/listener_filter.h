/* SPDX-License-Identifier: MIT */
/* Which listeners of the agent's document are asked for. Pure. */
#pragma once

#include "../base/json.h"
#include "../registry/port_argument.h"

/* All zero: every one. What is given must all hold. */
struct listener_filter {
	bool violations;	   /* the verdict is audited or denied */
	uint32_t classes;	   /* bits 1 << class; 0: any */
	const char *protocol;	   /* NULL: any */
	struct port_argument port; /* its ports, and its protocol; first 0: any */
	const char *pod;	   /* see pod_pattern.h; NULL: any */
	const char *unit;	   /* in which * stands for anything; NULL: any */
};

/* Is nothing asked for? */
bool listener_filter_is_empty(const struct listener_filter *filter);

bool listener_filter_has(const struct listener_filter *filter, const struct json *listener);
