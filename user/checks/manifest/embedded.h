/* SPDX-License-Identifier: MIT */
/* Manifests in the texts of other objects: ConfigMaps, and files that Ignition writes. Pure. */
#pragma once

#include <stdbool.h>

#include "../../base/buf.h"

#define EMBEDDED_DEPTH_MAX 2 /* a text in a text: a MachineConfig in a ConfigMap */

/* May a text be a manifest whose pods take ports of nodes? */
bool embedded_is_manifest(const char *text);

/*
 * Append what a data: URL stands for (RFC 2397). 0, or -EINVAL: it is another URL, or broken, or
 * has a zero byte in it.
 */
int embedded_decode(const char *url, struct buf *out);
