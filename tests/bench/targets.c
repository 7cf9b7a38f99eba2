// SPDX-License-Identifier: MIT
#include "targets.h"

#include <stdbool.h>
#include <string.h>

#define SCALED	  TARGET_SCALED
#define AT_LEAST  TARGET_AT_LEAST
#define ONE	  TARGET_ONE

#define SCALE_MIN 0.25
#define SCALE_MAX 8.0

static const struct target_row rows[] = {
	{ "allowed",
	  "allowed bind, up to 512 rows, TCP and UDP, v4 and v6, audit and enforce",
	  { { "ns over empty", "ns", 40, 10, SCALED }, { "x empty", "x", 1.10, 1.02, 0 } } },
	{ "allowed-large",
	  "same with 131,072 rows, random ports",
	  { { "ns over empty", "ns", 100, 50, SCALED }, { "x empty", "x", 1.20, 1.08, 0 } } },
	{ "allowed-none",
	  "allowed, against no program at all",
	  { { "x none", "x", 1.25, 1.15, 0 }, { "loop x none", "x", 1.05, 1.05, ONE } } },
	{ "port-0", "port 0", { { "ns over empty", "ns", 12, 0, SCALED } } },
	{ "other-netns", "another netns", { { "ns over empty", "ns", 15, 5, SCALED } } },
	{ "pods-outside",
	  "allowed bind outside pods, where there are some",
	  { { "ns over no pods", "ns", 20, 10, SCALED } } },
	{ "pods-netns",
	  "the same of a pod of its own netns",
	  { { "ns over no pods", "ns", 10, 5, SCALED } } },
	{ "pods-host",
	  "the same of a pod of the host's netns, which declares the port",
	  { { "ns over no pods", "ns", 150, 100, SCALED } } },
	{ "fold-audit",
	  "folded violation, audit",
	  { { "ns over empty", "ns", 80, 35, SCALED },
	    { "CPU ns a loop over none", "ns", 200, 200, SCALED | ONE } } },
	{ "fold-deny",
	  "folded violation, deny: EPERM bind over none",
	  { { "x none", "x", 0.75, 0.65, 0 } } },
	{ "p99", "p99 of bind() under repeated violations", { { "x none", "x", 2, 1.3, 0 } } },
	{ "deny-storm",
	  "deny storm, 8 threads, 256 ports",
	  { { "x silent deny", "x", 0.70, 0.85, AT_LEAST },
	    { "dropped", "count", 0, 0, ONE },
	    { "% of a core", "%", 5, 1, 0 },
	    { "miscounted", "count", 0, 0, ONE } } },
	{ "scan-storm",
	  "scan storm, 8 threads, 50,000 ports, 256 KiB ring",
	  { { "events over cap", "count", 0, 0, ONE },
	    { "dropped", "count", 0, 0, ONE },
	    { "miscounted", "count", 0, 0, ONE } } },
	{ "no-fold-storm",
	  "no folding (an option), audit storm, 4 threads, 1 MiB ring",
	  { { "events/s", "1/s", 300000, 400000, AT_LEAST }, { "dropped", "count", 0, 0, ONE } } },
	{ "json",
	  "JSON lines drained on a free core",
	  { { "lines/s", "1/s", 200000, 400000, AT_LEAST } } },
	{ "map-memory",
	  "map memory, up to 4,096 / 131,072 rows",
	  { { "MiB at 4096", "MiB", 1.5, 0.5, 0 }, { "MiB at 131072", "MiB", 14, 2, 0 } } },
	{ "agent-memory",
	  "RSS / peak of the agent, no pods",
	  { { "RSS MiB", "MiB", 6, 3, 0 }, { "peak MiB", "MiB", 24, 4, 0 } } },
	{ "start", "start to enforced", { { "ms", "ms", 50, 5, 0 } } },
	{ "apply",
	  "apply 256 / 65,536 rows",
	  { { "ms at 256", "ms", 2, 0.1, 0 }, { "ms at 65536", "ms", 100, 25, 0 } } },
	{ "replace", "atomic replacement of 256 rows", { { "ms", "ms", 50, 1, 0 } } },
	{ "listen",
	  "listen() and each TCP connection where a listen hook is used",
	  { { "ns over none", "ns", 80, 0, SCALED }, { "% of a connection", "%", 1, 0, 0 } } },
	{ "check", "check of 10,000 manifests", { { "s", "s", 10, 3, 0 } } },
	{ "lint", "registry lint of 131,072 rows", { { "s", "s", 2, 0.5, 0 } } },
	{ "peers", "an allowed bind beside other designs", { { 0 } } },
	{ "curve-rows", "growth with the registry's rows", { { 0 } } },
	{ "curve-threads", "growth with the binding threads", { { 0 } } },
	{ "curve-foreign", "growth with the programs of others", { { 0 } } },
};

const struct target_row *targets_rows(size_t *ret_len)
{
	*ret_len = sizeof(rows) / sizeof(rows[0]);
	return rows;
}

const struct target_row *targets_row(const char *id)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].id, id) == 0)
			return &rows[i];
	return NULL;
}

const struct target *targets_find(const struct target_row *row, const char *what)
{
	for (const struct target *t = row->targets; t->what; t++)
		if (strcmp(t->what, what) == 0)
			return t;
	return NULL;
}

double targets_scale(double none_ns, double empty_ns)
{
	double scale = (empty_ns - none_ns) / TARGETS_EMPTY_NS;

	/* written so that what is not a number is out of bounds, too */
	if (!(scale >= SCALE_MIN))
		return SCALE_MIN;
	return scale > SCALE_MAX ? SCALE_MAX : scale;
}

struct target targets_here(const struct target *target, double scale)
{
	struct target here = *target;

	if (here.flags & TARGET_SCALED) {
		here.floor *= scale;
		here.excellent *= scale;
	}
	return here;
}

int targets_worse(const struct target *target, double a, double b)
{
	/* not a number: nothing is worse */
	if (a != a || b != b)
		return a != a && b == b;
	return target->flags & TARGET_AT_LEAST ? a < b : a > b;
}

enum target_grade targets_judge(const struct target *here, double value, double noise)
{
	bool in_ns = strcmp(here->unit, "ns") == 0;
	double excellent = in_ns && here->excellent == 0 ? noise : here->excellent;

	if (targets_worse(here, value, here->floor))
		return TARGET_MISSED;
	if (here->flags & TARGET_ONE || targets_worse(here, value, excellent))
		return TARGET_MET;
	return TARGET_EXCELLENT;
}

const char *target_grade_word(enum target_grade grade)
{
	static const char *const words[TARGET_GRADES] = {
		[TARGET_MISSED] = "MISSED",
		[TARGET_MET] = "met",
		[TARGET_EXCELLENT] = "excellent",
	};

	return words[grade];
}
