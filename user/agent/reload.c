// SPDX-License-Identifier: MIT
#include "reload.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>

#include "../base/log.h"
#include "service_manager.h"

void reload_put_error(const struct diags *errors, struct buf *out)
{
	if (errors->len)
		diag_text(&errors->items[0], out);
	if (errors->total > 1)
		buf_printf(out, " (and %zu more)", errors->total - 1);
}

static void log_all(const struct diags *errors)
{
	for (size_t i = 0; i < errors->len; i++) {
		_cleanup_buf_ struct buf line = { 0 };

		diag_text(&errors->items[i], &line);
		log_warning("%s", line.data ? line.data : strerror(ENOMEM));
	}
}

static void report_rejected(struct reload *reload, const struct diags *errors)
{
	_cleanup_buf_ struct buf message = { 0 };

	if (errors->total > 1)
		log_all(errors);
	buf_printf(&message, "registry: rejected, generation %u stays in force: ",
		   reload->in_force->decision.generation);
	reload_put_error(errors, &message);
	policy_load_report(reload->load, NOTICE_REGISTRY_ERROR, &message);
}

static void report_accepted(struct reload *reload, const struct buf *changes)
{
	_cleanup_buf_ struct buf message = { 0 };

	buf_printf(&message, "registry: generation %u: %s", reload->in_force->decision.generation,
		   changes->data ? changes->data : "?");
	policy_load_report(reload->load, NOTICE_REGISTRY, &message);
}

static void report_valid_again(struct reload *reload)
{
	_cleanup_buf_ struct buf message = { 0 };

	buf_printf(&message, "registry: valid again, and the same as generation %u in force",
		   reload->in_force->decision.generation);
	policy_load_report(reload->load, NOTICE_REGISTRY, &message);
}

static bool same_errors(const struct diags *a, const struct diags *b)
{
	_cleanup_buf_ struct buf x = { 0 }, y = { 0 };

	diags_text(a, &x);
	diags_text(b, &y);
	return a->total == b->total && x.data && y.data && strcmp(x.data, y.data) == 0;
}

/* An error that persists is reported and counted once, unless an operator asks. */
static void note_failed(struct reload *reload, const struct policy_load_request *request,
			struct diags *errors)
{
	if (request->asked || !same_errors(errors, &reload->errors)) {
		reload->counts.failed++;
		report_rejected(reload, errors);
	}
	diags_free(&reload->errors);
	reload->errors = *errors;
	*errors = (struct diags) { 0 };
}

static void note_good(struct reload *reload, int r, const struct buf *changes)
{
	bool was_wrong = reload->errors.total > 0;

	diags_free(&reload->errors);
	if (r == POLICY_LOAD_SAME) {
		reload->counts.same++;
		if (was_wrong)
			report_valid_again(reload);
		return;
	}
	reload->counts.ok++;
	report_accepted(reload, changes);
	exception_timer_arm(reload->exceptions);
}

int reload_run(struct reload *reload, const struct policy_load_request *request,
	       struct buf *changes)
{
	_cleanup_diags_ struct diags errors = { 0 };
	int r;

	/* first, so that an exception that ends today is reported as such */
	exception_timer_check(reload->exceptions);
	service_manager_reloading();
	r = policy_load_again(reload->load, request, &errors, changes);
	if (r >= 0)
		note_good(reload, r, changes);
	else if (r != -EAGAIN)
		note_failed(reload, request, &errors);
	(void)malloc_trim(0); /* give the memory of a large registry back */
	service_manager_ready();
	return r;
}

void reload_signal(struct reload *reload)
{
	static const struct policy_load_request request = { .asked = true };
	_cleanup_buf_ struct buf changes = { 0 };

	(void)reload_run(reload, &request, &changes);
}

int reload_changed(void *data, uint64_t stamp)
{
	_cleanup_buf_ struct buf changes = { 0 };
	struct reload *reload = data;
	const struct policy_load_request request = { .asked = reload->asked, .stamp = stamp };
	int r;

	/* files that do not come to rest are read at once: half of them may be old later */
	if (stamp && !read_ahead_is_ready(&reload->load->ahead, stamp))
		return -EINPROGRESS;
	r = reload_run(reload, &request, &changes);
	reload->asked &= r == -EAGAIN;
	return r;
}

/* Why a layer in force could not be read again; NULL: it could. */
static const struct diag *error_of(const struct diags *errors, const struct reg_layer *layer)
{
	for (size_t i = 0; i < errors->len; i++) {
		const struct diag *diag = &errors->items[i];

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

void reload_put_layers(const struct registry *registry, const struct diags *errors, struct jsonw *w)
{
	jsonw_array(w, "layers");
	for (size_t i = 0; i < registry->len; i++) {
		const struct reg_layer *layer = &registry->layers[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "name", layer->name);
		jsonw_string(w, "path", layer->path);
		jsonw_u64(w, "rows", layer_rows(layer));
		put_error(w, error_of(errors, layer));
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
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

int reload_json(struct reload *reload, const struct request *request, struct buf *out)
{
	const struct policy_load_request apply = { .asked = true, .shrink = request->shrink };
	_cleanup_buf_ struct buf changes = { 0 };
	struct jsonw w = { .out = out };
	int r = reload_run(reload, &apply, &changes);

	if (r < 0 && r != -EINVAL) {
		buf_printf(out, "registry: %s: generation %u stays in force", strerror(-r),
			   reload->in_force->decision.generation);
		return r;
	}
	jsonw_object(&w, NULL);
	jsonw_bool(&w, "reloaded", r == 0);
	jsonw_u64(&w, "generation", reload->in_force->decision.generation);
	jsonw_string(&w, "changes", r == 0 && changes.data ? changes.data : "");
	reload_put_layers(reload->in_force->registry, &reload->errors, &w);
	put_errors(&reload->errors, &w);
	jsonw_object_end(&w);
	return 0;
}

void reload_stop(struct reload *reload)
{
	diags_free(&reload->errors);
}
