// SPDX-License-Identifier: MIT
#include "butane_write.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "machine.h"

/* The specifications that butane knows; later clusters take what an earlier one gives. */
static const struct reg_version first_spec = { 4, 8 }, last_spec = { 4, 14 };

/* A text's lines as those of a block scalar. */
static void put_block(const char *text, size_t indent, struct buf *out)
{
	const char *end;

	for (; *text; text = end + 1) {
		end = strchrnul(text, '\n');
		if (end != text)
			buf_printf(out, "%*s%.*s", (int)indent, "", (int)(end - text), text);
		buf_putc(out, '\n');
		if (*end == '\0')
			break;
	}
}

static void put_file(const char *path, const char *mode, const struct buf *text, struct buf *out)
{
	buf_printf(out,
		   "    - path: %s\n"
		   "      mode: %s\n"
		   "      overwrite: true\n"
		   "      contents:\n"
		   "        inline: |\n",
		   path, mode);
	put_block(text->data, 10, out);
}

static void put_head(const char *pool, struct reg_version spec, struct buf *out)
{
	buf_printf(out,
		   "variant: openshift\n"
		   "version: %" PRIu16 ".%" PRIu16 ".0\n"
		   "metadata:\n"
		   "  name: 98-%s-hostportd\n"
		   "  labels:\n"
		   "    machineconfiguration.openshift.io/role: %s\n"
		   "storage:\n"
		   "  files:\n",
		   spec.major, spec.minor, pool, pool);
}

static void put_unit(struct buf *out)
{
	buf_puts(out, "systemd:\n"
		      "  units:\n"
		      "    - name: " MACHINE_UNIT "\n"
		      "      enabled: true\n"
		      "      contents: |\n");
	put_block(machine_unit, 8, out);
}

static bool is_given(struct reg_version version)
{
	return version.major || version.minor;
}

int butane_write(const struct export_job *job, struct buf *out, struct buf *said)
{
	const char *pool = machine_pool(job->facts->role, said);
	_cleanup_machine_ struct machine machine = { 0 };
	struct reg_version spec = last_spec;
	int r;

	if (!pool)
		return -EINVAL;
	if (is_given(job->facts->cluster) && reg_version_compare(job->facts->cluster, spec) < 0)
		spec = job->facts->cluster;
	if (reg_version_compare(spec, first_spec) < 0) {
		buf_puts(said, "butane knows no cluster before 4.8\n");
		return -EINVAL;
	}
	r = machine_build(job, &machine, said);
	if (r < 0)
		return r;
	put_head(pool, spec, out);
	put_file(MACHINE_RULES, "0600", &machine.rules, out);
	if (machine.reserved.len)
		put_file(MACHINE_RESERVED, "0644", &machine.reserved, out);
	put_unit(out);
	return out->failed || said->failed ? -ENOMEM : 0;
}
