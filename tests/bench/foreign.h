/* SPDX-License-Identifier: MIT */
/* Programs of others: with one of them somewhere, no bind() is without a program. */
#pragma once

/* How many are attached to bind hooks of any cgroup; what can't be asked has none. */
unsigned int foreign_programs(void);
