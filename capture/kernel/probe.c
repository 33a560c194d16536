// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "hooks.h"
#include "probe.h"
#include "source_object.h"
#include "tcpdropcap.skel.h"

/* Maps are as small as possible, because no program runs. */
static struct tcpdropcap_bpf *open_small(const struct bpf_insn *filter, size_t count,
					 const struct kernel_btf *btf)
{
	struct source_config config = { .filter = filter,
					.filter_count = count,
					.ring_bytes = 1 << 16 };
	struct tcpdropcap_bpf *bpf = source_object_open(&config, btf);

	if (!bpf)
		return NULL;
	bpf_map__set_max_entries(bpf->maps.owners, 1);
	bpf_map__set_max_entries(bpf->maps.closed_owners, 1);
	return bpf;
}

/* Each hook gets an object of its own, because the load of an object fails as a whole. */
static int probe_hook(const struct kernel_btf *btf, size_t number,
		      void (*visit)(void *context, const struct probe_finding *finding),
		      void *context)
{
	struct tcpdropcap_bpf *bpf = open_small(NULL, 0, btf);
	struct probe_finding finding;
	struct hooks hooks = { .for_probe = true };

	if (!bpf)
		return -errno;
	hooks_choose(&hooks, bpf->obj, ~0U, btf);
	finding = (struct probe_finding){
		.hook = hooks_section(bpf->obj, number),
		.provides = hooks_provides(number),
		.needed = hooks_choose_one(&hooks, bpf->obj, number),
	};
	if (finding.needed)
		finding.error = tcpdropcap_bpf__load(bpf);
	if (finding.needed && !finding.error)
		finding.error = hooks_attach_one(&hooks, number);
	visit(context, &finding);
	hooks_close(&hooks);
	tcpdropcap_bpf__destroy(bpf);
	return 0;
}

int probe_hooks(const struct kernel_btf *btf,
		void (*visit)(void *context, const struct probe_finding *finding), void *context)
{
	int err = 0;

	for (size_t i = 0; !err && i < hooks_count(); i++)
		err = probe_hook(btf, i, visit, context);
	return err;
}

/* In the program of the first hook, which reports most drops. */
int probe_filter(const struct kernel_btf *btf, const struct bpf_insn *filter, size_t count)
{
	struct tcpdropcap_bpf *bpf = open_small(filter, count, btf);
	struct hooks hooks = { 0 };
	int err;

	if (!bpf)
		return -errno;
	hooks_choose(&hooks, bpf->obj, ~0U, btf);
	hooks_choose_one(&hooks, bpf->obj, 0);
	err = tcpdropcap_bpf__load(bpf);
	tcpdropcap_bpf__destroy(bpf);
	return err;
}
