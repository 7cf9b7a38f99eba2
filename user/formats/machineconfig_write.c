// SPDX-License-Identifier: MIT
#include "machineconfig_write.h"

#include <errno.h>
#include <stdio.h>

#include "../base/jsonw.h"
#include "../base/uri.h"
#include "machine.h"

#define IGNITION "3.2.0" /* that of OpenShift 4.8; later clusters take it, too */

static void put_metadata(struct jsonw *w, const char *pool)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "98-%s-hostportd", pool);
	jsonw_object(w, "metadata");
	jsonw_plain(w, "name", name);
	jsonw_object(w, "labels");
	jsonw_plain(w, "machineconfiguration.openshift.io/role", pool);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

/* Its contents are a URL that holds them, with all but plain characters as %XX. */
static void put_file(struct jsonw *w, const char *path, unsigned int mode, const struct buf *text)
{
	_cleanup_buf_ struct buf url = { 0 };

	buf_puts(&url, "data:,");
	uri_put(text->data, "", &url);
	w->out->failed |= url.failed;
	if (url.failed)
		return;
	jsonw_object(w, NULL);
	jsonw_plain(w, "path", path);
	jsonw_u64(w, "mode", mode);
	jsonw_bool(w, "overwrite", true);
	jsonw_object(w, "contents");
	jsonw_plain(w, "source", url.data);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static void put_config(struct jsonw *w, const struct machine *machine)
{
	jsonw_object(w, "config");
	jsonw_object(w, "ignition");
	jsonw_plain(w, "version", IGNITION);
	jsonw_object_end(w);
	jsonw_object(w, "storage");
	jsonw_array(w, "files");
	put_file(w, MACHINE_RULES, 0600, &machine->rules);
	if (machine->reserved.len)
		put_file(w, MACHINE_RESERVED, 0644, &machine->reserved);
	jsonw_array_end(w);
	jsonw_object_end(w);
	jsonw_object(w, "systemd");
	jsonw_array(w, "units");
	jsonw_object(w, NULL);
	jsonw_plain(w, "name", MACHINE_UNIT);
	jsonw_bool(w, "enabled", true);
	jsonw_string(w, "contents", machine_unit);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

int machineconfig_write(const struct export_job *job, struct buf *out, struct buf *said)
{
	const char *pool = machine_pool(job->facts->role, said);
	_cleanup_machine_ struct machine machine = { 0 };
	struct jsonw w = { .out = out };
	int r = pool ? machine_build(job, &machine, said) : -EINVAL;

	if (r < 0)
		return r;
	jsonw_object(&w, NULL);
	jsonw_plain(&w, "apiVersion", "machineconfiguration.openshift.io/v1");
	jsonw_plain(&w, "kind", "MachineConfig");
	put_metadata(&w, pool);
	jsonw_object(&w, "spec");
	put_config(&w, &machine);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	buf_putc(out, '\n');
	return out->failed || said->failed ? -ENOMEM : 0;
}
