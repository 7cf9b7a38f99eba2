/* SPDX-License-Identifier: MIT */
/*
 * The layout of what is in the maps, as one number: a hash of the shapes of all
 * structures that programs and agents of two versions would share. So no one has to
 * remember to count a version up when one of them changes.
 */
#pragma once

#include <stdint.h>

struct bpf_object;

/* The number of an opened object. HP_LAYOUT_EPOCH stands for what the shapes don't show. */
uint64_t layout_of(const struct bpf_object *object);
