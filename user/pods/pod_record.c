// SPDX-License-Identifier: MIT
#include "pod_record.h"

#include <errno.h>
#include <string.h>

#include "../../bpf/abi.h"

#define PART_HEAD 3 /* bytes before a value */
#define PORT_HEAD 5 /* bytes before the address */

/* ---- write --------------------------------------------------------------------------------- */

void pod_record_begin(struct buf *record, enum pod_record_kind kind)
{
	buf_putc(record, (char)kind);
}

void pod_record_put(struct buf *record, enum pod_part part, const void *value, size_t len)
{
	const char head[PART_HEAD] = { (char)part, (char)(len & 0xff), (char)(len >> 8) };

	buf_add(record, head, sizeof(head));
	buf_add(record, value, len);
}

void pod_record_text(struct buf *record, enum pod_part part, const char *text)
{
	pod_record_put(record, part, text, strlen(text));
}

void pod_record_flags(struct buf *record, unsigned int flags)
{
	const char byte = (char)flags;

	pod_record_put(record, POD_PART_FLAGS, &byte, 1);
}

void pod_record_port(struct buf *record, const struct pod_port *port)
{
	char value[PORT_HEAD + POD_TEXT_MAX];
	size_t len = strnlen(port->host_ip, POD_TEXT_MAX);

	value[0] = (char)port->protocol;
	value[1] = (char)(port->container_port & 0xff);
	value[2] = (char)(port->container_port >> 8);
	value[3] = (char)(port->host_port & 0xff);
	value[4] = (char)(port->host_port >> 8);
	memcpy(value + PORT_HEAD, port->host_ip, len);
	pod_record_put(record, POD_PART_PORT, value, PORT_HEAD + len);
}

void pod_record_container(struct buf *record, const struct pod_container *container)
{
	char value[1 + POD_TEXT_MAX];
	size_t len = strnlen(container->name, POD_TEXT_MAX);

	value[0] = (char)container->kind;
	memcpy(value + 1, container->name, len);
	pod_record_put(record, POD_PART_CONTAINER, value, 1 + len);
}

void pod_record_id(struct buf *record, const struct pod_container_id *id)
{
	char value[2 * POD_TEXT_MAX + 1];
	size_t len = strnlen(id->container, POD_TEXT_MAX), id_len = strnlen(id->id, POD_TEXT_MAX);

	memcpy(value, id->container, len);
	value[len] = '\0';
	memcpy(value + len + 1, id->id, id_len);
	pod_record_put(record, POD_PART_ID, value, len + 1 + id_len);
}

void pod_record_of(const struct pod *pod, struct buf *record)
{
	size_t port = 0;

	pod_record_begin(record, POD_RECORD_POD);
	pod_record_text(record, POD_PART_NAMESPACE, pod->namespace_);
	pod_record_text(record, POD_PART_NAME, pod->name);
	pod_record_text(record, POD_PART_UID, pod->uid);
	pod_record_text(record, POD_PART_MIRROR_OF, pod->mirror_of);
	pod_record_flags(record, (pod->host_network ? POD_FLAG_HOST_NETWORK : 0U) |
					 (pod->ended ? POD_FLAG_ENDED : 0U) |
					 (pod->incomplete ? POD_FLAG_INCOMPLETE : 0U));
	for (size_t i = 0; i < pod->containers_len; i++) {
		for (; port < pod->ports_len && pod->ports[port].container == i; port++)
			pod_record_port(record, &pod->ports[port]);
		pod_record_container(record, &pod->containers[i]);
	}
	for (size_t i = 0; i < pod->ids_len; i++)
		pod_record_id(record, &pod->ids[i]);
}

static void put_numbers(struct buf *record, enum pod_part part, uint16_t a, uint16_t b)
{
	const char value[] = { (char)(a & 0xff), (char)(a >> 8), (char)(b & 0xff), (char)(b >> 8) };

	pod_record_put(record, part, value, sizeof(value));
}

void pod_record_of_node(const struct this_node *node, struct buf *record)
{
	const char role = (char)node->role;

	pod_record_begin(record, POD_RECORD_NODE);
	pod_record_put(record, POD_PART_ROLE, &role, 1);
	pod_record_text(record, POD_PART_PLATFORM, node->platform);
	put_numbers(record, POD_PART_CLUSTER, node->cluster.major, node->cluster.minor);
}

/* ---- read ---------------------------------------------------------------------------------- */

struct part {
	unsigned int part;
	const unsigned char *value;
	size_t len;
};

/* Take the next part off the bytes. 1; 0: there is none; -EINVAL. */
static int next_part(const unsigned char **bytes, size_t *len, struct part *ret_part)
{
	const unsigned char *b = *bytes;
	size_t value_len;

	if (*len == 0)
		return 0;
	if (*len < PART_HEAD)
		return -EINVAL;
	value_len = b[1] | (size_t)b[2] << 8;
	if (value_len > *len - PART_HEAD)
		return -EINVAL;
	*ret_part = (struct part) { b[0], b + PART_HEAD, value_len };
	*bytes += PART_HEAD + value_len;
	*len -= PART_HEAD + value_len;
	return 1;
}

/* What Kubernetes lets a name be is among it, and it is safe in paths and on terminals. */
static bool is_name(const unsigned char *value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (value[i] <= ' ' || value[i] >= 0x7f || value[i] == '/')
			return false;
	return len <= POD_TEXT_MAX;
}

static bool is_port(const struct part *part)
{
	return part->len >= PORT_HEAD && part->value[0] < HP_PROTO_MAX &&
	       is_name(part->value + PORT_HEAD, part->len - PORT_HEAD);
}

static bool is_container(const struct part *part)
{
	return part->len > 1 && part->value[0] < POD_CONTAINER_KIND_MAX &&
	       is_name(part->value + 1, part->len - 1);
}

static bool is_id(const struct part *part)
{
	const unsigned char *zero = memchr(part->value, '\0', part->len);
	size_t len = zero ? (size_t)(zero - part->value) : 0;

	return len && part->len > len + 1 && is_name(part->value, len) &&
	       is_name(zero + 1, part->len - len - 1);
}

/* Is the value one that such a part can have? */
static bool is_valid(const struct part *part)
{
	switch (part->part) {
	case POD_PART_NAMESPACE:
	case POD_PART_NAME:
	case POD_PART_UID:
	case POD_PART_MIRROR_OF:
		return is_name(part->value, part->len);
	case POD_PART_FLAGS:
		return part->len == 1;
	case POD_PART_PORT:
		return is_port(part);
	case POD_PART_CONTAINER:
		return is_container(part);
	case POD_PART_ID:
		return is_id(part);
	case POD_PART_MESSAGE:
		return part->len <= POD_MESSAGE_MAX;
	case POD_PART_ROLE:
		return part->len == 1 && part->value[0] < REG_ROLE_MAX;
	case POD_PART_PLATFORM:
		return part->len <= THIS_NODE_TEXT_MAX && is_name(part->value, part->len);
	case POD_PART_CLUSTER:
		return part->len == 2 * sizeof(uint16_t);
	default:
		return false;
	}
}

/* How many parts of each kind there are; each is valid. 0, or -EINVAL. */
static int count(const unsigned char *bytes, size_t len, size_t ret_counts[POD_PART_MAX])
{
	struct part part;
	int r;

	while ((r = next_part(&bytes, &len, &part)) == 1) {
		if (!is_valid(&part))
			return -EINVAL;
		ret_counts[part.part]++;
	}
	return r;
}

/* Where the next text of a pod's block goes. */
struct filler {
	struct pod *pod;
	char *text;
	size_t ports; /* so far, those of containers to come included */
};

static const char *keep_text(struct filler *filler, const unsigned char *value, size_t len)
{
	char *text = filler->text;

	memcpy(text, value, len);
	text[len] = '\0';
	filler->text += len + 1;
	return text;
}

static void keep_port(struct filler *filler, const struct part *part)
{
	const unsigned char *v = part->value;

	filler->pod->ports[filler->ports++] = (struct pod_port) {
		.protocol = v[0],
		.container_port = (uint16_t)(v[1] | v[2] << 8),
		.host_port = (uint16_t)(v[3] | v[4] << 8),
		.container = (uint16_t)filler->pod->containers_len,
		.host_ip = keep_text(filler, v + PORT_HEAD, part->len - PORT_HEAD),
	};
}

static void keep_container(struct filler *filler, const struct part *part)
{
	struct pod *pod = filler->pod;

	pod->containers[pod->containers_len++] = (struct pod_container) {
		.kind = part->value[0],
		.name = keep_text(filler, part->value + 1, part->len - 1),
	};
	pod->ports_len = filler->ports;
}

static void keep_id(struct filler *filler, const struct part *part)
{
	const char *container = keep_text(filler, part->value, part->len);

	filler->pod->ids[filler->pod->ids_len++] = (struct pod_container_id) {
		.container = container,
		.id = container + strlen(container) + 1,
	};
}

static void keep_flags(struct pod *pod, unsigned int flags)
{
	pod->host_network = flags & POD_FLAG_HOST_NETWORK;
	pod->ended = flags & POD_FLAG_ENDED;
	pod->incomplete = flags & POD_FLAG_INCOMPLETE;
}

static void keep(struct filler *filler, const struct part *part)
{
	struct pod *pod = filler->pod;

	switch (part->part) {
	case POD_PART_NAMESPACE:
		pod->namespace_ = keep_text(filler, part->value, part->len);
		break;
	case POD_PART_NAME:
		pod->name = keep_text(filler, part->value, part->len);
		break;
	case POD_PART_UID:
		pod->uid = keep_text(filler, part->value, part->len);
		break;
	case POD_PART_MIRROR_OF:
		pod->mirror_of = keep_text(filler, part->value, part->len);
		break;
	case POD_PART_FLAGS:
		keep_flags(pod, part->value[0]);
		break;
	case POD_PART_PORT:
		keep_port(filler, part);
		break;
	case POD_PART_CONTAINER:
		keep_container(filler, part);
		break;
	case POD_PART_ID:
		keep_id(filler, part);
		break;
	default: /* of no pod */
		break;
	}
}

/* The block of a pod with such parts: its arrays, then its texts, which are shorter than the parts.
 */
static struct pod *make_block(const size_t *counts, size_t len)
{
	size_t size = sizeof(struct pod) +
		      counts[POD_PART_CONTAINER] * sizeof(struct pod_container) +
		      counts[POD_PART_ID] * sizeof(struct pod_container_id) +
		      counts[POD_PART_PORT] * sizeof(struct pod_port) + len + 2 * POD_TEXT_MAX + 2;
	struct pod *pod = calloc(1, size);

	if (!pod)
		return NULL;
	*pod = (struct pod) {
		.namespace_ = "", .name = "", .uid = "", .mirror_of = "", .size = size
	};
	pod->containers = (struct pod_container *)(pod + 1);
	pod->ids = (struct pod_container_id *)(pod->containers + counts[POD_PART_CONTAINER]);
	pod->ports = (struct pod_port *)(pod->ids + counts[POD_PART_ID]);
	return pod;
}

static void name_key(struct filler *filler)
{
	struct pod *pod = filler->pod;

	pod->key = pod->uid;
	if (*pod->uid)
		return;
	pod->key = filler->text;
	(void)stpcpy(stpcpy(stpcpy(filler->text, pod->namespace_), "/"), pod->name);
}

static bool is_bounded(const size_t *counts)
{
	for (size_t part = POD_PART_NAMESPACE; part <= POD_PART_FLAGS; part++)
		if (counts[part] > 1)
			return false;
	for (size_t part = POD_PART_MESSAGE; part < POD_PART_MAX; part++)
		if (counts[part])
			return false;
	return counts[POD_PART_CONTAINER] <= POD_CONTAINERS_MAX &&
	       counts[POD_PART_PORT] <= POD_PORTS_MAX && counts[POD_PART_ID] <= POD_IDS_MAX;
}

static int parse_pod(const unsigned char *bytes, size_t len, const size_t *counts,
		     struct pod **ret_pod)
{
	struct filler filler = { 0 };
	struct part part;

	if (!is_bounded(counts))
		return -EINVAL;
	filler.pod = make_block(counts, len);
	if (!filler.pod)
		return -ENOMEM;
	filler.text = (char *)(filler.pod->ports + counts[POD_PART_PORT]);
	while (next_part(&bytes, &len, &part) == 1)
		keep(&filler, &part);
	name_key(&filler);
	if (!*filler.pod->namespace_ || !*filler.pod->name) {
		free(filler.pod);
		return -EINVAL;
	}
	*ret_pod = filler.pod;
	return 0;
}

/* Nothing but a message. */
static int parse_message(const unsigned char *bytes, size_t len, const size_t *counts,
			 struct pod_record *record)
{
	struct part part;

	for (size_t i = 0; i < POD_PART_MAX; i++)
		if (counts[i] > (i == POD_PART_MESSAGE))
			return -EINVAL;
	if (next_part(&bytes, &len, &part) == 1)
		memcpy(record->message, part.value, part.len);
	return 0;
}

static int parse_node(const unsigned char *bytes, size_t len, const size_t *counts,
		      struct this_node *ret_node)
{
	struct this_node node = { 0 };
	struct part part;

	for (size_t i = 0; i < POD_PART_MAX; i++)
		if (counts[i] != (i >= POD_PART_ROLE))
			return -EINVAL;
	while (next_part(&bytes, &len, &part) == 1) {
		const unsigned char *v = part.value;

		if (part.part == POD_PART_ROLE)
			node.role = v[0];
		else if (part.part == POD_PART_PLATFORM)
			memcpy(node.platform, v, part.len);
		else
			node.cluster = (struct reg_version) { (uint16_t)(v[0] | v[1] << 8),
							      (uint16_t)(v[2] | v[3] << 8) };
	}
	*ret_node = node;
	return 0;
}

int pod_record_parse(const void *bytes, size_t len, struct pod_record *ret_record)
{
	const unsigned char *b = bytes;
	size_t counts[POD_PART_MAX] = { 0 };
	struct pod_record record = { 0 };
	int r;

	if (len == 0 || len > POD_RECORD_MAX || b[0] == POD_RECORD_UNSET ||
	    b[0] >= POD_RECORD_KIND_MAX)
		return -EINVAL;
	record.kind = b[0];
	r = count(b + 1, len - 1, counts);
	if (r == 0 && (record.kind == POD_RECORD_POD || record.kind == POD_RECORD_GONE))
		r = parse_pod(b + 1, len - 1, counts, &record.pod);
	else if (r == 0 && record.kind == POD_RECORD_NODE)
		r = parse_node(b + 1, len - 1, counts, &record.node);
	else if (r == 0)
		r = parse_message(b + 1, len - 1, counts, &record);
	if (r == 0)
		*ret_record = record;
	return r;
}
