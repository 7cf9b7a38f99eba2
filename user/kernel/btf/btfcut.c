// SPDX-License-Identifier: MIT
/* The format is that of Documentation/bpf/btf.rst of the kernel. */
#include "btfcut.h"

#include <errno.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <string.h>

#define STRIDE	  16 /* types between two whose places are known */
#define POINTER	  1U /* the one pointer of the new BTF, to void */
#define NAMES_MAX (16U << 20)
#define SEVERAL	  UINT32_MAX /* types have the name */

/* ---- reading --------------------------------------------------------------------------------- */

struct whole {
	const char *bytes; /* of the types */
	uint32_t size;
	const char *names; /* ends with a zero byte */
	uint32_t names_size;
	uint32_t len;	 /* of the types, void among them */
	uint32_t *known; /* where types 1, 1 + STRIDE, ... begin */
};

static uint32_t kind_of(const struct btf_type *t)
{
	return BTF_INFO_KIND(t->info);
}

/* Bytes of what follows a type's head. */
static size_t tail_of(const struct btf_type *t)
{
	size_t len = BTF_INFO_VLEN(t->info);

	switch (kind_of(t)) {
	case BTF_KIND_INT:
		return sizeof(uint32_t);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return len * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return len * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return len * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return len * sizeof(struct btf_param);
	case BTF_KIND_VAR:
		return sizeof(struct btf_var);
	case BTF_KIND_DATASEC:
		return len * sizeof(struct btf_var_secinfo);
	case BTF_KIND_DECL_TAG:
		return sizeof(struct btf_decl_tag);
	default:
		return 0;
	}
}

/* Where the type after the one at `at` begins; 0: the one at `at` is broken. */
static uint32_t after(const struct whole *whole, uint32_t at)
{
	const struct btf_type *t = (const void *)(whole->bytes + at);
	size_t rest = whole->size - at;

	if (rest < sizeof(*t) || kind_of(t) == BTF_KIND_UNKN || kind_of(t) > BTF_KIND_ENUM64 ||
	    rest - sizeof(*t) < tail_of(t) || t->name_off >= whole->names_size)
		return 0;
	return at + (uint32_t)(sizeof(*t) + tail_of(t));
}

static const char *name_of(const struct whole *whole, uint32_t off)
{
	return off < whole->names_size ? whole->names + off : "";
}

/* A type that is there: 0 < id < whole->len. */
static const struct btf_type *type_of(const struct whole *whole, uint32_t id)
{
	uint32_t at = whole->known[(id - 1) / STRIDE];

	for (uint32_t rest = (id - 1) % STRIDE; rest; rest--)
		at = after(whole, at);
	return (const void *)(whole->bytes + at);
}

static int read_head(const void *btf, size_t size, struct whole *whole)
{
	const struct btf_header *head = btf;
	uint64_t body;

	if (size < sizeof(*head) || head->magic != BTF_MAGIC || head->version != BTF_VERSION ||
	    head->hdr_len < sizeof(*head) || head->hdr_len > size || head->hdr_len % 4)
		return -EINVAL;
	body = size - head->hdr_len;
	if ((uint64_t)head->type_off + head->type_len > body || head->type_off % 4 ||
	    (uint64_t)head->str_off + head->str_len > body || !head->str_len)
		return -EINVAL;
	whole->bytes = (const char *)btf + head->hdr_len + head->type_off;
	whole->size = head->type_len;
	whole->names = (const char *)btf + head->hdr_len + head->str_off;
	whole->names_size = head->str_len;
	return whole->names[whole->names_size - 1] == '\0' ? 0 : -EINVAL;
}

/* ---- choosing -------------------------------------------------------------------------------- */

struct cut {
	struct whole whole;
	uint32_t *fresh; /* by old number: the new one; 0: not taken */
	uint32_t *taken; /* the old numbers of those taken, in the new order */
	uint32_t len;	 /* of them */
	struct buf bytes, names;
};

/* The new number of a type; it is taken if it was not yet. What can't lie in a struct is void. */
static uint32_t take_type(struct cut *cut, uint32_t old)
{
	if (old == 0 || old >= cut->whole.len)
		return 0;
	if (cut->fresh[old])
		return cut->fresh[old];
	switch (kind_of(type_of(&cut->whole, old))) {
	case BTF_KIND_PTR:
		return POINTER;
	case BTF_KIND_FUNC:
	case BTF_KIND_FUNC_PROTO:
	case BTF_KIND_VAR:
	case BTF_KIND_DATASEC:
	case BTF_KIND_DECL_TAG:
		return 0;
	default:
		cut->taken[cut->len++] = old;
		return cut->fresh[old] = POINTER + cut->len;
	}
}

/* A name without its flavour, which is libbpf's word for what follows three underscores. */
struct root {
	const char *name;
	size_t len;
	const struct root *next; /* that begins with the same letter */
};

struct wanted {
	const struct root *roots[256]; /* by their first letters */
	struct btfcut_id *ids;
	size_t n_ids;
};

static bool is_root(const struct wanted *wanted, uint32_t kind, const char *name)
{
	if (kind != BTF_KIND_STRUCT && kind != BTF_KIND_UNION && kind != BTF_KIND_ENUM &&
	    kind != BTF_KIND_ENUM64 && kind != BTF_KIND_TYPEDEF)
		return false;
	for (const struct root *root = wanted->roots[(uint8_t)*name]; root; root = root->next)
		if (strncmp(name, root->name, root->len) == 0 && !name[root->len])
			return true;
	return false;
}

static void look_at(const struct wanted *wanted, const struct btf_type *t, const char *name,
		    uint32_t id)
{
	for (size_t i = 0; i < wanted->n_ids; i++) {
		struct btfcut_id *one = &wanted->ids[i];

		if (one->kind == kind_of(t) && strcmp(name, one->name) == 0)
			one->id = one->id ? SEVERAL : id;
	}
}

/* One more type; its place is written down if it is one of those. */
static bool pass(struct whole *whole, uint32_t *at)
{
	uint32_t next = after(whole, *at), i = whole->len - 1;

	if (!next)
		return false;
	if (i % STRIDE == 0)
		whole->known[i / STRIDE] = *at;
	whole->len++;
	*at = next;
	return true;
}

/* Go through all types once: note their places, take the roots, find the numbers asked for. */
static int scan(struct cut *cut, const struct wanted *wanted)
{
	struct whole *whole = &cut->whole;

	whole->len = 1;
	for (uint32_t at = 0; at < whole->size;) {
		const struct btf_type *t = (const void *)(whole->bytes + at);
		uint32_t id = whole->len;
		const char *name;

		if (!pass(whole, &at))
			return -EINVAL;
		if (!t->name_off)
			continue;
		name = whole->names + t->name_off;
		look_at(wanted, t, name, id);
		if (is_root(wanted, kind_of(t), name))
			(void)take_type(cut, id);
	}
	return 0;
}

/* ---- writing --------------------------------------------------------------------------------- */

static uint32_t put_name(struct cut *cut, uint32_t off)
{
	const char *name = name_of(&cut->whole, off);
	uint32_t at = (uint32_t)cut->names.len;

	if (!*name)
		return 0;
	buf_add(&cut->names, name, strlen(name) + 1);
	if (cut->names.len > NAMES_MAX)
		cut->names.failed = true;
	return at;
}

static void put_members(struct cut *cut, const struct btf_member *from, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		struct btf_member member = {
			.name_off = put_name(cut, from[i].name_off),
			.type = take_type(cut, from[i].type),
			.offset = from[i].offset,
		};

		buf_add(&cut->bytes, &member, sizeof(member));
	}
}

/* Constants: of either size they begin with the name. */
static void put_constants(struct cut *cut, const char *from, uint32_t len, size_t size)
{
	struct btf_enum64 one;

	for (uint32_t i = 0; i < len; i++) {
		memcpy(&one, from + i * size, size);
		one.name_off = put_name(cut, one.name_off);
		buf_add(&cut->bytes, &one, size);
	}
}

static void put_array(struct cut *cut, const struct btf_array *from)
{
	struct btf_array array = {
		.type = take_type(cut, from->type),
		.index_type = take_type(cut, from->index_type),
		.nelems = from->nelems,
	};

	buf_add(&cut->bytes, &array, sizeof(array));
}

static bool refers(uint32_t kind)
{
	return kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_VOLATILE || kind == BTF_KIND_CONST ||
	       kind == BTF_KIND_RESTRICT || kind == BTF_KIND_TYPE_TAG;
}

static void put_type(struct cut *cut, const struct btf_type *from)
{
	uint32_t kind = kind_of(from), len = BTF_INFO_VLEN(from->info);
	struct btf_type t = *from;
	const void *tail = from + 1;

	t.name_off = put_name(cut, from->name_off);
	if (refers(kind))
		t.type = take_type(cut, from->type);
	buf_add(&cut->bytes, &t, sizeof(t));
	if (kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION)
		put_members(cut, tail, len);
	else if (kind == BTF_KIND_ENUM)
		put_constants(cut, tail, len, sizeof(struct btf_enum));
	else if (kind == BTF_KIND_ENUM64)
		put_constants(cut, tail, len, sizeof(struct btf_enum64));
	else if (kind == BTF_KIND_ARRAY)
		put_array(cut, tail);
	else
		buf_add(&cut->bytes, tail, tail_of(from));
}

static void put_types(struct cut *cut)
{
	struct btf_type pointer = { .info = BTF_KIND_PTR << 24 };

	buf_putc(&cut->names, '\0');
	buf_add(&cut->bytes, &pointer, sizeof(pointer));
	for (uint32_t i = 0; i < cut->len; i++)
		put_type(cut, type_of(&cut->whole, cut->taken[i]));
}

static void put_all(const struct cut *cut, struct buf *out)
{
	struct btf_header head = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(head),
		.type_len = (uint32_t)cut->bytes.len,
		.str_off = (uint32_t)cut->bytes.len,
		.str_len = (uint32_t)cut->names.len,
	};

	buf_add(out, &head, sizeof(head));
	buf_add(out, cut->bytes.data, cut->bytes.len);
	buf_add(out, cut->names.data, cut->names.len);
}

static void cut_free(struct cut *cut)
{
	free(cut->whole.known);
	free(cut->fresh);
	free(cut->taken);
	buf_free(&cut->bytes);
	buf_free(&cut->names);
}

static void list_roots(const char *const *names, size_t n, struct root *roots,
		       struct wanted *wanted)
{
	for (size_t i = 0; i < n; i++) {
		const struct root **first = &wanted->roots[(uint8_t)*names[i]];
		const char *flavour = strstr(names[i], "___");
		size_t len = flavour ? (size_t)(flavour - names[i]) : strlen(names[i]);

		roots[i] = (struct root) { names[i], len, *first };
		*first = &roots[i];
	}
}

static int begin(const void *btf, size_t size, struct cut *cut)
{
	int r = read_head(btf, size, &cut->whole);
	uint32_t most = cut->whole.size / sizeof(struct btf_type) + 1;

	if (r < 0)
		return r;
	cut->whole.known = calloc(most / STRIDE + 1, sizeof(uint32_t));
	cut->fresh = calloc(most, sizeof(uint32_t));
	cut->taken = calloc(most, sizeof(uint32_t));
	return cut->whole.known && cut->fresh && cut->taken ? 0 : -ENOMEM;
}

int btfcut(const void *btf, size_t size, const char *const *names, size_t n, struct btfcut_id *ids,
	   size_t n_ids, struct buf *out)
{
	_cleanup_free_ struct root *roots = calloc(n + 1, sizeof(*roots));
	struct wanted wanted = { .ids = ids, .n_ids = n_ids };
	_cleanup_(cut_free) struct cut cut = { .len = 0 };
	int r = roots ? begin(btf, size, &cut) : -ENOMEM;

	for (size_t i = 0; i < n_ids; i++)
		ids[i].id = 0;
	if (r < 0)
		return r;
	list_roots(names, n, roots, &wanted);
	r = scan(&cut, &wanted);
	for (size_t i = 0; i < n_ids; i++)
		if (r < 0 || ids[i].id == SEVERAL)
			ids[i].id = 0;
	if (r < 0)
		return r;
	put_types(&cut);
	if (cut.bytes.failed || cut.names.failed)
		return -ENOMEM;
	put_all(&cut, out);
	return out->failed ? -ENOMEM : 0;
}
