// SPDX-License-Identifier: MIT
/* What an agent and its maps keep of the machine's memory. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../../user/base/cleanup.h"
#include "agent.h"
#include "maps.h"
#include "made.h"
#include "groups.h"

#define MIB	   (1024.0 * 1024.0)
#define IDLE_LOOKS 100 /* for an agent that is just ready to have nothing to do */
#define IDLE_MS	   100
#define IDLE_ROW   3 /* looks in a row */

/* ---- map-memory ------------------------------------------------------------------------------ */

static uint64_t sum_of(const struct map_info *maps, int n)
{
	uint64_t sum = 0;

	for (int i = 0; i < n; i++)
		sum += maps[i].memlock;
	return sum;
}

/* The rows of the policy before are given back some time after a reload: wait for that. */
static void wait_given_back(const struct side *side, const struct bench_agent *agent,
			    unsigned int rows)
{
	struct timespec look = { .tv_nsec = IDLE_MS * 1000000L };
	struct map_info maps[MAPS_MAX];
	uint64_t most = 0, now = 0;
	char what[32];

	for (int i = 0; i < IDLE_LOOKS && now >= most; i++) {
		int n = maps_of(agent->pid, maps);

		now = n < 0 ? 0 : sum_of(maps, n);
		most = now > most ? now : most;
		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &look, NULL);
	}
	(void)snprintf(what, sizeof(what), "%u", rows);
	side_note(side, "map-memory", "MiB, for a second after a reload", what, (double)most / MIB,
		  "MiB");
}

/* All maps together; each is in the notes. */
static int put_maps(const struct side *side, const struct bench_agent *agent, unsigned int rows,
		    const char *when)
{
	char what[32], instance[64];
	struct map_info maps[MAPS_MAX];
	int n = maps_of(agent->pid, maps);

	if (n < 0) {
		side_fail(side, "map-memory", "the agent's maps: %s", strerror(-n));
		return -1;
	}
	for (int i = 0; i < n; i++) {
		(void)snprintf(instance, sizeof(instance), "%u %s, %s", rows, when, maps[i].name);
		side_note(side, "map-memory", "KiB", instance, (double)maps[i].memlock / 1024,
			  "KiB");
	}
	(void)snprintf(what, sizeof(what), "MiB at %u", rows);
	side_put(side, "map-memory", what, when, (double)sum_of(maps, n) / MIB);
	return 0;
}

/* A policy that replaces another brings rows of its own. */
static void map_memory_of(const struct side *side, unsigned int rows)
{
	_cleanup_scene_ struct scene scene = SCENE_NONE;
	_cleanup_agent_ struct bench_agent agent = BENCH_AGENT_NONE;
	char registry[PATH_MAX], option[PATH_MAX + 16];
	const char *const options[] = { "--mode=enforce", option, NULL };
	_cleanup_buf_ struct buf text = { 0 };
	int r = scene_open(side->bench, "map-memory", &scene);

	made_registry(rows, false, &text);
	if (r == 0)
		r = scene_write(&scene, "registry.yaml", text.data, text.len, registry);
	if (r < 0) {
		side_fail(side, "map-memory", "start: %s", strerror(-r));
		return;
	}
	(void)snprintf(option, sizeof(option), "--registry=%s", registry);
	if (bench_agent_start(side, "map-memory", &scene,
			      &(struct bench_agent_plan) { .options = options }, &agent) < 0 ||
	    put_maps(side, &agent, rows, "at the start") < 0 ||
	    bench_agent_reload(side, "map-memory", &agent) < 0)
		return;
	wait_given_back(side, &agent, rows);
	(void)put_maps(side, &agent, rows, "after a reload");
}

static void map_memory(const struct side *side)
{
	map_memory_of(side, 4096);
	map_memory_of(side, 131072);
}

/* ---- agent-memory ---------------------------------------------------------------------------- */

/* Wait until it does nothing: its processor time stands still. */
static void wait_idle(const struct bench_agent *agent)
{
	struct timespec look = { .tv_nsec = IDLE_MS * 1000000L };
	uint64_t before = 0, now;
	int still = 0;

	for (int i = 0; i < IDLE_LOOKS && still < IDLE_ROW; i++) {
		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &look, NULL);
		now = bench_agent_cpu_ns(agent);
		still = now == before ? still + 1 : 0;
		before = now;
	}
}

/* A number of KiB from a file of /proc/PID, in MiB; negative: it is not there. */
static double read_mib(pid_t pid, const char *file, const char *key)
{
	_cleanup_fclose_ FILE *f = NULL;
	char path[64], line[256];
	size_t len = strlen(key);
	unsigned long long kib;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, key, len) == 0 && sscanf(line + len, ": %llu kB", &kib) == 1)
			return (double)kib / 1024;
	return -1;
}

static void agent_memory(const struct side *side)
{
	static const char *const modes[] = { "--mode=audit", "--mode=enforce" };
	static const char *const notes[] = { "RssAnon", "RssFile", "RssShmem" };
	_cleanup_scene_ struct scene scene = SCENE_NONE;
	int r = scene_open(side->bench, "agent-memory", &scene);

	if (r < 0)
		side_fail(side, "agent-memory", "start: %s", strerror(-r));
	for (size_t i = 0; i < ARRAY_LEN(modes) && r == 0; i++) {
		_cleanup_agent_ struct bench_agent agent = BENCH_AGENT_NONE;
		const char *const options[] = { modes[i], NULL };
		const char *mode = modes[i] + strlen("--mode=");

		if (bench_agent_start(side, "agent-memory", &scene,
				      &(struct bench_agent_plan) { .options = options },
				      &agent) < 0)
			return;
		wait_idle(&agent);
		side_put(side, "agent-memory", "RSS MiB", mode,
			 read_mib(agent.pid, "status", "VmRSS"));
		side_put(side, "agent-memory", "peak MiB", mode,
			 read_mib(agent.pid, "status", "VmHWM"));
		for (size_t n = 0; n < ARRAY_LEN(notes); n++)
			side_note(side, "agent-memory", notes[n], mode,
				  read_mib(agent.pid, "status", notes[n]), "MiB");
		side_note(side, "agent-memory", "PSS", mode,
			  read_mib(agent.pid, "smaps_rollup", "Pss"), "MiB");
	}
}

void bench_memory(struct bench *b)
{
	side_each(b, "map-memory", map_memory);
	side_each(b, "agent-memory", agent_memory);
}
