/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VERSION_H
#define VERSION_H

/* The number of the version, defined here alone. CHANGELOG.md lists the changes. */
#define VERSION "0.2.0-dev"

/* Returns "tcpdropcap NUMBER (COMMIT)"; without the commit if the build does not know it. */
const char *version_of_program(void);

#endif
