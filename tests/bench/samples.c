// SPDX-License-Identifier: MIT
#include "samples.h"

#include <math.h>

#include "stats.h"

void samples_add(struct samples *s, double value)
{
	if (s->len < SAMPLES_MAX)
		s->value[s->len++] = value;
}

double samples_median(struct samples *s)
{
	return stats_median(s->value, s->len);
}

double samples_most(const struct samples *s)
{
	double most = NAN;

	for (size_t i = 0; i < s->len; i++)
		if (!(s->value[i] <= most))
			most = s->value[i];
	return most;
}

double samples_mean(const struct samples *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->len; i++)
		sum += s->value[i];
	return s->len ? sum / (double)s->len : NAN;
}
