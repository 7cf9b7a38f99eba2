// SPDX-License-Identifier: MIT
#include "template.h"

#include <string.h>

#define CHART_NAME_MAX 512 /* longer ones are no charts */

/* The bytes of a directory's name, with its slash, that a file's name begins with. */
static size_t directory_len(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? (size_t)(slash + 1 - file) : 0;
}

/* The same of the directory that has `templates`, or 0. */
static size_t above_templates(const char *file)
{
	const char *at = strstr(file, "/templates/");

	return at ? (size_t)(at + 1 - file) : 0;
}

static bool is_in(const char *chart, const char *file)
{
	return chart && strncmp(file, chart, strlen(chart)) == 0;
}

void template_enter(struct model *model, const char *file)
{
	size_t len = directory_len(file);
	bool is_root = strcmp(file + len, "Chart.yaml") == 0;

	if (model->chart && is_in(model->chart, file))
		return; /* a chart in a chart is a part of it */
	model->chart = NULL;
	model->chart_told = false;
	if (!is_root)
		len = above_templates(file);
	if (!is_root && !len)
		return;
	if (len <= CHART_NAME_MAX)
		model->chart = len ? arena_text_max(&model->arena, file, len) : "";
}

bool template_is_new(struct model *model)
{
	bool told = model->chart && model->chart_told;

	model->chart_told = true;
	return !told;
}

void template_suggest(const struct model *model, struct finding *finding)
{
	const char *chart = model->chart;

	if (!chart)
		finding_suggest(finding, "check what it renders to: oc process, kustomize build or "
					 "envsubst, and then hostportctl check -");
	else
		finding_suggest(finding,
				"check what the chart renders to: helm template %s | "
				"hostportctl check -",
				*chart ? chart : ".");
}
