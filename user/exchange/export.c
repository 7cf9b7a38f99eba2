// SPDX-License-Identifier: MIT
#include "export.h"

#include <string.h>

#include "../page/page.h"
#include "butane_write.h"
#include "csv_write.h"
#include "nft_write.h"
#include "page_write.h"
#include "registry_json.h"
#include "reserved_write.h"
#include "yaml_write.h"

static int html_write(const struct export_job *job, struct buf *out, struct buf *said)
{
	(void)said;
	return page_registry(job->registry, job->facts, out);
}

static const struct export_format formats[] = {
	{ "yaml", yaml_write, false },	  { "md", page_write, false },
	{ "json", json_write, false },	  { "csv", csv_write, false },
	{ "html", html_write, false },	  { "nft", nft_write, true },
	{ "butane", butane_write, true }, { "reserved-ports", reserved_write, true },
};

const struct export_format *export_formats(size_t *ret_len)
{
	*ret_len = ARRAY_LEN(formats);
	return formats;
}

const struct export_format *export_format_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}
