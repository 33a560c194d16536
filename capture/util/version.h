/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VERSION_H
#define VERSION_H

/* The only place of the version's number. CHANGELOG.md says what each version brought. */
#define VERSION "0.2.0-dev"

/* "tcpdropcap", the number, and in parentheses the commit, where the build knows it. */
const char *version_of_program(void);

#endif
