// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "option_hint.h"

#define EVENTS (OPTION_CAPTURE | OPTION_COUNT)
#define ANY    (~0U)

static const struct {
	unsigned int commands; /* bitmask of enum option_command */
	const char *option;
	const char *hint;
} hints[] = {
	{ EVENTS, "-p", "--pid LIST selects the owners of the sockets" },
	{ EVENTS, "-T", "the commands life and retrans print the time of day" },
	{ EVENTS, "-L", "'tcpdropcap life -L' selects local ports; here write 'src port PORT'" },
	{ EVENTS, "-D",
	  "'ip link' lists the interfaces for -i; to select remote ports write 'dst port PORT', or "
	  "'tcpdropcap life -D PORT'" },
	{ EVENTS, "-l",
	  "each line is printed at once; '-e tlp' and 'tcpdropcap retrans -l' show tail loss "
	  "probes" },
	{ EVENTS, "-#", "'tcpdropcap ... | nl' numbers the lines" },
	{ OPTION_LIFE, "-w",
	  "-W prints wide lines, and 'tcpdropcap -e life -w FILE' writes pcapng" },
	{ OPTION_RETRANS, "-w", "'tcpdropcap -e retransmit,synack -w FILE' writes pcapng" },
	{ ANY, "--container",
	  "--cgroup takes a part of the cgroup's path, such as the container's id" },
	{ OPTION_TOP, "--cgroupmap", "--cgroup takes a path, or a part of one" },
	{ OPTION_REPORT, "-r", "the files are words: tcpdropcap report FILE..." },
	{ OPTION_REPORT, "-w", "-o names the file of the report" },
	{ ANY, "--recorder", "a capture into files has it: tcpdropcap --recorder SIZE -w FILE" },
	{ ANY, "--trigger", "a recorder has it: tcpdropcap --recorder SIZE -w FILE" },
	{ ANY, "--netnsid", "--netns takes the name or the inode number of a namespace" },
	{ ANY, "--pid-netns",
	  "--netns takes the inode number that 'readlink /proc/PID/ns/net' prints" },
	{ ANY, "--mntnsmap", "no filter is by mount namespace" },
};

/* Whether the word is this option, alone or with a value after "=". */
static bool is_option(const char *word, const char *option)
{
	size_t length = strlen(option);

	return strncmp(word, option, length) == 0 && (!word[length] || word[length] == '=');
}

const char *option_hint(enum option_command command, const char *option)
{
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		if (hints[i].commands & command && is_option(option, hints[i].option))
			return hints[i].hint;
	}
	return NULL;
}
