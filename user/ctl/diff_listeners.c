// SPDX-License-Identifier: MIT
#include "diff_listeners.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "../base/json.h"
#include "../base/log.h"
#include "../base/status.h"
#include "../identity/workload_json.h"
#include "../registry/words.h"
#include "registry_argument.h"
#include "verb.h"

/* What is no address, as *, is external. */
static uint8_t scope_of(const char *address)
{
	uint32_t a[4];

	if (inet_pton(AF_INET, address, a) == 1)
		return hp_scope_of4(ntohl(a[0]));
	if (inet_pton(AF_INET6, address, a) == 1)
		return hp_scope_of6(ntohl(a[0]), ntohl(a[1]), ntohl(a[2]), ntohl(a[3]));
	return HP_SCOPE_EXTERNAL;
}

/* "nginx[4711], pod ns/p" */
static void put_text(const struct json *l, struct buf *out)
{
	const char *comm = json_member_text(l, "comm", "");
	uint64_t pid = json_member_u64(l, "pid", 0);

	if (*comm)
		buf_printf(out, "%s[%ju], ", comm, (uintmax_t)pid);
	workload_json_text(l, out);
}

/* False: it is no listener of a protocol that we know. */
static bool read_listener(const struct json *l, struct upgrade_listener *ret)
{
	const struct json *workload = json_member(l, "workload");
	int proto = word_to_proto(json_member_text(l, "protocol", ""));
	uint64_t port = json_member_u64(l, "port", 0);

	if (proto < 0 || port < 1 || port > UINT16_MAX)
		return false;
	*ret = (struct upgrade_listener) {
		.query = {
			.proto = (uint8_t)proto,
			.port = (uint16_t)port,
			.scope = scope_of(json_member_text(l, "address", "*")),
		},
		.who = {
			.namespace_ = json_member_text(workload, "namespace", NULL),
			.pod = json_member_text(workload, "pod", NULL),
			.container = json_member_text(workload, "container", NULL),
			.unit = json_member_text(workload, "unit", NULL),
			.exe = json_member_text(l, "exe", NULL),
		},
	};
	return true;
}

static int check_all(const struct upgrade *upgrade, const struct json *listeners,
		     struct findings *findings)
{
	struct upgrade_listener listener;
	int r = 0;

	for (size_t i = 0; r == 0 && i < json_len(listeners); i++) {
		const struct json *l = json_at(listeners, i);
		_cleanup_buf_ struct buf text = { 0 };

		if (!read_listener(l, &listener))
			continue;
		put_text(l, &text);
		if (text.failed)
			return -ENOMEM;
		listener.text = text.data ? text.data : "?";
		r = upgrade_check(upgrade, &listener, findings);
	}
	return r;
}

int diff_listeners(const char *verb, const struct upgrade *upgrade, struct findings *findings)
{
	_cleanup_(json_freep) struct json *document = NULL;
	_cleanup_buf_ struct buf text = { 0 }, err = { 0 };
	const struct json *listeners;
	int status = registry_argument_read(verb, upgrade->file, &text), r;

	if (status != EXIT_OK)
		return status;
	r = json_parse(text.data ? text.data : "", text.len, &err, &document);
	if (r == -ENOMEM)
		return verb_failed(verb, r);
	listeners = json_member(document, "listeners");
	if (r < 0 || !json_is_list(listeners)) {
		log_error("%s: %s: not what `hostportctl listeners --json` prints%s%s", verb,
			  upgrade->file, err.len ? ": " : "", err.len ? err.data : "");
		return EXIT_USAGE;
	}
	r = check_all(upgrade, listeners, findings);
	return r < 0 ? verb_failed(verb, r) : EXIT_OK;
}
