// SPDX-License-Identifier: MIT
#include "layout.h"

#include <stddef.h>
#include <string.h>

#include "../../bpf/abi.h"
#include "../base/cleanup.h"
#include "../base/hash.h"
#include "libbpf.h"

#define DEPTH_MAX 8 /* of structures in structures */

/* What crosses from one version to another: values of maps, and the record of the ring. */
static const char *const roots[] = {
	"hp_bitmap", "hp_config", "hp_fold_set", "hp_event",	"hp_owner_key", "hp_declared_key",
	"hp_note",   "hp_told",	  "hp_info",	 "hp_counters", "hp_choice",	"hp_loss",
};

/* User space makes the maps of a policy's rows; the object's BTF has no types of them. */
static const uint32_t rows[] = {
	sizeof(struct hp_row_key),	   offsetof(struct hp_row_key, proto),
	offsetof(struct hp_row_key, port), sizeof(struct hp_row),
	offsetof(struct hp_row, row),	   offsetof(struct hp_row, cls),
	offsetof(struct hp_row, excepted), offsetof(struct hp_row, essential),
	offsetof(struct hp_row, owners),
};

static void mix_u32(uint64_t *hash, uint32_t n)
{
	*hash = hash_bytes(*hash, &n, sizeof(n));
}

static void mix_text(uint64_t *hash, const char *text)
{
	*hash = hash_text(*hash, text);
}

static void mix_type(uint64_t *hash, const struct btf *btf, uint32_t id, int depth);

static void mix_members(uint64_t *hash, const struct btf *btf, const struct btf_type *t, int depth)
{
	const struct btf_member *member = btf_members(t);

	for (uint16_t i = 0; i < btf_vlen(t); i++) {
		mix_text(hash, btf__name_by_offset(btf, member[i].name_off));
		mix_u32(hash, btf_member_bit_offset(t, i));
		mix_type(hash, btf, member[i].type, depth + 1);
	}
}

/* The shape of a type: names, places and sizes of members. Names of scalars don't matter. */
static void mix_type(uint64_t *hash, const struct btf *btf, uint32_t id, int depth)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t)))
		t = btf__type_by_id(btf, t->type);
	if (!t || depth > DEPTH_MAX)
		return;
	mix_u32(hash, btf_kind(t));
	if (btf_is_composite(t)) {
		mix_u32(hash, t->size);
		mix_members(hash, btf, t, depth);
	} else if (btf_is_array(t)) {
		mix_u32(hash, btf_array(t)->nelems);
		mix_type(hash, btf, btf_array(t)->type, depth + 1);
	} else if (btf_is_int(t) || btf_is_enum(t)) {
		mix_u32(hash, t->size);
	}
}

/* The variables that user space and programs share, at their places. */
static void mix_variables(uint64_t *hash, const struct btf *btf)
{
	int id = btf__find_by_name_kind(btf, ".bss", BTF_KIND_DATASEC);
	const struct btf_type *section = id > 0 ? btf__type_by_id(btf, (uint32_t)id) : NULL;
	const struct btf_var_secinfo *info = section ? btf_var_secinfos(section) : NULL;

	for (uint16_t i = 0; info && i < btf_vlen(section); i++) {
		const struct btf_type *var = btf__type_by_id(btf, info[i].type);

		mix_text(hash, btf__name_by_offset(btf, var->name_off));
		mix_u32(hash, info[i].offset);
		mix_type(hash, btf, var->type, 0);
	}
}

uint64_t layout_of(const struct bpf_object *object)
{
	const struct btf *btf = bpf_object__btf(object);
	uint64_t hash = HASH_START;

	mix_u32(&hash, HP_LAYOUT_EPOCH);
	hash = hash_bytes(hash, rows, sizeof(rows));
	for (size_t i = 0; btf && i < ARRAY_LEN(roots); i++) {
		int id = btf__find_by_name_kind(btf, roots[i], BTF_KIND_STRUCT);

		mix_text(&hash, roots[i]);
		if (id > 0)
			mix_type(&hash, btf, (uint32_t)id, 0);
	}
	if (btf)
		mix_variables(&hash, btf);
	return hash;
}
