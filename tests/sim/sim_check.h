/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

/*
 * Checks that a simulated world is possible: a wrong one would blame the program for its own
 * faults.
 */

#include "sim.h"

/* Prints what is wrong and returns false. */
bool world_check(const struct world *world);

#endif
