/* SPDX-License-Identifier: MIT */
/*
 * A cluster has many pods that differ in their names, nodes and places only. All but the first of
 * them share its containers, labels and placement, so that each is small. Pure.
 */
#pragma once

#include "check_state.h"

/*
 * A copy of a pod, in check->kept, that shares what it has in common with an earlier one; the
 * pod's own memory is not needed any more. NULL: there is none like it, and a later one may be
 * like this one, which must stay; or memory ran out. Rules about one pod alone have been applied.
 */
struct pod *replica_share(struct check *check, const struct pod *pod);

/* The place of a port of a pod. It lives as long as check->kept. */
struct place replica_place(struct check *check, const struct pod *pod, const struct port *port);

/* Forget all pods. */
void replica_forget(struct check *check);
