/* SPDX-License-Identifier: MIT */
/*
 * What is measured of functions of the tree is a program of its own, as that of another revision
 * can be asked, too: what is said here has to stay as it is.
 *
 *   linked CGROUP ROW [quick]
 *
 * measures a row of groups.h with what it is linked with, and prints a line for each figure, its
 * parts separated by tabs:
 *
 *   put WHAT INSTANCE VALUE
 *   note WHAT INSTANCE VALUE UNIT
 *   least WHAT INSTANCE VALUE
 *   fail WHY
 */
#pragma once

#include "side.h"

/* Measure the row with a side's program, and say what came out. */
void linked_measure(const struct side *side, const char *row);
