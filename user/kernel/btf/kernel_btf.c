// SPDX-License-Identifier: MIT
#include "kernel_btf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "../../base/cleanup.h"
#include "btfcut.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"
#define BYTES_MAX  (256U << 20)

/* ---- the kernel's types ---------------------------------------------------------------------- */

struct view {
	void *data;
	size_t size;
};

/* The kernel gives one page at a time. */
static int read_all(int fd, struct view *view)
{
	size_t have = 0;
	ssize_t n = 0;
	int r;

	view->data =
		mmap(NULL, view->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (view->data == MAP_FAILED)
		return -ENOMEM;
	while (have < view->size) {
		n = read(fd, (char *)view->data + have, view->size - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	if (have == view->size)
		return 0;
	r = n < 0 ? -errno : -EINVAL;
	(void)munmap(view->data, view->size);
	return r;
}

static int view_kernel(struct view *view)
{
	_cleanup_close_ int fd = open(KERNEL_BTF, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size <= 0 || (uint64_t)st.st_size > BYTES_MAX)
		return -EINVAL;
	view->size = (size_t)st.st_size;
	/* since 6.16 it can be mapped, without a copy */
	view->data = mmap(NULL, view->size, PROT_READ, MAP_PRIVATE, fd, 0);
	return view->data == MAP_FAILED ? read_all(fd, view) : 0;
}

/* ---- what is named --------------------------------------------------------------------------- */

struct names {
	const char **list;
	size_t len;
};

/* Is it what a relocation can begin at? */
static void add_name(const struct btf *btf, const struct btf_type *t, struct names *names)
{
	const char *name = btf__name_by_offset(btf, t->name_off);

	if (!btf_is_composite(t) && !btf_is_any_enum(t) && !btf_is_typedef(t))
		return;
	if (name && *name)
		names->list[names->len++] = name;
}

static int list_names(const struct bpf_object *object, struct names *names)
{
	const struct btf *btf = bpf_object__btf(object);
	uint32_t n = btf ? btf__type_cnt(btf) : 0;

	if (!n)
		return -EINVAL;
	names->list = calloc(n, sizeof(*names->list));
	if (!names->list)
		return -ENOMEM;
	for (uint32_t id = 1; id < n; id++)
		add_name(btf, btf__type_by_id(btf, id), names);
	return 0;
}

/* ---- the file -------------------------------------------------------------------------------- */

int kernel_btf_open(struct kernel_btf *btf)
{
	if (btf->fd >= 0)
		return 0;
	btf->fd = memfd_create("hostportd-btf", MFD_CLOEXEC);
	if (btf->fd < 0)
		return -errno;
	(void)snprintf(btf->path, sizeof(btf->path), "/proc/self/fd/%d", btf->fd);
	return 0;
}

static int put(int fd, const char *data, size_t len)
{
	ssize_t n;

	for (size_t have = 0; have < len; have += (size_t)n) {
		n = write(fd, data + have, len - have);
		if (n < 0)
			return -errno;
	}
	return 0;
}

static int cut(struct kernel_btf *btf, const struct names *names)
{
	struct btfcut_id ids[] = {
		{ "bpf_rdonly_cast", BTF_KIND_FUNC, 0 },
		{ "sock", BTF_KIND_STRUCT, 0 },
		{ "task_struct", BTF_KIND_STRUCT, 0 },
		{ "inet_sock", BTF_KIND_STRUCT, 0 },
	};
	_cleanup_buf_ struct buf part = { 0 };
	struct view view = { 0 };
	int r = view_kernel(&view);

	if (r < 0)
		return r;
	r = btfcut(view.data, view.size, names->list, names->len, ids, ARRAY_LEN(ids), &part);
	(void)munmap(view.data, view.size);
	btf->casts = (struct kfunc_ids) { ids[0].id, ids[1].id, ids[2].id, ids[3].id };
	return r < 0 ? r : put(btf->fd, part.data, part.len);
}

int kernel_btf_fill(struct kernel_btf *btf, const struct bpf_object *object)
{
	struct names names = { 0 };
	int r;

	if (btf->is_filled)
		return 0;
	r = list_names(object, &names);
	if (r == 0)
		r = cut(btf, &names);
	free(names.list);
	btf->is_filled = r == 0;
	return r;
}

bool kernel_btf_can_cast(const struct kernel_btf *btf)
{
	const struct kfunc_ids *ids = &btf->casts;

	return !btf->left_to_libbpf && ids->call && ids->sock && ids->task && ids->inet;
}

void kernel_btf_close(struct kernel_btf *btf)
{
	cleanup_close(&btf->fd);
	btf->fd = -1;
}
