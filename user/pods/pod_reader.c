// SPDX-License-Identifier: MIT
#include "pod_reader.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "../../bpf/abi.h"
#include "../base/parse.h"
#include "pod_key.h"

/* Room for what is written when the pod ends: its names. */
#define ROOM_FOR_NAMES (5 * (POD_TEXT_MAX + 3) + 8)

/* ---- where we are -------------------------------------------------------------------------- */

static uint8_t top(const struct pod_reader *reader)
{
	return reader->depth ? reader->stack[reader->depth - 1] : POD_KEY_NONE;
}

/* The meaning of the value that comes now. */
static uint8_t take_next(struct pod_reader *reader)
{
	uint8_t node = reader->next, element = pod_key_element(top(reader));

	if (reader->depth == 0)
		return POD_KEY_ROOT;
	reader->next = POD_KEY_NONE;
	return element ? element : node;
}

/* ---- the object at hand -------------------------------------------------------------------- */

/* Everything of the last one is forgotten. */
static void begin_object(struct pod_reader *reader)
{
	reader->kind[0] = reader->version[0] = reader->message[0] = '\0';
	reader->namespace_[0] = reader->name[0] = reader->uid[0] = '\0';
	reader->mirror[0] = reader->hash[0] = reader->node[0] = '\0';
	reader->code = reader->flags = 0;
	reader->of_node = (struct this_node_fields) { 0 };
	reader->full = false;
	reader->containers = reader->ports = reader->ids = 0;
	buf_reset(&reader->record);
	pod_record_begin(&reader->record, POD_RECORD_POD);
}

void pod_reader_skipped(struct pod_reader *reader)
{
	reader->flags |= POD_FLAG_INCOMPLETE;
}

/* A text that is kept whole, or else counts as left out. */
static void store(struct pod_reader *reader, char *field, size_t size, const char *text, size_t len)
{
	if (len >= size || memchr(text, '\0', len)) {
		pod_reader_skipped(reader);
		return;
	}
	memcpy(field, text, len);
	field[len] = '\0';
}

#define STORE(reader, field, text, len)                                                            \
	store((reader), (reader)->field, sizeof((reader)->field), (text), (len))

/* Count one more of something, if the record has room for so many bytes. */
static bool has_room(struct pod_reader *reader, size_t *counter, size_t max, size_t bytes)
{
	if (*counter == max || reader->record.len + bytes > POD_RECORD_MAX - ROOM_FOR_NAMES)
		reader->full = true;
	if (reader->full)
		pod_reader_skipped(reader);
	else
		++*counter;
	return !reader->full;
}

static void begin_container(struct pod_reader *reader)
{
	static const uint8_t kinds[POD_KEY_MAX] = {
		[POD_KEY_INIT_CONTAINERS] = POD_CONTAINER_INIT,
		[POD_KEY_EPHEMERAL_CONTAINERS] = POD_CONTAINER_EPHEMERAL,
	};

	reader->container[0] = '\0';
	reader->container_kind = kinds[top(reader)];
}

static void end_container(struct pod_reader *reader)
{
	const struct pod_container container = {
		.name = *reader->container ? reader->container : "?",
		.kind = reader->container_kind,
	};

	if (has_room(reader, &reader->containers, POD_CONTAINERS_MAX, POD_TEXT_MAX + 4))
		pod_record_container(&reader->record, &container);
}

static void begin_port(struct pod_reader *reader)
{
	reader->port = (struct pod_port) { .protocol = HP_PROTO_TCP };
	reader->host_ip[0] = '\0';
	reader->port_is_bad = false;
}

static void end_port(struct pod_reader *reader)
{
	if (reader->port_is_bad || !reader->port.container_port) {
		pod_reader_skipped(reader);
		return;
	}
	reader->port.host_ip = reader->host_ip;
	if (has_room(reader, &reader->ports, POD_PORTS_MAX, POD_TEXT_MAX + 8))
		pod_record_port(&reader->record, &reader->port);
}

static void begin_status(struct pod_reader *reader)
{
	reader->container[0] = '\0';
	reader->status_ids_len = 0;
}

static void end_status(struct pod_reader *reader)
{
	struct pod_container_id id = { .container = reader->container };

	for (size_t i = 0; *reader->container && i < reader->status_ids_len; i++) {
		id.id = reader->status_ids[i];
		if (has_room(reader, &reader->ids, POD_IDS_MAX, 2 * POD_TEXT_MAX + 4))
			pod_record_id(&reader->record, &id);
	}
}

/* "containerd://ID": the ID, unless it is there already. */
static void take_id(struct pod_reader *reader, const char *text, size_t len)
{
	const char *scheme = memmem(text, len, "://", 3);
	size_t n = reader->status_ids_len;

	if (scheme) {
		len -= (size_t)(scheme + 3 - text);
		text = scheme + 3;
	}
	if (!len || n == ARRAY_LEN(reader->status_ids))
		return;
	reader->status_ids[n][0] = '\0';
	STORE(reader, status_ids[n], text, len);
	for (size_t i = 0; i < n; i++)
		if (strcmp(reader->status_ids[i], reader->status_ids[n]) == 0)
			return;
	reader->status_ids_len += reader->status_ids[n][0] != '\0';
}

static bool is_text(const char *text, size_t len, const char *want)
{
	return strlen(want) == len && memcmp(text, want, len) == 0;
}

/* As YAML 1.1 has it. */
static bool is_true(const char *text, size_t len)
{
	static const char *const words[] = { "true", "yes", "on", "y" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == len && strncasecmp(text, words[i], len) == 0)
			return true;
	return false;
}

static void take_protocol(struct pod_reader *reader, const char *text, size_t len)
{
	if (len == 0 || is_text(text, len, "TCP"))
		reader->port.protocol = HP_PROTO_TCP;
	else if (is_text(text, len, "UDP"))
		reader->port.protocol = HP_PROTO_UDP;
	else if (is_text(text, len, "SCTP"))
		reader->port.protocol = HP_PROTO_SCTP;
	else
		reader->port_is_bad = true;
}

static void take_port(struct pod_reader *reader, const char *text, size_t len, uint64_t least,
		      uint16_t *ret_port)
{
	uint64_t port;

	if (parse_digits(text, len, least, UINT16_MAX, &port) == 0)
		*ret_port = (uint16_t)port;
	else
		reader->port_is_bad = true;
}

static void take_flag(struct pod_reader *reader, unsigned int flag, bool is)
{
	reader->flags = is ? reader->flags | flag : reader->flags & ~flag;
}

/* Messages are cut, not left out. */
static void take_message(struct pod_reader *reader, const char *text, size_t len)
{
	if (len > POD_MESSAGE_MAX)
		len = POD_MESSAGE_MAX;
	memcpy(reader->message, text, len);
	reader->message[len] = '\0';
}

static void take_code(struct pod_reader *reader, const char *text, size_t len)
{
	uint64_t code;

	if (parse_digits(text, len, 0, 999, &code) == 0)
		reader->code = (unsigned int)code;
}

static void take_port_field(struct pod_reader *reader, uint8_t node, const char *text, size_t len)
{
	switch (node) {
	case POD_KEY_CONTAINER_PORT:
		take_port(reader, text, len, 1, &reader->port.container_port);
		break;
	case POD_KEY_HOST_PORT: /* 0: none */
		take_port(reader, text, len, 0, &reader->port.host_port);
		break;
	case POD_KEY_PROTOCOL:
		take_protocol(reader, text, len);
		break;
	default:
		STORE(reader, host_ip, text, len);
		break;
	}
}

static void take_container_field(struct pod_reader *reader, uint8_t node, const char *text,
				 size_t len)
{
	switch (node) {
	case POD_KEY_CONTAINER_NAME:
		STORE(reader, container, text, len);
		break;
	case POD_KEY_RESTART_POLICY:
		if (reader->container_kind == POD_CONTAINER_INIT && is_text(text, len, "Always"))
			reader->container_kind = POD_CONTAINER_SIDECAR;
		break;
	case POD_KEY_CONTAINER_ID:
		take_id(reader, text, len);
		break;
	default:
		take_port_field(reader, node, text, len);
		break;
	}
}

static void take_pod_field(struct pod_reader *reader, uint8_t node, const char *text, size_t len)
{
	switch (node) {
	case POD_KEY_NAME:
		STORE(reader, name, text, len);
		break;
	case POD_KEY_NAMESPACE:
		STORE(reader, namespace_, text, len);
		break;
	case POD_KEY_UID:
		STORE(reader, uid, text, len);
		break;
	case POD_KEY_MIRROR:
		STORE(reader, mirror, text, len);
		break;
	case POD_KEY_HASH:
		STORE(reader, hash, text, len);
		break;
	case POD_KEY_NODE_NAME:
		STORE(reader, node, text, len);
		break;
	case POD_KEY_HOST_NETWORK:
		take_flag(reader, POD_FLAG_HOST_NETWORK, is_true(text, len));
		break;
	case POD_KEY_PHASE:
		take_flag(reader, POD_FLAG_ENDED,
			  is_text(text, len, "Succeeded") || is_text(text, len, "Failed"));
		break;
	default:
		take_container_field(reader, node, text, len);
		break;
	}
}

static void take_version(struct pod_reader *reader, const char *text, size_t len)
{
	/* of the root's metadata, which is a list's unless the root is a pod */
	if (reader->depth == 2)
		STORE(reader, list_version, text, len);
	STORE(reader, version, text, len);
}

static void take(struct pod_reader *reader, uint8_t node, const char *text, size_t len)
{
	switch (node) {
	case POD_KEY_TYPE:
		STORE(reader, type, text, len);
		break;
	case POD_KEY_KIND:
		STORE(reader, kind, text, len);
		break;
	case POD_KEY_CODE:
		take_code(reader, text, len);
		break;
	case POD_KEY_MESSAGE:
		take_message(reader, text, len);
		break;
	case POD_KEY_VERSION:
		take_version(reader, text, len);
		break;
	case POD_KEY_INITIAL_EVENTS_END:
		reader->initial_events_end = is_text(text, len, "true");
		break;
	case POD_KEY_CONTROL_PLANE:
	case POD_KEY_OPENSHIFT:
	case POD_KEY_PROVIDER:
	case POD_KEY_KUBELET:
		this_node_take(&reader->of_node, node, text, len);
		break;
	default:
		take_pod_field(reader, node, text, len);
		break;
	}
}

/* ---- objects that have ended --------------------------------------------------------------- */

static int report(struct pod_reader *reader, struct pod_read read)
{
	read.type = reader->type;
	read.initial_events_end = reader->initial_events_end;
	reader->objects++;
	return reader->fn(reader->data, &read);
}

/* What was kept apart because it may stand anywhere in the object. */
static void finish_record(struct pod_reader *reader)
{
	struct buf *record = &reader->record;
	const char *mirror = *reader->mirror ? reader->mirror : reader->hash;
	size_t len = strlen(reader->name);

	if (reader->suffix && len + strlen(reader->suffix) <= POD_TEXT_MAX)
		(void)strcpy(reader->name + len, reader->suffix);
	pod_record_text(record, POD_PART_NAMESPACE,
			*reader->namespace_ ? reader->namespace_ : "default");
	pod_record_text(record, POD_PART_NAME, reader->name);
	pod_record_text(record, POD_PART_UID, reader->uid);
	pod_record_text(record, POD_PART_MIRROR_OF, strcmp(mirror, reader->uid) == 0 ? "" : mirror);
	pod_record_flags(record, reader->flags);
}

static int end_pod(struct pod_reader *reader)
{
	struct pod_read read = { .version = reader->version, .node = "", .message = "" };
	struct this_node this_node;

	if (strcmp(reader->kind, "Status") == 0) {
		read.kind = POD_READ_STATUS;
		read.code = reader->code;
		read.message = reader->message;
	} else if (strcmp(reader->kind, "Node") == 0) {
		this_node = this_node_of(&reader->of_node);
		read.kind = POD_READ_NODE;
		read.this_node = &this_node;
	} else if (*reader->kind && strcmp(reader->kind, "Pod") != 0) {
		read.kind = POD_READ_OTHER;
	} else {
		read.kind = POD_READ_POD;
		read.node = reader->node;
		finish_record(reader);
		read.record = &reader->record;
	}
	return reader->record.failed ? -ENOMEM : report(reader, read);
}

static int end_root(struct pod_reader *reader)
{
	if (reader->has_object) /* it was reported */
		return 0;
	if (!reader->has_items)
		return *reader->kind ? end_pod(reader) : 0;
	return report(reader, (struct pod_read) { .kind = POD_READ_LIST,
						  .version = reader->list_version,
						  .node = "",
						  .message = "" });
}

/* ---- pieces -------------------------------------------------------------------------------- */

void pod_reader_init(struct pod_reader *reader, pod_read_fn fn, void *data)
{
	*reader = (struct pod_reader) { .fn = fn, .data = data };
}

void pod_reader_free(struct pod_reader *reader)
{
	buf_free(&reader->record);
}

static void begin_root(struct pod_reader *reader)
{
	reader->has_items = reader->has_object = reader->initial_events_end = false;
	reader->type[0] = reader->list_version[0] = '\0';
	reader->next = POD_KEY_NONE;
	begin_object(reader);
}

static void begin(struct pod_reader *reader, uint8_t node)
{
	switch (node) {
	case POD_KEY_ROOT:
		begin_root(reader);
		break;
	case POD_KEY_POD:
		reader->has_object |= top(reader) == POD_KEY_ROOT;
		begin_object(reader);
		break;
	case POD_KEY_ITEMS:
		reader->has_items = true;
		break;
	case POD_KEY_CONTAINER:
		begin_container(reader);
		break;
	case POD_KEY_PORT:
		begin_port(reader);
		break;
	case POD_KEY_CONTAINER_STATUS:
		begin_status(reader);
		break;
	default:
		break;
	}
}

int pod_reader_open(struct pod_reader *reader, bool list)
{
	uint8_t node = take_next(reader);

	if (reader->depth == POD_READER_DEPTH_MAX)
		return -E2BIG;
	if (list ? !pod_key_element(node) : !pod_key_is_mapping(node))
		node = POD_KEY_NONE;
	begin(reader, node);
	reader->stack[reader->depth++] = node;
	return 0;
}

int pod_reader_close(struct pod_reader *reader)
{
	uint8_t node = top(reader);

	if (reader->depth)
		reader->depth--;
	reader->next = POD_KEY_NONE;
	switch (node) {
	case POD_KEY_ROOT:
		return end_root(reader);
	case POD_KEY_POD:
		return end_pod(reader);
	case POD_KEY_CONTAINER:
		end_container(reader);
		break;
	case POD_KEY_PORT:
		end_port(reader);
		break;
	case POD_KEY_CONTAINER_STATUS:
		end_status(reader);
		break;
	default:
		break;
	}
	return 0;
}

void pod_reader_key(struct pod_reader *reader, const char *text, size_t len)
{
	reader->next = pod_key_find(top(reader), text, len);
}

void pod_reader_scalar(struct pod_reader *reader, const char *text, size_t len)
{
	uint8_t node = take_next(reader);

	if (pod_key_is_scalar(node))
		take(reader, node, text, len);
}

void pod_reader_null(struct pod_reader *reader)
{
	if (take_next(reader) == POD_KEY_ITEMS) /* of a list of nothing */
		reader->has_items = true;
}
