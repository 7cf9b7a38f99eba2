// SPDX-License-Identifier: MIT
#include "butane_write.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "nft_write.h"
#include "reserved_write.h"

#define RULES "/etc/hostportd/firewall.nft"

/* The specifications that butane knows; later clusters take what an earlier one gives. */
static const struct reg_version first_spec = { 4, 8 }, last_spec = { 4, 14 };

static const char unit[] = "[Unit]\n"
			   "Description=Close the host ports that are not registered\n"
			   "Wants=network-pre.target\n"
			   "Before=network-pre.target\n"
			   "\n"
			   "[Service]\n"
			   "Type=oneshot\n"
			   "RemainAfterExit=yes\n"
			   "ExecStart=/usr/sbin/nft -f " RULES "\n"
			   "ExecReload=/usr/sbin/nft -f " RULES "\n"
			   "ExecStop=/usr/sbin/nft delete table inet hostportd\n"
			   "\n"
			   "[Install]\n"
			   "WantedBy=multi-user.target\n";

/* The name that MachineConfigs have for a role, or NULL. */
static const char *pool_of(enum reg_role role)
{
	switch (role) {
	case REG_ROLE_CONTROL_PLANE:
		return "master";
	case REG_ROLE_WORKER:
		return "worker";
	default:
		return NULL;
	}
}

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
		      "    - name: hostportd-firewall.service\n"
		      "      enabled: true\n"
		      "      contents: |\n");
	put_block(unit, 8, out);
}

static bool is_given(struct reg_version version)
{
	return version.major || version.minor;
}

int butane_write(const struct export_job *job, struct buf *out, struct buf *said)
{
	_cleanup_buf_ struct buf rules = { 0 }, reserved = { 0 };
	const char *pool = pool_of(job->facts->role);
	struct reg_version spec = last_spec;
	int r;

	if (!pool) {
		buf_puts(said,
			 "a MachineConfig is of one role: --role=control-plane or --role=worker\n");
		return -EINVAL;
	}
	if (is_given(job->facts->cluster) && reg_version_compare(job->facts->cluster, spec) < 0)
		spec = job->facts->cluster;
	if (reg_version_compare(spec, first_spec) < 0) {
		buf_puts(said, "butane knows no cluster before 4.8\n");
		return -EINVAL;
	}
	r = nft_write(job, &rules, said);
	if (r == 0 && reserved_needed(job))
		r = reserved_write(job, &reserved, said);
	if (r < 0)
		return r;
	put_head(pool, spec, out);
	put_file(RULES, "0600", &rules, out);
	if (reserved.len)
		put_file("/etc/sysctl.d/98-hostportd.conf", "0644", &reserved, out);
	put_unit(out);
	return out->failed || said->failed ? -ENOMEM : 0;
}
