// SPDX-License-Identifier: MIT
#include "document.h"

#include "../../identity/workload_json.h"
#include "../../registry/words.h"
#include "../../registry/row_json.h"

static void put_node(struct jsonw *w, const struct node_facts *facts)
{
	char version[16];

	if (!facts) {
		jsonw_null(w, "node");
		return;
	}
	jsonw_object(w, "node");
	jsonw_string(w, "role", word_role(facts->role));
	jsonw_string_opt(w, "platform", facts->platform);
	if (facts->cluster.major || facts->cluster.minor) {
		(void)snprintf(version, sizeof(version), "%u.%u", facts->cluster.major,
			       facts->cluster.minor);
		jsonw_string(w, "version", version);
	}
	jsonw_object_end(w);
}

static void put_layers(struct jsonw *w, const struct registry *reg)
{
	jsonw_array(w, "layers");
	for (size_t i = 0; i < reg->len; i++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "name", reg->layers[i].name);
		jsonw_string_opt(w, "path", reg->layers[i].path);
		jsonw_string_opt(w, "source", reg->layers[i].source);
		jsonw_u64(w, "rows", layer_rows(&reg->layers[i]));
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void put_row(struct jsonw *w, const struct page *page, const struct reg_layer *layer,
		    const struct reg_row *row)
{
	bool decides = row->kind <= REG_CLIENT;

	jsonw_object(w, NULL);
	row_json_members(w, layer, row);
	if (decides && page->facts)
		jsonw_string(w, "here", word_class(policy_row_class(row, page->facts)));
	jsonw_object_end(w);
}

static void put_rows(struct jsonw *w, const struct page *page)
{
	jsonw_array(w, "rows");
	for (size_t l = 0; l < page->registry->len; l++) {
		const struct reg_layer *layer = &page->registry->layers[l];

		for (size_t i = 0; i < layer_rows(layer); i++)
			put_row(w, page, layer, &layer->rows[i]);
	}
	jsonw_array_end(w);
}

static void copy_texts(struct jsonw *w, const struct json *from, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		jsonw_string_opt(w, keys[i], json_member_text(from, keys[i], NULL));
}

static void copy_numbers(struct jsonw *w, const struct json *from, const char *const *keys,
			 size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t value = json_member_u64(from, keys[i], UINT64_MAX);

		if (value != UINT64_MAX)
			jsonw_u64(w, keys[i], value);
	}
}

/* The other processes of a finding. */
static void put_others(struct jsonw *w, const struct json *others)
{
	static const char *const texts[] = { "address", "comm", "exe" };
	static const char *const numbers[] = { "pid", "uid" };

	if (!json_len(others))
		return;
	jsonw_array(w, "others");
	for (size_t i = 0; i < json_len(others); i++) {
		jsonw_object(w, NULL);
		copy_texts(w, json_at(others, i), texts, ARRAY_LEN(texts));
		copy_numbers(w, json_at(others, i), numbers, ARRAY_LEN(numbers));
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void put_entry(struct jsonw *w, const struct json *entry)
{
	static const char *const texts[] = { "layer", "process", "team" };

	if (!json_member(entry, "layer"))
		return;
	jsonw_object(w, "entry");
	copy_texts(w, entry, texts, ARRAY_LEN(texts));
	jsonw_object_end(w);
}

/* An answer that may be unknown. */
static void put_answer(struct jsonw *w, const struct json *from, const char *key)
{
	const struct json *answer = json_member(from, key);

	if (json_bool(answer, true) == json_bool(answer, false))
		jsonw_bool(w, key, json_bool(answer, false));
}

/* What pods have to do with a socket's port. */
static void put_declared(struct jsonw *w, const struct json *from)
{
	static const char *const texts[] = { "namespace", "pod", "container" };
	const struct json *by = json_member(from, "declared_by");

	put_answer(w, from, "declared");
	if (by) {
		jsonw_object(w, "declared_by");
		copy_texts(w, by, texts, ARRAY_LEN(texts));
		jsonw_object_end(w);
	}
	if (json_member_bool(from, "shadowed", false))
		jsonw_bool(w, "shadowed", true);
	if (json_member_bool(from, "orphan", false))
		jsonw_bool(w, "orphan", true);
}

/* A socket, or an event: what the page shows of it. */
static void put_socket(struct jsonw *w, const struct json *from)
{
	static const char *const texts[] = {
		"protocol", "family", "address", "comm",  "exe",  "cgroup",
		"verdict",  "class",  "how",	 "first", "time", "last",
	};
	static const char *const numbers[] = {
		"port", "ports", "port_last", "pid", "uid", "count"
	};
	_cleanup_buf_ struct buf workload = { 0 };

	workload_json_text(from, &workload);
	w->out->failed |= workload.failed;
	jsonw_object(w, NULL);
	copy_texts(w, from, texts, ARRAY_LEN(texts));
	copy_numbers(w, from, numbers, ARRAY_LEN(numbers));
	put_others(w, json_member(from, "others"));
	jsonw_string_opt(w, "workload", workload.data);
	put_entry(w, json_member(from, "entry"));
	put_answer(w, from, "documented");
	put_declared(w, from);
	jsonw_object_end(w);
}

static void put_sockets(struct jsonw *w, const char *key, const struct json *list)
{
	if (!list) {
		jsonw_null(w, key);
		return;
	}
	jsonw_array(w, key);
	for (size_t i = 0; i < json_len(list); i++)
		put_socket(w, json_at(list, i));
	jsonw_array_end(w);
}

static void put_finding(struct jsonw *w, const struct finding *finding)
{
	jsonw_object(w, NULL);
	jsonw_string(w, "rule", finding->rule->id);
	jsonw_string(w, "severity", severity_word(finding->rule->severity));
	jsonw_string(w, "message", finding->message);
	jsonw_string_opt(w, "suggestion", finding->suggestion);
	jsonw_string_opt(w, "accepted", finding->accepted);
	if (finding->port) {
		jsonw_string(w, "protocol", word_proto(finding->proto));
		jsonw_u64(w, "port", finding->port);
	}
	jsonw_object_end(w);
}

static void put_findings(struct jsonw *w, const struct findings *findings)
{
	if (!findings) {
		jsonw_null(w, "findings");
		return;
	}
	jsonw_array(w, "findings");
	for (size_t i = 0; i < findings->len; i++)
		put_finding(w, &findings->items[i]);
	jsonw_array_end(w);
}

void html_document_put(const struct page *page, struct buf *out)
{
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	jsonw_string_opt(&w, "title", page->title);
	jsonw_string_opt(&w, "generated", page->generated);
	put_node(&w, page->facts);
	put_layers(&w, page->registry);
	put_rows(&w, page);
	put_sockets(&w, "listeners", json_member(page->listeners, "listeners"));
	jsonw_u64(&w, "left_out", json_member_u64(page->listeners, "left_out", 0));
	put_sockets(&w, "violations", page->violations);
	put_findings(&w, page->findings);
	jsonw_object_end(&w);
}
