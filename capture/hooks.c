// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "event.h"
#include "hooks.h"

#define LOSS_PROBE "tcp_send_loss_probe"
#define ACCEPT	   "inet_csk_accept"

/* When a program is wanted. */
enum need {
	NEED_EVENT,	      /* its event is chosen */
	NEED_EVENT_CAUGHT,    /* the same; another program catches what this one is not run for */
	NEED_EVENT_FENTRY,    /* the same, and fentry is permitted */
	NEED_EVENT_NO_FENTRY, /* the same, and it is not */
	NEED_OWNER,	      /* always: it finds owners */
	NEED_OWNER_FENTRY,    /* the same, where fentry is permitted; no loss without */
	NEED_OWNER_SCAN,      /* the same, where the kernel has the helper */
};

static const struct hook {
	const char *program;
	enum need need;
	enum event_kind kind; /* of those with an event */
	const char *missing;  /* without it */
} hooks_table[] = {
	{ "on_kfree_skb", NEED_EVENT_CAUGHT, EVENT_DROP, "drop events" },
	{ "on_kfree_skb_again", NEED_EVENT, EVENT_DROP, "drop events amid another" },
	{ "on_tcp_retransmit_skb", NEED_EVENT, EVENT_RETRANSMIT, "retransmit events" },
	{ "on_tcp_retransmit_synack", NEED_EVENT, EVENT_SYNACK, "synack events" },
	{ "on_tcp_send_loss_probe", NEED_EVENT_FENTRY, EVENT_TLP, "tlp events" },
	{ "on_kprobe_tcp_send_loss_probe", NEED_EVENT_NO_FENTRY, EVENT_TLP, "tlp events" },
	{ "on_tcp_send_reset", NEED_EVENT, EVENT_RESET, "events of resets sent" },
	{ "on_tcp_receive_reset", NEED_EVENT, EVENT_RESET, "events of resets received" },
	{ "on_inet_sock_set_state", NEED_OWNER, 0, "owners of sockets that are closed already" },
	{ "on_tcp_destroy_sock", NEED_OWNER, 0, "the end of sockets (owners may be stale)" },
	{ "on_inet_csk_accept", NEED_OWNER_FENTRY, 0, "owners at accept" },
	{ "on_task_file", NEED_OWNER_SCAN, 0, "owners by their open files" },
};

#define HOOK_COUNT (sizeof(hooks_table) / sizeof(hooks_table[0]))

_Static_assert(HOOK_COUNT <= HOOKS_MAX, "there is a place for each hook");

/* Whether the kernel takes a program at the function's entry: one refusal would end the whole load. */
static bool can_fentry(const struct kernel_btf *btf, const char *function)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct bpf_prog_load_opts options = {
		.sz = sizeof(options),
		.expected_attach_type = BPF_TRACE_FENTRY,
	};
	int id = kernel_btf_function_id(btf, function), fd;

	if (id < 0)
		return false;
	options.attach_btf_id = (__u32)id;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, NULL, "GPL", nothing, 2, &options);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool is_wanted(const struct hook *hook, unsigned int events, const struct kernel_btf *btf)
{
	bool chosen = events >> hook->kind & 1;

	switch (hook->need) {
	case NEED_EVENT:
	case NEED_EVENT_CAUGHT:
		return chosen;
	case NEED_EVENT_FENTRY:
		return chosen && can_fentry(btf, LOSS_PROBE);
	case NEED_EVENT_NO_FENTRY:
		return chosen && !can_fentry(btf, LOSS_PROBE);
	case NEED_OWNER_FENTRY:
		return can_fentry(btf, ACCEPT);
	case NEED_OWNER_SCAN:
		return kernel_btf_has_enumerator(btf, "bpf_func_id", "BPF_FUNC_sock_from_file");
	default:
		return true;
	}
}

void hooks_choose(struct hooks *hooks, const struct bpf_object *object, unsigned int events,
		  const struct kernel_btf *btf)
{
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		const struct hook *hook = &hooks_table[i];
		struct bpf_program *program;

		program = bpf_object__find_program_by_name(object, hook->program);
		hooks->programs[i] = is_wanted(hook, events, btf) ? program : NULL;
		bpf_program__set_autoload(program, hooks->programs[i] != NULL);
	}
}

int hooks_attach(struct hooks *hooks, void (*refused)(const char *missing, const char *why))
{
	int last = -ENOENT;

	for (size_t i = 0; i < HOOK_COUNT; i++) {
		const struct hook *hook = &hooks_table[i];

		if (hooks->programs[i])
			hooks->links[i] = bpf_program__attach(hooks->programs[i]);
		if (hooks->links[i] || (!hooks->programs[i] && hook->need != NEED_OWNER_SCAN))
			continue;
		last = hooks->programs[i] ? -errno : -EOPNOTSUPP;
		if (hook->need == NEED_EVENT_NO_FENTRY)
			refused(hook->missing, "neither fentry nor a kprobe is permitted");
		else if (hook->need != NEED_OWNER_FENTRY)
			refused(hook->missing, strerror(-last));
	}
	return hooks_attached(hooks) ? 0 : last;
}

unsigned int hooks_attached(const struct hooks *hooks)
{
	unsigned int attached = 0;

	for (size_t i = 0; i < HOOK_COUNT; i++) {
		if (hooks->links[i] && hooks_table[i].need <= NEED_EVENT_NO_FENTRY)
			attached |= 1U << hooks_table[i].kind;
	}
	return attached;
}

uint64_t hooks_missed(const struct hooks *hooks)
{
	uint64_t missed = 0;

	for (size_t i = 0; i < HOOK_COUNT; i++) {
		struct bpf_prog_info info = { 0 };
		__u32 length = sizeof(info);

		if (!hooks->programs[i] || hooks_table[i].need == NEED_EVENT_CAUGHT ||
		    hooks_table[i].need > NEED_EVENT_NO_FENTRY)
			continue;
		if (!bpf_obj_get_info_by_fd(bpf_program__fd(hooks->programs[i]), &info, &length))
			missed += info.recursion_misses;
	}
	return missed;
}

struct bpf_link *hooks_scan_link(const struct hooks *hooks)
{
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		if (hooks_table[i].need == NEED_OWNER_SCAN)
			return hooks->links[i];
	}
	return NULL;
}

void hooks_detach(struct hooks *hooks)
{
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		if (hooks_table[i].need == NEED_OWNER_SCAN)
			continue;
		bpf_link__destroy(hooks->links[i]);
		hooks->links[i] = NULL;
	}
}

void hooks_close(struct hooks *hooks)
{
	hooks_detach(hooks);
	bpf_link__destroy(hooks_scan_link(hooks));
}
