/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_LOG_H
#define SIM_LOG_H

/* All that happened in a world, as text in the order of time, for whoever looks into a verdict. */

#include "sim_wire.h"

/* Returns 0 or -errno. */
int log_write(const struct recording *recording, const char *path);

#endif
