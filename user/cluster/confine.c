// SPDX-License-Identifier: MIT
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "../base/cleanup.h"

#define NOBODY 65534

int confine_user(void)
{
	if (geteuid() != 0)
		return 0;
	if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return -errno;
	return 0;
}

int confine_capabilities(uint64_t kept)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, caps) < 0)
		return -errno;
	for (unsigned int i = 0; i < ARRAY_LEN(caps); i++) {
		caps[i].permitted &= (uint32_t)(kept >> 32 * i);
		caps[i].effective = caps[i].permitted;
		caps[i].inheritable = 0;
	}
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	/* so it does not matter what is in the bounding set */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || syscall(SYS_capset, &header, caps) < 0)
		return -errno;
	return 0;
}

static void allow_below(int ruleset, const char *path, uint64_t access)
{
	_cleanup_close_ int fd = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr below = { .allowed_access = access, .parent_fd = fd };

	if (fd >= 0)
		(void)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &below,
			      0);
}

int confine_files(void)
{
	static const char *const readable[] = { "/etc", "/usr", "/lib", "/lib64",
						/* where /etc/resolv.conf leads */
						"/run/systemd/resolve", "/run/NetworkManager",
						"/run/resolvconf" };
	const struct landlock_ruleset_attr all = {
		.handled_access_fs =
			(LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1, /* of its first version */
	};
	_cleanup_close_ int ruleset =
		(int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);

	if (ruleset < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_LEN(readable); i++)
		allow_below(ruleset, readable[i],
			    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR);
	return syscall(SYS_landlock_restrict_self, ruleset, 0) < 0 ? -errno : 0;
}
