// SPDX-License-Identifier: MIT
#include "pod_logs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "../source/source_file.h"
#include "host_file.h"

const struct pod_logs_dirs pod_logs_default = { "/var/log/pods", "/var/log/containers" };

static int list(const char *directory, struct names *ret_names)
{
	_cleanup_close_ int fd = host_file_open(directory, O_RDONLY | O_DIRECTORY);

	return fd < 0 ? fd : source_list(fd, POD_LOGS_MAX, source_is_visible, ret_names);
}

/* The first name that is not before a text. */
static size_t find_first(const struct names *names, const char *text)
{
	size_t low = 0, high = names->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(names->items[middle], text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Put what follows the pod's names in a link: CONTAINER-ID.log. The kubelet cuts long names short:
 * then nothing has the id. */
static void put_id(const char *rest, struct buf *record)
{
	char text[NAME_MAX + 1], *dash, *end;
	struct pod_container_id id = { .container = text };

	(void)snprintf(text, sizeof(text), "%s", rest);
	dash = strrchr(text, '-');
	end = dash ? strchr(dash, '.') : NULL;
	if (!end || strcmp(end, ".log") != 0 || dash == text || end == dash + 1)
		return;
	*dash = *end = '\0';
	id.id = dash + 1;
	pod_record_id(record, &id);
}

static void put_ids(const struct pod *pod, const struct names *links, struct buf *record)
{
	char prefix[2 * NAME_MAX];
	size_t len = (size_t)snprintf(prefix, sizeof(prefix), "%s_%s_", pod->name, pod->namespace_);
	size_t at = find_first(links, prefix), n = 0;

	for (; at < links->len && n < POD_IDS_MAX; at++, n++) {
		if (strncmp(links->items[at], prefix, len) != 0)
			return;
		put_id(links->items[at] + len, record);
	}
}

/* Make a pod, of which nothing but names and ids is known. 0, -EINVAL or -ENOMEM. */
static int make_pod(const struct pod *names, const struct names *links, struct pod **ret_pod)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct pod_record record = { 0 };
	int r;

	pod_record_of(names, &bytes);
	put_ids(names, links, &bytes);
	if (bytes.failed)
		return -ENOMEM;
	r = pod_record_parse(bytes.data, bytes.len, &record);
	if (r == 0)
		*ret_pod = record.pod;
	return r;
}

/* Names of namespaces and pods have no underscore. */
static int read_name(const char *directory, const struct names *links, struct pod **ret_pod)
{
	struct pod names = { .mirror_of = "", .incomplete = true };
	char text[NAME_MAX + 1], *name, *uid;

	(void)snprintf(text, sizeof(text), "%s", directory);
	name = strchr(text, '_');
	uid = name ? strchr(name + 1, '_') : NULL;
	if (!uid || name == text || uid == name + 1 || !uid[1])
		return -EINVAL;
	*name++ = *uid++ = '\0';
	names.namespace_ = text;
	names.name = name;
	names.uid = uid;
	return make_pod(&names, links, ret_pod);
}

int pod_logs_read(const struct pod_logs_dirs *dirs, struct pod_table *table, uint64_t now_s)
{
	_cleanup_names_ struct names pods = { 0 }, links = { 0 };
	int r = list(dirs->pods, &pods);

	if (r < 0)
		return r;
	(void)list(dirs->containers, &links);
	pod_table_list(table);
	for (size_t i = 0; i < pods.len && r != -ENOMEM; i++) {
		struct pod *pod;

		r = read_name(pods.items[i], &links, &pod);
		if (r == 0)
			r = pod_table_put(table, pod, now_s);
	}
	if (r != -ENOMEM)
		pod_table_listed(table, now_s);
	table->listing = false;
	return r == -ENOMEM ? r : 0;
}
