/* SPDX-License-Identifier: GPL-2.0-only */
/* The maps and settings of hostport.bpf.c, the one object that includes this. */
#pragma once

#include <stdbool.h>

#include "abi.h"

/* The compiler puts what seldom runs behind the rest, so that the rest fills fewer cache lines. */
#ifndef likely
#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

/* Settings, fixed before the programs are loaded. */
const volatile __u64 hp_netns_cookie = 0; /* of the target netns; 0: compare hp_netns_inum */
const volatile __u32 hp_netns_inum = 0;
const volatile __u64 hp_root_cgroup = 0;    /* cgroup2 root's id where v1 names workloads, else 0 */
const volatile bool hp_has_retval = false;  /* the kernel has bpf_set_retval, bpf_get_retval */
const volatile bool hp_can_cast = false;    /* bpf_rdonly_cast() is patched in: see cast() */
const volatile __u64 hp_fold_ticks = 250;   /* jiffies in which a repeat makes no record */
const volatile __u64 hp_wake_ns = 10000000; /* the reader is woken at most once in this time */
/* On a CPU, a workload sends one record in this time on average, and all together send two. */
const volatile __u64 hp_token_ns = 1000000;
const volatile __u64 hp_burst_ns = 384000000; /* hp_token_ns times the records of a burst */
const volatile __u64 hp_wake_bytes = 65536;   /* pending bytes that wake the reader at once */

/* HP_ACTIVE_*; user space writes it last. */
__u32 hp_active;
struct hp_canary hp_canary;
/* The range from which the kernel chooses ports in the target netns; ends included. */
__u16 hp_chosen_first;
__u16 hp_chosen_last;
bool hp_guard;	     /* the kernel gives a port back that post_bind refuses: proved by trying */
bool hp_lsm_ran;     /* the kernel has called an LSM program */
bool hp_saw_unknown; /* a pod that is not known took, or wanted, what may be denied to it */
/* The control group below which all pods are, and how far below cgroup2's root it is; 0: no one. */
__u32 hp_pods_level;
__u64 hp_pods_root;
__u64 hp_zero;					 /* always 0: see opaque() */
__u64 hp_last_wake __attribute__((aligned(64))); /* written often: apart from what is only read */
/* Not a map: a bind() finds its bit without a call, a key or a check. */
struct hp_bitmap hp_bitmaps[HP_POLICIES] __attribute__((aligned(64)));

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, HP_POLICIES);
	__type(key, __u32);
	__type(value, struct hp_config);
} hp_configs SEC(".maps");

/*
 * A policy's rows; each policy brings a map of its own size. Sizes instead of
 * types, because BTF has only forward declarations at this depth.
 */
struct hp_row_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(struct hp_row_key));
	__uint(value_size, sizeof(struct hp_row));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, HP_POLICIES);
	__type(key, __u32);
	__array(values, struct hp_row_map);
} hp_rows SEC(".maps");

/* What each owner is granted: bits as in struct hp_query. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, HP_OWNERS_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct hp_owner_key);
	__type(value, __u32);
} hp_owners SEC(".maps");

/* The ports that pods declare. What is there is declared. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, HP_DECLARED_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct hp_declared_key);
	__type(value, __u8);
} hp_declared SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct hp_note);
} hp_notes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, HP_CHOICES);
	__type(key, __u32);
	__type(value, struct hp_choice);
} hp_choices SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, HP_FOLD_SETS);
	__type(key, __u32);
	__type(value, struct hp_fold_set);
} hp_folds SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct hp_counters);
} hp_counts SEC(".maps");

/*
 * When this CPU's next record is due, if all came at the allowed rate: of all workloads (0), and
 * of those that hash to a bucket (from 1).
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1 + HP_BUCKETS);
	__type(key, __u32);
	__type(value, __u64);
} hp_tokens SEC(".maps");

/* What each workload lost, of those that lost something last. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, HP_LOSERS);
	__type(key, __u64);
	__type(value, struct hp_loss);
} hp_losses SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 512 * 1024); /* sized by the number of CPUs before loading */
} hp_ring SEC(".maps");

/* Only the agent uses these: what it has reported, and the first record of each slot's holder. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct hp_told);
} hp_told SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, HP_FOLD_SLOTS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, HP_NAME_LEN); /* of struct hp_event */
} hp_names SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct hp_info);
} hp_info SEC(".maps");

/*
 * The same number, opaque to the verifier. Where ways meet on which it knows different
 * constants, it goes on once for each of them: without this it takes three times as
 * long. In C the compiler would add on each way, before they meet.
 */
static __always_inline __u64 opaque(__u64 value)
{
	__u64 number = hp_zero;

	asm volatile("%0 += %1" : "+r"(number) : "ri"(value));
	return number;
}
