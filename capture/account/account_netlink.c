// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/gen_stats.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "account_netlink.h"

#define MESSAGES_BYTES 32768 /* the size of a message from the kernel */

struct dump {
	account_counter *found;
	void *context;
	void (*take)(const struct dump *dump, const struct nlmsghdr *message);
};

/* Returns the attribute of that type in the bytes, NULL if it is not there or too short. */
static const void *find_attribute(const struct rtattr *attribute, size_t length, unsigned int type,
				  size_t size)
{
	while (RTA_OK(attribute, length)) {
		if ((attribute->rta_type & NLA_TYPE_MASK) == type)
			return RTA_PAYLOAD(attribute) >= size ? attribute : NULL;
		attribute = RTA_NEXT(attribute, length);
	}
	return NULL;
}

static const void *payload_of(const struct nlmsghdr *message, size_t header, unsigned int type,
			      size_t size)
{
	const char *data = NLMSG_DATA(message);

	if (message->nlmsg_len < NLMSG_SPACE(header))
		return NULL;
	return find_attribute((const void *)(data + NLMSG_ALIGN(header)),
			      message->nlmsg_len - NLMSG_SPACE(header), type, size);
}

/* Older kernels have fewer counters at the end of the structure. */
static void take_device(const struct dump *dump, const struct nlmsghdr *message)
{
	const size_t size = offsetof(struct rtnl_link_stats64, rx_missed_errors) + 8;
	const struct rtattr *attribute = payload_of(message, sizeof(struct if_stats_msg),
						    IFLA_STATS_LINK_64, size);
	struct rtnl_link_stats64 stats = { 0 };

	if (message->nlmsg_type != RTM_NEWSTATS || !attribute)
		return;
	memcpy(&stats, RTA_DATA(attribute), size);
	dump->found(dump->context, "rx_dropped", stats.rx_dropped);
	dump->found(dump->context, "tx_dropped", stats.tx_dropped);
	dump->found(dump->context, "rx_missed_errors", stats.rx_missed_errors);
}

static bool is_outermost(uint32_t parent)
{
	return parent == TC_H_ROOT || parent == TC_H_INGRESS; /* clsact has the latter */
}

static void take_qdisc(const struct dump *dump, const struct nlmsghdr *message)
{
	const struct tcmsg *qdisc = NLMSG_DATA(message);
	const struct rtattr *stats = payload_of(message, sizeof(*qdisc), TCA_STATS2, 0);
	const struct rtattr *queue;
	struct gnet_stats_queue counters;

	if (message->nlmsg_type != RTM_NEWQDISC || !stats || !is_outermost(qdisc->tcm_parent))
		return;
	queue = find_attribute(RTA_DATA(stats), RTA_PAYLOAD(stats), TCA_STATS_QUEUE,
			       sizeof(counters));
	if (!queue)
		return;
	memcpy(&counters, RTA_DATA(queue), sizeof(counters));
	dump->found(dump->context, "drops", counters.drops);
}

/* A program of generic XDP (SKB mode) runs on packets that have skbs, so its drops are events. */
static void take_link(const struct dump *dump, const struct nlmsghdr *message)
{
	const struct rtattr *xdp = payload_of(message, sizeof(struct ifinfomsg), IFLA_XDP, 0);
	const struct rtattr *mode;

	if (message->nlmsg_type != RTM_NEWLINK || !xdp)
		return;
	mode = find_attribute(RTA_DATA(xdp), RTA_PAYLOAD(xdp), IFLA_XDP_ATTACHED, 1);
	if (mode && *(const uint8_t *)RTA_DATA(mode) != XDP_ATTACHED_NONE &&
	    *(const uint8_t *)RTA_DATA(mode) != XDP_ATTACHED_SKB)
		dump->found(dump->context, "xdp", 1);
}

/* Reads the messages of one datagram. Returns 1 if more follow, 0 at the end, -errno. */
static int take_messages(const struct dump *dump, const void *bytes, size_t length)
{
	const struct nlmsghdr *message = bytes;

	for (; NLMSG_OK(message, length); message = NLMSG_NEXT(message, length)) {
		if (message->nlmsg_type == NLMSG_DONE)
			return 0;
		if (message->nlmsg_type == NLMSG_ERROR)
			return message->nlmsg_len < NLMSG_SPACE(sizeof(struct nlmsgerr))
				       ? -EBADMSG
				       : ((const struct nlmsgerr *)NLMSG_DATA(message))->error;
		dump->take(dump, message);
	}
	return 1;
}

/* Sends the request and reads all responses. */
static int run_dump(const struct dump *dump, const void *request, size_t length)
{
	static _Thread_local _Alignas(struct nlmsghdr) char bytes[MESSAGES_BYTES];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), more;
	ssize_t got;

	if (fd < 0)
		return -errno;
	more = send(fd, request, length, 0) < 0 ? -errno : 1;
	while (more > 0) {
		got = recv(fd, bytes, sizeof(bytes), 0);
		more = got < 0 ? -errno : take_messages(dump, bytes, (size_t)got);
	}
	close(fd);
	return more;
}

int account_read_devices(account_counter *found, void *context)
{
	const struct dump dump = { found, context, take_device };
	const struct {
		struct nlmsghdr head;
		struct if_stats_msg body;
	} request = {
		.head = { .nlmsg_len = sizeof(request),
			  .nlmsg_type = RTM_GETSTATS,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.body = { .filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64) },
	};

	return run_dump(&dump, &request, sizeof(request));
}

int account_read_qdiscs(account_counter *found, void *context)
{
	const struct dump dump = { found, context, take_qdisc };
	const struct {
		struct nlmsghdr head;
		struct tcmsg body;
	} request = {
		.head = { .nlmsg_len = sizeof(request),
			  .nlmsg_type = RTM_GETQDISC,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
	};

	return run_dump(&dump, &request, sizeof(request));
}

int account_read_xdp(account_counter *found, void *context)
{
	const struct dump dump = { found, context, take_link };
	const struct {
		struct nlmsghdr head;
		struct ifinfomsg body;
		struct rtattr mask_head;
		uint32_t mask;
	} request = {
		.head = { .nlmsg_len = sizeof(request),
			  .nlmsg_type = RTM_GETLINK,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.mask_head = { .rta_len = RTA_LENGTH(sizeof(uint32_t)), .rta_type = IFLA_EXT_MASK },
		.mask = RTEXT_FILTER_SKIP_STATS,
	};

	return run_dump(&dump, &request, sizeof(request));
}
