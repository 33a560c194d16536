// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/stat.h>

#include "capture.h"
#include "util/log.h"
#include "util/signals.h"
#include "util/terminal.h"

/* All that was accepted so far is below the sink. */
static void mark(struct capture *capture)
{
	uint64_t lost = enrich_lost(capture->session.enrich);
	struct write_mark mark = { capture->accepted - capture->marked.events,
				   lost - capture->marked.lost };

	write_queue_mark(capture->session.queue, mark);
	capture->marked = (struct write_mark){ capture->accepted, lost };
}

/* Counts an event that will be in no file. The next event that is written reports the loss. */
static void lose_report(struct capture *capture, uint64_t *count)
{
	(*count)++;
	enrich_lost_later(capture->session.enrich, 1, 0);
}

/* Counts what has failed since the last time. */
static struct write_counts settle(struct capture *capture)
{
	struct write_counts now = write_queue_counts(capture->session.queue);
	uint64_t events = now.failed.events - capture->failed.events;
	uint64_t lost = now.failed.lost - capture->failed.lost;

	capture->failed = now.failed;
	capture->counts.written -= events;
	capture->counts.unwritten += events;
	capture->marked.lost -= lost;
	enrich_lost_later(capture->session.enrich, events, lost);
	return now;
}

/* Flushes the sink, so that its events are counted for the file that is open. */
static void pass_on(struct capture *capture)
{
	struct sink *sink = capture->session.sink;

	if (!capture->error)
		capture->error = sink->tick(sink);
	if (!capture->error)
		mark(capture);
}

/* lost: events that were lost after all those that were written. */
static void turn_file(struct capture *capture, uint64_t lost)
{
	struct sink *sink = capture->session.sink;
	int err;

	pass_on(capture);
	err = capture->error ? capture->error : sink->turn(sink, lost);
	if (err == SINK_REFUSES)
		return;
	capture->error = err;
	if (err)
		return;
	if (lost) /* the sink has marked them; else the next event has those so far */
		enrich_wrote_losses(capture->session.enrich, lost);
	capture->marked.lost = enrich_lost(capture->session.enrich);
}

static enum sink_turn next_turn(struct capture *capture)
{
	struct sink *sink = capture->session.sink;
	enum sink_turn turn = SINK_STAYS;

	if (!capture->error && sink->due)
		turn = sink->due(sink);
	capture->is_last_over |= turn == SINK_ENDS;
	return turn;
}

void capture_write_report(struct capture *capture)
{
	struct sink *sink = capture->session.sink;
	int err;

	if (!write_queue_has_room(capture->session.queue)) {
		lose_report(capture, &capture->counts.slow);
		return;
	}
	if (next_turn(capture) == SINK_TURNS) /* losses before this report are in it */
		turn_file(capture, 0);
	err = capture->error ? capture->error : sink->add(sink, &capture->report);
	if (err) {
		lose_report(capture, &capture->counts.unwritten);
		capture->error = err == SINK_REFUSES ? 0 : err;
		return;
	}
	capture->accepted++;
	capture->counts.written++;
	if (capture->counts.tally)
		tally_add(capture->counts.tally, &capture->report);
	enrich_written(capture->session.enrich);
	if (sink->has_all && sink->has_all(sink))
		mark(capture);
}

/* While there is no room, nothing is added to what waits. */
void capture_flush(struct capture *capture)
{
	struct sink *sink = capture->session.sink;
	struct capture_health *health = sink && sink->health ? sink->health(sink) : NULL;
	struct write_counts now;

	if (health)
		summary_health(&capture->counts, &capture->session, health);
	if (!sink || !write_queue_has_room(capture->session.queue))
		return;
	pass_on(capture);
	now = settle(capture);
	if (!capture->error && !sink->turn)
		capture->error = now.error;
}

/* If the ring is empty, all losses so far happened before the end of the file. */
static uint64_t losses_so_far(const struct capture *capture, bool is_ring_empty)
{
	return is_ring_empty ? summary_lost_at_end(&capture->counts, &capture->session) : 0;
}

static bool has_its_name(const struct capture *capture)
{
	struct stat st;

	return !stat(capture->options->write_path, &st) && st.st_dev == capture->device &&
	       st.st_ino == capture->inode;
}

static void note_file(struct capture *capture)
{
	struct stat st;

	capture->inode = 0;
	if (stat(capture->options->write_path, &st) || !S_ISREG(st.st_mode))
		return;
	capture->device = st.st_dev;
	capture->inode = st.st_ino;
}

/* To write into the same file again would empty it. */
static void reopen_file(struct capture *capture, uint64_t lost)
{
	const char *path = capture->options->write_path;
	struct error error;

	if (has_its_name(capture)) {
		log_note("%s: SIGHUP: it still has its name, so it is not opened again", path);
		return;
	}
	pass_on(capture);
	if (capture->error)
		return;
	capture->error = session_reopen_sink(&capture->session, capture->run, lost, &error);
	if (capture->error) {
		log_line("%s", error.text);
		return;
	}
	enrich_wrote_losses(capture->session.enrich, lost);
	note_file(capture);
}

void capture_prepare_turn(struct capture *capture)
{
	const struct options *options = capture->options;

	/* The files of a recorder are its dumps. */
	if (!options->write_path || options->recorder.bytes || terminal_controls())
		return;
	note_file(capture);
	if (capture->session.sink->turn || capture->inode)
		signals_rotate_on_hangup();
}

void capture_turn(struct capture *capture, bool is_ring_empty)
{
	enum sink_turn turn;
	bool asked;

	/* A request that arrives during this is kept for the next call. */
	if (capture->error || !write_queue_has_room(capture->session.queue))
		return;
	turn = next_turn(capture);
	asked = signals_rotate_asked();
	if (asked && !capture->session.sink->turn)
		reopen_file(capture, losses_so_far(capture, is_ring_empty));
	else if (turn == SINK_TURNS || asked)
		turn_file(capture, losses_so_far(capture, is_ring_empty));
}

void capture_close_output(struct capture *capture)
{
	struct session *session = &capture->session;
	struct sink *sink = session->sink;
	bool is_one_file = sink && !sink->turn;
	struct write_counts now;
	int err = 0;

	if (sink) {
		pass_on(capture);
		settle(capture);
		if (session->account && sink->account && !capture->error)
			capture->error = sink->account(sink, &capture->account);
		err = sink->close(sink, summary_lost_at_end(&capture->counts, session));
	}
	session->sink = NULL;
	write_queue_wait(session->queue);
	now = settle(capture);
	if (!capture->error)
		capture->error = err || !is_one_file ? err : now.error;
	capture->counts.unwritten += capture->counts.written - now.written.events;
	capture->counts.written = now.written.events;
}
