// SPDX-License-Identifier: MIT
#include "workload_name.h"

#include <string.h>

void label_drop(struct labels *labels, struct label *label)
{
	struct label **at;

	if (!label || --label->refs)
		return;
	at = &labels->buckets[label->hash % LABEL_BUCKETS];
	while (*at != label)
		at = &(*at)->next;
	*at = label->next;
	free(label->cgroup);
	free(label->workload);
	free(label);
}

/* Without a reference yet; NULL: no memory. */
static struct label *label_new(struct labels *labels, const char *cgroup, uint32_t hash)
{
	struct label *label = calloc(1, sizeof(*label)), **bucket;

	if (!label)
		return NULL;
	label->cgroup = strdup(cgroup);
	label->workload = strdup(labels->text.data);
	label->hash = hash;
	if (!label->cgroup || !label->workload) {
		free(label->cgroup);
		free(label->workload);
		free(label);
		return NULL;
	}
	bucket = &labels->buckets[hash % LABEL_BUCKETS];
	label->next = *bucket;
	*bucket = label;
	return label;
}

static uint32_t hash_text(const char *text)
{
	uint32_t h = 2166136261U;

	for (const char *c = text; *c; c++)
		h = (h ^ (unsigned char)*c) * 16777619U;
	return h;
}

static struct label *find(const struct labels *labels, const char *cgroup, uint32_t hash)
{
	struct label *label = labels->buckets[hash % LABEL_BUCKETS];

	while (label && (label->hash != hash || strcmp(label->workload, labels->text.data) != 0 ||
			 strcmp(label->cgroup, cgroup) != 0))
		label = label->next;
	return label;
}

struct label *label_of(struct labels *labels, const struct event *event)
{
	struct label *label;
	uint32_t hash;

	if (event->place && event->place == labels->place)
		return labels->last;
	buf_reset(&labels->text);
	workload_text(&event->workload, event->cgroup, &labels->text);
	if (labels->text.failed || !labels->text.data)
		return NULL;
	hash = hash_text(labels->text.data);
	label = find(labels, event->cgroup, hash);
	if (!label)
		label = label_new(labels, event->cgroup, hash);
	if (!label)
		return NULL;
	label->refs++;
	label_drop(labels, labels->last);
	labels->last = label;
	labels->place = event->place;
	return label;
}

void labels_free(struct labels *labels)
{
	label_drop(labels, labels->last);
	labels->last = NULL;
	labels->place = 0;
	buf_free(&labels->text);
}
