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
#include "answer.h"

static void print_diags(const struct diags *diags)
{
	_cleanup_buf_ struct buf text = { 0 };

	diags_text(diags, &text);
	if (text.len)
		(void)fputs(text.data, stderr);
}

static int load(const char *const *specs, size_t len, struct registry **ret_registry)
{
	_cleanup_diags_ struct diags diags = { 0 };
	int r = source_load(specs, len, &diags, ret_registry);

	print_diags(&diags);
	if (r == 0)
		return EXIT_OK;
	if (diags.total == 0)
		log_error("registry: %s", strerror(-r));
	return r == -EINVAL ? EXIT_USAGE : EXIT_SYSTEM;
}

int registry_argument_load(const struct node_options *options, struct registry **ret_registry)
{
	return load(options->registries, options->registries_len, ret_registry);
}

/* The layers of an agent, from where it read them. */
static int load_of_agent(const struct json *status, struct registry **ret_registry)
{
	const struct json *registry = json_member(status, "registry");
	const struct json *layers = json_member(registry, "layers");
	const char *error = json_member_text(registry, "error", "");
	const char *paths[REGISTRY_LAYERS_MAX];
	_cleanup_buf_ struct buf names = { 0 };
	size_t len = json_len(layers);
	int r;

	if (len == 0 || len > ARRAY_LEN(paths)) {
		log_error("registry: the running agent has %zu layers: name others with "
			  "--registry",
			  len);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < len; i++) {
		paths[i] = json_member_text(json_at(layers, i), "path", "?");
		buf_printf(&names, "%s%s", i ? ", " : "",
			   json_member_text(json_at(layers, i), "name", "?"));
	}
	log_info("registry: the running agent's: %s", names.data ? names.data : "?");
	if (*error)
		log_warning("registry: the agent has not taken what its files hold now: %s", error);
	r = load(paths, len, ret_registry);
	if (r != EXIT_OK)
		log_error("registry: the agent's layers are not read here: name them with "
			  "--registry");
	return r;
}

int registry_argument_find(const struct ctl *ctl, const struct node_options *options,
			   struct json **ret_status, struct registry **ret_registry)
{
	_cleanup_(json_freep) struct json *status = NULL;
	_cleanup_buf_ struct buf why = { 0 };
	int r;

	if (!options->registries_len && answer_document(ctl, "status", &status, &why) < 0)
		log_info("registry: the built-in layers: no agent's are known: %s: %s", ctl->socket,
			 why.data ? why.data : "?");
	r = status ? load_of_agent(status, ret_registry) :
		     registry_argument_load(options, ret_registry);
	if (r == EXIT_OK && ret_status)
		*ret_status = TAKE_PTR(status);
	return r;
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
