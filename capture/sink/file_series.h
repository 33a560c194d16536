/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FILE_SERIES_H
#define FILE_SERIES_H

/*
 * Files that are written one after the other. Each gets its name when it is complete
 * (output_open_part), and is then passed to a command. The caller decides when the next file
 * begins, and its name.
 */

#include "sink.h"

struct file_series;

/* *config must outlive the series. Returns NULL and the error. */
struct file_series *file_series_new(const struct sink_files_config *config, struct error *error);

/* Waits for the commands that still run, and reports on them; NULL is accepted. */
void file_series_free(struct file_series *series);

/*
 * Opens the sink of the file. why: of a dump, a text that says what it was made by; or NULL.
 */
struct sink *file_series_open(struct file_series *series, const char *name, const char *why,
			      const struct output_aside *aside, struct error *error);

/* The file of this name is whole: it is counted, and the command runs on it. In any thread. */
void file_series_has(struct file_series *series, const char *name);

/* Reports the failures of commands so far. */
void file_series_tick(struct file_series *series);

/* Returns how many files are whole. */
uint64_t file_series_finished(const struct file_series *series);

#endif
