/* SPDX-License-Identifier: MIT */
/* Finds the objects of a document, and the pods and Services in them. Pure. */
#pragma once

#include "cursor.h"

/* Read all of a document; cursor->path is "$". The model has what was found. */
void object_read_document(struct cursor *cursor);
