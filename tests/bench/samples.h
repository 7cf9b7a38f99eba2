/* SPDX-License-Identifier: MIT */
/* A few measurements of the same thing. */
#pragma once

#include <stddef.h>

#define SAMPLES_MAX 256

struct samples {
	double value[SAMPLES_MAX];
	size_t len;
};

/* More than SAMPLES_MAX are left out. */
void samples_add(struct samples *s, double value);

/* Not a number where there are none. */
double samples_median(struct samples *s); /* sorts */
double samples_mean(const struct samples *s);
double samples_most(const struct samples *s);
