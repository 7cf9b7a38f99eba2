// SPDX-License-Identifier: MIT
#include "stats.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void sort(double *list, size_t len)
{
	qsort(list, len, sizeof(*list), compare);
}

double stats_median(double *list, size_t len)
{
	if (len == 0)
		return NAN;
	sort(list, len);
	return (list[(len - 1) / 2] + list[len / 2]) / 2;
}

double stats_percentile(double *list, size_t len, double share)
{
	size_t at = (size_t)(share * (double)len);

	if (len == 0)
		return NAN;
	sort(list, len);
	return list[at < len ? at : len - 1];
}

double stats_middle_mean(double *list, size_t len, double share)
{
	size_t first = (size_t)((1 - share) / 2 * (double)len), end = len - first;
	double sum = 0;

	if (len == 0)
		return NAN;
	sort(list, len);
	for (size_t i = first; i < end; i++)
		sum += list[i];
	return sum / (double)(end - first);
}

double stats_median_reach(double *list, size_t len)
{
	/* of len values, how many are below the median is a binomial number */
	double spread = 0.98 * sqrt((double)len);
	double low = floor((double)len / 2 - spread), high = ceil((double)len / 2 + spread);
	size_t first = low > 0 ? (size_t)low : 0,
	       last = high < (double)len ? (size_t)high : len - 1;

	if (len == 0)
		return NAN;
	sort(list, len);
	return fmax(fabs(list[first]), fabs(list[last]));
}
