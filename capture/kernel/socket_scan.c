// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/top_record.h"
#include "iterator.h"
#include "socket_scan.h"
#include "top.skel.h"

struct socket_scan {
	struct top_bpf *bpf;
};

static int load(struct socket_scan *scan, const struct socket_scan_config *config, bool with_cookie)
{
	int err;

	scan->bpf = top_bpf__open();
	if (!scan->bpf)
		return -errno;
	scan->bpf->rodata->top_family = (__u8)config->family;
	scan->bpf->rodata->top_netns = config->netns;
	scan->bpf->rodata->with_cookie = with_cookie;
	err = top_bpf__load(scan->bpf);
	if (!err)
		return 0;
	top_bpf__destroy(scan->bpf);
	scan->bpf = NULL;
	return err;
}

static int explain(int err, struct error *error)
{
	if (err == -EPERM || err == -EACCES)
		return error_set(
			error, err,
			"cannot load BPF programs: %s; need CAP_BPF and CAP_PERFMON: run as "
			"root (-v shows the kernel's log)",
			strerror(-err));
	return error_set(error, err,
			 "this kernel refuses the iterators over sockets: %s; they need Linux 5.9 "
			 "with BTF (-v shows the kernel's log)",
			 strerror(-err));
}

struct socket_scan *socket_scan_open(const struct socket_scan_config *config, struct error *error)
{
	struct socket_scan *scan = calloc(1, sizeof(*scan));
	int err;

	if (!scan) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	err = load(scan, config, true);
	if (err == -EINVAL || err == -EACCES)
		err = load(scan, config, false);
	if (!err)
		err = top_bpf__attach(scan->bpf);
	if (!err)
		return scan;
	explain(err, error);
	socket_scan_close(scan);
	return NULL;
}

void socket_scan_close(struct socket_scan *scan)
{
	if (!scan)
		return;
	top_bpf__destroy(scan->bpf);
	free(scan);
}

/* bytes_retrans may be ahead of bytes_sent for an instant, and the FIN's flag of bytes_received. */
static uint64_t minus(uint64_t from, uint64_t part)
{
	return from > part ? from - part : 0;
}

static void fill_sample(struct socket_sample *sample, const struct top_record *record)
{
	*sample = (struct socket_sample){
		.id = { record->address, record->flow },
		.cookie = record->cookie,
		.tx_bytes = minus(record->bytes_sent, record->bytes_retrans),
		.rx_bytes = minus(record->bytes_received, !!(record->flags & TOP_HAS_FIN)),
		.acked_bytes = record->bytes_acked,
		.retransmits = record->total_retrans,
		.drops = record->drops,
		.srtt_us = record->srtt >> 3,
		.netns = record->netns,
		.uid = record->uid,
		.has_cgroup = record->flags & TOP_HAS_CGROUP,
		.cgroup_id = record->cgroup_id,
		.family = record->family,
		.local_port = record->local_port,
		.remote_port = record->remote_port,
		.state = record->state,
		.has_holder = record->flags & TOP_HAS_HOLDER,
		.pid = record->pid,
	};
	memcpy(sample->local, record->local, sizeof(sample->local));
	memcpy(sample->remote, record->remote, sizeof(sample->remote));
	memcpy(sample->comm, record->comm, sizeof(sample->comm) - 1);
}

struct receiver {
	socket_found found;
	void *context;
};

static void on_record(void *context, const void *record)
{
	const struct receiver *receiver = context;
	struct socket_sample sample;

	fill_sample(&sample, record);
	receiver->found(receiver->context, &sample);
}

static int run(const struct bpf_link *link, socket_found found, void *context)
{
	struct receiver receiver = { found, context };

	return iterator_run(link, sizeof(struct top_record), on_record, &receiver);
}

int socket_scan_namespace(const struct socket_scan *scan, socket_found found, void *context)
{
	return run(scan->bpf->links.on_tcp, found, context);
}

int socket_scan_files(const struct socket_scan *scan, socket_found found, void *context)
{
	return run(scan->bpf->links.on_file, found, context);
}
