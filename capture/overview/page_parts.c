// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "page_parts.h"

/* The Makefile defines the hashes. Without them (static analysis) nothing runs in the page. */
#ifndef HASH_CHARTS_JS
#define HASH_CHARTS_JS	""
#define HASH_CHARTS_CSS ""
#define HASH_PAGE_JS	""
#define HASH_PAGE_CSS	""
#endif

/* The file's bytes and a NUL. The assembler reads it: the compiler would need it as an array. */
#define EMBED(symbol, path)                                                               \
	extern const char symbol[];                                                       \
	__asm__(".pushsection .rodata\n.globl " #symbol "\n.hidden " #symbol "\n" #symbol \
		":\n.incbin \"capture/web/" path "\"\n"                                   \
		".byte 0\n.popsection\n")

EMBED(page_charts_js, "charts.js");
EMBED(page_charts_css, "charts.css");
EMBED(page_page_js, "page.js");
EMBED(page_page_css, "page.css");

const struct page_part page_styles[] = {
	{ page_charts_css, HASH_CHARTS_CSS },
	{ page_page_css, HASH_PAGE_CSS },
	{ NULL, NULL },
};

const struct page_part page_scripts[] = {
	{ page_charts_js, HASH_CHARTS_JS },
	{ page_page_js, HASH_PAGE_JS },
	{ NULL, NULL },
};
