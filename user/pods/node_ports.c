// SPDX-License-Identifier: MIT
#include "node_ports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MIN 64

/* Set the address. All zeros are every address, of either family. */
static void set_address(struct node_ports_entry *entry)
{
	static const uint32_t any[4], any4[4] = { 0, 0, HP_V4_WORD, 0 };
	uint32_t addr[4];

	pod_ports_address(entry->port, addr);
	if (memcmp(addr, any, sizeof(addr)) == 0 || memcmp(addr, any4, sizeof(addr)) == 0)
		return;
	entry->family = memcmp(addr, any4, 3 * sizeof(addr[0])) == 0 ? 4 : 6;
	if (entry->family == 4)
		memcpy(entry->addr, &addr[3], sizeof(addr[3]));
	else
		memcpy(entry->addr, addr, sizeof(addr));
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static int compare_number(const struct node_ports_entry *entry, uint8_t proto, uint16_t port)
{
	int r = COMPARE(entry->port->protocol, proto);

	return r ? r : COMPARE(entry->number, port);
}

static int compare(const struct node_ports_entry *a, const struct node_ports_entry *b)
{
	int r = compare_number(a, b->port->protocol, b->number);

	if (!r)
		r = strcmp(a->pod->namespace_, b->pod->namespace_);
	if (!r)
		r = strcmp(a->pod->name, b->pod->name);
	if (!r)
		r = COMPARE(a->family, b->family);
	return r ? r : memcmp(a->addr, b->addr, sizeof(a->addr));
}

static int compare_items(const void *a, const void *b)
{
	const struct node_ports_entry *x = a, *y = b;
	int r = compare(x, y);

	return r ? r : COMPARE(x->order, y->order);
}

static int add(struct node_ports *ports, const struct node_ports_entry *entry)
{
	bool is_full = ports->len >= LIST_MIN ? !(ports->len & (ports->len - 1)) : !ports->len;
	struct node_ports_entry *list = ports->list;

	if (ports->len == NODE_PORTS_MAX) {
		ports->left_out++;
		return 0;
	}
	if (is_full) {
		list = reallocarray(list, ports->len ? 2 * ports->len : LIST_MIN, sizeof(*list));
		if (!list)
			return -ENOMEM;
		ports->list = list;
	}
	list[ports->len] = *entry;
	list[ports->len].order = (uint32_t)ports->len;
	ports->len++;
	return 0;
}

static int add_pod(struct node_ports *ports, const struct pod *pod)
{
	struct hp_declared_key key;
	int r = 0;

	for (size_t i = 0; i < pod->ports_len && r == 0; i++) {
		struct node_ports_entry entry = { .pod = pod, .port = &pod->ports[i] };

		if (!pod_ports_key(pod, entry.port, &key))
			continue;
		entry.number = key.port;
		entry.scope = key.scope;
		set_address(&entry);
		r = add(ports, &entry);
	}
	return r;
}

static int add_table(struct node_ports *ports, const struct pod_table *table)
{
	int r = 0;

	for (size_t i = 0; i < table->len && r == 0; i++)
		if (!table->entries[i].gone && !table->entries[i].pod->ended)
			r = add_pod(ports, table->entries[i].pod);
	return r;
}

/* Of a pod that two sources tell of, the first one's ports come first. */
static void sort(struct node_ports *ports)
{
	size_t len = 0;

	if (ports->len)
		qsort(ports->list, ports->len, sizeof(*ports->list), compare_items);
	for (size_t i = 0; i < ports->len; i++)
		if (!len || compare(&ports->list[len - 1], &ports->list[i]) != 0)
			ports->list[len++] = ports->list[i];
	ports->len = len;
}

int node_ports_collect(const struct pods *pods, struct node_ports *ret_ports)
{
	struct node_ports ports = { 0 };
	int r = 0;

	for (size_t i = 0; i < pods->len && r == 0; i++)
		r = add_table(&ports, &pods->sources[i].table);
	if (r < 0) {
		node_ports_free(&ports);
		return r;
	}
	sort(&ports);
	*ret_ports = ports;
	return 0;
}

void node_ports_free(struct node_ports *ports)
{
	free(ports->list);
	*ports = (struct node_ports) { 0 };
}

/* The first entry that is not before a protocol and port. */
static size_t find(const struct node_ports *ports, uint8_t proto, uint16_t port)
{
	size_t low = 0, high = ports->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_number(&ports->list[middle], proto, port) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct node_ports_entry *node_ports_at(const struct node_ports *ports, uint8_t proto,
					     uint16_t port, size_t *ret_len)
{
	size_t at = find(ports, proto, port), end = at;

	while (end < ports->len && compare_number(&ports->list[end], proto, port) == 0)
		end++;
	*ret_len = end - at;
	return end > at ? &ports->list[at] : NULL;
}
