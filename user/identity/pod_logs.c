// SPDX-License-Identifier: MIT
#include "pod_logs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "host_file.h"

/* A pod of these names, of which nothing else is known. 0, -EINVAL or -ENOMEM. */
static int make_pod(const char *namespace_, const char *name, const char *uid, struct pod **ret_pod)
{
	const struct pod pod = {
		.namespace_ = namespace_,
		.name = name,
		.uid = uid,
		.mirror_of = "",
		.incomplete = true,
	};
	_cleanup_buf_ struct buf bytes = { 0 };
	struct pod_record record = { 0 };
	int r;

	pod_record_of(&pod, &bytes);
	if (bytes.failed)
		return -ENOMEM;
	r = pod_record_parse(bytes.data, bytes.len, &record);
	if (r == 0)
		*ret_pod = record.pod;
	return r;
}

/* Names of namespaces and pods have no underscore. */
static int read_name(const char *directory, struct pod **ret_pod)
{
	_cleanup_free_ char *text = strdup(directory);
	char *name, *uid;

	if (!text)
		return -ENOMEM;
	name = strchr(text, '_');
	uid = name ? strchr(name + 1, '_') : NULL;
	if (!uid || name == text || uid == name + 1 || !uid[1])
		return -EINVAL;
	*name++ = '\0';
	*uid++ = '\0';
	return make_pod(text, name, uid, ret_pod);
}

int pod_logs_read(const char *directory, struct pod_table *table, uint64_t now_s)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	int fd = host_file_open(directory, O_RDONLY | O_DIRECTORY), r = 0;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		(void)close(fd);
		return -ENOMEM;
	}
	pod_table_list(table);
	while (r != -ENOMEM && (entry = readdir(dir))) {
		struct pod *pod;

		r = read_name(entry->d_name, &pod);
		if (r == 0)
			r = pod_table_put(table, pod, now_s);
	}
	if (r == -ENOMEM)
		return r;
	pod_table_listed(table, now_s);
	return 0;
}
