// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "extcap.h"
#include "report/names.h"
#include "util/version.h"

#define INTERFACE "tcpdropcap"
#define TITLE	  "TCP drops and retransmits"
#define PREFIX	  "--extcap-"
#define PROGRAM	  "tcpdropcap"
#define HELP	  "/share/doc/tcpdropcap/wireshark.txt"

struct choice {
	const char *value;
	const char *title;
	bool is_default;
};

/*
 * A row of the dialog. Its call is an option of the capture, with the same default. Wireshark (4.0
 * to 4.6) opens a multicheck with nothing checked and sends nothing then; it shows the defaults
 * only after its button for them is pressed. So the title says what an empty choice means.
 */
struct field {
	const char *call;
	const char *title;
	const char *type;
	const char *tooltip;
	const struct choice *choices; /* the last one has a NULL value; NULL: no choices */
};

static const struct choice event_choices[] = {
	{ "drop", "* Drops", true },
	{ "retransmit", "* Retransmissions", true },
	{ "synack", "* Retransmissions of a SYN-ACK", true },
	{ "tlp", "Attempts of a tail loss probe", false },
	{ "reset", "Resets, sent and received", false },
	{ "state", "Changes of a socket's state", false },
	{ "life", "Connections that end", false },
	{ NULL, NULL, false },
};

static const struct choice stack_choices[] = {
	{ "auto", "of each event, in a flood of some events", true },
	{ "all", "of each event", false },
	{ "none", "none (the stack is most of the cost of an event)", false },
	{ NULL, NULL, false },
};

static const struct choice ring_choices[] = {
	{ "4", "4 MiB", false },     { "16", "16 MiB", true }, { "64", "64 MiB", false },
	{ "256", "256 MiB", false }, { NULL, NULL, false },
};

/* Marks the field whose choices are made from the names of the states. */
static const struct choice state_choices[] = { { NULL, NULL, false } };

static const struct field fields[] = {
	{ "--events", "Events (none checked: those with *)", "multicheck",
	  "The action of the kernel on a packet", event_choices },
	{ "--stack", "Kernel stack", "selector", "Which events have the kernel stack",
	  stack_choices },
	{ "--netns", "Network namespace", "string",
	  "A name in /run/netns, a path, or an inode number; empty: all", NULL },
	{ "--comm", "Owner's command", "string",
	  "Only events of sockets that these commands own: nginx,redis", NULL },
	{ "--pid", "Owner's process", "string",
	  "Only events of sockets that these processes own: 812,813", NULL },
	{ "--reason", "Reasons", "string",
	  "Only drops with these reasons: NETFILTER_DROP,NO_SOCKET", NULL },
	{ "--state", "States (none checked: all)", "multicheck",
	  "Only events of sockets in these states", state_choices },
	{ "--all", "Also benign frees", "boolflag", "Packets that were freed, but not lost", NULL },
	{ "--buffer-size", "Kernel's ring", "selector", "Larger if events are lost", ring_choices },
};

/* Without enabled=true, Wireshark shows the box of a multicheck, but it cannot be checked. */
static void add_choice(struct strbuf *text, size_t field, const char *value, const char *title,
		       bool is_default)
{
	strbuf_addf(text, "value {arg=%zu}{value=%s}{display=%s}{enabled=true}%s\n", field, value,
		    title, is_default ? "{default=true}" : "");
}

static void add_states(struct strbuf *text, size_t field)
{
	for (unsigned int state = 1; state < STATE_COUNT; state++)
		add_choice(text, field, state_name(state), state_name(state), false);
	add_choice(text, field, "NONE", "no socket", false);
}

/* Adds the URL of the file; its path cannot end the value or the sentence of the protocol. */
static void add_url(struct strbuf *text, const char *path)
{
	strbuf_add(text, "file://");
	for (; *path; path++) {
		if (isalnum((unsigned char)*path) || strchr("/._-", *path))
			strbuf_add_bytes(text, path, 1);
		else
			strbuf_addf(text, "%%%02X", (unsigned char)*path);
	}
}

/*
 * The page that the button Help of the dialog opens, which install.sh puts beside the program:
 * without it, the button would open a page of Wireshark's own that says nothing of us.
 */
static void add_help(struct strbuf *text)
{
	char path[4096 + sizeof(HELP)];
	ssize_t length = readlink("/proc/self/exe", path, 4096);
	char *bin;

	path[length < 0 ? 0 : length] = '\0';
	bin = strstr(path, "/bin/" PROGRAM);
	if (!bin || strcmp(bin, "/bin/" PROGRAM) != 0)
		return;
	strcpy(bin, HELP);
	if (access(path, R_OK))
		return;
	strbuf_add(text, "{help=");
	add_url(text, path);
	strbuf_add(text, "}");
}

void extcap_interfaces(struct strbuf *text)
{
	strbuf_addf(text, "extcap {version=%s}{display=%s}", VERSION, TITLE);
	add_help(text);
	strbuf_add(text, "\n");
	strbuf_addf(text, "interface {value=%s}{display=%s}\n", INTERFACE, TITLE);
}

void extcap_link_types(struct strbuf *text)
{
	strbuf_add(text, "dlt {number=1}{name=EN10MB}{display=Ethernet}\n");
}

void extcap_config(struct strbuf *text)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct field *field = &fields[i];

		strbuf_addf(text, "arg {number=%zu}{call=%s}{display=%s}{type=%s}{tooltip=%s}\n", i,
			    field->call, field->title, field->type, field->tooltip);
		if (field->choices == state_choices)
			add_states(text, i);
		for (const struct choice *choice = field->choices; choice && choice->value;
		     choice++)
			add_choice(text, i, choice->value, choice->title, choice->is_default);
	}
}

bool extcap_is_call(int argc, char *const *argv)
{
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], PREFIX, strlen(PREFIX)) == 0)
			return true;
	}
	return false;
}

/*
 * Returns the value of "--name value" or "--name=value" and moves *at after it; NULL: the word at
 * *at is another option.
 */
static const char *take_value(const char *name, char **argv, int *at)
{
	size_t length = strlen(name);
	const char *word = argv[*at];

	if (strncmp(word, name, length) != 0 || (word[length] && word[length] != '='))
		return NULL;
	(*at)++;
	if (word[length])
		return word + length + 1;
	word = argv[*at];
	*at += word != NULL;
	return word ? word : "";
}

/* Skips an unknown option of the protocol, with the next word if that is a value. */
static void skip_option(char **argv, int *at)
{
	bool has_value = strchr(argv[*at], '=');

	(*at)++;
	if (!has_value && argv[*at] && argv[*at][0] != '-')
		(*at)++;
}

static void take_option(struct extcap_call *call, char **argv, int *at)
{
	char *word = argv[(*at)++];

	if (strncmp(word, "--", 2) == 0 && argv[*at] && !*argv[*at])
		(*at)++;
	else if (*word && !(strchr(word, '=') && !strchr(word, '=')[1]))
		call->arguments[call->argument_count++] = word;
}

/* Takes one word of the command line, with its value. */
static void take_word(struct extcap_call *call, char **argv, int *at)
{
	static const struct {
		const char *word;
		enum extcap_question question;
	} questions[] = {
		{ "--extcap-interfaces", EXTCAP_INTERFACES },
		{ "--extcap-dlts", EXTCAP_LINK_TYPES },
		{ "--extcap-config", EXTCAP_CONFIG },
		{ "--capture", EXTCAP_CAPTURE },
	};
	const char *value;

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		if (strcmp(argv[*at], questions[i].word) == 0) {
			call->question = questions[i].question;
			(*at)++;
			return;
		}
	}
	if ((value = take_value("--extcap-interface", argv, at)))
		call->interface = *value ? value : NULL;
	else if ((value = take_value("--extcap-capture-filter", argv, at)))
		call->filter = *value ? value : NULL;
	else if ((value = take_value("--fifo", argv, at)))
		call->fifo = *value ? value : NULL;
	else if (strncmp(argv[*at], PREFIX, strlen(PREFIX)) == 0)
		skip_option(argv, at);
	else
		take_option(call, argv, at);
}

static int check(const struct extcap_call *call, struct error *error)
{
	if (call->question == EXTCAP_INTERFACES || call->question == EXTCAP_NOTHING)
		return 0;
	if (!call->interface)
		return error_set(error, -EINVAL, "--extcap-interface: missing");
	if (strcmp(call->interface, INTERFACE) != 0)
		return error_set(error, -EINVAL,
				 "--extcap-interface: no interface '%s'; there is " INTERFACE,
				 call->interface);
	if (call->question == EXTCAP_CAPTURE && !call->fifo)
		return error_set(error, -EINVAL,
				 "--fifo is missing: it names the pipe to which --capture writes");
	return 0;
}

int extcap_parse(int argc, char **argv, struct extcap_call *call, struct error *error)
{
	int at = 1;

	/* At most all words, and -w FIFO -- FILTER, and NULL. */
	*call = (struct extcap_call){ .arguments = calloc((size_t)argc + 5, sizeof(char *)) };
	if (!call->arguments)
		return error_set(error, -ENOMEM, "out of memory");
	call->arguments[call->argument_count++] = argv[0];
	while (at < argc)
		take_word(call, argv, &at);
	if (call->question == EXTCAP_NOTHING && call->filter)
		call->question = EXTCAP_CHECK_FILTER;
	if (call->fifo) {
		call->arguments[call->argument_count++] = "-w";
		call->arguments[call->argument_count++] = (char *)(uintptr_t)call->fifo;
	}
	if (call->filter) {
		call->arguments[call->argument_count++] = "--";
		call->arguments[call->argument_count++] = (char *)(uintptr_t)call->filter;
	}
	return check(call, error);
}

void extcap_free(struct extcap_call *call)
{
	free(call->arguments);
	call->arguments = NULL;
}
