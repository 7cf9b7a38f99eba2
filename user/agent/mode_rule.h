/* SPDX-License-Identifier: MIT */
/* What later agents go by when the mode was switched at run time. Pure. */
#pragma once

#include <stdint.h>

/*
 * The mode in which an agent starts: one that was switched at run time holds as
 * long as agents are started with the same --mode as the one in which that was
 * done; who is started with another takes his own. `remembered_option` is the
 * last agent's, `remembered_mode` what it had in the end, HP_MODE_UNSET where
 * there was none. All of enum hp_mode.
 */
uint32_t mode_at_start(uint32_t option, uint32_t remembered_option, uint32_t remembered_mode);

/* Both in one word, which is stored at once: an agent may be killed at any time. 0: nothing. */
uint64_t mode_pack(uint32_t option, uint32_t mode);
uint32_t mode_packed_option(uint64_t packed);
uint32_t mode_packed_mode(uint64_t packed);
