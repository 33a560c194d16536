// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "extcap.h"
#include "options.h"
#include "test.h"

#define CALL(...)                                                       \
	char *argv[] = { (char[]){ "tcpdropcap" }, __VA_ARGS__, NULL }; \
	int argc = (int)(sizeof(argv) / sizeof(argv[0])) - 1;           \
	struct extcap_call call;                                        \
	struct error error = { 0 };                                     \
	int err = extcap_parse(argc, argv, &call, &error)

#define W(text)      \
	(char[])     \
	{            \
		text \
	}

/* Returns the command line of the capture as one text. */
static const char *arguments_of(const struct extcap_call *call, struct strbuf *text)
{
	for (int i = 0; i < call->argument_count; i++)
		strbuf_addf(text, "%s%s", i ? " " : "", call->arguments[i]);
	return strbuf_string(text);
}

TEST(call_is_recognized_by_its_arguments)
{
	char *call[] = { W("tcpdropcap"), W("--extcap-version=4.0"), W("--extcap-interfaces") };
	char *capture[] = { W("tcpdropcap"), W("-w"), W("extcap-"), W("--comm"), W("x") };

	CHECK(extcap_is_call(3, call));
	CHECK(!extcap_is_call(5, capture));
	CHECK(!extcap_is_call(1, call));
}

TEST(question_for_interfaces_is_known)
{
	CALL(W("--extcap-interfaces"), W("--extcap-version=4.0"));

	CHECK(err == 0);
	CHECK(call.question == EXTCAP_INTERFACES);
	extcap_free(&call);
}

TEST(unknown_question_is_ignored)
{
	CALL(W("--extcap-nosuch"), W("4"), W("--extcap-other=5"));

	CHECK(err == 0);
	CHECK(call.question == EXTCAP_NOTHING);
	CHECK(call.argument_count == 1);
	extcap_free(&call);
}

TEST(options_of_the_capture_are_kept)
{
	CALL(W("--capture"), W("--extcap-interface"), W("tcpdropcap"), W("--events"), W("drop"),
	     W("--extcap-nosuch"), W("4"), W("--all"), W("--fifo"), W("/f"));
	struct strbuf text = { 0 };

	CHECK(err == 0);
	CHECK(call.question == EXTCAP_CAPTURE);
	CHECK_STR(call.fifo, "/f");
	CHECK_STR(arguments_of(&call, &text), "tcpdropcap --events drop --all -w /f");
	CHECK(!call.arguments[call.argument_count]);
	strbuf_free(&text);
	extcap_free(&call);
}

TEST(empty_field_is_not_an_option)
{
	CALL(W("--capture"), W("--extcap-interface=tcpdropcap"), W("--netns"), W(""), W("--comm="),
	     W("--pid"), W("7"), W("--extcap-capture-filter"), W(""), W("--fifo=/f"));
	struct strbuf text = { 0 };

	CHECK(err == 0);
	CHECK_STR(arguments_of(&call, &text), "tcpdropcap --pid 7 -w /f");
	strbuf_free(&text);
	extcap_free(&call);
}

/* A filter that begins with a dash is not an option. */
TEST(filter_is_after_all_options)
{
	CALL(W("--extcap-capture-filter"), W("-1 = 0"), W("--capture"), W("--extcap-interface"),
	     W("tcpdropcap"), W("--fifo"), W("/f"));
	struct strbuf text = { 0 };

	CHECK(err == 0);
	CHECK_STR(arguments_of(&call, &text), "tcpdropcap -w /f -- -1 = 0");
	strbuf_free(&text);
	extcap_free(&call);
}

TEST(filter_without_a_question_is_checked)
{
	CALL(W("--extcap-interface"), W("tcpdropcap"), W("--extcap-capture-filter"), W("tcp"));

	CHECK(err == 0);
	CHECK(call.question == EXTCAP_CHECK_FILTER);
	CHECK_STR(call.filter, "tcp");
	extcap_free(&call);
}

TEST(other_interface_is_refused)
{
	CALL(W("--extcap-dlts"), W("--extcap-interface"), W("eth0"));

	CHECK(err == -EINVAL);
	CHECK_STR(error.text, "--extcap-interface: no interface 'eth0'; there is tcpdropcap");
	extcap_free(&call);
}

TEST(missing_value_is_refused)
{
	CALL(W("--capture"), W("--fifo"), W("/f"), W("--extcap-interface"));

	CHECK(err == -EINVAL);
	CHECK_STR(error.text, "--extcap-interface: missing");
	extcap_free(&call);
}

TEST(capture_needs_a_fifo)
{
	CALL(W("--capture"), W("--extcap-interface"), W("tcpdropcap"));

	CHECK(err == -EINVAL);
	CHECK(strstr(error.text, "--fifo"));
	extcap_free(&call);
}

/* Parses a value of a field of the dialog as the capture does. */
static int try_field(const char *call, const char *value)
{
	char *argv[] = { W("tcpdropcap"), (char *)(uintptr_t)call, (char *)(uintptr_t)value, NULL };
	struct options options;
	struct error error = { 0 };
	int err = options_parse(OPTION_CAPTURE, value ? 3 : 2, argv, &options, &error);

	if (err)
		printf("%s %s: %s\n", call, value, error.text);
	options_free(&options);
	return err;
}

/*
 * Returns the number of choices and flags of the dialog that the capture accepts; -1 if a line is
 * neither a field nor a choice.
 */
static int try_all(char *config)
{
	char call[32] = "", value[32], type[16];
	char *rest = config, *line;
	int tried = 0;

	while ((line = strsep(&rest, "\n"))) {
		if (sscanf(line, "arg {number=%*d}{call=%31[^}]}{display=%*[^}]}{type=%15[^}]",
			   call, type) == 2)
			tried += strcmp(type, "boolflag") == 0 && !try_field(call, NULL);
		else if (sscanf(line, "value {arg=%*d}{value=%31[^}]", value) == 1)
			tried += strstr(line, "{enabled=true}") && !try_field(call, value);
		else if (*line)
			return -1;
	}
	return tried;
}

TEST(each_choice_of_the_dialog_is_an_option_of_the_capture)
{
	struct strbuf text = { 0 };

	extcap_config(&text);
	/* events, stacks, states with NONE, a flag, rings */
	CHECK(try_all(text.data) == 7 + 3 + 14 + 1 + 4);
	strbuf_free(&text);
}

/* In a dialog that is opened for the first time, no box is checked. */
TEST(dialog_explains_an_empty_choice)
{
	char *argv[] = { W("tcpdropcap"), W("--events"), W("drop,retransmit,synack"), NULL };
	struct options defaults, first_three;
	struct strbuf text = { 0 };
	struct error error = { 0 };

	extcap_config(&text);
	CHECK(strstr(strbuf_string(&text), "{display=Events (none checked: those with *)}"));
	CHECK(strstr(strbuf_string(&text),
		     "value {arg=0}{value=drop}{display=* Drops}{enabled=true}{default=true}\n"
		     "value {arg=0}{value=retransmit}"));
	CHECK(strstr(strbuf_string(&text),
		     "{display=* Retransmissions of a SYN-ACK}{enabled=true}{default=true}\n"
		     "value {arg=0}{value=tlp}"));
	CHECK(options_parse(OPTION_CAPTURE, 1, argv, &defaults, &error) == 0);
	CHECK(options_parse(OPTION_CAPTURE, 3, argv, &first_three, &error) == 0);
	CHECK(defaults.filter.events == first_three.filter.events);
	CHECK(strstr(strbuf_string(&text), "{display=States (none checked: all)}"));
	CHECK(defaults.filter.states == 0);
	options_free(&defaults);
	options_free(&first_three);
	strbuf_free(&text);
}
