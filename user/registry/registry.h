/* SPDX-License-Identifier: MIT */
/*
 * The registry: layers of rows, as the files state them. Nothing here is
 * resolved for a node; that is the policy's work (../policy/policy.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/buf.h"
#include "diag.h"

/* Bounds of an input; beyond them a file is refused, not cut. */
#define REGISTRY_FILE_MAX   (32UL << 20) /* bytes of one file */
#define REGISTRY_ROWS_MAX   131072	 /* rows of all layers together */
#define REGISTRY_RANGES_MAX 1024	 /* documented ranges of one file */
#define REGISTRY_LAYERS_MAX 64
#define REGISTRY_OWNED_MAX  8192 /* clients and exceptions with owners, of all layers */
#define REGISTRY_DEPTH_MAX  16	 /* nesting of a file */

enum reg_kind {
	REG_ENTRY,
	REG_RETIRED,
	REG_CLIENT, /* source ports of its owners; registers nothing */
	REG_RANGE,
	REG_DROP,
	REG_EXCEPTION,
	REG_ACCEPT, /* findings of `registry lint`; no policy */
	REG_KIND_MAX,
};

enum reg_role {
	REG_ROLE_ANY,
	REG_ROLE_CONTROL_PLANE,
	REG_ROLE_WORKER,
	REG_ROLE_MAX,
};

/* X.Y; 0.0 is "not stated". */
struct reg_version {
	uint16_t major, minor;
};

/* A calendar day; year 0 is "not stated". */
struct reg_date {
	uint16_t year;
	uint8_t month, day;
};

/* Who may bind: the members that are set must all match. Globs, but for exe. */
struct reg_owner {
	char *namespace_, *pod, *container; /* a pod's container */
	char *unit;			    /* a systemd unit */
	char *exe;			    /* an absolute path */
};

struct reg_row {
	enum reg_kind kind;
	unsigned int line, column; /* of the row in its layer's file */
	uint16_t first, last;	   /* ports, host byte order, both included; accepts: 0, all */
	uint8_t proto;		   /* enum hp_proto */
	bool any_proto;		   /* accepts: of every protocol */
	uint8_t scope;		   /* enum hp_scope */
	uint8_t cls;		   /* exceptions: enum hp_class */
	uint8_t role;		   /* enum reg_role */
	bool essential;		   /* entries: enforcement must not deny it */
	struct reg_version since, removed;
	struct reg_date until; /* exceptions: the last day on which it holds */
	char *process, *application, *team, *notes, *source, *reason;
	char *control_plane; /* the page's cell, verbatim */
	char *table;	     /* the page's table where scope does not tell it */
	char *since_text, *removed_text, *until_text; /* as written */
	char *rule;  /* accepts: the id of a lint rule, as written */
	char *layer; /* drops: the layer to drop from; NULL: all earlier ones. Accepts; NULL: its
			own */
	char **platforms;
	size_t platforms_len;
	struct reg_owner *owners;
	size_t owners_len;
	bool dropped; /* a later layer's drop took it away */
};

struct reg_layer {
	char *name;	      /* as findings show it */
	char *source;	      /* where its facts come from, or NULL */
	char *path;	      /* "builtin:NAME" or the file's path */
	struct reg_row *rows; /* in the order of enum reg_kind, then the file's */
	size_t len;
	uint64_t digest; /* of the text it was read from, to tell another one */
	size_t text_len;
};

struct registry {
	struct reg_layer *layers; /* earlier ones first */
	size_t len;
};

/*
 * Read one layer from a file's bytes. `file` is its name in messages and the
 * layer's path. 0, or -EINVAL with at least one message in `diags` (all that
 * the file has, up to DIAGS_MAX), or -ENOMEM. The layer is the caller's.
 */
int layer_parse(const char *file, const char *text, size_t len, struct diags *diags,
		struct reg_layer **ret_layer);

void layer_free(struct reg_layer *layer);
DEFINE_CLEANUP(struct reg_layer, layer_free)

/*
 * Put a layer on top of a registry, which owns it from then on, also on failure, and
 * apply its drops to earlier rows. -EINVAL with a message when the name exists, a drop
 * matches no row, or there are too many rows or layers; the registry must then only be
 * freed.
 */
int registry_add(struct registry *reg, struct reg_layer *layer, struct diags *diags);

void registry_free(struct registry *reg);
DEFINE_CLEANUP(struct registry, registry_free)

/*
 * Rows that can decide (entries, retired rows and clients, dropped ones too) are
 * numbered from 1 over all layers, in order. NULL when there is no such number.
 * ret_layer may be NULL.
 */
const struct reg_row *registry_row(const struct registry *reg, uint32_t number,
				   const struct reg_layer **ret_layer);

/* How many rows of a layer are policy: all but accepts. */
size_t layer_rows(const struct reg_layer *layer);

/*
 * Is a row for its owners alone: a client, or an exception that names owners? For anybody
 * else it is as if it were not there.
 */
static inline bool reg_row_owned(const struct reg_row *row)
{
	return row->kind == REG_CLIENT || (row->kind == REG_EXCEPTION && row->owners_len > 0);
}

/* Is there no entry and no retired row that was not dropped? Clients register nothing. */
bool registry_empty(const struct registry *reg);

/* The layers that are embedded in the program, in the order of the default stack. */
struct reg_builtin {
	const char *name;
	const char *text;
	size_t len;
};
#define REG_BUILTINS 3
const struct reg_builtin *registry_builtins(void);

/* 0, or -EINVAL: only X.Y with decimal numbers up to 9999, no sign, no leading zeros. */
int reg_version_parse(const char *text, struct reg_version *ret);

/* Negative, 0 or positive as a is before, the same as, or after b. */
int reg_version_compare(struct reg_version a, struct reg_version b);

/* 0, or -EINVAL: only a real day, YYYY-MM-DD. */
int reg_date_parse(const char *text, struct reg_date *ret);
int reg_date_compare(struct reg_date a, struct reg_date b);

/* 0, or -EINVAL: N or N-M, decimal, 1 to 65535, N <= M. */
int reg_ports_parse(const char *text, uint16_t *ret_first, uint16_t *ret_last);

/* Append ports as files have them: N or N-M. */
void reg_ports_put(uint16_t first, uint16_t last, struct buf *out);

/* Can it be the name of a layer or of a rule: a-z, 0-9, inside also - and ., at most 63 in all? */
bool reg_name_valid(const char *text);
