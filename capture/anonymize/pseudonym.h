/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PSEUDONYM_H
#define PSEUDONYM_H

/*
 * Pseudonyms of names and of numbers that stand for something of the host. One name has one
 * pseudonym under one key, in all files; two names have two, but for a chance of one in a million
 * millions.
 */

#include "secret.h"
#include "util/strbuf.h"

/* Appends "KIND-" and ten hexadecimal digits. The kind has at most four letters. */
void pseudonym_add(const struct secret *secret, const char *kind, const char *name,
		   struct strbuf *text);

/* The same for the name of a device; "lo" and "any", which every host has, stay. */
void pseudonym_add_device(const struct secret *secret, const char *name, struct strbuf *text);

/*
 * The same for the path of a cgroup, folder by folder, so that its structure stays; the endings of
 * systemd's units (.slice, .service, .scope) stay, too.
 */
void pseudonym_add_cgroup(const struct secret *secret, const char *path, struct strbuf *text);

/* Returns the pseudonym of the inode number of a namespace; 0 stays. */
uint32_t pseudonym_of_namespace(const struct secret *secret, uint32_t inode);

/* The same for a user. Ids below 1000 and that of nobody are system users, and stay unchanged. */
uint32_t pseudonym_of_user(const struct secret *secret, uint32_t uid);

#endif
