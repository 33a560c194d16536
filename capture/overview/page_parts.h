/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_PARTS_H
#define PAGE_PARTS_H

/*
 * The files of capture/web/ that every page contains, embedded when the program is built, and their
 * hashes for the page's Content-Security-Policy: a browser runs these scripts and no other.
 */

struct page_part {
	const char *text;
	const char *hash; /* base64 of SHA-256 */
};

/* Each ends with a part whose text is NULL. */
extern const struct page_part page_styles[], page_scripts[];

#endif
