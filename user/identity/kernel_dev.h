/* SPDX-License-Identifier: MIT */
/* Device numbers as the kernel has them inside (include/linux/kdev_t.h); stat() has another form.
 */
#pragma once

#include <stdint.h>
#include <sys/sysmacros.h>

static inline uint32_t kernel_dev(dev_t dev)
{
	return (uint32_t)(major(dev) << 20 | minor(dev));
}
