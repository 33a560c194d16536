// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "event/event.h"
#include "hooks.h"
#include "prog_try.h"

enum role {
	ROLE_EVENT,	   /* tells events of its kind */
	ROLE_EVENT_CAUGHT, /* the same; another program catches what this one is not run for */
	ROLE_SOCKET,	   /* finds the sockets of events of its kind */
	ROLE_OWNER,	   /* finds owners */
	ROLE_SCAN,	   /* the same, by the open files of all processes */
};

/* On which kernels. */
enum when {
	WHEN_ALWAYS,
	WHEN_REFUSED,	  /* the hook of the row above is */
	WHEN_NO_RX_SK,	  /* kfree_skb does not tell the receiving socket */
	WHEN_SILENT_DROP, /* hooks_tcp_drop_is_silent() */
};

#define RECEIVER "socket and state of drops on receipt"

static const struct hook {
	const char *program;
	enum role role;
	enum when when;
	enum event_kind kind; /* of those of an event */
	const char *gives;    /* what is missing without it */
} hooks_table[] = {
	{ "on_kfree_skb", ROLE_EVENT_CAUGHT, WHEN_ALWAYS, EVENT_DROP, "drop events" },
	{ "on_kfree_skb_nested", ROLE_EVENT, WHEN_ALWAYS, EVENT_DROP, "nested drop events" },
	{ "on_tcp_v4_do_rcv_exit", ROLE_SOCKET, WHEN_NO_RX_SK, EVENT_DROP, RECEIVER },
	{ "on_tcp_v4_do_rcv", ROLE_SOCKET, WHEN_NO_RX_SK, EVENT_DROP, RECEIVER },
	{ "on_silent_kfree_skb", ROLE_EVENT, WHEN_SILENT_DROP, EVENT_DROP, "drops within TCP" },
	{ "on_tcp_v6_do_rcv_exit", ROLE_SOCKET, WHEN_NO_RX_SK, EVENT_DROP, RECEIVER " (IPv6)" },
	{ "on_tcp_v6_do_rcv", ROLE_SOCKET, WHEN_NO_RX_SK, EVENT_DROP, RECEIVER " (IPv6)" },
	{ "on_tcp_retransmit_skb", ROLE_EVENT_CAUGHT, WHEN_ALWAYS, EVENT_RETRANSMIT,
	  "retransmit events" },
	{ "on_tcp_retransmit_skb_nested", ROLE_EVENT, WHEN_ALWAYS, EVENT_RETRANSMIT,
	  "nested retransmit events" },
	{ "on_tcp_retransmit_synack", ROLE_EVENT_CAUGHT, WHEN_ALWAYS, EVENT_SYNACK,
	  "synack events" },
	{ "on_tcp_retransmit_synack_nested", ROLE_EVENT, WHEN_ALWAYS, EVENT_SYNACK,
	  "nested synack events" },
	{ "on_tcp_send_loss_probe", ROLE_EVENT, WHEN_ALWAYS, EVENT_TLP, "tlp events" },
	{ "on_kprobe_tcp_send_loss_probe", ROLE_EVENT, WHEN_REFUSED, EVENT_TLP, "tlp events" },
	{ "on_tcp_send_reset", ROLE_EVENT_CAUGHT, WHEN_ALWAYS, EVENT_RESET,
	  "events of resets sent" },
	{ "on_tcp_send_reset_nested", ROLE_EVENT, WHEN_ALWAYS, EVENT_RESET,
	  "nested events of resets sent" },
	{ "on_tcp_receive_reset", ROLE_EVENT_CAUGHT, WHEN_ALWAYS, EVENT_RESET,
	  "events of resets received" },
	{ "on_tcp_receive_reset_nested", ROLE_EVENT, WHEN_ALWAYS, EVENT_RESET,
	  "nested events of resets received" },
	{ "on_inet_sock_set_state", ROLE_OWNER, WHEN_ALWAYS, 0,
	  "owners of sockets that are closed already" },
	{ "on_tcp_destroy_sock", ROLE_OWNER, WHEN_ALWAYS, 0,
	  "the end of sockets (owners may be stale)" },
	{ "on_inet_csk_accept", ROLE_OWNER, WHEN_ALWAYS, 0, "owners at the moment of accept" },
	{ "on_task_file", ROLE_SCAN, WHEN_ALWAYS, 0, "owners by their open files" },
};

#define HOOK_COUNT (sizeof(hooks_table) / sizeof(hooks_table[0]))

_Static_assert(HOOK_COUNT <= HOOKS_MAX, "there is a place for each hook");

bool hooks_tcp_drop_is_silent(const struct kernel_btf *btf)
{
	/* A reason that tcp_drop() alone gives, and got when it became able to. */
	return !kernel_btf_has_enumerator(btf, "skb_drop_reason", "SKB_DROP_REASON_TCP_OFOMERGE");
}

/* What stands in the way of the program, as far as it can be told before the load; 0: nothing. */
static int find_obstacle(const struct hook *hook, const struct bpf_program *program,
			 const struct kernel_btf *btf)
{
	const char *section = bpf_program__section_name(program);

	if (hook->role == ROLE_SCAN)
		return kernel_btf_has_enumerator(btf, "bpf_func_id", "BPF_FUNC_sock_from_file")
			       ? 0
			       : -EOPNOTSUPP;
	if (strncmp(section, "fentry/", 7) == 0 || strncmp(section, "fexit/", 6) == 0)
		return prog_try_fentry(btf, strchr(section, '/') + 1);
	return 0;
}

static bool is_needed(const struct hooks *hooks, size_t number, const struct kernel_btf *btf)
{
	switch (hooks_table[number].when) {
	case WHEN_REFUSED:
		return hooks->states[number - 1].error;
	case WHEN_NO_RX_SK:
		return kernel_btf_tracepoint_args(btf, "kfree_skb") < 4;
	case WHEN_SILENT_DROP:
		return hooks_tcp_drop_is_silent(btf);
	default:
		return true;
	}
}

void hooks_choose(struct hooks *hooks, const struct bpf_object *object, unsigned int events,
		  const struct kernel_btf *btf)
{
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		const struct hook *hook = &hooks_table[i];
		struct hook_state *state = &hooks->states[i];
		struct bpf_program *program;

		program = bpf_object__find_program_by_name(object, hook->program);
		*state = (struct hook_state){ 0 };
		if ((hook->role >= ROLE_OWNER || events >> hook->kind & 1) &&
		    is_needed(hooks, i, btf)) {
			state->error = find_obstacle(hook, program, btf);
			state->program = state->error ? NULL : program;
		}
		bpf_program__set_autoload(program, state->program != NULL);
	}
}

/*
 * The exit of a function comes before its entry, which would have what it notes stand for good
 * without it; what is dropped within TCP is known by them.
 */
static bool needs_hook_above(size_t number)
{
	const struct hook *hook = &hooks_table[number];

	return number && hooks_table[number - 1].role == ROLE_SOCKET &&
	       (hook->when == WHEN_SILENT_DROP || strcmp(hook->gives, hook[-1].gives) == 0);
}

static void attach(struct hooks *hooks, size_t number)
{
	struct hook_state *state = &hooks->states[number];

	if (state->program && needs_hook_above(number))
		state->error = hooks->states[number - 1].error;
	if (!state->program || state->error)
		return;
	state->link = bpf_program__attach(state->program);
	if (!state->link)
		state->error = -errno;
}

static bool has_stand_in(size_t number)
{
	return number + 1 < HOOK_COUNT && hooks_table[number + 1].when == WHEN_REFUSED;
}

static const char *explain(const struct hook *hook, int err)
{
	if (hook->when == WHEN_REFUSED)
		return "neither fentry nor a kprobe is permitted";
	return err == -ENOENT ? "it has no such function" : strerror(-err);
}

int hooks_attach(struct hooks *hooks, void (*refused)(const char *missing, const char *why))
{
	const char *said = "?";
	int last = -ENOENT;

	for (size_t i = 0; i < HOOK_COUNT; i++) {
		struct hook_state *state = &hooks->states[i];
		const struct hook *hook = &hooks_table[i];

		attach(hooks, i);
		if (!state->error)
			continue;
		last = state->error;
		if (has_stand_in(i) && !state->program)
			continue;
		if (strncmp(hook->gives, said, strlen(said)) == 0)
			continue; /* of IPv6 too */
		if (hook->role == ROLE_SOCKET)
			said = hook->gives;
		refused(hook->gives, explain(hook, last));
	}
	return hooks_attached(hooks) ? 0 : last;
}

unsigned int hooks_attached(const struct hooks *hooks)
{
	unsigned int attached = 0;

	for (size_t i = 0; i < HOOK_COUNT; i++) {
		if (hooks->states[i].link && hooks_table[i].role <= ROLE_EVENT_CAUGHT)
			attached |= 1U << hooks_table[i].kind;
	}
	return attached;
}

size_t hooks_count(void)
{
	return HOOK_COUNT;
}

bool hooks_choose_one(struct hooks *hooks, const struct bpf_object *object, size_t number)
{
	bool needed = hooks->states[number].program || hooks->states[number].error;

	for (size_t i = 0; i < HOOK_COUNT; i++) {
		struct bpf_program *program;

		program = bpf_object__find_program_by_name(object, hooks_table[i].program);
		bpf_program__set_autoload(program, i == number && hooks->states[i].program);
	}
	return needed;
}

void hooks_probe_one(struct hooks *hooks, const struct bpf_object *object, size_t number, int err,
		     struct hook_finding *finding)
{
	struct hook_state *state = &hooks->states[number];
	struct bpf_program *program;

	program = bpf_object__find_program_by_name(object, hooks_table[number].program);
	if (!state->error)
		state->error = err;
	if (!state->error && state->program) {
		state->link = bpf_program__attach(state->program);
		state->error = state->link ? 0 : -errno;
	}
	*finding = (struct hook_finding){
		.hook = bpf_program__section_name(program),
		.gives = hooks_table[number].gives,
		.needed = state->program || state->error,
		.error = state->error,
	};
}

/* Returns whether there is such a program and the kernel tells of it. */
static bool read_info(const struct hook_state *state, struct bpf_prog_info *info)
{
	__u32 length = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return state->program &&
	       !bpf_obj_get_info_by_fd(bpf_program__fd(state->program), info, &length);
}

uint64_t hooks_missed(const struct hooks *hooks)
{
	uint64_t missed = 0;

	for (size_t i = 0; i < HOOK_COUNT; i++) {
		struct bpf_prog_info info;

		if (hooks_table[i].role == ROLE_EVENT && read_info(&hooks->states[i], &info))
			missed += info.recursion_misses;
	}
	return missed;
}

void hooks_costs(const struct hooks *hooks,
		 void (*visit)(const char *hook, uint64_t runs, uint64_t ns))
{
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		struct bpf_prog_info info;

		if (read_info(&hooks->states[i], &info) && info.run_cnt)
			visit(bpf_program__section_name(hooks->states[i].program), info.run_cnt,
			      info.run_time_ns);
	}
}

struct bpf_link *hooks_scan_link(const struct hooks *hooks)
{
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		if (hooks_table[i].role == ROLE_SCAN)
			return hooks->states[i].link;
	}
	return NULL;
}

void hooks_detach(struct hooks *hooks)
{
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		if (hooks_table[i].role == ROLE_SCAN)
			continue;
		bpf_link__destroy(hooks->states[i].link);
		hooks->states[i].link = NULL;
	}
}

void hooks_close(struct hooks *hooks)
{
	hooks_detach(hooks);
	bpf_link__destroy(hooks_scan_link(hooks));
}
