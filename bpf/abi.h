/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the BPF programs and user space share: map keys and values, the event
 * record, the enumerations. Included by both sides, so it holds fixed-width
 * types only, states every byte order, and asserts every size.
 *
 * Zero is the harmless value throughout: a zeroed configuration is unset (and
 * lets everything pass uncounted before the first policy is published), a
 * zeroed row is no row, a zeroed fold slot is empty.
 */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>

/* Protocols that a registry row can name, in the order of the bitmap. */
enum hp_proto {
	HP_PROTO_TCP,
	HP_PROTO_UDP,
	HP_PROTO_UDPLITE,
	HP_PROTO_SCTP,
	HP_PROTO_DCCP,	/* no row can name it, so it is always unregistered */
	HP_PROTO_OTHER, /* the same */
	HP_PROTO_MAX,
};

/* Protocols that the bitmap answers for; the others always take the slow path. */
#define HP_BITMAP_PROTOS 2

enum hp_scope {
	HP_SCOPE_EXTERNAL,  /* any address but loopback, wildcards included */
	HP_SCOPE_LOCALHOST, /* 127/8, ::1, ::ffff:127/104 */
	HP_SCOPE_MAX,
};

/*
 * Why a bind is not allowed, in the order in which the rules are decided: a
 * row that gets further down this list is the more permissive one.
 */
enum hp_class {
	HP_CLASS_NONE, /* allowed */
	HP_CLASS_UNREGISTERED,
	HP_CLASS_RETIRED,
	HP_CLASS_INACTIVE,
	HP_CLASS_SCOPE,
	HP_CLASS_OWNER,
	HP_CLASS_UNDECLARED,
	HP_CLASS_EPHEMERAL,
	HP_CLASS_MAX,
};

enum hp_verdict {
	HP_VERDICT_NONE,
	HP_VERDICT_ALLOWED,
	HP_VERDICT_AUDITED,
	HP_VERDICT_DENIED,
	HP_VERDICT_EXCEPTED,
	HP_VERDICT_MAX,
};

enum hp_mode {
	HP_MODE_UNSET, /* no policy published yet */
	HP_MODE_AUDIT,
	HP_MODE_ENFORCE,
	HP_MODE_MAX,
};

enum hp_how {
	HP_HOW_NONE,
	HP_HOW_BIND,	 /* an explicit port */
	HP_HOW_BIND0,	 /* port 0: the kernel chose */
	HP_HOW_LISTEN,	 /* listen() without a bind() before it */
	HP_HOW_EXISTING, /* bound before the agent started */
	HP_HOW_DECLARED, /* only in a Pod.Spec */
	HP_HOW_KERNEL,	 /* a kernel socket, such as VXLAN's */
	HP_HOW_MAX,
};

/* Which hook found a violation. */
enum hp_hook {
	HP_HOOK_NONE,
	HP_HOOK_BIND,	   /* cgroup/bind4, bind6 */
	HP_HOOK_POST_BIND, /* cgroup/post_bind4, post_bind6 */
	HP_HOOK_SOCKOPS,   /* sockops, TCP_LISTEN_CB */
	HP_HOOK_FEXIT,	   /* fexit/inet_csk_listen_start */
	HP_HOOK_LSM,	   /* lsm/socket_bind, socket_listen */
	HP_HOOK_SWEEP,	   /* not a hook: user space read the socket table */
	HP_HOOK_MAX,
};

#define HP_PORTS      65536
#define HP_NO_ROW     0 /* row numbers start at 1 */
#define HP_COMM_LEN   16
#define HP_ADDR_LEN   16
#define HP_POLICIES   2 /* the published policy and the one being written */
#define HP_BITMAP_U64 (HP_PORTS / 64)

/*
 * The fast bitmap has three bits for each port: "allowed, nothing else to look at" for each scope,
 * and "a row names it". The bits of a port are in neighbouring words, because a program that reads
 * one often reads another. One element for each policy.
 */
struct hp_bitmap_word {
	__u64 allowed[HP_SCOPE_MAX];
	__u64 named;
};

struct hp_bitmap {
	struct hp_bitmap_word words[HP_BITMAP_PROTOS][HP_BITMAP_U64];
};

/*
 * The word that each program reads first: which policy is in force, and what of its configuration
 * the fast path needs. 0: no policy has been published yet.
 */
#define HP_ACTIVE_POLICY    1U	/* its index */
#define HP_ACTIVE_SET	    2U	/* there is one */
#define HP_ACTIVE_DENIES    4U	/* bind() may be denied: mode and denies say so */
#define HP_ACTIVE_EPHEMERAL 8U	/* the class is denied: ports that the kernel chose matter */
#define HP_ACTIVE_PODS	    16U /* there are pods: what the bitmap allows, they have to declare */

/* What a policy does with violations. One element for each policy. */
struct hp_config {
	__u32 mode;	  /* enum hp_mode */
	__u32 denies;	  /* bit 1 << class: the class is denied in enforce mode */
	__u32 errno_code; /* positive; what a denied bind() returns */
	__u32 deny_kernel;
	__u32 generation;   /* counts published policies, from 1 */
	__u32 deny_unknown; /* pods that are not known, where class owner or undeclared is denied */
	__u32 deny_essential; /* class undeclared is denied of essential rows, too */
};

/* Key of a policy's row map. */
struct hp_row_key {
	__u8 proto; /* enum hp_proto */
	__u8 pad;
	__u16 port; /* host byte order */
};

/*
 * What the registry says of one protocol and port on this node: the most
 * permissive row decides. The verdict follows from it, from the configuration,
 * and from what rows for their owners alone grant the workload.
 */
struct hp_row {
	__u32 row[HP_SCOPE_MAX]; /* the deciding row's number, or HP_NO_ROW */
	__u8 cls[HP_SCOPE_MAX];	 /* enum hp_class, HP_CLASS_NONE: allowed */
	__u8 excepted;		 /* bit 1 << class: an exception covers the class */
	__u8 essential;		 /* an essential row names the port */
	__u32 owners;		 /* the set of rows for their owners alone; 0: there are none */
};

/*
 * What rows for their owners alone grant: bit 1 << class, an exception for the class; that the
 * port is the workload's to send from; that it is an owner of an entry, at an external address
 * or on loopback.
 */
#define HP_GRANTS_CLIENT    (1U << HP_CLASS_NONE)
#define HP_GRANTS_EXTERNAL  0x100U
#define HP_GRANTS_LOCALHOST 0x200U
/* And of the set HP_SET_PODS: pods are below the control group; which one it is, is known. */
#define HP_GRANTS_POD	0x400U
#define HP_GRANTS_KNOWN 0x800U
/*
 * Of a pod's control group: hp_declared has all ports that the pod declares; or it may declare
 * others, too, and so may have any. Of who asks: it is in a pod that does not declare the port, or
 * that is not known.
 */
#define HP_GRANTS_DECLARED   0x1000U
#define HP_GRANTS_ANY_PORT   0x2000U
#define HP_GRANTS_UNDECLARED 0x4000U

/*
 * An owner of a set, by which programs look up what it is granted: a control group, or the
 * file of a program. Sets of different policies have different numbers, so that an owner
 * is of one policy alone.
 */
struct hp_owner_key {
	__u64 id;  /* the control group's, or the file's inode number */
	__u32 dev; /* the file's device, as the kernel numbers it; 0: a control group */
	__u32 set; /* see struct hp_row */
};

#define HP_SET_PODS 0 /* no row has it */

/*
 * A port that a pod declares, by one of the pod's control groups. The address is zero for a scope:
 * HP_SCOPE_EXTERNAL, any address at all; HP_SCOPE_LOCALHOST, loopback. See hp_declare_at().
 */
struct hp_declared_key {
	__u64 cgroup;
	__u32 addr[4]; /* network byte order, as IPv6 has it */
	__u16 port;    /* host byte order */
	__u8 proto;    /* enum hp_proto */
	__u8 scope;    /* enum hp_scope */
	__u32 pad;
};

#define HP_DECLARED_MAX 8192
#define HP_OWNERS_MAX	8192
#define HP_OWNER_LEVELS 8 /* control groups that are looked at, from the task's upwards */

/* Violations with the same key are repeats of one another. */
struct hp_fold_key {
	__u64 workload; /* cgroup id; with HP_WORKLOAD_V1: of the v1 hierarchy */
	__u16 port;	/* host byte order */
	__u8 proto;
	__u8 cls;
	__u8 verdict;
	__u8 how;
	__u8 scope;
	__u8 pad;
};

#define HP_WORKLOAD_V1 (1ULL << 63)

/* Who made a violation, and at which address. */
struct hp_binder {
	__u64 start_ns;		/* start of the thread group leader, CLOCK_BOOTTIME */
	__u64 exe_inode;	/* of the program's file, in its super block; 0: not known */
	__u8 addr[HP_ADDR_LEN]; /* network byte order; IPv4 in the first four */
	char comm[HP_COMM_LEN]; /* of the thread group leader, untrusted bytes */
	__u32 pid;		/* thread group id, as the init namespace sees it */
	__u32 uid;		/* as the init namespace sees it */
	__u32 exe_dev;		/* as the kernel has it: the major number times 2^20, the minor */
	__u8 family;		/* 4 or 6; 0: nothing is known */
	__u8 mode;		/* enum hp_mode */
	__u8 kernel_thread;	/* the task is a kernel thread */
	__u8 execs;		/* of the task so far, modulo 256 */
};

/*
 * The last binder, and the first different pairs of a process and an address: the
 * members. A pid is exact. An address is a hash, so two of one process may count as
 * one.
 */
#define HP_FOLD_MEMBERS 8

struct hp_binders {
	struct hp_binder latest;
	__u32 pid[HP_FOLD_MEMBERS]; /* 0: no member from here on */
	__u16 address[HP_FOLD_MEMBERS];
};

/*
 * Folding: a slot counts the repeats of one key, its holder. A key can hold a
 * slot of the set that it hashes to. `seen` only grows, and what it has grown
 * by since `base` is the count of the present holder (`generation`). So user
 * space may read a slot at any time and take the difference to what it has
 * reported. Nothing is ever taken out of a slot, and a new holder's record
 * carries the last count of the holder before. `seen` is added to without the
 * set's lock, if the binder is the latest one; all else changes under it.
 *
 * A record is due when the holder's last one in its turn is hp_fold_ticks old; then
 * the members are forgotten. And at once, out of turn, for a new member.
 */
#define HP_FOLD_WAYS 4
#define HP_FOLD_SETS 1024

struct hp_fold_slot {
	struct hp_fold_key key;
	__u64 seen; /* violations of all holders; less `base`: of this one */
	__u64 base;
	__u64 sent_tick;  /* when a record was last sent or tried in its turn, in jiffies */
	__u32 generation; /* holders so far; 0: never used */
	__u16 sent;	  /* what the holder had seen at its last record, modulo 2^16 */
	__u8 recent;	  /* bits of members who made violations since then, the latest maybe not */
	__u8 current;	  /* the latest binder's member, from 1; 0: it has no place */
	struct hp_binders binders;
};

struct hp_fold_set {
	struct bpf_spin_lock lock;
	__u32 pad;
	struct hp_fold_slot slot[HP_FOLD_WAYS];
};

/* Which slot counts a record's repeats: see struct hp_fold_slot. */
struct hp_fold_ref {
	__u32 slot;	  /* set * HP_FOLD_WAYS + way */
	__u32 generation; /* of the holder */
	__u64 seen;	  /* of the holder, this violation included */
	__u64 prev_seen;  /* in a new holder's first record: the last count of the one before */
};

#define HP_FOLD_SAME (~0ULL) /* prev_seen of a holder's later records */

#define HP_ANCESTORS 4

/* One record of the ring. */
struct hp_event {
	struct hp_fold_ref fold;
	__u64 time_ns;	    /* CLOCK_BOOTTIME */
	__u64 cgroup_id;    /* of the task, in the cgroup2 hierarchy */
	__u64 cgroup_v1_id; /* of the task, memory hierarchy of v1; 0: none */
	__u64 cookie;	    /* of the socket; 0: not known */
	/* ids of the workload's parent cgroup, its parent and so on; 0: no more */
	__u64 ancestors[HP_ANCESTORS];
	struct hp_fold_key key;
	__u32 row; /* HP_NO_ROW: none */
	__u32 policy_generation;
	/* as struct hp_binder has them */
	__u64 start_ns;
	__u64 exe_inode;
	__u8 addr[HP_ADDR_LEN];
	char comm[HP_COMM_LEN];
	__u32 pid;
	__u32 uid;
	__u32 exe_dev;
	__u8 family;
	__u8 mode;
	__u8 kernel_thread;
	__u8 hook; /* enum hp_hook */
	/*
	 * Those of the holder since the record before, this violation included; in a new
	 * holder's first record: of the holder before.
	 */
	__u8 recent;
	__u8 current;
	__u8 pad[6];
	struct hp_binders binders; /* must be last: a name is kept without it */
};

#define HP_NAME_LEN (sizeof(struct hp_event) - sizeof(struct hp_binders))

/* Why a violation was lost: it has no record, and no slot counts it. */
enum hp_lost {
	HP_LOST_RING, /* the ring was full */
	HP_LOST_RATE, /* over the rate at which new violations are taken */
	HP_LOST_NOTE, /* no memory for a note: it is not known whether bind() succeeded */
	HP_LOST_MAX,
};

#define HP_BUCKETS 256 /* on each CPU, among which workloads share the rate of records */
#define HP_LOSERS  512 /* workloads whose losses are counted apart */

/* What a workload lost; the key is as in struct hp_fold_key. */
struct hp_loss {
	__u64 lost;
	__u64 ancestors[HP_ANCESTORS]; /* as in struct hp_event, when it first lost something */
};

#define HP_FOLD_SLOTS (HP_FOLD_SETS * HP_FOLD_WAYS)

/*
 * What an agent has reported, kept in a map so that the next agent goes on from
 * there, however this one ended. Only user space uses it.
 */
struct hp_told_slot {
	__u32 generation; /* of the holder that was reported last; 0: none */
	__u32 pad;
	__u64 seen; /* of its violations, how many lines have reported */
};

struct hp_tally {
	__u64 delivered; /* lines */
	__u64 folded;	 /* violations that their counts add */
	__u64 existing;	 /* of both: found by a sweep, and counted by no program */
	__u64 recovered; /* of both: found by a sweep; a program counted it and lost its record */
	__u64 untold;	 /* never logged: an agent died while logging */
	__u64 by_class[HP_CLASS_MAX][HP_VERDICT_MAX][HP_PROTO_MAX]; /* of `existing` */
};

/*
 * The step from one tally to the next, written before it is made. An agent that
 * finds it pending makes it, for the first time or once more.
 */
struct hp_told_step {
	struct hp_tally tally;
	struct hp_told_slot slot;
	__u32 number; /* of the slot; HP_FOLD_SLOTS: none */
	__u32 pending;
};

struct hp_told {
	struct hp_tally tally;
	struct hp_told_step step;
	__u64 mode; /* what later agents go by: see user/agent/mode.h; 0: nothing */
	struct hp_told_slot slots[HP_FOLD_SLOTS];
};

/* Whose maps these are. Its shape never changes, so that any agent can read the layout. */
struct hp_info {
	__u64 magic;
	__u64 layout; /* of all maps and of what they hold: user/kernel/layout.h */
	__u64 cgroup_id;
	__u64 netns_cookie;
	__u32 netns_inum;
	__u32 pad;
};

#define HP_INFO_MAGIC 0x30747274736f6870ULL

/* Count it up when something in the maps changes its meaning and keeps its shape. */
#ifndef HP_LAYOUT_EPOCH
#define HP_LAYOUT_EPOCH 3
#endif

/* Per-CPU counters. They only grow. */
struct hp_counters {
	__u64 count[HP_CLASS_MAX][HP_VERDICT_MAX][HP_PROTO_MAX];
	__u64 lost[HP_LOST_MAX];
};

/* A ruling of bind, kept on the socket until post_bind sees that bind() succeeded. */
struct hp_note {
	__u32 row;
	__u32 generation; /* of the policy that decided and numbers the row */
	__u16 port;	  /* host byte order; 0: port 0 was asked for */
	__u8 cls;
	__u8 verdict; /* HP_VERDICT_NONE: no note */
	__u8 how;
	__u8 mode;
	__u8 told; /* the kernel chose `port`, and it is reported already */
	__u8 pad;
};

/*
 * A port that the kernel chose for a socket; see bpf/choices.bpf.h. Port P has element P modulo
 * HP_CHOICES. `owner` is a hash of workload, protocol and port, so that an element that two CPUs
 * write at once is nobody's. Only the programs use it.
 */
#define HP_CHOICES 1024

struct hp_choice {
	__u64 socket; /* its address in the kernel; 0: none */
	__u64 owner;
};

/* A process that has a socket open. */
struct hp_socket_owner {
	__u64 inode; /* of the socket */
	__u32 pid;   /* thread group id, as the init namespace sees it */
	__u8 asked;  /* enum hp_asked */
	__u8 pad[3];
	char comm[HP_COMM_LEN]; /* of the thread group leader, untrusted bytes */
};

/* A BPF program that is loaded. */
struct hp_program {
	__u32 id;
	char name[16]; /* ends with a zero byte; untrusted bytes */
};

/* Did the socket's caller ask for its port? */
enum hp_asked {
	HP_ASKED_UNKNOWN,
	HP_ASKED_YES,	/* a bind() named it */
	HP_ASKED_NO,	/* the kernel chose */
	HP_ASKED_RANGE, /* the kernel chose from the socket's own, narrower range */
};

/* The canary: the agent's own socket, by which it proves that the hooks deny and count. */
struct hp_canary {
	__u64 cookie;  /* of the socket; 0: none */
	__u64 denied;  /* how often bind refused it */
	__u64 passed;  /* how often post_bind saw it */
	__u64 guard;   /* 1: post_bind is to refuse it; 2: it has */
	__u64 refused; /* the cookie of the socket that bind refused last */
	__u64 again;   /* how often post_bind refused a socket that got through */
	__u64 named;   /* let bind() pass to a port by its number, as to port 0 */
};

/*
 * Where a program casts, it has a call of this number, which no helper has, and before it a type's.
 * The loader puts the numbers of bpf_rdonly_cast() and of the kernel's type in their places. Where
 * it doesn't, hp_can_cast keeps the programs from there.
 */
#define HP_CAST_CALL 0x68700000
#define HP_CAST_SOCK 0x68700001
#define HP_CAST_TASK 0x68700002
#define HP_CAST_INET 0x68700003

_Static_assert(sizeof(struct hp_bitmap) == 49152, "bitmap");
_Static_assert(!(HP_BITMAP_PROTOS & (HP_BITMAP_PROTOS - 1)), "a mask bounds it");
_Static_assert(sizeof(struct hp_config) == 28, "config");
_Static_assert(sizeof(struct hp_row_key) == 4, "row key");
_Static_assert(sizeof(struct hp_row) == 16, "row");
_Static_assert(sizeof(struct hp_owner_key) == 16, "owner key");
_Static_assert(sizeof(struct hp_declared_key) == 32, "declared key");
_Static_assert(sizeof(struct hp_fold_key) == 16, "fold key");
_Static_assert(sizeof(struct hp_binder) == 64, "binder");
_Static_assert(sizeof(struct hp_binders) == 112, "binders");
_Static_assert(sizeof(struct hp_fold_slot) == 160, "fold slot");
_Static_assert(sizeof(struct hp_fold_set) == 8 + 160 * HP_FOLD_WAYS, "fold set");
_Static_assert(sizeof(struct hp_fold_ref) == 24, "fold ref");
_Static_assert(sizeof(struct hp_event) == 296, "event");
_Static_assert(HP_FOLD_MEMBERS <= 8, "a bit for each member");
_Static_assert(sizeof(struct hp_loss) == 8 + 8 * HP_ANCESTORS, "loss");
_Static_assert(sizeof(struct hp_note) == 16, "note");
_Static_assert(sizeof(struct hp_choice) == 16, "choice");
_Static_assert(!(HP_CHOICES & (HP_CHOICES - 1)), "a mask bounds it");
_Static_assert(sizeof(struct hp_told_slot) == 16, "told slot");
_Static_assert(sizeof(struct hp_tally) == 40 + 8 * HP_CLASS_MAX * HP_VERDICT_MAX * HP_PROTO_MAX,
	       "tally");
_Static_assert(sizeof(struct hp_told_step) == sizeof(struct hp_tally) + 24, "told step");
_Static_assert(sizeof(struct hp_info) == 40, "info");
_Static_assert(sizeof(struct hp_socket_owner) == 32, "holder");
_Static_assert(sizeof(struct hp_program) == 20, "program");
_Static_assert(HP_CLASS_MAX <= 8, "class bits fit hp_row.excepted, below HP_GRANTS_EXTERNAL");
