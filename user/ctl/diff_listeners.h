/* SPDX-License-Identifier: MIT */
/* `registry diff --listeners`: a node's listeners, and another registry. */
#pragma once

#include "../diff/upgrade.h"

/*
 * Append the findings of upgrade_check() for each listener of the file upgrade->file, which is what
 * `hostportctl listeners --json` prints; "-" is standard input. An exit status, after a message.
 */
int diff_listeners(const char *verb, const struct upgrade *upgrade, struct findings *findings);
