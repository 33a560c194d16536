/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SOURCE_OBJECT_H
#define SOURCE_OBJECT_H

/* The BPF object, opened and configured, but not yet loaded. Part of source: it uses libbpf. */

#include "btf.h"
#include "source.h"

struct tcpdropcap_bpf;

/*
 * Opens the object, with the filter of the configuration in the function that runs it, and sets its
 * constants and the sizes of its maps. Which programs are to be loaded is left to hooks_choose().
 * Returns NULL and errno; tcpdropcap_bpf__destroy frees it.
 */
struct tcpdropcap_bpf *source_object_open(const struct source_config *config,
					  const struct kernel_btf *btf);

#endif
