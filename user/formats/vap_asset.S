/* SPDX-License-Identifier: MIT */
/*
 * The admission policy, as vap.yaml has it. The path is relative to the repository's
 * root, where the build runs the assembler.
 */
	.section .rodata
	.global	vap_asset
	.hidden	vap_asset
	.type	vap_asset, %object
vap_asset:
	.incbin	"user/formats/vap.yaml"
	.byte	0
	.size	vap_asset, . - vap_asset

	.section .note.GNU-stack, "", %progbits
