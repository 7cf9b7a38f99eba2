/* SPDX-License-Identifier: MIT */
/*
 * What many measurements of one thing say. Pure. The functions sort the list;
 * of an empty one they say NAN.
 */
#pragma once

#include <stddef.h>

double stats_median(double *list, size_t len);

/* The value below which a share of the list is: 0.99 for p99. */
double stats_percentile(double *list, size_t len, double share);

/*
 * The mean of a share of the list, the middle of it: 0.5 for half. Where a clock's
 * ticks are as long as what is looked for, it still tells: the median of such a
 * list is always one tick or the other.
 */
double stats_middle_mean(double *list, size_t len, double share);

/*
 * How far from 0 the median may be: the further end of the interval that holds it with 95 %.
 */
double stats_median_reach(double *list, size_t len);
