// SPDX-License-Identifier: MIT
#include "mode_rule.h"

#include "../../bpf/abi.h"

uint32_t mode_at_start(uint32_t option, uint32_t remembered_option, uint32_t remembered_mode)
{
	if (option != remembered_option || remembered_mode == HP_MODE_UNSET ||
	    remembered_mode >= HP_MODE_MAX)
		return option;
	return remembered_mode;
}

uint64_t mode_pack(uint32_t option, uint32_t mode)
{
	return (uint64_t)option << 32 | mode;
}

uint32_t mode_packed_option(uint64_t packed)
{
	return (uint32_t)(packed >> 32);
}

uint32_t mode_packed_mode(uint64_t packed)
{
	return (uint32_t)packed;
}
