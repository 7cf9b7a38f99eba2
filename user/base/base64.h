/* SPDX-License-Identifier: MIT */
/* Base64, as kubeconfig files have certificates in it, and URLs of Ignition files. Pure. */
#pragma once

#include "buf.h"

/* Append what a text stands for; blanks and line ends are skipped. 0, or -EINVAL. */
int base64_decode(const char *text, struct buf *out);
