/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMPLETION_H
#define COMPLETION_H

/*
 * The completion scripts of bash, zsh and fish, written from the option table and the list of
 * commands, so that they offer what the program accepts.
 */

#include "util/strbuf.h"

/* Appends the script of the shell: "bash", "zsh" or "fish". */
void completion_script(const char *shell, struct strbuf *script);

#endif
