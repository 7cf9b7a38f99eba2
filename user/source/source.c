// SPDX-License-Identifier: MIT
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "source_file.h"

#define BUILTIN "builtin:"

/* The layers read so far; when all are read they become a registry. */
struct stack {
	struct reg_layer *layers[REGISTRY_LAYERS_MAX];
	size_t len;
	struct diags *diags;
};

static void stack_done(struct stack *stack)
{
	for (size_t i = 0; i < stack->len; i++)
		layer_free(stack->layers[i]);
}

/* Only -ENOMEM ends a load; other faults are in the diags, and loading goes on. */
static int only_nomem(int r)
{
	return r == -ENOMEM ? r : 0;
}

static int load_text(struct stack *stack, const char *path, const char *text, size_t len)
{
	int r;

	if (stack->len == REGISTRY_LAYERS_MAX) {
		diags_add(stack->diags, path, 0, 0, "more than %d layers", REGISTRY_LAYERS_MAX);
		return 0;
	}
	r = layer_parse(path, text, len, stack->diags, &stack->layers[stack->len]);
	if (r == 0)
		stack->len++;
	return only_nomem(r);
}

static int load_builtin(struct stack *stack, const struct reg_builtin *builtin)
{
	char path[64];

	(void)snprintf(path, sizeof(path), BUILTIN "%s", builtin->name);
	return load_text(stack, path, builtin->text, builtin->len);
}

static int load_builtin_name(struct stack *stack, const char *spec)
{
	const struct reg_builtin *builtins = registry_builtins();
	const char *name = spec + strlen(BUILTIN);
	_cleanup_buf_ struct buf known = { 0 };

	for (size_t i = 0; i < REG_BUILTINS; i++) {
		if (strcmp(builtins[i].name, name) == 0)
			return load_builtin(stack, &builtins[i]);
		buf_printf(&known, "%s%s", i ? ", " : "", builtins[i].name);
	}
	if (known.failed)
		return -ENOMEM;
	diags_add(stack->diags, spec, 0, 0, "no built-in layer; there are %s", known.data);
	return 0;
}

static void report_unreadable(struct stack *stack, const char *path, int r)
{
	switch (r) {
	case -EFBIG:
		diags_add(stack->diags, path, 0, 0, "larger than %lu bytes", REGISTRY_FILE_MAX);
		break;
	case -EINVAL:
		diags_add(stack->diags, path, 0, 0, "not a regular file");
		break;
	case -E2BIG:
		diags_add(stack->diags, path, 0, 0, "more than %d layers", REGISTRY_LAYERS_MAX);
		break;
	default:
		diags_add(stack->diags, path, 0, 0, "cannot be read: %s", strerror(-r));
	}
}

static int load_file(struct stack *stack, const char *path, int fd)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = source_read(fd, REGISTRY_FILE_MAX, &text);

	if (r == -ENOMEM)
		return r;
	if (r == 0)
		return load_text(stack, path, text.data ? text.data : "", text.len);
	report_unreadable(stack, path, r);
	return 0;
}

static int load_member(struct stack *stack, const char *path, int dir, const char *name)
{
	const char *slash = path[0] && path[strlen(path) - 1] == '/' ? "" : "/";
	_cleanup_close_ int fd = source_open(dir, name);
	_cleanup_buf_ struct buf full = { 0 };

	buf_printf(&full, "%s%s%s", path, slash, name);
	if (full.failed)
		return -ENOMEM;
	if (fd >= 0)
		return load_file(stack, full.data, fd);
	report_unreadable(stack, full.data, fd);
	return 0;
}

static int load_dir(struct stack *stack, const char *path, int fd)
{
	_cleanup_names_ struct names names = { 0 };
	int r = source_list(fd, REGISTRY_LAYERS_MAX, source_is_layer, &names);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		report_unreadable(stack, path, r);
	else if (names.len == 0)
		diags_add(stack->diags, path, 0, 0, "no file *.yaml or *.yml in the directory");
	for (size_t i = 0; r == 0 && i < names.len; i++)
		r = load_member(stack, path, fd, names.items[i]);
	return only_nomem(r);
}

static int load_path(struct stack *stack, const char *path)
{
	_cleanup_close_ int fd = source_open(AT_FDCWD, path);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		report_unreadable(stack, path, fd < 0 ? fd : -errno);
		return 0;
	}
	return S_ISDIR(st.st_mode) ? load_dir(stack, path, fd) : load_file(stack, path, fd);
}

static int load_default(struct stack *stack)
{
	const struct reg_builtin *builtins = registry_builtins();
	int r = 0;

	for (size_t i = 0; i < REG_BUILTINS && r == 0; i++)
		r = load_builtin(stack, &builtins[i]);
	return r;
}

bool source_is_builtin(const char *spec)
{
	return strncmp(spec, BUILTIN, strlen(BUILTIN)) == 0;
}

static int load_all(struct stack *stack, const char *const *specs, size_t n)
{
	int r = n == 0 ? load_default(stack) : 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		if (source_is_builtin(specs[i]))
			r = load_builtin_name(stack, specs[i]);
		else
			r = load_path(stack, specs[i]);
	}
	return r;
}

int source_load(const char *const *specs, size_t n, struct diags *diags,
		struct registry **ret_registry)
{
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_(stack_done) struct stack stack = { .diags = diags };
	size_t before = diags->total;
	int r;

	if (!reg)
		return -ENOMEM;
	r = load_all(&stack, specs, n);
	if (r < 0)
		return r;
	/* drops can only be checked when all layers are read */
	if (diags->total > before)
		return -EINVAL;
	for (size_t i = 0; i < stack.len; i++) {
		r = registry_add(reg, TAKE_PTR(stack.layers[i]), diags);
		if (r < 0)
			return r;
	}
	*ret_registry = TAKE_PTR(reg);
	return 0;
}
