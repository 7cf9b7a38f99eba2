/* SPDX-License-Identifier: MIT */
/*
 * The programs and maps in the kernel. Only this room knows libbpf.
 *
 * Order of use: kernel_load(), kernel_publish(), kernel_attach(). A program that is
 * attached before a policy is published passes everything.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../bpf/abi.h"
#include "../base/cleanup.h"
#include "../policy/policy.h"
#include "pins.h"

struct kernel;

/* Which program reports sockets that listen on a port of the kernel's choice. */
enum kernel_listen {
	KERNEL_LISTEN_AUTO,    /* fexit where it loads, else none */
	KERNEL_LISTEN_FEXIT,   /* runs at listen() only */
	KERNEL_LISTEN_SOCKOPS, /* loads everywhere, but runs for each TCP connection, too */
	KERNEL_LISTEN_NONE,
};

#define KERNEL_FOLD_NS 1000000000U /* the default */

/* Bounds of the ring's size, which is a power of two. */
#define KERNEL_RING_MIN 0x10000U
#define KERNEL_RING_MAX 0x4000000U

struct kernel_settings {
	uint64_t netns_cookie; /* 0: compare netns_inum */
	uint32_t netns_inum;   /* always set: some hooks know no cookies */
	uint64_t root_cgroup;  /* cgroup2's root where v1 names workloads; 0: cgroup2 does */
	enum kernel_listen listen;
	uint64_t fold_ns;    /* 0: a record for each violation, at whatever rate */
	uint32_t ring_bytes; /* 0: by the number of CPUs; an adopted ring keeps its size */
	uint32_t rows;	     /* of the policy that is published first; 0: not known */
	bool sctp;	     /* load the LSM programs, if they load; they see all cgroups */
	uint64_t cgroup_id;  /* of the cgroup to attach to: whose pins these are */
	struct pins *pins;   /* borrowed until kernel_free(); NULL: nothing outlives the agent */
	bool afresh;	     /* take over no maps, also if there are some that fit */
};

/* The hooks that are required: nothing is effective without a program at each. */
enum kernel_hook {
	KERNEL_BIND4,
	KERNEL_BIND6,
	KERNEL_POST_BIND4,
	KERNEL_POST_BIND6,
	KERNEL_HOOKS,
};

/* What is attached, for status. */
struct kernel_attachment {
	const char *program; /* its name */
	const char *hook;    /* the attach type, as bpftool names it */
	uint32_t program_id, link_id;
	uint64_t runs, run_ns; /* while kernel.bpf_stats_enabled was 1, else 0 */
	bool required;	       /* nothing is effective without it */
	bool alive;	       /* false: its cgroup is gone, and the link does nothing */
};
#define KERNEL_ATTACHMENTS     4 /* that are required */
#define KERNEL_ATTACHMENTS_MAX 8
_Static_assert(KERNEL_ATTACHMENTS == KERNEL_HOOKS, "a program for each hook");

/*
 * Load the object: the four required programs, and those of the others that this kernel
 * takes. Where an instance of the same layout, cgroup and netns is pinned, its maps are
 * used with their content; the programs that run meanwhile don't notice. 0, or a negative
 * errno (-EPERM: privileges, -ENOMEM: also a memory limit, -EOPNOTSUPP: the listen program
 * that is asked for does not load, others: the verifier or a missing feature; libbpf's
 * reasons are logged).
 */
int kernel_load(const struct kernel_settings *settings, struct kernel **ret_kernel);

/* What is pinned stays attached, the rest does not. */
void kernel_free(struct kernel *kernel);
DEFINE_CLEANUP(struct kernel, kernel_free)

/*
 * Publish a policy with its configuration, whose generation is set here. All of it is
 * written to the half that is not in use, and one store puts it in force. 0, or a
 * negative errno: then the old policy stays in force.
 */
int kernel_publish(struct kernel *kernel, const struct policy *policy,
		   const struct hp_config *config);

/*
 * Call it when there is time after a publication. It waits until no program reads the
 * policy before, gives its memory back, and puts a spare row map in its place, so that
 * the next policy is published without waiting. Takes two RCU grace periods, some tens
 * of milliseconds; nothing if it is done already. 0, or a negative errno: then the next
 * publication waits.
 */
int kernel_settle(struct kernel *kernel);

/*
 * What owners are granted: see struct hp_owner_key. An owner is set before the policy of its
 * set is published. 0, or a negative errno; -E2BIG: HP_OWNERS_MAX are set.
 */
int kernel_set_owner(const struct kernel *kernel, const struct hp_owner_key *key, uint32_t grants);

/* What the owner is granted; 0: nothing, or it is not known. */
uint32_t kernel_owner(const struct kernel *kernel, const struct hp_owner_key *key);

/* A port that a pod declares. 0, or a negative errno; -E2BIG: HP_DECLARED_MAX are set. */
int kernel_set_declared(const struct kernel *kernel, const struct hp_declared_key *key);

/* Does what the key stands for stay? It is a struct hp_owner_key, or hp_declared_key. */
typedef bool (*kernel_key_fn)(void *data, const void *key);

/*
 * Ask of each owner, or of each declared port, and forget those that don't stay. How many stay, or
 * a negative errno.
 */
int kernel_keep_owners(const struct kernel *kernel, kernel_key_fn stays, void *data);
int kernel_keep_declared(const struct kernel *kernel, kernel_key_fn stays, void *data);

/*
 * Are there pods? From now on, also with policies that are published later, what the rows allow
 * they have to declare. All of them are below the control group with the id `root`, `level` below
 * cgroup2's root; 0: it is not known which one that is. What was told of them (HP_SET_PODS) must be
 * set before.
 */
void kernel_set_pods(struct kernel *kernel, bool any, uint32_t level, uint64_t root);

/* Has a pod that is not known asked for what may be denied to it, since the last call? */
bool kernel_take_unknown(struct kernel *kernel);

/* The size of the ring of records. */
uint32_t kernel_ring_bytes(const struct kernel *kernel);

/* Can a denied bind() return another errno than EPERM on this kernel? */
bool kernel_has_errno(const struct kernel *kernel);

/* The listen program that was loaded: never KERNEL_LISTEN_AUTO. */
enum kernel_listen kernel_listen_hook(const struct kernel *kernel);

/* The ports from which the target netns' kernel chooses, both ends included. Any time. */
void kernel_set_chosen_range(struct kernel *kernel, uint16_t first, uint16_t last);

/* A hook, as bpftool names it. */
const char *kernel_hook_name(enum kernel_hook hook);

/* Were the maps of an instance that was pinned taken over? */
bool kernel_adopted(const struct kernel *kernel);

/*
 * Attach the four required programs to a cgroup directory; -EPERM also where another
 * program holds the cgroup exclusively. A link that is taken over gets the new program
 * in one step, so every bind() is checked once.
 */
int kernel_attach(struct kernel *kernel, int cgroup_fd);

/* All is attached: mark the pinned instance as complete. 0, or a negative errno. */
int kernel_keep(struct kernel *kernel);

/*
 * Pin again what somebody has removed, or put something else in the place of. How many pins; 0: all
 * are there, or none is wanted; or a negative errno, and `err` may say more. The links must be
 * attached.
 */
int kernel_mend_pins(struct kernel *kernel, struct buf *err);

/*
 * The start has succeeded: remove other instances, and links that are not used any more.
 * 0, or the first error, after which the rest is removed all the same.
 */
int kernel_replace(struct kernel *kernel);

/*
 * The start has failed over an adopted instance: put the policy in force again that was
 * in force before, and drop the links that are new.
 */
void kernel_undo(struct kernel *kernel);

/*
 * Attach the listen program, if one was loaded. 0, or a negative errno: some machines
 * load a tracing program that they can't attach. Then there is none.
 */
int kernel_attach_listen(struct kernel *kernel, int cgroup_fd);

/* Were the programs for SCTP loaded? */
bool kernel_has_sctp(const struct kernel *kernel);

/*
 * Attach them, unless they are attached or were not loaded. 0, or a negative errno: as with the
 * listen program, they may load and not attach.
 */
int kernel_attach_sctp(struct kernel *kernel);

/* Has the kernel called an LSM program since? It may load them and never do so. */
bool kernel_lsm_ran(const struct kernel *kernel);

/*
 * Does the kernel give a port back that post_bind refuses? The canary finds it out by
 * trying (canary.h). Until it is set, post_bind refuses nothing.
 */
void kernel_set_guard(struct kernel *kernel, bool guard);
bool kernel_guards(const struct kernel *kernel);

/* Detach from the cgroup, pinned or not; records and counters can still be read. */
void kernel_detach(struct kernel *kernel);

/* The descriptor that polls readable when records wait (not for each: see bpf/report.bpf.h). */
int kernel_ring_fd(const struct kernel *kernel);

typedef void (*kernel_event_fn)(void *data, const struct hp_event *event);

/* Set the function that gets the records. Before the first kernel_take(). 0, or a negative errno.
 */
int kernel_on_event(struct kernel *kernel, kernel_event_fn fn, void *data);

/* Hand out waiting records, at most `max`; how many. They stay in the ring until kernel_release().
 */
unsigned int kernel_take(struct kernel *kernel, unsigned int max);

/* Give the ring the room of all taken records back. Until then, the next agent would take them
 * again. */
void kernel_release(struct kernel *kernel);

typedef void (*kernel_slot_fn)(void *data, uint32_t slot, const struct hp_fold_slot *value);

/* Read every fold slot that was ever used, with its holder's count (`base` is 0). 0, or a negative
 * errno. */
int kernel_read_folds(struct kernel *kernel, kernel_slot_fn fn, void *data);

/* The counters of all CPUs together. 0, or a negative errno. */
int kernel_counters(struct kernel *kernel, struct hp_counters *ret_counters);

/* What a workload lost: see struct hp_loss. */
struct kernel_loss {
	uint64_t workload; /* as in struct hp_fold_key */
	uint64_t lost;
	uint64_t ancestors[HP_ANCESTORS];
};

/* Fill up to HP_LOSERS elements; how many workloads lost anything. */
size_t kernel_losses(const struct kernel *kernel, struct kernel_loss *losses);

/* What has been reported, in memory that outlives the agent where there are pins. */
struct hp_told *kernel_told(const struct kernel *kernel);

/*
 * Keep the first record of each slot's holder for the next agent; of one slot the last
 * one stays. And read all that are kept. 0, or a negative errno.
 */
int kernel_put_names(struct kernel *kernel, const struct hp_event *events, unsigned int len);
int kernel_read_names(struct kernel *kernel, kernel_event_fn fn, void *data);

/* The canary's memory, shared with the programs; also valid in a forked child. */
volatile struct hp_canary *kernel_canary(struct kernel *kernel);

/* Fill up to KERNEL_ATTACHMENTS_MAX elements; how many are attached. */
size_t kernel_attachments(struct kernel *kernel, struct kernel_attachment *attachments);

/* Policies published so far. */
uint32_t kernel_generation(const struct kernel *kernel);
