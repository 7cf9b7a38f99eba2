// SPDX-License-Identifier: MIT
#include "registry_argument.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "../base/status.h"
#include "../source/source.h"

int offline_registry(const struct node_options *options, struct registry **ret_registry)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	int r = source_load(options->registries, options->registries_len, &diags, ret_registry);

	diags_text(&diags, &text);
	if (text.len)
		(void)fputs(text.data, stderr);
	if (r == 0)
		return EXIT_OK;
	if (!text.len)
		log_error("registry: %s", strerror(-r));
	return r == -EINVAL ? EXIT_USAGE : EXIT_SYSTEM;
}
