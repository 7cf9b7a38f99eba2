/* SPDX-License-Identifier: MIT */
/* The words of explanations. Pure. */
#pragma once

#include "explain.h"

/* Append which row it is: "openshift tcp 10248 (kubelet)". */
void explain_why_name(const struct reg_layer *layer, const struct reg_row *row, struct buf *out);

/* Append why a row holds, or does not, for a query. */
void explain_why_row(const struct explain_input *input, const struct reg_row *row, struct buf *out);

/* Append why the decision is as it is; `exception` is the one that holds, or NULL. */
void explain_why_decision(const struct explanation *explanation,
			  const struct explain_row *exception, struct buf *out);
