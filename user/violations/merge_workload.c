// SPDX-License-Identifier: MIT
#include "merge_workload.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "../identity/workload_json.h"

/* Of these letters Kubernetes makes parts of names. */
#define MADE_UP		   "bcdfghjklmnpqrstvwxz2456789"
#define DIGITS		   "0123456789"

#define POD_PART	   5 /* letters that each pod of a controller gets */
#define TEMPLATE_PART_MIN  6 /* letters that a Deployment gives to its ReplicaSet */
#define TEMPLATE_PART_MAX  10
#define SCHEDULED_PART_MIN 8 /* digits that a CronJob gives to a Job */
#define SCHEDULED_PART_MAX 10
#define ID_PART_MIN	   4 /* hexadecimal digits; a UUID has four at least between its dashes */

/*
 * The length of a name without a dash and a last part of `least` to `most` of the letters; `len`:
 * it does not end like that.
 */
static size_t cut(const char *name, size_t len, const char *letters, size_t least, size_t most)
{
	size_t n = 0;

	while (n < len && strchr(letters, name[len - 1 - n]))
		n++;
	return n >= least && n <= most && len > n + 1 && name[len - 1 - n] == '-' ? len - 1 - n :
										    len;
}

/* The length of a static pod's name without its node. */
static size_t cut_node(const char *name, size_t len, const char *node)
{
	size_t n = strlen(node);

	return n && len > n + 1 && name[len - 1 - n] == '-' && strcmp(name + len - n, node) == 0 ?
		       len - 1 - n :
		       len;
}

static size_t cut_pod(const char *name, const char *node)
{
	size_t whole = strlen(name), len = cut_node(name, whole, node), shorter;

	if (len < whole)
		return len;
	len = cut(name, whole, MADE_UP, POD_PART, POD_PART);
	if (len == whole)
		return whole;
	shorter = cut(name, len, MADE_UP, TEMPLATE_PART_MIN, TEMPLATE_PART_MAX);
	if (shorter < len)
		return shorter;
	return cut(name, len, DIGITS, SCHEDULED_PART_MIN, SCHEDULED_PART_MAX);
}

/* Does a run of letters and digits look like a number or an id? */
static bool is_id(const char *run, size_t len)
{
	size_t digits = 0, hex = 0;

	for (size_t i = 0; i < len; i++) {
		digits += isdigit((unsigned char)run[i]) != 0;
		hex += isxdigit((unsigned char)run[i]) != 0;
	}
	return digits == len || (digits && hex == len && len >= ID_PART_MIN);
}

/* Append a text with a star for each number or id in it. */
static void put_without_ids(const char *text, struct buf *out)
{
	while (*text) {
		size_t len = 0;

		while (isalnum((unsigned char)text[len]))
			len++;
		if (len && is_id(text, len))
			buf_putc(out, '*');
		else
			buf_add(out, text, len ? len : 1);
		text += len ? len : 1;
	}
}

static void name_pod(struct workload *who, const char *node)
{
	size_t len = cut_pod(who->pod, node);

	if (len < strlen(who->pod))
		memcpy(who->pod + len, "-*", sizeof("-*"));
}

/* A service has the same name on all nodes; what is started beside services has not. */
static void name_unit(struct workload *who)
{
	_cleanup_buf_ struct buf text = { 0 };
	const char *dot = strrchr(who->unit, '.');

	if (!dot || strcmp(dot, ".service") == 0)
		return;
	put_without_ids(who->unit, &text);
	if (text.data && !text.failed)
		(void)snprintf(who->unit, sizeof(who->unit), "%s", text.data);
}

void merge_workload_read(const struct json *row, const char *node, struct workload *ret_who,
			 struct buf *cgroup)
{
	workload_json_read(row, ret_who);
	ret_who->uid[0] = '\0';
	ret_who->container_id[0] = '\0';
	switch (ret_who->kind) {
	case WORKLOAD_POD:
		name_pod(ret_who, node);
		break;
	case WORKLOAD_UNIT:
		name_unit(ret_who);
		break;
	case WORKLOAD_KERNEL:
		break;
	default:
		put_without_ids(json_member_text(row, "cgroup", "?"), cgroup);
	}
}
