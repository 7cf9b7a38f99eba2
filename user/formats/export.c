// SPDX-License-Identifier: MIT
#include "export.h"

#include <errno.h>
#include <string.h>

#include "../checks/lint/lint.h"
#include "../registry/row_json.h"
#include "html/page.h"
#include "butane_write.h"
#include "csv_write.h"
#include "machineconfig_write.h"
#include "nft_write.h"
#include "markdown_write.h"
#include "reserved_write.h"
#include "vap_write.h"
#include "yaml_write.h"

/* Rows are marked as not of this node only where it is said what that is. */
static const struct node_facts *known_facts(const struct node_facts *facts)
{
	bool known = facts->role != REG_ROLE_ANY || facts->platform || facts->cluster.major;

	return known ? facts : NULL;
}

static int html_write(const struct export_job *job, struct buf *out, struct buf *said)
{
	_cleanup_findings_ struct findings findings = { 0 };
	const struct lint_facts lint = {
		.today = job->facts->today,
		.ephemeral_first = job->first,
		.ephemeral_last = job->last,
		.least = SEVERITY_NOTE,
	};
	const struct page page = {
		.registry = job->registry,
		.facts = known_facts(job->facts),
		.findings = &findings,
		.generated = "hostportctl " HOSTPORTD_VERSION,
	};
	int r = lint_registry(job->registry, &lint, &findings);

	(void)said;
	if (r < 0)
		return r;
	html_page_put(&page, out);
	return out->failed ? -ENOMEM : 0;
}

static int json_write(const struct export_job *job, struct buf *out, struct buf *said)
{
	(void)said;
	registry_json(job->registry, out);
	return out->failed ? -ENOMEM : 0;
}

static const struct export_format formats[] = {
	{ "yaml", yaml_write, false },
	{ "md", markdown_write, false },
	{ "json", json_write, false },
	{ "csv", csv_write, false },
	{ "html", html_write, false },
	{ "nft", nft_write, true },
	{ "butane", butane_write, true },
	{ "machineconfig", machineconfig_write, true },
	{ "reserved-ports", reserved_write, true },
	{ "vap", vap_write, false },
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
