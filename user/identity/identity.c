// SPDX-License-Identifier: MIT
#include "identity.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../base/clock.h"

#define NS_PER_SEC 1000000000LL

bool identity_uses_v1(const struct cgroup_mounts *mounts)
{
	return mounts->memory[0] != '\0';
}

int identity_open(struct identity *identity, const struct cgroup_mounts *mounts)
{
	int r = 0;

	if (gethostname(identity->node, sizeof(identity->node) - 1) < 0)
		return -errno;
	if (mounts->v2[0]) {
		(void)cgroup_id(mounts->v2, &identity->v2_root);
		r = cgroup_names_new(mounts->v2, &identity->v2);
	}
	if (r == 0 && identity_uses_v1(mounts))
		r = cgroup_names_new(mounts->memory, &identity->v1);
	if (r == 0)
		r = processes_new(&identity->processes);
	identity->places = calloc(IDENTITY_PLACES, sizeof(*identity->places));
	return r < 0 || identity->places ? r : -ENOMEM;
}

void identity_close(struct identity *identity)
{
	cgroup_names_free(identity->v2);
	cgroup_names_free(identity->v1);
	processes_free(identity->processes);
	for (size_t i = 0; identity->places && i < IDENTITY_PLACES; i++)
		free(identity->places[i].cgroup);
	free(identity->places);
}

/* What to add to CLOCK_BOOTTIME to have the wall clock, as it stands now. */
static long long boot_to_wall(void)
{
	struct timespec real = clock_wall();

	return real.tv_sec * NS_PER_SEC + real.tv_nsec - (long long)clock_boot_ns();
}

struct timespec identity_time(const struct identity *identity, uint64_t boot_ns)
{
	long long ns = identity->to_wall + (long long)boot_ns;

	return (struct timespec) { .tv_sec = ns / NS_PER_SEC, .tv_nsec = ns % NS_PER_SEC };
}

void identity_moment(struct identity *identity)
{
	identity->to_wall = boot_to_wall();
	identity->moment++;
	processes_ask_anew(identity->processes);
}

bool identity_names_cgroups(const struct identity *identity)
{
	return !identity->v2 || cgroup_name(identity->v2, identity->v2_root);
}

/*
 * The most telling path: cgroup2's, or where that is the root v1's. A cgroup2
 * path that can't be found out is not replaced: another would be a wrong one.
 */
static const char *find_path(struct identity *identity, const struct hp_event *record,
			     struct place *place)
{
	const char *path = cgroup_name(identity->v2, record->cgroup_id), *v1;

	place->lasts = path;
	if (!identity->v1 || (record->cgroup_id && record->cgroup_id != identity->v2_root))
		return path;
	v1 = cgroup_name(identity->v1, record->cgroup_v1_id);
	place->lasts = v1 && strcmp(v1, "/") != 0;
	if (place->lasts)
		return v1;
	place->pid = record->pid;
	place->start_ns = record->start_ns;
	v1 = processes_v1_path(identity->processes, record);
	return v1 && strlen(v1) < PATH_MAX ? v1 : path;
}

static bool is_kernel(const struct hp_event *record)
{
	return record->kernel_thread || record->key.how == HP_HOW_KERNEL;
}

static struct place *place_slot(struct identity *identity, const struct hp_event *record)
{
	uint64_t h = (record->cgroup_id ^ record->cgroup_v1_id << 20) * 0x9e3779b97f4a7c15ULL;

	return &identity->places[(h >> 32 ^ is_kernel(record)) & (IDENTITY_PLACES - 1)];
}

static bool place_holds(const struct identity *identity, const struct place *place,
			const struct hp_event *record)
{
	return place->cgroup && place->cgroup_id == record->cgroup_id &&
	       place->cgroup_v1_id == record->cgroup_v1_id && place->kernel == is_kernel(record) &&
	       (!place->pid ||
		(place->pid == record->pid && place->start_ns == record->start_ns)) &&
	       (place->lasts || place->moment == identity->moment);
}

const struct place *identity_place(struct identity *identity, const struct hp_event *record)
{
	struct place *place = place_slot(identity, record);
	const char *path;

	if (place_holds(identity, place, record))
		return place;
	free(place->cgroup);
	*place = (struct place) {
		.cgroup_id = record->cgroup_id,
		.cgroup_v1_id = record->cgroup_v1_id,
		.kernel = is_kernel(record),
		.moment = identity->moment,
	};
	path = find_path(identity, record, place);
	place->cgroup = strdup(path ? path : "");
	if (!place->cgroup)
		return NULL;
	if (place->kernel)
		place->workload.kind = WORKLOAD_KERNEL;
	else
		workload_parse(place->cgroup, &place->workload);
	return place;
}

const char *identity_exe(struct identity *identity, const struct hp_event *record)
{
	return processes_exe(identity->processes, record);
}
