// SPDX-License-Identifier: MIT
#include "existing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ephemeral.h"
#include "procs.h"
#include "sockdiag.h"

#define FOUND_MAX 65536 /* more receiving sockets than ports in violation are not listed */

struct found {
	const struct policy *policy;
	struct hp_config config;
	uint16_t ephemeral_first, ephemeral_last;
	struct hp_event *records;
	uint64_t *inodes; /* of the first socket of each record */
	uint64_t *counts;
	size_t len, cap;
	int error;
};

static uint8_t scope_of(const struct sockdiag_socket *s)
{
	uint32_t a[4];

	memcpy(a, s->addr, sizeof(a));
	return s->family == 4 ? hp_scope_of4(ntohl(a[0])) :
				hp_scope_of6(ntohl(a[0]), ntohl(a[1]), ntohl(a[2]), ntohl(a[3]));
}

static int grow(struct found *found)
{
	size_t cap = found->cap ? found->cap * 2 : 64;
	struct hp_event *records;
	uint64_t *inodes, *counts;

	if (cap > FOUND_MAX)
		return -E2BIG;
	records = realloc(found->records, cap * sizeof(*records));
	if (!records)
		return -ENOMEM;
	found->records = records;
	inodes = realloc(found->inodes, cap * sizeof(*inodes));
	if (!inodes)
		return -ENOMEM;
	found->inodes = inodes;
	counts = realloc(found->counts, cap * sizeof(*counts));
	if (!counts)
		return -ENOMEM;
	found->counts = counts;
	found->cap = cap;
	return 0;
}

/* Sockets of one port and address that one server has stand side by side in the table. */
static bool repeats(const struct found *found, const struct sockdiag_socket *s)
{
	const struct hp_event *e;

	if (!found->len)
		return false;
	e = &found->records[found->len - 1];
	return e->key.port == s->port && e->key.proto == s->proto && e->family == s->family &&
	       e->uid == s->uid && e->cgroup_id == s->cgroup_id &&
	       memcmp(e->addr, s->addr, sizeof(e->addr)) == 0;
}

static void add(struct found *found, const struct sockdiag_socket *s, struct hp_decision d)
{
	struct hp_event *e;

	if (repeats(found, s)) {
		found->counts[found->len - 1]++;
		return;
	}
	if (found->len == found->cap && !found->error)
		found->error = grow(found);
	if (found->error)
		return;
	found->inodes[found->len] = s->inode;
	found->counts[found->len] = 1;
	e = &found->records[found->len++];
	*e = (struct hp_event){
		.cgroup_id = s->cgroup_id,
		.key = {
			.port = s->port, .proto = s->proto, .cls = d.cls,
			.verdict = HP_VERDICT_AUDITED, .how = HP_HOW_EXISTING,
		},
		.uid = s->uid,
		.row = d.row,
		.policy_generation = found->config.generation,
		.family = s->family,
		.hook = HP_HOOK_SWEEP,
		.cookie = s->cookie,
		.mode = (uint8_t)found->config.mode,
		.kernel_thread = s->inode == 0,
	};
	memcpy(e->addr, s->addr, sizeof(e->addr));
}

static void on_socket(void *data, const struct sockdiag_socket *s)
{
	struct found *found = data;
	struct hp_query q = { .proto = s->proto, .scope = scope_of(s), .port = s->port };
	struct hp_decision d;

	if (!s->port)
		return;
	if (s->proto == HP_PROTO_UDP && s->port >= found->ephemeral_first &&
	    s->port <= found->ephemeral_last && !policy_find(found->policy, s->proto, s->port))
		return;
	d = policy_decide(found->policy, &found->config, &q);
	if (d.verdict == HP_VERDICT_AUDITED || d.verdict == HP_VERDICT_DENIED)
		add(found, s, d);
}

static void read_comm(struct hp_event *e)
{
	char path[32], comm[HP_COMM_LEN + 1] = "";
	_cleanup_fclose_ FILE *f = NULL;
	size_t n;

	(void)snprintf(path, sizeof(path), "/proc/%u/comm", e->pid);
	f = fopen(path, "re");
	if (!f)
		return;
	n = fread(comm, 1, sizeof(comm) - 1, f);
	comm[n] = '\0';
	memcpy(e->comm, comm, strcspn(comm, "\n"));
}

static int name_owners(struct found *found)
{
	_cleanup_free_ struct procs_owner *owners = calloc(found->len, sizeof(*owners));
	int r;

	if (!owners)
		return -ENOMEM;
	for (size_t i = 0; i < found->len; i++)
		owners[i].inode = found->inodes[i];
	r = procs_find(owners, found->len);
	if (r < 0)
		return r;
	for (size_t i = 0; i < found->len; i++) {
		struct hp_event *e = &found->records[i];

		if (found->inodes[i])
			e->pid = procs_pid(owners, found->len, found->inodes[i]);
		if (e->pid)
			read_comm(e);
	}
	return 0;
}

static void tell(struct found *found, existing_fn fn, void *data)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	for (size_t i = 0; i < found->len; i++) {
		found->records[i].time_ns =
			(uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
		fn(data, &found->records[i], found->counts[i]);
	}
}

int existing_report(const struct netns *netns, const struct policy *policy,
		    const struct hp_config *config, existing_fn fn, void *data)
{
	struct found found = {
		.policy = policy,
		.config = *config,
	};
	int r;

	(void)ephemeral_range(netns, &found.ephemeral_first, &found.ephemeral_last);
	r = sockdiag_dump(netns, on_socket, &found);
	if (r == 0)
		r = found.error;
	if (found.len) {
		(void)name_owners(&found); /* without it they are nameless */
		tell(&found, fn, data);
	}
	free(found.records);
	free(found.inodes);
	free(found.counts);
	return r;
}
