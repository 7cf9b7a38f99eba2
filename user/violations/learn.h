/* SPDX-License-Identifier: MIT */
/*
 * What an overlay of exceptions for this node is made of: what violates the
 * registry in force, or did since the start, and which exceptions are of no use.
 */
#pragma once

#include "violations.h"

/* Append the document that answers the request. 0, or as control_document_fn. */
int learn_json(struct violations *violations, struct buf *out);
