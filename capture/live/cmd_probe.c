// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "commands.h"
#include "filter/expression.h"
#include "kernel/btf.h"
#include "filter/cbpf_to_ebpf.h"
#include "util/log.h"
#include "kernel/reason.h"
#include "kernel/probe.h"
#include "kernel/symbolize.h"
#include "util/strbuf.h"
#include "util/version.h"

#define STACK_DEPTH_PATH "/proc/sys/kernel/perf_event_max_stack"

/* Features that the running kernel supports. */
struct probe_findings {
	struct utsname kernel;
	struct strbuf hooks; /* in the output's form */
	bool json;
	unsigned int attached;
	size_t drop_reasons;
	size_t reset_reasons;
	unsigned int kfree_skb_args;
	bool receiver_hooked;	    /* by the hooks that find the receiving socket of a drop */
	bool files, accepts, opens; /* sources of owners */
	bool symbols_hidden;
	size_t symbols;
	unsigned long stack_depth; /* 0: unknown */
	struct error expression;   /* why none runs in the kernel; without a text: it does */
};

static void note_attached(struct probe_findings *findings, const char *hook)
{
	findings->attached++;
	if (strcmp(hook, "fentry/tcp_v4_do_rcv") == 0)
		findings->receiver_hooked = true;
	else if (strcmp(hook, "iter/task_file") == 0)
		findings->files = true;
	else if (strcmp(hook, "fexit/inet_csk_accept") == 0)
		findings->accepts = true;
	else if (strcmp(hook, "tp_btf/inet_sock_set_state") == 0)
		findings->opens = true;
}

/* A tracepoint that this kernel does not have. */
static bool is_absent(const struct probe_finding *finding)
{
	return finding->error == -ENOENT && strncmp(finding->hook, "tp_btf/", 7) == 0;
}

/* The error of the system call would send root looking for a file, or for more privileges. */
static const char *explain_refusal(const struct probe_finding *finding)
{
	if (finding->error == -EPERM && strncmp(finding->hook, "fe", 2) == 0)
		return "fentry is not permitted";
	if (finding->error == -ENOENT && strncmp(finding->hook, "kprobe/", 7) == 0)
		return "there are no kprobes";
	return strerror(-finding->error);
}

static void add_hook(void *context, const struct probe_finding *finding)
{
	const char *status = !finding->needed	  ? "not needed"
			     : is_absent(finding) ? "absent"
			     : finding->error	  ? "refused"
						  : "attached";
	const char *why = finding->error && !is_absent(finding) ? explain_refusal(finding) : NULL;
	struct probe_findings *findings = context;
	struct strbuf *out = &findings->hooks;

	if (finding->needed && !finding->error)
		note_attached(findings, finding->hook);
	if (!findings->json) {
		strbuf_addf(out, "  %-10s  %-33s %s%s%s\n", status, finding->hook,
			    finding->provides, why ? ": " : "", why ? why : "");
		return;
	}
	strbuf_addf(out, "%s{\"hook\":\"%s\",\"provides\":\"%s\",\"status\":\"%s\"",
		    out->length ? "," : "", finding->hook, finding->provides, status);
	if (why)
		strbuf_addf(out, ",\"error\":\"%s\"", why);
	strbuf_add(out, "}");
}

static unsigned long read_stack_depth(void)
{
	unsigned long depth = 0;
	FILE *file = fopen(STACK_DEPTH_PATH, "re");

	if (!file)
		return 0;
	if (fscanf(file, "%lu", &depth) != 1)
		depth = 0;
	fclose(file);
	return depth;
}

static size_t count_reasons(struct kernel_btf *btf, const struct reason_enum *from)
{
	struct reasons *reasons = reasons_new(btf, from);
	size_t count = reasons ? reasons_count(reasons) : 0;

	reasons_free(reasons);
	return count;
}

/* Tries an expression with all kinds of instructions that a filter may have. */
static void try_expression(const struct kernel_btf *btf, struct error *why)
{
	char *words[] = { "tcp[tcpflags] & tcp-syn != 0 and net 10.0.0.0/8 and len > 60" };
	struct expression *expression = expression_new(words, 1, why);
	struct ebpf_filter *filter = expression ? ebpf_filter_new(expression, why) : NULL;
	int err = filter ? probe_filter(btf, filter->insns, filter->count) : 0;

	if (err)
		error_set(why, err, "%s", strerror(-err));
	free(filter);
	expression_free(expression);
}

static int find_all(struct probe_findings *findings, struct error *error)
{
	struct kernel_btf *btf = kernel_btf_open(error);
	struct symbols *symbols;
	int err;

	if (!btf)
		return -ENOENT;
	uname(&findings->kernel);
	findings->drop_reasons = count_reasons(btf, &drop_reason_enum);
	findings->reset_reasons = count_reasons(btf, &reset_reason_enum);
	findings->kfree_skb_args = kernel_btf_tracepoint_args(btf, "kfree_skb");
	findings->stack_depth = read_stack_depth();
	findings->symbols_hidden = symbols_hidden();
	symbols = findings->symbols_hidden ? NULL : symbols_new();
	findings->symbols = symbols ? symbols_count(symbols) : 0;
	symbols_free(symbols);
	try_expression(btf, &findings->expression);
	err = probe_hooks(btf, add_hook, findings);
	kernel_btf_close(btf);
	if (err)
		error_set(error, err, "cannot open the BPF object: %s", strerror(-err));
	return err;
}

/* The way in which the receiving socket of a dropped packet is found. */
static const char *receiver(const struct probe_findings *findings)
{
	if (findings->kfree_skb_args >= 4)
		return "rx_sk";
	return findings->receiver_hooked ? "fentry" : "none";
}

static void list_owner_sources(const struct probe_findings *findings, const char *separator,
			       const char *quote, struct strbuf *out)
{
	const struct {
		bool there;
		const char *name;
	} sources[] = {
		{ findings->files, "open files" },
		{ findings->opens, "connect, listen, close" },
		{ findings->accepts, "accept" },
	};
	const char *between = "";

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		if (!sources[i].there)
			continue;
		strbuf_addf(out, "%s%s%s%s", between, quote, sources[i].name, quote);
		between = separator;
	}
}

static void print_text(const struct probe_findings *findings)
{
	struct strbuf owners = { 0 };

	list_owner_sources(findings, "; ", "", &owners);
	printf("%s on %s %s %s\n\n", version_of_program(), findings->kernel.sysname,
	       findings->kernel.release, findings->kernel.machine);
	printf("hooks\n%s\n", strbuf_string(&findings->hooks));
	printf("drop reasons       %zu names\n", findings->drop_reasons);
	printf("reset reasons      %zu names\n", findings->reset_reasons);
	printf("receiving sockets  %s (kfree_skb has %u arguments)\n", receiver(findings),
	       findings->kfree_skb_args);
	printf("owners             %s\n", owners.length ? strbuf_string(&owners) : "none");
	if (findings->symbols_hidden)
		printf("stacks             hidden (kernel.kptr_restrict, or not root)\n");
	else
		printf("stacks             at most %lu frames, %zu symbols\n",
		       findings->stack_depth, findings->symbols);
	printf("filter in kernel   event, family, namespace, state, reason\n");
	printf("expression in kernel   %s%s\n", findings->expression.text[0] ? "no: " : "yes",
	       findings->expression.text);
	strbuf_free(&owners);
}

static void print_json(const struct probe_findings *findings)
{
	struct strbuf out = { 0 };

	strbuf_add(&out, "{\"version\":\"" VERSION "\",\"kernel\":");
	strbuf_add_json(&out, findings->kernel.release);
	strbuf_add(&out, ",\"machine\":");
	strbuf_add_json(&out, findings->kernel.machine);
	strbuf_addf(&out, ",\"hooks\":[%s]", strbuf_string(&findings->hooks));
	strbuf_addf(&out, ",\"drop_reasons\":%zu,\"reset_reasons\":%zu", findings->drop_reasons,
		    findings->reset_reasons);
	strbuf_addf(&out, ",\"kfree_skb_args\":%u,\"receiving_socket\":\"%s\",\"owners\":[",
		    findings->kfree_skb_args, receiver(findings));
	list_owner_sources(findings, ",", "\"", &out);
	strbuf_addf(&out, "],\"stack_frames\":%lu,\"symbols\":%zu", findings->stack_depth,
		    findings->symbols);
	strbuf_add(&out,
		   ",\"kernel_filter\":[\"event\",\"family\",\"netns\",\"state\",\"reason\"]");
	strbuf_addf(&out, ",\"kernel_expression\":%s",
		    findings->expression.text[0] ? "false" : "true");
	if (findings->expression.text[0]) {
		strbuf_add(&out, ",\"kernel_expression_error\":");
		strbuf_add_json(&out, findings->expression.text);
	}
	strbuf_add(&out, "}");
	puts(strbuf_string(&out));
	strbuf_free(&out);
}

int probe_kernel(bool json, bool verbose)
{
	struct probe_findings findings = { .json = json };
	struct error error = { 0 };
	int status = EXIT_FAILURE;

	kernel_btf_set_verbose(verbose);
	if (find_all(&findings, &error)) {
		log_line("%s", error.text);
	} else {
		if (json)
			print_json(&findings);
		else
			print_text(&findings);
		if (findings.attached)
			status = EXIT_SUCCESS;
		else
			log_line("no hook can be attached; need CAP_BPF and CAP_PERFMON: "
				 "run as root");
	}
	strbuf_free(&findings.hooks);
	return status;
}
