/* SPDX-License-Identifier: MIT */
/* Explains one decision: the row that decides, the decision, and why. Pure. */
#pragma once

#include "../base/jsonw.h"
#include "owner.h"
#include "policy.h"

/* The query and what answers it. All of it must outlive the explanation. */
struct explain_input {
	const struct registry *registry;
	const struct policy *policy; /* built from the registry and the facts */
	const struct node_facts *facts;
	const struct hp_config *config;
	struct hp_query query;
	const char *address; /* as the user gave it; NULL: only the scope was given */
	struct owner_of who; /* the process, as far as it is known: clients and exceptions ask it */
};

/* A row that names the protocol and port. */
struct explain_row {
	const struct reg_layer *layer;
	const struct reg_row *row;
	bool holds; /* it lets the query through, or would: exceptions hold for their class */
	enum owner_answer owner; /* is the process one of its owners? */
	char *why;		 /* raw: escaped where it is printed */
};

struct explanation {
	struct explain_input input;
	struct hp_decision decision;
	const struct reg_layer *entry_layer; /* of the deciding row; NULL: there is none */
	const struct reg_row *entry;
	struct explain_row *rows; /* in the registry's order, every kind */
	size_t rows_len;
	char *why; /* a sentence without its full stop */
};

/* 0, or -ENOMEM. The explanation is the caller's. */
int explain(const struct explain_input *input, struct explanation **ret_explanation);

void explanation_free(struct explanation *explanation);
DEFINE_CLEANUP(struct explanation, explanation_free)

/*
 * Write {"protocol","port","address","verdict","class","entry","rows","why"}. "address" is
 * null where only the scope was given, "entry" is null or a row as row_json() writes it;
 * those of "rows" have "holds", "owner" (true, false or null) and "why" besides.
 */
void explain_json(const struct explanation *explanation, struct jsonw *w);

/* The same members, inside an object that the caller began. */
void explain_json_members(const struct explanation *explanation, struct jsonw *w);

/* Append the same for a person, in lines; safe for a terminal. */
void explain_text(const struct explanation *explanation, struct buf *out);
