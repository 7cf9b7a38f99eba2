/* SPDX-License-Identifier: MIT */
/*
 * What `check` knows of manifests: pods with the ports that they take of a node,
 * and Services. All of it lives in the model's arena; texts are as in the files.
 * Lists of pods, Services, containers and ports are in the files' order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../../../bpf/abi.h"
#include "arena.h"

struct place {
	const char *file;
	uint32_t line, column; /* from 1 */
	const char *path;      /* "$.spec.containers[0]" */
};

/* An annotation that accepts findings. */
struct ignore {
	struct ignore *next;	/* of the same object, and of the object around a template */
	struct ignore *earlier; /* of the model */
	const char *name;	/* as written, without the prefix */
	const char *rule;	/* the part of the name before the dot; maybe no rule has it */
	uint16_t port;		/* 0: of every port */
	const char *reason;	/* may be empty */
	const char *fault;	/* what is wrong with it, or NULL */
	struct place place;	/* of the annotation */
	bool used;
};

struct label {
	struct label *next;
	const char *key, *value;
};

struct word {
	struct word *next;
	const char *text;
};

enum requirement_op {
	REQUIRE_IN,
	REQUIRE_NOT_IN,
	REQUIRE_EXISTS,
	REQUIRE_NOT_EXISTS,
	REQUIRE_OTHER, /* not understood: it excludes nothing */
};

/* What is asked of a label. */
struct requirement {
	struct requirement *next;
	const char *key;
	enum requirement_op op;
	struct word *values;
};

/* Requirements that must all be met; one of several terms must. */
struct term {
	struct term *next;
	struct requirement *requirements;
};

/* Pods that may not be on the same node. */
struct apart {
	struct apart *next;
	struct requirement *labels; /* of the others */
	struct word *namespaces;    /* none: the pod's own */
};

/* Roles of nodes, as bits. */
enum {
	NODES_CONTROL_PLANE = 1,
	NODES_WORKER = 2,
	NODES_ANY = 4, /* not known: rows of every role hold */
};

/* Where a pod may run. */
struct placement {
	struct term *terms; /* none: anywhere */
	struct apart *apart;
	const char *node; /* nodeName, or NULL */
	unsigned int roles;
	bool selects;	/* a nodeSelector or node affinity is there */
	bool tolerates; /* the taint of control-plane nodes */
	bool windows;	/* only on nodes of Windows */
};

/* A port that a container declares. */
struct port {
	struct port *next;
	const char *name;    /* or NULL */
	uint16_t number;     /* containerPort, or on the node's addresses its hostPort */
	uint8_t proto;	     /* enum hp_proto */
	bool claims;	     /* it is one of the node's */
	bool probed;	     /* only a probe says so */
	const char *host_ip; /* or NULL: all addresses */
	struct place place;
};

/* A port that must be declared by the pod it is in. */
struct reference {
	struct reference *next;
	const char *what; /* "livenessProbe" */
	const char *name; /* of the port; NULL: .number has it */
	uint16_t number;
	bool localhost; /* it is asked there */
	struct place place;
};

/* A port that an argument makes a container listen on, or perhaps a variable. */
struct listener {
	struct listener *next;
	bool variable;
	const char *flag;    /* as written; the word where there is none; the variable's name */
	const char *address; /* as written; empty: all; NULL: not known */
	uint16_t port;
	uint8_t proto; /* enum hp_proto */
	bool localhost;
	struct place place;
};

enum container_kind {
	CONTAINER_MAIN,
	CONTAINER_INIT,
	CONTAINER_SIDECAR, /* an init container that goes on running */
	CONTAINER_EPHEMERAL,
};

struct container {
	struct container *next;
	const char *name;
	enum container_kind kind;
	struct port *ports;
	struct port *undeclared; /* that probes and arguments say it takes */
	struct reference *references;
	struct listener *listeners;
};

/* The names that a workload gives its pods. */
enum pod_names {
	PODS_STATIC,   /* NAME, NAME-NODE */
	PODS_SUFFIXED, /* NAME-xxxxx */
	PODS_HASHED,   /* NAME-hash-xxxxx */
	PODS_NUMBERED, /* NAME-0 */
	PODS_TIMED,    /* NAME-time-xxxxx */
	PODS_ROLLED,   /* NAME-1-xxxxx */
	PODS_UNKNOWN,  /* the program that makes them chooses */
};

/* Bounds of one pod; the first thing beyond is a finding. */
#define POD_CONTAINERS_MAX 1000
#define POD_PORTS_MAX	   4096
#define POD_LISTENERS_MAX  512 /* each is compared with each port */

/* Does a workload start new pods before the old ones have ended? */
struct surge {
	const char *text;   /* maxSurge, as written or by default; NULL: it does not */
	bool several;	    /* there is more than one pod, or their number is not known */
	struct place place; /* of it, or of the workload's specification */
};

/* A port of all nodes that a Service has. */
struct node_port {
	struct node_port *next;
	const char *service; /* in messages: "Service ns/name" */
	uint16_t number;
	uint8_t proto;
};

/* Where a port of a pod is, if its container is another pod's. */
struct spot {
	uint32_t line, column;
};

/* A pod, or the template of a workload's pods. */
struct pod {
	struct pod *next;
	const char *full_name; /* its object, in messages: "DaemonSet ns/name" */
	const char *kind;      /* of the object it is in */
	const char *namespace_, *name;
	const char *maker_kind, *maker; /* the object that made it, or NULL */
	enum pod_names names;
	bool host_network;
	bool ended;	/* it does not run any more */
	bool nameless;	/* its object has no name: a patch */
	bool placeless; /* its object names no namespace */
	struct label *labels;
	struct placement placement;
	struct surge surge;
	struct container *containers;
	uint32_t containers_len, ports, listeners; /* how many there are */
	struct ignore *ignores;
	struct place place;	  /* of its specification */
	const struct pod *like;	  /* whose containers it has, or NULL: see replica.h */
	const struct spot *spots; /* then those of all its ports */
};

/* Are the pods of one object? A base may leave its namespace to the overlay. */
static inline bool pod_has_object_of(const struct pod *a, const struct pod *b)
{
	return !a->nameless && !b->nameless && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->kind, b->kind) == 0 &&
	       (a->placeless || b->placeless || strcmp(a->namespace_, b->namespace_) == 0);
}

struct service_port {
	struct service_port *next;
	const char *name; /* of the target; NULL: .number has it */
	uint16_t number;
	uint8_t proto;
	struct place place; /* of what names the target */
};

struct service {
	struct service *next;
	const char *namespace_, *name;
	struct label *selector;
	struct service_port *ports;
	struct ignore *ignores;
};

/* What was looked at. */
struct manifest_counts {
	size_t documents; /* that are not empty */
	size_t others;	  /* documents and items that are no objects of Kubernetes */
	size_t objects;	  /* those of lists as well */
	size_t pods;	  /* and templates of pods */
	size_t services;
};

/* What was read of all files. */
struct model {
	struct arena arena;
	const char *namespace_;	      /* of objects that name none */
	struct pod *pods, **pods_end; /* that take ports of nodes */
	struct service *services, **services_end;
	struct node_port *node_ports;
	struct ignore *ignores; /* all of them, by .earlier */
	const char *chart;	/* that the file is in, with a slash at its end; NULL: none */
	bool chart_told;	/* there is a finding about it */
	struct manifest_counts counts;
	/*
	 * Called when an object that has pods was read, or NULL. What the object takes of the
	 * arena begins at the mark.
	 */
	void (*settle)(void *data, struct arena_mark mark);
	void *settle_data;
};
