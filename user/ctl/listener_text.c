// SPDX-License-Identifier: MIT
#include "listener_text.h"

#include <inttypes.h>
#include <string.h>

#include "../identity/workload_json.h"

void listener_text_socket(const struct json *l, struct buf *out)
{
	bool v6 = strcmp(json_member_text(l, "family", ""), "ipv6") == 0;

	buf_printf(out, v6 ? "[%s]:%" PRIu64 : "%s:%" PRIu64, json_member_text(l, "address", "*"),
		   json_member_u64(l, "port", 0));
}

void listener_text_process(const struct json *l, struct buf *out)
{
	const char *held_by = json_member_text(l, "held_by", "");
	uint64_t pid = json_member_u64(l, "pid", 0);

	if (pid)
		buf_printf(out, "%s[%" PRIu64 "]", json_member_text(l, "comm", "?"), pid);
	else if (strcmp(held_by, "none") == 0)
		buf_puts(out, "no process has it");
	else if (strcmp(held_by, "kernel") == 0)
		buf_puts(out, "kernel");
	else if (strcmp(held_by, "declared") == 0)
		buf_puts(out, "hostPort, no socket");
}

void listener_text_holder(const struct json *l, struct buf *out)
{
	_cleanup_buf_ struct buf process = { 0 }, socket = { 0 };

	listener_text_process(l, &process);
	listener_text_socket(l, &socket);
	out->failed |= process.failed || socket.failed;
	buf_put_safe(out, process.len ? process.data : "an unknown process");
	buf_puts(out, " at ");
	buf_put_safe(out, socket.data ? socket.data : "?");
	buf_puts(out, ", ");
	workload_json_text(l, out);
}

bool listener_text_is_at(const struct json *l, const char *protocol, uint16_t port)
{
	return json_member_u64(l, "port", 0) == port &&
	       strcmp(json_member_text(l, "protocol", ""), protocol) == 0;
}
