/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ACTOR_H
#define ACTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/live/endpoint.h"

/*
 * The processes of a round of tests/torture. The plan is a text with a step per line, "verb
 * key=value ..."; actors.c executes it, and each actor is a process in a namespace of the round. An
 * actor reports what the judge has to know as a line on stdout:
 *
 *   hold TIME PID COMM ADDRESS PORT PEER PEER-PORT   the process has that connection's socket open
 *   left TIME PID COMM ADDRESS PORT PEER PEER-PORT   the process has closed it
 *   listen TIME PID COMM ADDRESS PORT                the process listens
 *   note NAME VALUE                                  a count that the plan requests
 */
struct step {
	char *text; /* NUL-terminated; step_parse() modifies it */
	char *verb;
	char *keys[32];
	char *values[32];
	int count;
};

/* Returns the value of a key of the step, or `otherwise`. Both live as long as the step. */
const char *step_text(const struct step *step, const char *key, const char *otherwise);
int step_number(const struct step *step, const char *key, int otherwise);
/* Returns whether the word is in the step's "flags=word,word". */
bool step_flag(const struct step *step, const char *word);

/*
 * Parses ADDRESS:PORT (at the last colon; PORT is decimal and may be empty). Exits with a message
 * if the text is invalid.
 */
struct endpoint endpoint_parse(const char *text);

/* Joins the network namespace /run/netns/NAME. Exits with a message if it does not exist. */
void enter_netns(const char *name);
__attribute__((noreturn)) void die(const char *what);
void sleep_ms(int ms);
long now_ms(void);
void set_comm(const struct step *step);
/*
 * Prints a line "WORD TIME PID COMM ..." for a connection or a listener; a socket without a peer is
 * printed without one.
 */
void say_socket(const char *word, int fd);

/* Reports to the plan that the actor is "up": it has reached the state for which the plan waits. */
void tell_up(void);
/* Waits until the plan's "go" for this actor arrives, or for that time at most. */
void wait_for_go(int ms);

/* The actors. They return when they have finished, or SIGTERM ends them. */
void act_client(const struct step *step);
void act_server(const struct step *step);
void act_wire(const struct step *step);
void act_bystander(const struct step *step);
void act_inject(const struct step *step);

#endif
