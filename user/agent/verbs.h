/* SPDX-License-Identifier: MIT */
/* What the control socket answers, verb by verb. */
#pragma once

#include "../stream/control.h"

/* The document that answers a request; control_document_fn, the data is the agent. */
int verbs_document(void *agent, const struct request *request, struct buf *out);
