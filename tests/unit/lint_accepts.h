/* SPDX-License-Identifier: MIT */
/* Accepts, and rows in which only what they are for is found. */
#pragma once

#include "lint_rows.h"

#define FULL_TCP(ports)	   TCP(ports, FULL)
#define ACCEPT(rule, keys) "accept: [{rule: " rule ", reason: r" keys "}]\n"
#define EPHEMERAL	   ENTRIES(FULL_TCP("40000-40001")) "\n"
