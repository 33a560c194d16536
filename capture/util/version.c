// SPDX-License-Identifier: GPL-2.0-or-later
#include "version.h"

const char *version_of_program(void)
{
#ifdef COMMIT
	return "tcpdropcap " VERSION " (" COMMIT ")";
#else
	return "tcpdropcap " VERSION;
#endif
}
