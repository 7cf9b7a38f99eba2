/* SPDX-License-Identifier: MIT */
/* Ports of pods that Services have, or may get, on all nodes. Pure. */
#pragma once

#include "check_state.h"

/* Add findings for claims in the NodePort range, and for those that are a Service's nodePort. */
void node_port_check(struct check *check);
