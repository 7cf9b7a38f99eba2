// SPDX-License-Identifier: MIT
/*
 * A control group's path. Whatever process chooses it, the result has the form of
 * what the kubelet and systemd write, and its text is safe for a terminal. What
 * is below a pod's container, a name of the container's own, changes nothing.
 */
#include "fuzz.h"

#include <ctype.h>

#include "../../user/identity/workload.h"

static bool hex_or(const char *s, char other)
{
	for (; *s; s++)
		if (!(isdigit((unsigned char)*s) || (*s >= 'a' && *s <= 'f') || *s == other))
			return false;
	return true;
}

static void check_pod(const struct workload *who, const char *path)
{
	size_t len = strlen(who->uid);
	_cleanup_buf_ struct buf below = { 0 };
	struct workload again;

	CHECK((len == 32 || len == 36) && hex_or(who->uid, '-'));
	CHECK(strlen(who->container_id) <= 64 && hex_or(who->container_id, '\0'));
	CHECK(!*who->unit && strstr(path, "pod"));
	if (!*who->container_id || path[strlen(path) - 1] == '/')
		return;
	buf_printf(&below, "%s/kubepods/pod%032d/%064d", path, 0, 0);
	workload_parse("", below.data, &again);
	CHECK(again.kind == WORKLOAD_POD && strcmp(again.uid, who->uid) == 0);
	CHECK(strcmp(again.container_id, who->container_id) == 0);
}

/* A stated UID has any form, but one line, and a pod's usual path is one of these, too. */
static void check_stated(const struct workload *who, const char *path)
{
	struct workload stated;

	if (!workload_parse_stated("", path, &stated)) {
		CHECK(who->kind != WORKLOAD_POD);
		return;
	}
	CHECK(stated.kind == WORKLOAD_POD && *stated.uid &&
	      strlen(stated.uid) < sizeof(stated.uid));
	for (const char *c = stated.uid; *c; c++)
		CHECK(isalnum((unsigned char)*c) || *c == '-' || *c == '.');
	CHECK(strlen(stated.container_id) <= 64 && hex_or(stated.container_id, '\0'));
	if (who->kind == WORKLOAD_POD)
		CHECK(strcmp(who->uid, stated.uid) == 0 &&
		      strcmp(who->container_id, stated.container_id) == 0);
}

/* On the agent's own node there is always a name for the agent's own path. */
static void check_node_root(char *path)
{
	size_t len = workload_node_root(path);
	_cleanup_free_ char *root = strndup(path, len);
	struct workload who;

	CHECK(len <= strlen(path) && (!path[len] || path[len] == '/' || !len));
	if (!path[len] || *path != '/')
		return;
	workload_parse(root, path, &who);
	CHECK(who.kind != WORKLOAD_UNKNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { data, size };
	_cleanup_free_ char *path = feed_text(&feed, '\0');
	_cleanup_buf_ struct buf text = { 0 };
	struct workload who;

	workload_parse("", path, &who);
	CHECK(who.kind < WORKLOAD_KIND_MAX);
	CHECK(workload_word_to_kind(workload_kind_word(who.kind)) == who.kind);
	CHECK(memchr(who.runtime, '\0', sizeof(who.runtime)));
	CHECK(memchr(who.unit, '\0', sizeof(who.unit)) && !strchr(who.unit, '/'));
	CHECK((who.kind == WORKLOAD_UNIT) == (*who.unit != '\0'));
	if (who.kind == WORKLOAD_POD)
		check_pod(&who, path);
	else
		CHECK(!*who.uid && (!*who.container_id || strcmp(who.runtime, "kata") == 0));
	check_node_root(path);
	check_stated(&who, path);
	workload_text(&who, path, &text);
	CHECK(text.len > 0);
	check_safe(&text, false);
	return 0;
}
