/* SPDX-License-Identifier: MIT */
/* What the agent may do, and what of that it gives up once it is attached. */
#pragma once

#include <stdbool.h>

#include "../base/jsonw.h"

struct privilege {
	const char *unfiltered; /* why system calls are not filtered; NULL: they are */
};

/*
 * Say which of the capabilities that name others is missing. For the start,
 * after attaching; nothing is said of those without which nothing works.
 */
void privilege_say_missing(void);

/*
 * Keep the capabilities that the running agent needs, as far as it has them, and
 * give up all others for ever; `enters_netns`: it checks another network
 * namespace than its own. 0, or a negative errno.
 */
int privilege_drop(bool enters_netns, struct privilege *ret_privilege);

/* Write the member `privileges`: what is so, not what was meant to be. */
void privilege_put(const struct privilege *privilege, struct jsonw *w);
