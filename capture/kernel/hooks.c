// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "event/event.h"
#include "hook_table.h"
#include "hooks.h"
#include "prog_try.h"

#define HOOK_COUNT hooks_table_count

bool hooks_tcp_drop_is_silent(const struct kernel_btf *btf)
{
	/* Only tcp_drop() has this reason, since it passes one to kfree_skb_reason(). */
	return !kernel_btf_has_enumerator(btf, "skb_drop_reason", "SKB_DROP_REASON_TCP_OFOMERGE");
}

/* The kinds of events that the hook is for: bit N, kind N. */
static unsigned int kinds_of(const struct hook *hook)
{
	return hook->reports ? hook->reports : 1U << hook->kind;
}

/* Returns the kinds of events that are reported with the hook alone. */
static unsigned int reported_kinds(const struct hook *hook)
{
	bool is_event = hook->role == ROLE_EVENT || hook->role == ROLE_EVENT_REPEATED;

	return is_event || (hook->role == ROLE_OWNER && hook->reports) ? kinds_of(hook) : 0;
}

/* The error of the hook whose program has that name; 0 for NULL. */
static int error_of(const struct hooks *hooks, const char *program)
{
	for (size_t i = 0; program && i < HOOK_COUNT; i++) {
		if (strcmp(hooks_table[i].program, program) == 0)
			return hooks->states[i].error;
	}
	return 0;
}

static bool is_listen_hook(const struct hook *hook)
{
	return hook->when == WHEN_LISTEN_FENTRY || hook->when == WHEN_LISTEN_CONSUME;
}

/* section: "tp_btf/NAME". */
static bool has_tracepoint(const char *section, const struct kernel_btf *btf)
{
	return kernel_btf_tracepoint_args(btf, strchr(section, '/') + 1) > 0;
}

/* Why the kernel would refuse the program, as far as that is known before its load; 0: nothing. */
static int find_obstacle(const struct hook *hook, const struct bpf_program *program,
			 const struct kernel_btf *btf)
{
	const char *section = bpf_program__section_name(program);
	uint32_t number;

	if (hook->role == ROLE_SCAN)
		return kernel_btf_has_enumerator(btf, "bpf_func_id", "BPF_FUNC_sock_from_file")
			       ? 0
			       : -EOPNOTSUPP;
	if (is_listen_hook(hook) && !kernel_btf_enumerator(btf, "LINUX_MIB_LISTENDROPS", &number))
		return -EOPNOTSUPP; /* it knows the drops by the counter */
	if (hook->when == WHEN_TRACEPOINT && !has_tracepoint(section, btf))
		return -ENOENT;
	if (strncmp(section, "fentry/", 7) == 0 || strncmp(section, "fexit/", 6) == 0)
		return prog_try_fentry(btf, strchr(section, '/') + 1);
	return 0;
}

static bool is_needed(const struct hooks *hooks, const struct hook *hook,
		      const struct bpf_program *program, unsigned int events,
		      const struct kernel_btf *btf)
{
	if (hook->role != ROLE_OWNER && hook->role != ROLE_SCAN && !(events & kinds_of(hook)))
		return false;
	if (hook->fallback_of && !error_of(hooks, hook->fallback_of))
		return false;
	switch (hook->when) {
	case WHEN_LIFE_DROPS:
		return events & 1U << EVENT_DROP;
	case WHEN_NO_RX_SK:
		return kernel_btf_tracepoint_args(btf, "kfree_skb") < 4;
	case WHEN_SILENT_DROP:
		return hooks_tcp_drop_is_silent(btf);
	case WHEN_QDISC_DROP:
		return kernel_btf_tracepoint_args(btf, "qdisc_drop") == 5;
	case WHEN_TRACEPOINT:
		return has_tracepoint(bpf_program__section_name(program), btf) || hooks->for_probe;
	case WHEN_LISTEN_FENTRY:
		return hooks->listen_drops == LISTEN_DROPS_AUTO ||
		       hooks->listen_drops == LISTEN_DROPS_FENTRY || hooks->for_probe;
	case WHEN_LISTEN_CONSUME:
		return hooks->listen_drops == LISTEN_DROPS_CONSUME || hooks->for_probe;
	default:
		return true;
	}
}

void hooks_choose(struct hooks *hooks, const struct bpf_object *object, unsigned int events,
		  const struct kernel_btf *btf)
{
	hooks->events = events;
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		const struct hook *hook = &hooks_table[i];
		struct hook_state *state = &hooks->states[i];
		struct bpf_program *program;

		program = bpf_object__find_program_by_name(object, hook->program);
		*state = (struct hook_state){ 0 };
		if (is_needed(hooks, hook, program, events, btf)) {
			state->error = find_obstacle(hook, program, btf);
			state->program = state->error ? NULL : program;
		}
		bpf_program__set_autoload(program, state->program != NULL);
	}
}

enum event_listen_drops hooks_listen_drops(const struct hooks *hooks)
{
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		if (is_listen_hook(&hooks_table[i]) && hooks->states[i].program)
			return hooks_table[i].when == WHEN_LISTEN_FENTRY ? LISTEN_DROPS_FENTRY
									 : LISTEN_DROPS_CONSUME;
	}
	return LISTEN_DROPS_OFF;
}

static void attach(struct hooks *hooks, size_t number)
{
	struct hook_state *state = &hooks->states[number];

	if (!state->program)
		return;
	if (!state->error)
		state->error = error_of(hooks, hooks_table[number].requires);
	if (state->error)
		return;
	state->link = bpf_program__attach(state->program);
	if (!state->link)
		state->error = -errno;
}

/* Returns whether another hook was chosen in its place, which reports what is missing. */
static bool has_fallback(const struct hooks *hooks, size_t number)
{
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		const char *first = hooks_table[i].fallback_of;

		if (first && strcmp(first, hooks_table[number].program) == 0)
			return hooks->states[i].program || hooks->states[i].error;
	}
	return false;
}

static const char *explain(const struct hook *hook, int err)
{
	if (hook->when == WHEN_LISTEN_FENTRY)
		return "fentry is not permitted; --listen-drops consume shows them, for more time "
		       "of each packet";
	if (hook->fallback_of)
		return "neither fentry nor a kprobe is permitted";
	/* To root, too: the text of the error would ask for more privileges. */
	if (err == -EPERM && (hook->role == ROLE_SOCKET || hook->role == ROLE_OWNER))
		return "fentry is not permitted";
	return err == -ENOENT ? "it has no such function" : strerror(-err);
}

int hooks_attach(struct hooks *hooks, void (*refused)(const char *missing, const char *why))
{
	int last = -ENOENT;

	for (size_t i = 0; i < HOOK_COUNT; i++) {
		const struct hook *hook = &hooks_table[i];

		attach(hooks, i);
		if (!hooks->states[i].error)
			continue;
		last = hooks->states[i].error;
		if (!has_fallback(hooks, i) && !error_of(hooks, hook->reported_with))
			refused(hook->provides, explain(hook, last));
	}
	return hooks_attached(hooks) ? 0 : last;
}

unsigned int hooks_attached(const struct hooks *hooks)
{
	unsigned int attached = 0;

	for (size_t i = 0; i < HOOK_COUNT; i++) {
		if (hooks->states[i].link)
			attached |= reported_kinds(&hooks_table[i]) & hooks->events;
	}
	return attached;
}

size_t hooks_count(void)
{
	return HOOK_COUNT;
}

const char *hooks_section(const struct bpf_object *object, size_t number)
{
	const char *program = hooks_table[number].program;

	return bpf_program__section_name(bpf_object__find_program_by_name(object, program));
}

const char *hooks_provides(size_t number)
{
	return hooks_table[number].provides;
}

bool hooks_choose_one(struct hooks *hooks, const struct bpf_object *object, size_t number)
{
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		struct bpf_program *program;

		program = bpf_object__find_program_by_name(object, hooks_table[i].program);
		bpf_program__set_autoload(program, i == number && hooks->states[i].program);
	}
	return hooks->states[number].program || hooks->states[number].error;
}

int hooks_attach_one(struct hooks *hooks, size_t number)
{
	struct hook_state *state = &hooks->states[number];

	if (!state->program || state->error)
		return state->error;
	state->link = bpf_program__attach(state->program);
	return state->link ? 0 : -errno;
}

/* Returns whether there is such a program and the kernel reports about it. */
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
