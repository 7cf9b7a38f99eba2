/* SPDX-License-Identifier: GPL-2.0-only */
/* The maps and settings of hostport.bpf.c, the one program that includes this. */
#pragma once

#include <stdbool.h>

#include "abi.h"

/* What is seldom run the compiler puts behind the rest, which fewer cache lines hold then. */
#ifndef likely
#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

/* Settings, fixed before the programs are loaded. */
const volatile __u64 hp_netns_cookie = 0; /* of the target netns; 0: compare hp_netns_inum */
const volatile __u32 hp_netns_inum = 0;
const volatile __u64 hp_root_cgroup = 0;    /* cgroup2 root's id where v1 names workloads, else 0 */
const volatile bool hp_has_retval = false;  /* bpf_set_retval, bpf_get_retval are there */
const volatile bool hp_can_cast = false;    /* bpf_rdonly_cast() was put where cast() is */
const volatile __u64 hp_fold_ticks = 250;   /* jiffies in which repeats make no record */
const volatile __u64 hp_wake_ns = 10000000; /* at most one wake-up of the reader in it */
const volatile __u64 hp_token_ns = 1000000; /* one record in it per CPU, on average */
const volatile __u64 hp_burst_ns = 128000000; /* hp_token_ns times the records of a burst */
const volatile __u64 hp_wake_bytes = 65536;   /* pending bytes that wake the reader at once */

/* HP_ACTIVE_*; user space writes it last. */
__u32 hp_active;
struct hp_canary hp_canary;
/* The range from which the kernel chooses ports in the target netns; ends included. */
__u16 hp_chosen_first;
__u16 hp_chosen_last;
bool hp_guard;	 /* the kernel gives a port back that post_bind refuses: proved by trying */
bool hp_lsm_ran; /* the LSM programs are called */
__u64 hp_zero;	 /* always: see hidden() */
__u64 hp_last_wake __attribute__((aligned(64))); /* written often: of no line that is read always */
/* No map of its own: what every bind() looks at is found without a call, a key or a check. */
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

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct hp_note);
} hp_notes SEC(".maps");

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

/* When this CPU's next record is due if all came at the rate allowed. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} hp_tokens SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024); /* sized by the number of CPUs before loading */
} hp_ring SEC(".maps");

/* The agent's alone: what it has told, and with which record it began to tell of a slot's holder.
 */
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
	__type(key, __u32);
	__type(value, struct hp_event);
} hp_names SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct hp_info);
} hp_info SEC(".maps");

/*
 * A number that the verifier does not know, a constant or not: where ways meet that
 * differ in what it knows it goes on once for each of them, three times as long in all.
 */
#define hidden(value)                                                                              \
	({                                                                                         \
		__u64 _hidden = hp_zero;                                                           \
		asm volatile("%0 += %1" : "+r"(_hidden) : "ri"((__u64)(value)));                   \
		(__typeof__(value))_hidden;                                                        \
	})
