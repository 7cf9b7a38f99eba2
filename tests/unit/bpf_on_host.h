/* SPDX-License-Identifier: MIT */
/*
 * The programs of bpf/ compiled for this machine, with the kernel's part played by the test:
 * for what no kernel here has (SCTP, tracing programs), and for what happens between two
 * processors. That they do the same in a kernel is what tests/bpf is for.
 */
#pragma once

#include "test.h"

#include <errno.h>
#include <stdbool.h>

#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Waddress"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#include "../../vmlinux/vmlinux.h"

#include <linux/bpf.h>

/* Members are where this machine's compiler puts them. */
#define __builtin_preserve_access_index(x) (x)
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#undef SEC
#define SEC(name) __attribute__((used))
#undef bpf_core_field_exists
#define bpf_core_field_exists(...) host.before_6_8 /* the only ones that are asked for */
#undef bpf_core_field_offset
#define bpf_core_field_offset(type, field) offsetof(type, field)
#undef bpf_core_enum_value_exists
#define bpf_core_enum_value_exists(type, value) 1
#undef bpf_core_enum_value
#define bpf_core_enum_value(type, value) (value)
#undef BPF_CORE_READ_BITFIELD
#define BPF_CORE_READ_BITFIELD(object, field) ((object)->field)
#undef BPF_CORE_READ_BITFIELD_PROBED
#define BPF_CORE_READ_BITFIELD_PROBED(object, field) ((object)->field)

/* It is in the language of another machine, for its verifier. */
#define opaque bpf_opaque
#include "../../bpf/maps.bpf.h"
#undef opaque
#define opaque(value) (value)

#include "../../bpf/verdict.h"

#define HOST_ROWS   8
#define HOST_NOTES  4
#define HOST_EVENTS 8
#define HOST_LOSERS 2

struct host_row {
	struct hp_row_key key;
	struct hp_row row;
};

/* The kernel. Each test sets what it needs. */
static struct host {
	/* what the loader sets */
	__u64 netns_cookie, root_cgroup, fold_ticks, wake_ns, token_ns, burst_ns, wake_bytes;
	__u32 netns_inum;
	bool has_retval, before_6_8;

	/* maps */
	bool no_config, no_notes;
	struct hp_config configs[HP_POLICIES];
	struct host_row rows[HOST_ROWS];
	size_t len_rows;
	struct hp_fold_set sets[HP_FOLD_SETS];
	struct hp_counters counters;
	struct hp_choice choices[HP_CHOICES];
	__u64 due[1 + HP_BUCKETS];
	__u64 losers[HOST_LOSERS];
	struct hp_loss losses[HOST_LOSERS];
	struct {
		void *socket;
		struct hp_note note;
	} notes[HOST_NOTES];

	/* the ring */
	struct hp_event events[HOST_EVENTS];
	size_t len_events, sent, discarded;
	__u64 flags; /* of the last one */
	__u64 pending;
	bool ring_full;

	/* the moment */
	__u64 jiffies, now;
	struct task_struct *task;
	const void *ctx; /* of a program whose context begins with a socket: */
	struct sock *ctx_sock;
	const void *bad_from; /* what can't be read */
	int set_retval, get_retval;
	__u64 cookie, cookie_of_netns;

	/* called in the middle of a report: another processor's turn */
	void (*meanwhile)(void);
} host;

#define hp_netns_cookie host.netns_cookie
#define hp_netns_inum	host.netns_inum
#define hp_root_cgroup	host.root_cgroup
#define hp_fold_ticks	host.fold_ticks
#define hp_wake_ns	host.wake_ns
#define hp_token_ns	host.token_ns
#define hp_burst_ns	host.burst_ns
#define hp_wake_bytes	host.wake_bytes
#define hp_has_retval	host.has_retval
#define hp_can_cast	false

static void *host_lookup_row(const struct hp_row_key *key)
{
	for (size_t i = 0; i < host.len_rows; i++)
		if (memcmp(&host.rows[i].key, key, sizeof(*key)) == 0)
			return &host.rows[i].row;
	return NULL;
}

static void *host_lookup_loss(const __u64 *workload)
{
	for (size_t i = 0; i < HOST_LOSERS; i++)
		if (host.losers[i] == *workload)
			return &host.losses[i];
	return NULL;
}

static void *host_lookup(void *map, const void *key)
{
	__u32 number;

	if (map == host.rows)
		return host_lookup_row(key);
	if (map == &hp_losses)
		return host_lookup_loss(key);
	memcpy(&number, key, sizeof(number));
	if (map == &hp_configs)
		return host.no_config ? NULL : &host.configs[number];
	if (map == &hp_rows)
		return host.rows;
	if (map == &hp_folds)
		return &host.sets[number];
	if (map == &hp_choices)
		return &host.choices[number];
	if (map == &hp_counts)
		return &host.counters;
	return map == &hp_tokens ? &host.due[number] : NULL;
}

/* Only hp_losses is updated. */
static void host_update(void *map, const void *key, const void *value)
{
	assert_ptr_equal(map, &hp_losses);
	for (size_t i = 0; i < HOST_LOSERS; i++)
		if (!host.losers[i]) {
			memcpy(&host.losers[i], key, sizeof(host.losers[i]));
			memcpy(&host.losses[i], value, sizeof(host.losses[i]));
			return;
		}
}

static void *host_storage(void *socket, __u64 flags)
{
	for (size_t i = 0; i < HOST_NOTES; i++)
		if (host.notes[i].socket == socket)
			return &host.notes[i].note;
	for (size_t i = 0; i < HOST_NOTES && flags && !host.no_notes; i++)
		if (!host.notes[i].socket) {
			host.notes[i].socket = socket;
			return &host.notes[i].note;
		}
	return NULL;
}

static long host_read(void *to, __u32 size, const void *from)
{
	memset(to, 0, size);
	if ((uintptr_t)from < 4096 || (host.bad_from && from == host.bad_from))
		return -EFAULT;
	if (from == host.ctx)
		from = &host.ctx_sock;
	memcpy(to, from, size);
	return 0;
}

static void *host_reserve(void)
{
	if (host.meanwhile)
		host.meanwhile();
	return host.ring_full ? NULL : &host.events[host.len_events];
}

static void host_submit(__u64 flags)
{
	host.len_events++;
	host.sent++;
	host.flags = flags;
}

static __u64 host_now(void)
{
	if (host.meanwhile)
		host.meanwhile();
	return host.now;
}

#define bpf_map_lookup_elem(map, key)		  host_lookup(map, key)
#define bpf_map_update_elem(map, key, value, how) host_update(map, key, value)
#define bpf_sk_storage_get(map, sk, value, flags) host_storage(sk, flags)
#define bpf_probe_read_kernel(to, size, from)	  host_read(to, size, from)
#define bpf_probe_read_kernel_str(to, size, from) host_read(to, size, from)
#define bpf_get_current_task()			  ((__u64)(unsigned long)host.task)
#define bpf_jiffies64()				  host.jiffies
#define bpf_ktime_get_boot_ns()			  host_now()
#define bpf_spin_lock(lock)			  (void)(lock)
#define bpf_spin_unlock(lock)			  (void)(lock)
#define bpf_ringbuf_reserve(ring, size, flags)	  host_reserve()
#define bpf_ringbuf_submit(record, flags)	  host_submit(flags)
#define bpf_ringbuf_discard(record, flags)	  ((void)(record), (void)host.discarded++)
#define bpf_ringbuf_query(ring, what)		  host.pending
#define bpf_get_socket_cookie(socket)		  ((void)(socket), host.cookie)
#define bpf_get_netns_cookie(ctx)		  ((void)(ctx), host.cookie_of_netns)
#define bpf_get_current_ancestor_cgroup_id(level) ((void)(level), 0ULL) /* no pods */
#define bpf_get_current_cgroup_id()		  0ULL
#define bpf_set_retval(value)			  (host.set_retval = (value))
#define bpf_get_retval()			  host.get_retval

#include "../../bpf/hostport.bpf.c"

/* ---- for the tests --------------------------------------------------------------------------- */

#define HOST_NETNS 77

static struct kernfs_node host_node = { .id = 4711 };
static struct cgroup host_cgroup = { .kn = &host_node };
static struct css_set host_css = { .dfl_cgrp = &host_cgroup };
static struct cred host_cred = { .uid = { 1000 } };
static struct super_block host_super = { .s_dev = 8 << 20 | 1 };
static struct inode host_inode = { .i_ino = 1234, .i_sb = &host_super };
static struct file host_exe = { .f_inode = &host_inode };
static struct mm_struct host_mm = { .exe_file = &host_exe };
static struct task_struct host_leader = {
	.tgid = 100,
	.start_boottime = 555,
	.comm = "leader",
};
static struct task_struct host_thread = {
	.tgid = 100,
	.group_leader = &host_leader,
	.start_boottime = 777,
	.mm = &host_mm,
	.self_exec_id = 3,
	.cred = &host_cred,
	.cgroups = &host_css,
	.comm = "thread",
};
static struct net host_net = {
	.ns = { .inum = HOST_NETNS },
	.ipv4 = { .ip_local_ports = { .range = 40000 | 50000U << 16 } },
};

/* A kernel in which a policy is in force that knows no rows. */
static inline void host_begin(enum hp_mode mode, __u32 denies)
{
	memset(&host, 0, sizeof(host));
	memset(hp_bitmaps, 0, sizeof(hp_bitmaps));
	memset(&hp_canary, 0, sizeof(hp_canary));
	host.netns_inum = HOST_NETNS;
	host.fold_ticks = 250;
	host.token_ns = 1000;
	host.burst_ns = 128000;
	host.wake_ns = 1600;
	host.wake_bytes = 4096;
	host.jiffies = 1000000;
	host.now = 1000000000;
	host.task = &host_thread;
	host.cookie = 31;
	host.configs[0] = (struct hp_config) {
		.mode = mode,
		.denies = denies,
		.errno_code = EPERM,
		.generation = 9,
	};
	hp_active = HP_ACTIVE_SET | (mode == HP_MODE_ENFORCE ? HP_ACTIVE_DENIES : 0);
	hp_chosen_first = hp_chosen_last = 0;
	hp_last_wake = 0;
	hp_guard = hp_lsm_ran = false;
}

static inline void host_row(__u8 proto, __u16 port, struct hp_row row)
{
	assert_true(host.len_rows < HOST_ROWS);
	host.rows[host.len_rows++] = (struct host_row) {
		.key = { .proto = proto, .port = port },
		.row = row,
	};
	if (proto < HP_BITMAP_PROTOS)
		hp_bitmaps[0].words[proto][port / 64].named |= 1ULL << port % 64;
}
