// SPDX-License-Identifier: MIT
#include "pods.h"

#include "../base/stamp.h"
#include "../registry/words.h"

bool pods_were_listed(const struct pods *pods)
{
	for (size_t i = 0; i < pods->len; i++)
		if (!pods->sources[i].table.was_listed)
			return false;
	return true;
}

/* Anybody may write the annotation of a mirror, so the pod that has the UID itself goes before. */
static unsigned int rank_of(const struct pod_entry *entry, const char *uid)
{
	if (!entry)
		return 0;
	return 1U + !entry->gone + (strcmp(entry->pod->uid, uid) == 0 ? 2U : 0U);
}

const struct pod_entry *pods_find(const struct pods *pods, const char *uid)
{
	const struct pod_entry *best = NULL, *entry;
	unsigned int best_rank = 0, rank;

	for (size_t i = 0; i < pods->len; i++) {
		entry = pod_table_find(&pods->sources[i].table, uid);
		rank = rank_of(entry, uid);
		if (rank > best_rank) {
			best = entry;
			best_rank = rank;
		}
	}
	return best;
}

static bool has_id(const struct pod *pod, const char *id)
{
	for (size_t i = 0; i < pod->ids_len; i++)
		if (strcmp(pod->ids[i].id, id) == 0)
			return true;
	return false;
}

const struct pod_entry *pods_find_container(const struct pods *pods, const char *id)
{
	const struct pod_entry *gone = NULL;

	for (size_t i = 0; i < pods->len; i++) {
		const struct pod_table *table = &pods->sources[i].table;

		for (size_t j = 0; j < table->len; j++) {
			const struct pod_entry *entry = &table->entries[j];

			if (!has_id(entry->pod, id))
				continue;
			if (!entry->gone)
				return entry;
			gone = gone ? gone : entry;
		}
	}
	return gone;
}

const char *pods_container(const struct pod *pod, const char *id)
{
	for (size_t i = 0; id && i < pod->ids_len; i++)
		if (strcmp(pod->ids[i].id, id) == 0)
			return pod->ids[i].container;
	return pod->containers_len == 1 && !pod->incomplete ? pod->containers[0].name : NULL;
}

bool pods_know_all(const struct pods *pods)
{
	bool all = false;

	for (size_t i = 0; i < pods->len; i++) {
		const struct pod_source *source = &pods->sources[i];

		if (!source->up || source->unusable || source->table.left_out ||
		    source->table.listing || !source->table.was_listed)
			return false;
		all = all || !source->static_only;
	}
	return all;
}

static void put_source(const struct pod_source *source, struct jsonw *w)
{
	const struct pod_table *table = &source->table;
	char text[STAMP_LEN + 1];

	jsonw_object(w, NULL);
	jsonw_string(w, "source", source->name);
	jsonw_bool(w, "up", source->up);
	if (source->error.len)
		jsonw_string(w, "error", source->error.data);
	else
		jsonw_null(w, "error");
	if (source->updated.tv_sec) {
		stamp_utc(&source->updated, text);
		jsonw_string(w, "last_update", text);
	} else {
		jsonw_null(w, "last_update");
	}
	jsonw_u64(w, "pods", table->len - table->gone);
	jsonw_u64(w, "remembered", table->gone);
	jsonw_u64(w, "unusable", source->unusable);
	jsonw_u64(w, "left_out", table->left_out);
	jsonw_object_end(w);
}

void pods_put_sources(const struct pods *pods, struct jsonw *w)
{
	jsonw_array(w, "pod_sources");
	for (size_t i = 0; i < pods->len; i++)
		put_source(&pods->sources[i], w);
	jsonw_array_end(w);
}

static void put_containers(const struct pod *pod, struct jsonw *w)
{
	static const char *const kinds[] = {
		[POD_CONTAINER_MAIN] = "main",
		[POD_CONTAINER_INIT] = "init",
		[POD_CONTAINER_SIDECAR] = "sidecar",
		[POD_CONTAINER_EPHEMERAL] = "ephemeral",
	};

	jsonw_array(w, "containers");
	for (size_t i = 0; i < pod->containers_len; i++) {
		const struct pod_container *c = &pod->containers[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "name", c->name);
		jsonw_string(w, "kind", kinds[c->kind]);
		jsonw_array(w, "ids");
		for (size_t j = 0; j < pod->ids_len; j++)
			if (strcmp(pod->ids[j].container, c->name) == 0)
				jsonw_string(w, NULL, pod->ids[j].id);
		jsonw_array_end(w);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void put_ports(const struct pod *pod, struct jsonw *w)
{
	jsonw_array(w, "ports");
	for (size_t i = 0; i < pod->ports_len; i++) {
		const struct pod_port *port = &pod->ports[i];
		uint16_t node_port = pod_node_port(pod, port);

		jsonw_object(w, NULL);
		jsonw_string(w, "protocol", word_proto(port->protocol));
		if (node_port)
			jsonw_u64(w, "port", node_port);
		else
			jsonw_null(w, "port");
		jsonw_u64(w, "container_port", port->container_port);
		jsonw_string(w, "container", pod->containers[port->container].name);
		jsonw_string_opt(w, "host_ip", port->host_ip);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void put_entry(const struct pod_source *source, const struct pod_entry *entry,
		      uint64_t now_s, const struct pods_more *more, struct jsonw *w)
{
	const struct pod *pod = entry->pod;

	jsonw_object(w, NULL);
	jsonw_string(w, "namespace", pod->namespace_);
	jsonw_string(w, "name", pod->name);
	jsonw_string_opt(w, "uid", pod->uid);
	jsonw_string_opt(w, "mirror_of", pod->mirror_of);
	jsonw_string(w, "source", source->name);
	jsonw_bool(w, "host_network", pod->host_network);
	jsonw_bool(w, "ended", pod->ended);
	jsonw_bool(w, "incomplete", pod->incomplete);
	if (entry->gone)
		jsonw_u64(w, "gone", now_s - entry->gone_s);
	else
		jsonw_null(w, "gone");
	put_containers(pod, w);
	put_ports(pod, w);
	more->put(more->data, pod, w);
	jsonw_object_end(w);
}

size_t pods_put(const struct pods *pods, uint64_t now_s, size_t max, const struct pods_more *more,
		struct jsonw *w)
{
	size_t left_out = 0;

	jsonw_array(w, "pods");
	for (size_t i = 0; i < pods->len; i++) {
		const struct pod_table *table = &pods->sources[i].table;

		for (size_t j = 0; j < table->len; j++) {
			if (w->out->len > max)
				left_out++;
			else
				put_entry(&pods->sources[i], &table->entries[j], now_s, more, w);
		}
	}
	jsonw_array_end(w);
	return left_out;
}

void pods_free(struct pods *pods)
{
	for (size_t i = 0; i < pods->len; i++) {
		buf_free(&pods->sources[i].error);
		pod_table_free(&pods->sources[i].table);
	}
	pod_table_free(&pods->logs);
	*pods = (struct pods) { 0 };
}
