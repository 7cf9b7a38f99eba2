/* SPDX-License-Identifier: MIT */
/*
 * The page's fixed parts. Paths are relative to the repository's root, where the
 * build runs the assembler, or to the build's directory: the script is put
 * together there, and the digests are made.
 */

#if __SIZEOF_POINTER__ == 8
#define WORD .quad
#else
#define WORD .long
#endif

	.section .rodata
html:
	.incbin	"user/page/page.html"
html_end:
style:
	.incbin	"user/page/page.css"
style_end:
script:
	.incbin	"page/page.js"
script_end:
style_hash:
	.incbin	"page/page.css.sha256"
style_hash_end:
script_hash:
	.incbin	"page/page.js.sha256"
script_hash_end:

/* struct part of part.h, by enum page_part. */
	.section .data.rel.ro, "aw"
	.balign	__SIZEOF_POINTER__
	.global	page_parts
	.hidden	page_parts
	.type	page_parts, %object
page_parts:
	WORD	html, html_end - html
	WORD	style, style_end - style
	WORD	script, script_end - script
	WORD	style_hash, style_hash_end - style_hash
	WORD	script_hash, script_hash_end - script_hash
	.size	page_parts, . - page_parts

	.section .note.GNU-stack, "", %progbits
