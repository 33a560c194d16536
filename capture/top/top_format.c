// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "report/names.h"
#include "top_format.h"
#include "util/time.h"

#define CELL_MAX	 512 /* bytes; a longer value, such as the path of a cgroup, is cut */
#define SHORTEST_ADDRESS 10  /* columns */

enum column {
	PID,
	COMM,
	LADDR,
	RADDR,
	RX_KB,
	TX_KB,
	RETR,
	RTT_MS,
	SKDROP,
	STATE,
	CGROUP,
	COLUMNS,
};

static const struct {
	const char *title;
	unsigned int width;
	unsigned int from; /* the least width of a terminal that has the column */
	bool is_right;
} columns[COLUMNS] = {
	[PID] = { "PID", 7, 0, false },		 [COMM] = { "COMM", 12, 56, false },
	[LADDR] = { "LADDR", 21, 78, false },	 [RADDR] = { "RADDR", 21, 0, false },
	[RX_KB] = { "RX_KB", 6, 0, true },	 [TX_KB] = { "TX_KB", 6, 0, true },
	[RETR] = { "RETR", 5, 84, true },	 [RTT_MS] = { "RTT_MS", 7, 92, true },
	[SKDROP] = { "SKDROP", 6, 99, true },	 [STATE] = { "STATE", 11, 111, false },
	[CGROUP] = { "CGROUP", 10, 122, false },
};

/* Widths of columns; 0: the column is not shown. */
struct layout {
	unsigned int widths[COLUMNS];
};

struct cell {
	char text[CELL_MAX];
	unsigned int width; /* characters */
};

/* Returns the number of characters of UTF-8. */
static unsigned int width_of(const char *text)
{
	unsigned int width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

/* Cuts the text to `width` characters, of which the last becomes a ~. */
static void cut(struct cell *cell, unsigned int width)
{
	unsigned int seen = 0;
	char *at = cell->text;

	if (cell->width <= width || !width)
		return;
	for (; *at; at++) {
		if ((*at & 0xc0) != 0x80 && ++seen == width)
			break;
	}
	strcpy(at, "~");
	cell->width = width;
}

static void set_printable(struct cell *cell, const char *value)
{
	struct strbuf text = { 0 };
	size_t length;

	strbuf_add_printable(&text, value ? value : "-");
	length = text.length < CELL_MAX - 1 ? text.length : CELL_MAX - 1;
	while (length && (text.data[length] & 0xc0) == 0x80)
		length--; /* to the start of a character */
	memcpy(cell->text, strbuf_string(&text), length);
	cell->text[length] = '\0';
	strbuf_free(&text);
	cell->width = width_of(cell->text);
}

/* Sets the address and port of one end. The middle of the address is left out if width is not 0. */
static void set_endpoint(struct cell *cell, const struct socket_sample *sample, bool is_local,
			 unsigned int width)
{
	unsigned int port = is_local ? sample->local_port : sample->remote_port;
	bool ipv6 = sample->family == AF_INET6;
	char ip[INET6_ADDRSTRLEN], rest[16];
	int length, room, head;

	inet_ntop(sample->family, is_local ? sample->local : sample->remote, ip, sizeof(ip));
	snprintf(rest, sizeof(rest), "%s:%u", ipv6 ? "]" : "", port);
	length = (int)strlen(ip);
	room = (int)width - (int)strlen(rest) - ipv6;
	if (!width || length <= room || room < 3) {
		snprintf(cell->text, sizeof(cell->text), "%s%s%s", ipv6 ? "[" : "", ip, rest);
	} else {
		head = room / 2;
		snprintf(cell->text, sizeof(cell->text), "%s%.*s~%s%s", ipv6 ? "[" : "", head, ip,
			 ip + length - (room - head - 1), rest);
	}
	cell->width = width_of(cell->text);
}

/* Sets the path; if it is wider than width, its last part, which names the container or unit. */
static void set_cgroup(struct cell *cell, const char *path, unsigned int width)
{
	const char *last = path ? strrchr(path, '/') : NULL;

	set_printable(cell, path);
	if (!width || cell->width <= width || !last || last == path)
		return;
	set_printable(cell, last);
	memmove(cell->text + 1, cell->text, strnlen(cell->text, CELL_MAX - 2) + 1);
	cell->text[0] = '~';
	cell->text[CELL_MAX - 1] = '\0';
	cell->width++;
}

static void set_number(struct cell *cell, uint64_t number)
{
	cell->width = (unsigned int)snprintf(cell->text, sizeof(cell->text), "%llu",
					     (unsigned long long)number);
}

static void set_pid(struct cell *cell, const struct top_owner *owner)
{
	if (owner->known)
		set_number(cell, owner->pid);
	else
		set_printable(cell, NULL);
}

static void set_rtt(struct cell *cell, uint32_t srtt_us)
{
	if (!srtt_us)
		set_printable(cell, NULL);
	else
		cell->width = (unsigned int)snprintf(cell->text, sizeof(cell->text), "%u.%03u",
						     srtt_us / 1000, srtt_us % 1000);
}

static const char *cgroup_of(const struct top_block *block, const struct top_row *row)
{
	if (!row->sample.has_cgroup || !block->cgroup_path)
		return NULL;
	return block->cgroup_path(block->context, row->sample.cgroup_id);
}

/* Sets the value of a column, which is shortened to width characters; 0: not shortened. */
static void set_cell(struct cell *cell, const struct top_block *block, const struct top_row *row,
		     enum column column, unsigned int width)
{
	const struct socket_sample *sample = &row->sample;

	switch (column) {
	case PID:
		set_pid(cell, &row->owner);
		break;
	case COMM:
		set_printable(cell, row->owner.known ? row->owner.comm : NULL);
		break;
	case LADDR:
	case RADDR:
		set_endpoint(cell, sample, column == LADDR, width);
		break;
	case RX_KB:
		set_number(cell, row->rx_bytes / 1024);
		break;
	case TX_KB:
		set_number(cell, row->tx_bytes / 1024);
		break;
	case RETR:
		set_number(cell, row->retransmits);
		break;
	case RTT_MS:
		set_rtt(cell, sample->srtt_us);
		break;
	case SKDROP:
		set_number(cell, row->drops);
		break;
	case STATE:
		set_printable(cell, state_name(sample->state));
		break;
	case CGROUP:
		set_cgroup(cell, cgroup_of(block, row), width);
		break;
	case COLUMNS:
		break;
	}
	cut(cell, width);
}

/* Returns the width that the column needs for all rows. */
static unsigned int needed(const struct top_block *block, enum column column)
{
	unsigned int width = columns[column].width;
	struct cell cell;

	for (size_t i = 0; i < block->count; i++) {
		set_cell(&cell, block, block->rows[i], column, 0);
		if (cell.width > width)
			width = cell.width;
	}
	return width;
}

static unsigned int total(const struct layout *layout)
{
	unsigned int sum = 0;

	for (enum column column = 0; column < COLUMNS; column++)
		sum += layout->widths[column] ? layout->widths[column] + 1 : 0;
	return sum - 1;
}

/* Widens the column up to the width that it needs, as far as the terminal has room. */
static void widen(struct layout *layout, enum column column, unsigned int need, unsigned int width)
{
	unsigned int used = total(layout), *own = &layout->widths[column];
	unsigned int spare = width > used ? width - used : 0;

	if (*own && need > *own)
		*own += need - *own < spare ? need - *own : spare;
}

/* Widens the columns of numbers, which are never shortened, and narrows the addresses if needed. */
static void fit_numbers(struct layout *layout, const struct top_block *block, unsigned int width)
{
	static const enum column addresses[] = { LADDR, RADDR };

	for (enum column column = 0; column < COLUMNS; column++) {
		if (layout->widths[column] && columns[column].is_right)
			layout->widths[column] = needed(block, column);
	}
	for (size_t i = 0; i < 2; i++) {
		unsigned int *own = &layout->widths[addresses[i]];

		while (*own > SHORTEST_ADDRESS && total(layout) > width)
			(*own)--;
	}
}

static void find_layout(struct layout *layout, const struct top_block *block, unsigned int width)
{
	*layout = (struct layout){ 0 };
	for (enum column column = 0; column < COLUMNS; column++) {
		if (!width)
			layout->widths[column] = needed(block, column);
		else if (width >= columns[column].from)
			layout->widths[column] = columns[column].width;
	}
	if (!width)
		return;
	fit_numbers(layout, block, width);
	widen(layout, RADDR, needed(block, RADDR), width);
	widen(layout, LADDR, needed(block, LADDR), width);
	widen(layout, CGROUP, width, width);
}

static void add_line(struct strbuf *out, const struct cell cells[COLUMNS],
		     const struct layout *layout)
{
	unsigned int pending = 0; /* spaces before the next cell; a line does not end with spaces */

	for (enum column column = 0; column < COLUMNS; column++) {
		unsigned int width = layout->widths[column];
		unsigned int rest = width > cells[column].width ? width - cells[column].width : 0;

		if (!width)
			continue;
		pending += columns[column].is_right ? rest : 0;
		strbuf_addf(out, "%*s%s", (int)pending, "", cells[column].text);
		pending = 1 + (columns[column].is_right ? 0 : rest);
	}
}

static void add_titles(struct strbuf *out, const struct layout *layout, bool is_color)
{
	struct cell cells[COLUMNS];

	for (enum column column = 0; column < COLUMNS; column++)
		set_printable(&cells[column], columns[column].title);
	strbuf_add(out, is_color ? "\033[1m" : "");
	add_line(out, cells, layout);
	strbuf_add(out, is_color ? "\033[0m\n" : "\n");
}

void top_format_table(struct strbuf *out, const struct top_block *block, unsigned int width,
		      bool is_color)
{
	struct cell cells[COLUMNS];
	struct layout layout;

	find_layout(&layout, block, width);
	add_titles(out, &layout, is_color);
	for (size_t i = 0; i < block->count; i++) {
		for (enum column column = 0; column < COLUMNS; column++) {
			if (layout.widths[column])
				set_cell(&cells[column], block, block->rows[i], column,
					 layout.widths[column]);
		}
		add_line(out, cells, &layout);
		strbuf_add(out, "\n");
	}
}

void top_format_summary(struct strbuf *out, uint64_t time_ns, const char *loadavg)
{
	time_t now = (time_t)(time_ns / NS_PER_S);
	char clock[16];
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	strbuf_addf(out, "%s loadavg: %.*s\n", clock, (int)strcspn(loadavg, "\n"), loadavg);
}

static void add_address(struct strbuf *out, const char *names[2], int family,
			const uint8_t *address, uint16_t port)
{
	char ip[INET6_ADDRSTRLEN];

	strbuf_addf(out, ",\"%s\":\"%s\",\"%s\":%u", names[0],
		    inet_ntop(family, address, ip, sizeof(ip)), names[1], port);
}

static void add_text(struct strbuf *out, const char *name, const char *value)
{
	if (!value)
		return;
	strbuf_addf(out, ",\"%s\":", name);
	strbuf_add_json(out, value);
}

static void add_owner(struct strbuf *out, const struct top_owner *owner)
{
	if (!owner->known)
		return;
	strbuf_addf(out, ",\"owner_pid\":%u", owner->pid);
	add_text(out, "owner", owner->comm);
	add_text(out, "owner_src", owner->is_current ? "exact" : "current");
}

static void add_object(struct strbuf *out, const struct top_block *block, const struct top_row *row)
{
	const struct socket_sample *sample = &row->sample;

	strbuf_addf(out, "{\"time\":%llu.%09llu,\"interval_ms\":%llu",
		    (unsigned long long)(block->time_ns / NS_PER_S),
		    (unsigned long long)(block->time_ns % NS_PER_S),
		    (unsigned long long)((block->interval_ns + NS_PER_MS / 2) / NS_PER_MS));
	add_address(out, (const char *[]){ "local", "lport" }, sample->family, sample->local,
		    sample->local_port);
	add_address(out, (const char *[]){ "remote", "rport" }, sample->family, sample->remote,
		    sample->remote_port);
	strbuf_addf(out, ",\"rx_bytes\":%llu,\"tx_bytes\":%llu,\"retrans\":%u,\"sk_drops\":%u",
		    (unsigned long long)row->rx_bytes, (unsigned long long)row->tx_bytes,
		    row->retransmits, row->drops);
	if (sample->srtt_us)
		strbuf_addf(out, ",\"srtt_us\":%u", sample->srtt_us);
	add_text(out, "state", state_name(sample->state));
	add_owner(out, &row->owner);
	strbuf_addf(out, ",\"uid\":%u", sample->uid);
	add_text(out, "cgroup", cgroup_of(block, row));
	strbuf_addf(out, ",\"netns\":%u}\n", sample->netns);
}

void top_format_json(struct strbuf *out, const struct top_block *block)
{
	for (size_t i = 0; i < block->count; i++)
		add_object(out, block, block->rows[i]);
}
