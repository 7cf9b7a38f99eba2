/* SPDX-License-Identifier: MIT */
/*
 * The built-in layers, as the files of registry/ have them. Paths are relative
 * to the repository's root, where the build runs the assembler.
 */

#if __SIZEOF_POINTER__ == 8
#define WORD .quad
#else
#define WORD .long
#endif

	.section .rodata
openshift_name:
	.asciz	"openshift"
openshift:
	.incbin	"registry/openshift.yaml"
openshift_end:
	.byte	0
node_baseline_name:
	.asciz	"node-baseline"
node_baseline:
	.incbin	"registry/node-baseline.yaml"
node_baseline_end:
	.byte	0
hostportd_name:
	.asciz	"hostportd"
hostportd:
	.incbin	"registry/hostportd.yaml"
hostportd_end:
	.byte	0

/* struct reg_builtin of registry.h: name, text, length; in the default order. */
	.section .data.rel.ro, "aw"
	.balign	__SIZEOF_POINTER__
	.global	builtin_layers
	.hidden	builtin_layers
	.type	builtin_layers, %object
builtin_layers:
	WORD	openshift_name, openshift, openshift_end - openshift
	WORD	node_baseline_name, node_baseline, node_baseline_end - node_baseline
	WORD	hostportd_name, hostportd, hostportd_end - hostportd
	.size	builtin_layers, . - builtin_layers

	.section .note.GNU-stack, "", %progbits
