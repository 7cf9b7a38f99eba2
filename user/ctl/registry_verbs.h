/* SPDX-License-Identifier: MIT */
/* The verbs of `hostportctl registry`: as verb_fn, but none asks an agent. */
#pragma once

#include "verbs.h"

int registry_show(int argc, char **argv);
int registry_lint(int argc, char **argv);
int registry_import(int argc, char **argv);
int registry_export(int argc, char **argv);
int registry_diff(int argc, char **argv);
int registry_next(int argc, char **argv);
