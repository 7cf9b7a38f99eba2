/* SPDX-License-Identifier: MIT */
/* Writes a ValidatingAdmissionPolicy: the registry, asked when a pod is created. Pure. */
#pragma once

#include "export.h"

/*
 * An export_fn: a ConfigMap with the ports that pods may declare, the policy that looks a pod's
 * host ports up in it, and a binding that warns. A pod may have what an agent that denies the
 * classes of job->denies would not deny it, on a node of the job's facts. Exceptions of today
 * hold, and a line in `said` tells when the first of them ends. What can't be known when a pod is
 * created is assumed to be an owner's, or on loopback. The objects are called job->name; NULL:
 * host-port-registry, with the role behind it if there is one.
 *
 * -EINVAL where class unregistered is not denied, no port would be left to pods, a ConfigMap can't
 * hold them all, or the owners of one are more than an expression may look through.
 */
int vap_write(const struct export_job *job, struct buf *out, struct buf *said);
