// SPDX-License-Identifier: MIT
#include "others.h"

#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../../user/base/cleanup.h"

#define TIMES  8 /* user, nice, system, idle, iowait, irq, softirq, steal */
#define IDLE   3
#define IOWAIT 4

static double seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static double own_seconds(void)
{
	struct rusage self = { 0 }, children = { 0 };

	(void)getrusage(RUSAGE_SELF, &self);
	(void)getrusage(RUSAGE_CHILDREN, &children);
	return seconds(&self.ru_utime) + seconds(&self.ru_stime) + seconds(&children.ru_utime) +
	       seconds(&children.ru_stime);
}

void others_begin(struct others *ret_others)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/stat", "re");
	struct others now = { .own_s = own_seconds() };
	unsigned long long times[TIMES] = { 0 };
	double tick = 1.0 / (double)sysconf(_SC_CLK_TCK);

	if (f && fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &times[0], &times[1],
			&times[2], &times[3], &times[4], &times[5], &times[6], &times[7]) == TIMES)
		for (int i = 0; i < TIMES; i++) {
			now.all_s += (double)times[i] * tick;
			if (i != IDLE && i != IOWAIT)
				now.busy_s += (double)times[i] * tick;
		}
	*ret_others = now;
}

double others_share(const struct others *since)
{
	struct others now;
	double theirs;

	others_begin(&now);
	theirs = (now.busy_s - since->busy_s) - (now.own_s - since->own_s);
	if (now.all_s <= since->all_s)
		return NAN;
	return fmax(theirs, 0) / (now.all_s - since->all_s);
}
