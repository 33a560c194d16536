/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ACCOUNT_MIB_H
#define ACCOUNT_MIB_H

/* Parses the files of counters in /proc. Pure; a line of another form is ignored. */

#include <stdint.h>

/* Gets a counter by its name in nstat(8), or by its column. The name lives during the call. */
typedef void account_counter(void *context, const char *name, uint64_t value);

/* net/snmp and net/netstat: a line "Group: Name Name", then "Group: 1 2". text is changed. */
void account_parse_mib(char *text, account_counter *found, void *context);

/* net/snmp6: lines "Name 1". text is changed. */
void account_parse_list(char *text, account_counter *found, void *context);

/* net/stat/nf_conntrack: a line of names, then one of hexadecimal numbers a CPU. */
void account_parse_columns(char *text, account_counter *found, void *context);

/* net/softnet_stat: a line a CPU; the second number is that of drops, found as "dropped". */
void account_parse_softnet(char *text, account_counter *found, void *context);

#endif
