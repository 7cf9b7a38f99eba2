/* SPDX-License-Identifier: MIT */
/* How busy a machine is with other things than us: figures of a busy one are worth less. */
#pragma once

struct others {
	double busy_s, all_s; /* of all CPUs together */
	double own_s;	      /* of this process and of the children that it has waited for */
};

/* Begin to look. */
void others_begin(struct others *ret_others);

/* What others took of all CPU time since then, from 0 to 1; not a number: it can't be told. */
double others_share(const struct others *since);
