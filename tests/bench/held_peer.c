// SPDX-License-Identifier: MIT
/* The programs of peers.bpf.c. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../user/base/parse.h"
#include "held.h"
#include "peers.h"
#include "ports.h"

#include "tests/bench/peers.skel.h"

#define COPIES_MAX   8 /* of foreign programs */
#define PROGRAMS_MAX 4
#define TRACEFS	     "/sys/kernel/tracing"

/* Which programs a peer is, by the beginning of their names, and how often. */
struct peer_type {
	const char *name;
	const char *prefix;
	unsigned int copies;
};

static const struct peer_type types[] = {
	{ "empty", "empty_bind", 1 },
	{ "empty-again", "empty_bind", 1 },
	{ "empty-post", "empty_post", 1 },
	{ "both", "empty_", 1 },
	{ "silent", "silent_", 1 },
	{ "linear", "linear_", 1 },
	{ "tracer", "tracer_", 1 },
	{ "foreign-empty", "empty_bind", COPIES_MAX },
	{ "foreign-miss", "miss_", COPIES_MAX },
};

struct peer {
	const struct peer_type *type;
	struct peers_bpf *skels[COPIES_MAX]; /* each its own, as those of others would be */
	struct bpf_link *links[COPIES_MAX][PROGRAMS_MAX];
	unsigned int rules; /* of the linear one */
	int cgroup_fd;	    /* borrowed */
};

static bool is_of(const struct peer_type *type, const struct bpf_program *p)
{
	return strncmp(bpf_program__name(p), type->prefix, strlen(type->prefix)) == 0;
}

/* ---- loading ------------------------------------------------------------------------------- */

static int be_silent(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

/* The one that matches is the last; each of the others is another port's. */
static int fill_rules(struct peers_bpf *skel, unsigned int len)
{
	static const struct {
		__u32 family, protocol;
	} last[] = {
		{ AF_INET, IPPROTO_TCP },
		{ AF_INET, IPPROTO_UDP },
		{ AF_INET6, IPPROTO_TCP },
		{ AF_INET6, IPPROTO_UDP },
	};
	int fd = bpf_map__fd(skel->maps.rules);

	for (__u32 i = 0; i < len; i++) {
		__u32 back = len - 1 - i;
		struct peer_rule rule = {
			.family = last[i % ARRAY_LEN(last)].family,
			.protocol = last[i % ARRAY_LEN(last)].protocol,
			.first = (__u16)(back < ARRAY_LEN(last) ? ports_first(PORTS_SMALL) : 1 + i),
			.count = (__u16)(back < ARRAY_LEN(last) ? ports_count(PORTS_SMALL) : 1),
		};

		if (bpf_map_update_elem(fd, &i, &rule, BPF_ANY))
			return -errno;
	}
	return 0;
}

static int load_copy(struct peer *peer, unsigned int n)
{
	struct peers_bpf *skel = peers_bpf__open();
	struct bpf_program *p;
	int r = 0;

	if (!skel)
		return -errno;
	peer->skels[n] = skel;
	bpf_object__for_each_program(p, skel->obj) if (r == 0) r =
		bpf_program__set_autoload(p, is_of(peer->type, p));
	if (r == 0)
		r = peers_bpf__load(skel);
	return r == 0 && strcmp(peer->type->name, "linear") == 0 ? fill_rules(skel, peer->rules) :
								   r;
}

static const struct peer_type *find_type(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}

static void peer_free(void *held)
{
	struct peer *peer = held;

	for (unsigned int n = 0; n < COPIES_MAX; n++)
		peers_bpf__destroy(peer->skels[n]);
	free(peer);
}

static int peer_load(const struct held_place *place, void **ret_held, struct buf *err)
{
	const struct peer_type *type = place->argc > 1 ? find_type(place->argv[1]) : NULL;
	uint64_t rules = PEER_RULES;
	struct peer *peer;
	int r = 0;

	if (!type || place->argc > 3 ||
	    (place->argc == 3 && parse_u64(place->argv[2], 4, PEER_RULES, &rules) < 0)) {
		buf_puts(err, "peer NAME [RULES]: no such peer");
		return -EINVAL;
	}
	/* of the run's own mount namespace; where it is there already, this fails */
	if (strcmp(type->name, "tracer") == 0)
		(void)mount("tracefs", TRACEFS, "tracefs", 0, NULL);
	peer = calloc(1, sizeof(*peer));
	if (!peer)
		return -ENOMEM;
	(void)libbpf_set_print(be_silent);
	peer->type = type;
	peer->rules = (unsigned int)rules;
	peer->cgroup_fd = place->cgroup_fd;
	for (unsigned int n = 0; n < type->copies && r == 0; n++)
		r = load_copy(peer, n);
	if (r < 0) {
		peer_free(peer);
		return r;
	}
	*ret_held = peer;
	return 0;
}

/* ---- on and off ---------------------------------------------------------------------------- */

static struct bpf_link *attach(const struct peer *peer, struct bpf_program *p)
{
	if (bpf_program__type(p) == BPF_PROG_TYPE_TRACEPOINT)
		return bpf_program__attach(p);
	return bpf_program__attach_cgroup(p, peer->cgroup_fd);
}

static int attach_copy(struct peer *peer, unsigned int n)
{
	struct bpf_program *p;
	unsigned int at = 0;

	bpf_object__for_each_program(p, peer->skels[n]->obj)
	{
		if (!is_of(peer->type, p))
			continue;
		if (at == PROGRAMS_MAX)
			return -E2BIG;
		peer->links[n][at] = attach(peer, p);
		if (!peer->links[n][at++])
			return -errno;
	}
	return 0;
}

static int peer_on(void *held, unsigned int n)
{
	struct peer *peer = held;
	int r = 0;

	for (unsigned int i = 0; i < n && i < peer->type->copies && r == 0; i++)
		r = attach_copy(peer, i);
	return r;
}

static void peer_off(void *held)
{
	struct peer *peer = held;

	for (unsigned int n = 0; n < COPIES_MAX; n++)
		for (unsigned int i = 0; i < PROGRAMS_MAX; i++) {
			(void)bpf_link__destroy(peer->links[n][i]);
			peer->links[n][i] = NULL;
		}
}

/* ---- what they cost ------------------------------------------------------------------------ */

static void peer_stats(void *held, struct buf *out)
{
	struct peer *peer = held;
	struct bpf_prog_info info;
	struct bpf_program *p;
	__u32 len;

	bpf_object__for_each_program(p, peer->skels[0]->obj)
	{
		info = (struct bpf_prog_info) { 0 };
		len = sizeof(info);
		if (is_of(peer->type, p) &&
		    bpf_obj_get_info_by_fd(bpf_program__fd(p), &info, &len) == 0)
			held_put_stats(
				libbpf_bpf_attach_type_str(bpf_program__expected_attach_type(p)),
				info.id, out);
	}
}

static int peer_fd(void *held)
{
	(void)held;
	return -1;
}

static void peer_drain(void *held)
{
	(void)held;
}

const struct held_type held_peer = {
	.word = "peer",
	.load = peer_load,
	.on = peer_on,
	.off = peer_off,
	.stats = peer_stats,
	.fd = peer_fd,
	.drain = peer_drain,
	.free = peer_free,
};
