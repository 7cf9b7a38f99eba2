// SPDX-License-Identifier: MIT
/*
 * Prints deploy/seccomp/hostportd.json, for container runtimes: the system calls that a container
 * of hostportd makes, by the lists with which its programs confine themselves.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../user/agent/sandbox.h"

#define CALLS_MAX 512

struct calls {
	struct sandbox_call list[CALLS_MAX];
	size_t len;
};

static void add_call(void *data, const struct sandbox_call *call)
{
	struct calls *calls = data;

	if (calls->len == CALLS_MAX)
		abort();
	calls->list[calls->len] = *call;
	calls->list[calls->len].name = strdup(call->name);
	if (!calls->list[calls->len++].name)
		abort();
}

/* By name; of one name what has no condition first. */
static int compare(const void *a, const void *b)
{
	const struct sandbox_call *x = a, *y = b;
	int r = strcmp(x->name, y->name);

	if (r == 0)
		r = x->is_bounded - y->is_bounded;
	if (r == 0)
		r = (x->argument > y->argument) - (x->argument < y->argument);
	if (r == 0)
		r = (x->mask > y->mask) - (x->mask < y->mask);
	if (r == 0)
		r = (x->value > y->value) - (x->value < y->value);
	return r;
}

/* A call that is allowed without a condition needs no other line. */
static bool is_said(const struct calls *calls, size_t i)
{
	const struct sandbox_call *call = &calls->list[i];

	for (size_t j = i; j-- > 0 && strcmp(calls->list[j].name, call->name) == 0;)
		if (!calls->list[j].is_bounded || compare(&calls->list[j], call) == 0)
			return true;
	return false;
}

static void print_plain(const struct calls *calls)
{
	const char *comma = "";

	printf("    {\n      \"names\": [");
	for (size_t i = 0; i < calls->len; i++) {
		if (calls->list[i].is_bounded || is_said(calls, i))
			continue;
		printf("%s\n        \"%s\"", comma, calls->list[i].name);
		comma = ",";
	}
	printf("\n      ],\n      \"action\": \"SCMP_ACT_ALLOW\"\n    }");
}

static void print_bounded(const struct calls *calls)
{
	for (size_t i = 0; i < calls->len; i++) {
		const struct sandbox_call *call = &calls->list[i];

		if (!call->is_bounded || is_said(calls, i))
			continue;
		printf(",\n    {\n      \"names\": [\"%s\"],\n      \"action\": "
		       "\"SCMP_ACT_ALLOW\",\n"
		       "      \"args\": [{\"index\": %u, \"value\": %" PRIu64
		       ", \"valueTwo\": %" PRIu64 ", \"op\": \"SCMP_CMP_MASKED_EQ\"}]\n    }",
		       call->name, call->argument, call->mask, call->value);
	}
}

int main(void)
{
	static struct calls calls;

	if (sandbox_each_call(SANDBOX_CONTAINER, add_call, &calls) < 0)
		return 1;
	qsort(calls.list, calls.len, sizeof(calls.list[0]), compare);
	printf("{\n  \"defaultAction\": \"SCMP_ACT_ERRNO\",\n  \"defaultErrnoRet\": %d,\n"
	       "  \"syscalls\": [\n",
	       EPERM);
	print_plain(&calls);
	print_bounded(&calls);
	printf(",\n    {\n      \"names\": [\"clone3\"],\n      \"action\": \"SCMP_ACT_ERRNO\",\n"
	       "      \"errnoRet\": %d\n    }\n  ]\n}\n",
	       ENOSYS);
	return fflush(stdout) != 0;
}
