// SPDX-License-Identifier: MIT
#include "reload.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <string.h>

#include "../base/log.h"
#include "../base/stamp.h"
#include "exception_timer.h"
#include "notify.h"
#include "state.h"

static void say_reloading(void)
{
	_cleanup_buf_ struct buf state = { 0 };
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	buf_printf(&state, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		   (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
	if (!state.failed)
		(void)notify(state.data);
}

static void tell(struct agent *agent, enum notice_kind kind, const struct buf *message)
{
	struct notice notice = {
		.kind = kind,
		.message = message->data ? message->data : strerror(ENOMEM),
		.generation = agent->decision.generation,
	};

	log_message(kind == NOTICE_REGISTRY ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "%s",
		    notice.message);
	(void)clock_gettime(CLOCK_REALTIME, &notice.time);
	deliver_notice(agent, &notice);
}

static void put_first(const struct diags *errors, struct buf *out)
{
	if (errors->len)
		diag_text(&errors->items[0], out);
	if (errors->total > 1)
		buf_printf(out, " (and %zu more)", errors->total - 1);
}

/* Through the log, which waits for nobody. */
static void say_all(const struct diags *errors)
{
	for (size_t i = 0; i < errors->len; i++) {
		_cleanup_buf_ struct buf line = { 0 };

		diag_text(&errors->items[i], &line);
		log_warning("%s", line.data ? line.data : strerror(ENOMEM));
	}
}

static void tell_failed(struct agent *agent, const struct diags *errors)
{
	_cleanup_buf_ struct buf message = { 0 };

	if (errors->total > 1)
		say_all(errors);
	buf_printf(&message,
		   "registry: not taken, generation %u stays: ", agent->decision.generation);
	put_first(errors, &message);
	tell(agent, NOTICE_REGISTRY_ERROR, &message);
}

static void tell_taken(struct agent *agent, const struct buf *changes)
{
	_cleanup_buf_ struct buf message = { 0 };

	buf_printf(&message, "registry: generation %u: %s", agent->decision.generation,
		   changes->data ? changes->data : "?");
	tell(agent, NOTICE_REGISTRY, &message);
}

static void tell_mended(struct agent *agent)
{
	_cleanup_buf_ struct buf message = { 0 };

	buf_printf(&message, "registry: good again, and what is in force: generation %u",
		   agent->decision.generation);
	tell(agent, NOTICE_REGISTRY, &message);
}

static bool same_errors(const struct diags *a, const struct diags *b)
{
	_cleanup_buf_ struct buf x = { 0 }, y = { 0 };

	diags_text(a, &x);
	diags_text(b, &y);
	return a->total == b->total && x.data && y.data && strcmp(x.data, y.data) == 0;
}

/* What stays wrong is told and counted once, unless somebody has asked. */
static void note_failed(struct agent *agent, const struct apply_request *request,
			struct diags *errors)
{
	struct reload *reload = &agent->reload;

	if (request->asked || !same_errors(errors, &reload->errors)) {
		reload->failed++;
		tell_failed(agent, errors);
	}
	diags_free(&reload->errors);
	reload->errors = *errors;
	*errors = (struct diags) { 0 };
}

static void note_good(struct agent *agent, int r, const struct buf *changes)
{
	struct reload *reload = &agent->reload;
	bool mended = reload->errors.total > 0;

	diags_free(&reload->errors);
	if (r == APPLY_SAME) {
		reload->same++;
		if (mended)
			tell_mended(agent);
		return;
	}
	reload->ok++;
	tell_taken(agent, changes);
	expiry_arm(agent);
}

int reload_run(struct agent *agent, const struct apply_request *request, struct buf *changes)
{
	_cleanup_diags_ struct diags errors = { 0 };
	int r;

	expiry_check(agent); /* so that what ends today is told as what it is */
	say_reloading();
	r = apply_reload(agent, request, &errors, changes);
	if (r >= 0)
		note_good(agent, r, changes);
	else if (r != -EAGAIN)
		note_failed(agent, request, &errors);
	(void)malloc_trim(0); /* a large registry leaves as much behind as it had */
	(void)notify("READY=1");
	return r;
}

void reload_signal(struct agent *agent)
{
	static const struct apply_request request = { .asked = true };
	_cleanup_buf_ struct buf changes = { 0 };

	(void)reload_run(agent, &request, &changes);
}

/* Nothing, or why a layer in force could not be read again. */
static const struct diag *error_of(const struct reload *reload, const struct reg_layer *layer)
{
	for (size_t i = 0; i < reload->errors.len; i++) {
		const struct diag *diag = &reload->errors.items[i];

		if (diag->file && strcmp(diag->file, layer->path) == 0)
			return diag;
	}
	return NULL;
}

static void put_error(struct jsonw *w, const struct diag *diag)
{
	_cleanup_buf_ struct buf text = { 0 };

	if (!diag) {
		jsonw_null(w, "error");
		return;
	}
	diag_text(diag, &text);
	jsonw_string(w, "error", text.data ? text.data : strerror(ENOMEM));
}

static void put_layers(const struct agent *agent, struct jsonw *w)
{
	jsonw_array(w, "layers");
	for (size_t i = 0; i < agent->registry->len; i++) {
		const struct reg_layer *layer = &agent->registry->layers[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "name", layer->name);
		jsonw_string(w, "path", layer->path);
		jsonw_u64(w, "rows", layer_rows(layer));
		put_error(w, error_of(&agent->reload, layer));
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

void reload_put(const struct agent *agent, struct jsonw *w)
{
	const struct reload *reload = &agent->reload;
	_cleanup_buf_ struct buf error = { 0 };
	char loaded[STAMP_LEN + 1];

	stamp_utc(&reload->loaded, loaded);
	jsonw_object(w, "registry");
	jsonw_u64(w, "generation", kernel_generation(agent->kernel));
	jsonw_string(w, "loaded", loaded);
	jsonw_object(w, "reloads");
	jsonw_u64(w, "ok", reload->ok);
	jsonw_u64(w, "unchanged", reload->same);
	jsonw_u64(w, "failed", reload->failed);
	jsonw_object_end(w);
	files_put(&agent->files, w);
	put_first(&reload->errors, &error);
	if (error.len)
		jsonw_string(w, "error", error.data);
	else
		jsonw_null(w, "error");
	put_layers(agent, w);
	jsonw_object_end(w);
}

static void put_errors(const struct diags *errors, struct jsonw *w)
{
	jsonw_array(w, "errors");
	for (size_t i = 0; i < errors->len; i++) {
		_cleanup_buf_ struct buf text = { 0 };

		diag_text(&errors->items[i], &text);
		jsonw_string(w, NULL, text.data ? text.data : strerror(ENOMEM));
	}
	jsonw_array_end(w);
	jsonw_u64(w, "left_out", errors->total - errors->len);
}

int reload_json(struct agent *agent, const struct request *request, struct buf *out)
{
	const struct apply_request apply = { .asked = true, .shrink = request->shrink };
	_cleanup_buf_ struct buf changes = { 0 };
	struct jsonw w = { .out = out };
	int r = reload_run(agent, &apply, &changes);

	if (r < 0 && r != -EINVAL) {
		buf_printf(out, "registry: %s: generation %u stays", strerror(-r),
			   agent->decision.generation);
		return r;
	}
	jsonw_object(&w, NULL);
	jsonw_bool(&w, "reloaded", r == 0);
	jsonw_u64(&w, "generation", agent->decision.generation);
	jsonw_string(&w, "changes", r == 0 && changes.data ? changes.data : "");
	put_layers(agent, &w);
	put_errors(&agent->reload.errors, &w);
	jsonw_object_end(&w);
	return 0;
}

void reload_stop(struct reload *reload)
{
	diags_free(&reload->errors);
}
