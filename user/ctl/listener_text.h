/* SPDX-License-Identifier: MIT */
/* Parts of a listener of the agent's document, in words; not made safe for a terminal. Pure. */
#pragma once

#include "../base/buf.h"
#include "../base/json.h"

/* Append "0.0.0.0:80", "[::]:80", or "*:80" if it has no address. */
void listener_text_socket(const struct json *listener, struct buf *out);

/* Append "nginx[123]", or what has the socket if no process has; nothing, if it is not known. */
void listener_text_process(const struct json *listener, struct buf *out);

/* Append "nginx[123] at 0.0.0.0:80, unit web.service"; safe for a terminal, unlike the others. */
void listener_text_holder(const struct json *listener, struct buf *out);

/* Does it have this port? `protocol` is a word of events. */
bool listener_text_is_at(const struct json *listener, const char *protocol, uint16_t port);
