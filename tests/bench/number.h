/* SPDX-License-Identifier: MIT */
/* A figure as a person reads it: with as many digits as mean something. */
#pragma once

#include <math.h>
#include <stdio.h>

struct number {
	char text[32];
};

static inline struct number number(double v)
{
	struct number n;
	double size = fabs(v);
	int digits = v == floor(v) || size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;

	(void)snprintf(n.text, sizeof(n.text), "%.*f", digits, v);
	return n;
}
