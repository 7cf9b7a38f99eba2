/* SPDX-License-Identifier: MIT */
/* Explanations in words. Pure. */
#pragma once

#include "explain.h"

/* Append the row's name: "openshift tcp 10248 (kubelet)". */
void explain_why_name(const struct reg_layer *layer, const struct reg_row *row, struct buf *out);

/* Append why a row holds for a query, or does not. */
void explain_why_row(const struct explain_input *input, const struct reg_row *row, struct buf *out);

/* Append why the decision is as it is; `exception` is the one that holds, or NULL. */
void explain_why_decision(const struct explanation *explanation,
			  const struct explain_row *exception, struct buf *out);
