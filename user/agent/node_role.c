// SPDX-License-Identifier: MIT
#include "node_role.h"

#include <string.h>

#include "../base/clock.h"

#define CHANGES_MAX 20 /* a minute */

/* Each may be a policy and a notice, so there is an end of them; the Node is read again anyway. */
static bool may_change(struct node_role *role)
{
	return rate_take(&role->changes, CHANGES_MAX, clock_boot_s());
}

/* An error that stays is reported once. */
static void report_error(struct node_role *role, const char *why)
{
	_cleanup_buf_ struct buf message = { 0 };

	if (role->error.len && strcmp(role->error.data, why) == 0)
		return;
	buf_reset(&role->error);
	buf_puts(&role->error, why);
	buf_printf(&message, "node: %s: %s", why,
		   role->known ? "what is known stays" : "rows of every role hold");
	policy_load_report(role->load, NOTICE_NODE_UNREAD, &message);
}

static void report_node(struct node_role *role, const struct this_node *node)
{
	_cleanup_buf_ struct buf message = { 0 };

	buf_puts(&message, "node: ");
	this_node_put(node, &message);
	buf_printf(&message, ": generation %u", role->load->in_force->decision.generation);
	policy_load_report(role->load, NOTICE_NODE, &message);
}

void node_role_read(struct node_role *role, const struct this_node *node)
{
	_cleanup_diags_ struct diags errors = { 0 };
	bool same = role->known && this_node_same(&role->load->this_node, node);
	int r = 0;

	if ((same && !role->error.len) || !may_change(role))
		return;
	if (!same)
		r = policy_load_node(role->load, node, &errors);
	if (r < 0) {
		report_error(role, errors.len ? errors.items[0].message : strerror(-r));
		return;
	}
	role->known = true;
	buf_free(&role->error);
	report_node(role, node);
}

void node_role_unread(struct node_role *role, const char *why)
{
	if (may_change(role))
		report_error(role, *why ? why : "no reason was given");
}

void node_role_stop(struct node_role *role)
{
	buf_free(&role->error);
}
