// SPDX-License-Identifier: MIT
#include "held.h"

#include <bpf/bpf.h>

#include "../../user/base/cleanup.h"

void held_put_stats(const char *hook, unsigned int program_id, struct buf *out)
{
	_cleanup_close_ int fd = bpf_prog_get_fd_by_id(program_id);
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &len) == 0)
		buf_printf(out, " %s:%llu:%llu", hook, (unsigned long long)info.run_cnt,
			   (unsigned long long)info.run_time_ns);
}
