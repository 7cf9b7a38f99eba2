// SPDX-License-Identifier: MIT
#include "pod_sources.h"

#include <errno.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "../source/pod_files.h"
#include "../stream/deliver.h"

#define NOTICES_MAX 20 /* a minute */

/* A source works, or does not, from now on, or for another reason. */
static void notify(struct pod_sources *sources, const struct pod_source *source)
{
	_cleanup_buf_ struct buf message = { 0 };
	struct notice notice = {
		.time = clock_wall(),
		.node = sources->identity->node,
		.kind = source->up ? NOTICE_PODS : NOTICE_PODS_LOST,
	};

	if (source->up)
		buf_printf(&message, "pods: %s: up", source->name);
	else
		buf_printf(&message, "pods: %s%s%s: what is known stays", source->name,
			   source->error.len ? ": " : "",
			   source->error.len ? source->error.data : "");
	notice.message = message.failed ? "pods: a source has changed" : message.data;
	log_message(source->up ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "%s", notice.message);
	deliver_notice(sources->stream, &notice);
}

/* Take an error, or that there is none, as the source's state. */
static void set_state(struct pod_sources *sources, struct pod_source *source, bool up,
		      struct buf *error)
{
	bool first = !source->updated.tv_sec && !source->error.len;
	bool same = up == source->up && (up || buf_same(&source->error, error));

	source->up = up;
	buf_free(&source->error);
	source->error = *error;
	*error = (struct buf) { 0 };
	/* what says how it is doing may be another process, so there is an end of notices */
	if (!same && !(first && up) && rate_take(&sources->notices, NOTICES_MAX, clock_boot_s()))
		notify(sources, source);
}

/* ---- files --------------------------------------------------------------------------------- */

/* Pods that are not in the files are gone, unless a file that could not be read may have them. */
static int take_files(struct pod_source *source, struct pod_files *files, bool whole)
{
	uint64_t now_s = clock_boot_s();
	int r = 0;

	pod_table_list(&source->table);
	for (size_t i = 0; i < files->len && r != -ENOMEM; i++)
		r = pod_table_put(&source->table, TAKE_PTR(files->pods[i]), now_s);
	if (whole && r != -ENOMEM)
		pod_table_listed(&source->table, now_s);
	source->table.listing = false;
	source->table.left_out += files->left_out;
	source->unusable = files->unusable;
	source->static_only = files->static_only;
	if (whole)
		source->updated = clock_wall();
	return r == -ENOMEM ? r : 0;
}

static int read_source(struct pod_sources *sources, struct pod_source *source)
{
	_cleanup_pod_files_ struct pod_files files = { 0 };
	_cleanup_buf_ struct buf error = { 0 };
	int r = pod_files_read(source->name, sources->identity->node, &files, &error), taken = 0;

	if (r == 0 || r == -EINVAL)
		taken = take_files(source, &files, r == 0);
	if (r == 0)
		r = taken;
	if (r < 0 && !error.len)
		buf_puts(&error, strerror(-r));
	set_state(sources, source, r == 0, &error);
	return r;
}

/* Files are not yet to be read while they change; see file_watch_fn. */
static int on_change(void *data, uint64_t stamp)
{
	struct pod_sources *sources = data;
	int failed = 0;

	if (stamp && watched_paths_stamp(&sources->watch.paths) != stamp)
		return -EAGAIN;
	for (size_t i = 0; i < sources->pods.len; i++) {
		struct pod_source *source = &sources->pods.sources[i];
		int r = source == sources->server ? 0 : read_source(sources, source);

		failed = r < 0 ? r : failed;
	}
	sources->on_change(sources->data);
	return failed;
}

static int start_files(struct pod_sources *sources, struct loop *loop)
{
	sources->watch.paths = (struct watched_paths) {
		.specs = sources->paths,
		.len = sources->paths_len,
		.is_wanted = source_is_visible,
	};
	sources->watch.what = "pods";
	sources->watch.changed = on_change;
	sources->watch.data = sources;
	sources->watch.stamp = watched_paths_stamp(&sources->watch.paths);
	if (on_change(sources, 0) < 0)
		sources->watch.stamp = 0;
	return file_watch_start(&sources->watch, loop);
}

/* ---- the API server or the kubelet
 * ------------------------------------------------------------------------ */

static void set_server(struct pod_sources *sources, bool up, const char *why)
{
	_cleanup_buf_ struct buf error = { 0 };

	if (!up)
		buf_puts(&error, *why ? why : "no reason was given");
	if (!up)
		sources->server_failed = true;
	set_state(sources, sources->server, up, &error);
}

static void on_node(struct pod_sources *sources, const struct pod_record *record)
{
	if (sources->on_node)
		sources->on_node(sources->data,
				 record->kind == POD_RECORD_NODE ? &record->node : NULL,
				 record->message);
}

static void on_record(void *data, struct pod_record *record)
{
	struct pod_sources *sources = data;
	struct pod_source *source = sources->server;
	int r;

	if (!record) { /* a pod of an impossible name; or the process is not what it was */
		source->unusable++;
		return;
	}
	if (record->kind == POD_RECORD_NODE || record->kind == POD_RECORD_NODE_UNREAD) {
		on_node(sources, record);
		return;
	}
	if (record->kind == POD_RECORD_EVENT_SENT || record->kind == POD_RECORD_EVENT_FAILED) {
		sources->on_event(sources->data,
				  record->kind == POD_RECORD_EVENT_SENT ? NULL : record->message);
		return;
	}
	if (record->kind == POD_RECORD_LIST)
		source->unusable = 0;
	if (record->kind == POD_RECORD_UP || record->kind == POD_RECORD_DOWN)
		set_server(sources, record->kind == POD_RECORD_UP, record->message);
	else
		source->updated = clock_wall();
	r = pod_table_apply(&source->table, record, clock_boot_s());
	if (r == -ENOMEM)
		log_warning("pods: %s: %s", source->name, strerror(ENOMEM));
	sources->on_change(sources->data);
}

/* It starts itself again when it dies of a fault; no program can be started any more from here. */
static void on_end(void *data)
{
	set_server(data, false, "hostportd-pods has ended: restart the agent");
}

static void start_server(struct pod_sources *sources, struct loop *loop)
{
	int r;

	if (!sources->server)
		return;
	sources->process.node = sources->identity->node;
	sources->process.kubeconfig = sources->kubeconfig;
	sources->process.kubelet = strcmp(sources->server->name, POD_SOURCES_KUBELET) == 0;
	sources->process.kubelet_ca = sources->kubelet_ca;
	sources->process.wants_node = sources->on_node != NULL;
	sources->process.on_record = on_record;
	sources->process.on_end = on_end;
	sources->process.data = sources;
	buf_puts(&sources->server->error, "not read yet");
	r = pod_process_start(&sources->process, loop);
	if (r < 0) {
		_cleanup_buf_ struct buf why = { 0 };

		buf_printf(&why, "hostportd-pods can't be started: %s", strerror(-r));
		set_server(sources, false, why.failed ? strerror(-r) : why.data);
	}
}

/* ---- start --------------------------------------------------------------------------------- */

int pod_sources_start(struct pod_sources *sources, struct loop *loop)
{
	int r;

	for (size_t i = 0; i < sources->specs_len; i++) {
		struct pod_source *source = &sources->pods.sources[i];

		source->name = sources->specs[i];
		if (strcmp(source->name, POD_SOURCES_SERVER) == 0 ||
		    strcmp(source->name, POD_SOURCES_KUBELET) == 0)
			sources->server = source;
		else
			sources->paths[sources->paths_len++] = source->name;
	}
	sources->pods.len = sources->specs_len;
	r = start_files(sources, loop);
	if (r == 0)
		start_server(sources, loop);
	return r;
}

void pod_sources_wait(struct pod_sources *sources, uint64_t ms)
{
	uint64_t now = clock_boot_ms(), end = now + ms;

	for (; sources->process.pid && !sources->server->table.was_listed &&
	       !sources->server_failed && now < end;
	     now = clock_boot_ms())
		pod_process_wait(&sources->process, end - now);
}

void pod_sources_stop(struct pod_sources *sources)
{
	pod_process_stop(&sources->process);
	file_watch_stop(&sources->watch);
	pods_free(&sources->pods);
}
