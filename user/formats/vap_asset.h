/* SPDX-License-Identifier: MIT */
/* The objects of an admission policy, whatever the registry: vap.yaml, which vap_asset.S embeds. */
#pragma once

/*
 * ${NAME} in it is the objects' name, ${ROLE} the role of the nodes, ${DATA} the ConfigMap's ports.
 * Only standard CEL is in it, so that other readers of such policies evaluate it, too.
 */
extern const char vap_asset[];
