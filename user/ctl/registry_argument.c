// SPDX-License-Identifier: MIT
#include "registry_argument.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "../base/status.h"
#include "../formats/layer_yaml.h"
#include "../source/source.h"
#include "../source/source_file.h"

static void print_diags(const struct diags *diags)
{
	_cleanup_buf_ struct buf text = { 0 };

	diags_text(diags, &text);
	if (text.len)
		(void)fputs(text.data, stderr);
}

int registry_argument_load(const struct node_options *options, struct registry **ret_registry)
{
	_cleanup_diags_ struct diags diags = { 0 };
	int r = source_load(options->registries, options->registries_len, &diags, ret_registry);

	print_diags(&diags);
	if (r == 0)
		return EXIT_OK;
	if (diags.total == 0)
		log_error("registry: %s", strerror(-r));
	return r == -EINVAL ? EXIT_USAGE : EXIT_SYSTEM;
}

static int read_path(const char *path, struct buf *out)
{
	_cleanup_close_ int fd = -1;

	if (strcmp(path, "-") == 0)
		return source_read_stream(STDIN_FILENO, REGISTRY_FILE_MAX, out);
	fd = source_open(AT_FDCWD, path);
	return fd < 0 ? fd : source_read(fd, REGISTRY_FILE_MAX, out);
}

int registry_argument_read(const char *verb, const char *path, struct buf *out)
{
	int r = read_path(path, out);

	if (r == 0)
		return EXIT_OK;
	if (r == -EFBIG)
		log_error("%s: %s: larger than %lu bytes", verb, path, REGISTRY_FILE_MAX);
	else if (r == -EINVAL)
		log_error("%s: %s: not a regular file", verb, path);
	else
		log_error("%s: %s: %s", verb, path, strerror(-r));
	return r == -ENOMEM ? EXIT_SYSTEM : EXIT_USAGE;
}

/* Nothing is printed unless our own reader accepts it. */
static int read_again(const char *verb, const struct layer_source *source, const struct buf *yaml)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	int r;

	if (yaml->failed) {
		log_error("%s: %s", verb, strerror(ENOMEM));
		return EXIT_SYSTEM;
	}
	r = layer_parse(source->file, yaml->data, yaml->len, &diags, &layer);
	if (r == 0)
		return EXIT_OK;
	print_diags(&diags);
	log_error("%s: %s: the result is not a valid registry file", verb, source->file);
	return r == -EINVAL ? EXIT_USAGE : EXIT_SYSTEM;
}

int registry_argument_parse_pool(void *layer_pools, const char *value, struct buf *err)
{
	struct layer_pools *pools = layer_pools;
	const char *mark = strrchr(value, '=');
	struct layer_pool pool = { .name = value };

	if (!mark || mark == value) {
		buf_puts(err, "not NAME=ROLE");
		return -EINVAL;
	}
	if (pools->len == LAYER_POOLS_MAX) {
		buf_printf(err, "more than %d pools", LAYER_POOLS_MAX);
		return -EINVAL;
	}
	pool.len = (size_t)(mark - value);
	pools->items[pools->len] = pool;
	return node_options_parse_role(&pools->items[pools->len++].role, mark + 1, err);
}

int registry_argument_import(const char *verb, enum import_format format,
			     const struct layer_source *source, struct buf *yaml,
			     struct reg_layer **ret_layer)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 }, warnings = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	struct layer_source warned = *source;
	int r, status;

	warned.warnings = &warnings;
	r = import_read(import_format_exactly(format, source->text, source->len), &warned, &diags,
			&layer);
	print_diags(&warnings);
	print_diags(&diags);
	if (r < 0 && diags.total == 0)
		log_error("%s: %s: %s", verb, source->file, strerror(-r));
	if (r < 0)
		return r == -EINVAL ? EXIT_USAGE : EXIT_SYSTEM;
	layer_yaml(layer, &text);
	status = read_again(verb, source, &text);
	if (status != EXIT_OK)
		return status;
	if (yaml)
		buf_add(yaml, text.data, text.len);
	*ret_layer = TAKE_PTR(layer);
	return EXIT_OK;
}
