// SPDX-License-Identifier: MIT
#include "kube_series.h"

/* ---- budgets ------------------------------------------------------------------------------- */

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Each Event takes its time; as many as the burst may be ahead of the clock. */
static bool has_left(const struct kube_series_budget *budget, unsigned int burst,
		     unsigned int each_s, uint64_t now_s)
{
	return later(budget->until_s, now_s) - now_s <= (uint64_t)(burst - 1) * each_s;
}

static void take(struct kube_series_budget *budget, unsigned int each_s, uint64_t now_s)
{
	budget->until_s = later(budget->until_s, now_s) + each_s;
}

/* The budget of an object. A new one takes the place of that which has most left. */
static struct kube_series_budget *budget_of(struct kube_series *series, uint64_t object)
{
	size_t place = 0;

	for (size_t i = 0; i < series->objects_len; i++) {
		if (series->objects[i] == object)
			return &series->budgets[i];
		if (series->budgets[i].until_s < series->budgets[place].until_s)
			place = i;
	}
	if (series->objects_len < KUBE_SERIES_OBJECTS)
		place = series->objects_len++;
	series->objects[place] = object;
	series->budgets[place] = (struct kube_series_budget) { 0 };
	return &series->budgets[place];
}

/* One Event more: of both budgets, or of neither. */
static bool take_both(struct kube_series *series, uint64_t object, uint64_t now_s)
{
	struct kube_series_budget *budget;

	/* first, so that a flood of objects pushes none out of its place */
	if (!has_left(&series->node, KUBE_SERIES_NODE_BURST, KUBE_SERIES_NODE_EACH_S, now_s))
		return false;
	budget = budget_of(series, object);
	if (!has_left(budget, KUBE_SERIES_OBJECT_BURST, KUBE_SERIES_OBJECT_EACH_S, now_s))
		return false;
	take(&series->node, KUBE_SERIES_NODE_EACH_S, now_s);
	take(budget, KUBE_SERIES_OBJECT_EACH_S, now_s);
	return true;
}

/* ---- series -------------------------------------------------------------------------------- */

static struct kube_series_entry *find(struct kube_series *series, uint64_t key)
{
	for (size_t i = 0; i < series->len; i++)
		if (series->keys[i] == key)
			return &series->entries[i];
	return NULL;
}

static bool is_untold(const struct kube_series_entry *entry)
{
	return entry->event.count > entry->told;
}

/* The place for a new one: an empty one, or of that which has had no line for longest. */
static size_t find_place(struct kube_series *series)
{
	size_t place = 0;

	if (series->len < KUBE_SERIES_MAX)
		return series->len++;
	for (size_t i = 1; i < series->len; i++)
		if (series->entries[i].last_s < series->entries[place].last_s)
			place = i;
	series->waiting -= is_untold(&series->entries[place]);
	return place;
}

static void repeat(struct kube_series *series, struct kube_series_entry *entry,
		   const struct event *event, uint64_t now_s)
{
	series->waiting += !is_untold(entry);
	kube_event_repeat(&entry->event, event);
	entry->last_s = now_s;
}

const struct kube_event *kube_series_line(struct kube_series *series, const struct event *event,
					  uint64_t now_s)
{
	struct kube_series_entry *entry;
	struct kube_event kube;
	uint64_t key, object;
	size_t place;

	if (!kube_event_is_wanted(event))
		return NULL;
	key = kube_event_key(event);
	entry = find(series, key);
	if (entry) {
		repeat(series, entry, event, now_s);
		return NULL;
	}
	object = kube_event_object(event);
	if (!take_both(series, object, now_s) || kube_event_of(event, &kube) < 0) {
		series->dropped++;
		return NULL;
	}
	place = find_place(series);
	series->keys[place] = key;
	entry = &series->entries[place];
	*entry = (struct kube_series_entry) {
		.object = object,
		.told = kube.count,
		.last_s = now_s,
		.due_s = now_s + KUBE_SERIES_SOON_S,
		.event = kube,
	};
	return &entry->event;
}

/* Who has waited for longest goes first, so that none is left out for ever. */
const struct kube_event *kube_series_due(struct kube_series *series, uint64_t now_s)
{
	struct kube_series_entry *due = NULL;

	for (size_t i = 0; i < series->len; i++) {
		struct kube_series_entry *entry = &series->entries[i];

		if (!is_untold(entry) || now_s < entry->due_s ||
		    (due && due->due_s <= entry->due_s))
			continue;
		if (has_left(budget_of(series, entry->object), KUBE_SERIES_OBJECT_BURST,
			     KUBE_SERIES_OBJECT_EACH_S, now_s))
			due = entry;
	}
	if (!due || !take_both(series, due->object, now_s))
		return NULL;
	series->waiting--;
	due->told = due->event.count;
	due->due_s = now_s + KUBE_SERIES_EVERY_S;
	due->event.repeats = true;
	return &due->event;
}
