/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Open the descriptors 0 to 2, if whoever started the program has closed them. Else the next files
 * that it opens would get these numbers, and output and messages would be written into them. What
 * is written to them is dropped. Call it before anything is opened.
 */
void standard_files_open(void);
