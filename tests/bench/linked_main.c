// SPDX-License-Identifier: MIT
/*
 * linked: measures what it is linked with; see linked.h. What the groups print goes to the
 * bench: they are given the bench.h that they know.
 */
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../../user/base/cleanup.h"
#include "../../user/base/log.h"
#include "../../user/base/status.h"
#include "groups.h"

struct bench {
	const char *cgroup, *row;
	bool quick;
};

void bench_put(struct bench *b, const char *row, const char *what, const char *instance,
	       double value)
{
	(void)b;
	(void)row;
	printf("put\t%s\t%s\t%.9g\n", what, instance, value);
}

void bench_least(struct bench *b, const char *row, const char *what, const char *instance,
		 double value)
{
	(void)b;
	(void)row;
	printf("least\t%s\t%s\t%.9g\n", what, instance, value);
}

void bench_note(struct bench *b, const char *row, const char *what, const char *instance,
		double value, const char *unit)
{
	(void)b;
	(void)row;
	printf("note\t%s\t%s\t%.9g\t%s\n", what, instance, value, unit);
}

void bench_fail(struct bench *b, const char *row, const char *fmt, ...)
{
	va_list ap;

	(void)b;
	(void)row;
	(void)fputs("fail\t", stdout);
	va_start(ap, fmt);
	(void)vprintf(fmt, ap);
	va_end(ap);
	(void)putchar('\n');
}

bool bench_wants(const struct bench *b, const char *row)
{
	return strcmp(row, b->row) == 0;
}

bool bench_quick(const struct bench *b)
{
	return b->quick;
}

const char *bench_cgroup(const struct bench *b)
{
	return b->cgroup;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *row;
		void (*measure)(struct bench *b);
	} groups[] = {
		{ "apply", bench_apply },
		{ "replace", bench_apply },
		{ "listen", bench_listen },
	};
	struct bench b = { .quick = argc == 4 && strcmp(argv[3], "quick") == 0 };

	log_setup("linked", LOG_LEVEL_INFO);
	if (argc != 3 && !b.quick)
		return EXIT_USAGE;
	b.cgroup = argv[1];
	b.row = argv[2];
	for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
		if (!bench_wants(&b, groups[i].row))
			continue;
		groups[i].measure(&b);
		return fflush(stdout) == 0 ? EXIT_OK : EXIT_SYSTEM;
	}
	return EXIT_USAGE;
}
