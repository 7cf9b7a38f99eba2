/* SPDX-License-Identifier: MIT */
/* What is kept of the violations that were reported since the start. */
#pragma once

#include "audited.h"
#include "sweep.h"
#include "violated_ports.h"

struct violations {
	struct sweep *sweep;	  /* borrowed */
	struct audited *audited;  /* those of which enforcement would deny some */
	struct audited *reported; /* all, whatever their verdict */
	struct seen *seen;
	struct timespec since; /* UTC */
};

/* Before anything is reported. 0, or -ENOMEM. */
int violations_start(struct violations *violations);
void violations_stop(struct violations *violations);

/* As struct stream_observer has them; the data is a struct violations. */
void violations_on_record(void *violations, const struct hp_event *record);
void violations_on_line(void *violations, const struct hp_event *record, const struct event *event);
