/* SPDX-License-Identifier: MIT */
/*
 * Findings about templates: a chart has one. A chart is a directory with a Chart.yaml, and all
 * below it; or, where that file was not read, the directory above `templates`. Pure.
 */
#pragma once

#include "../finding.h"
#include "model.h"

/* Call it before each file, in the order of their names, with nothing of the file in the arena. */
void template_enter(struct model *model, const char *file);

/* May there be a finding about a template of this file? True once a chart. */
bool template_is_new(struct model *model);

/* Suggest how to render it. */
void template_suggest(const struct model *model, struct finding *finding);
