/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ACTOR_H
#define ACTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/live/endpoint.h"

/*
 * The processes of a round of tests/torture. The plan is a text, a step a line, "verb key=value
 * ..."; actors.c carries it out, each actor is a process of its own in its namespace. What an actor
 * does that the judge has to know is a line on stdout:
 *
 *   hold TIME PID COMM ADDRESS PORT PEER PEER-PORT   the process has that connection's socket open
 *   left TIME PID COMM ADDRESS PORT PEER PEER-PORT   it has closed it
 *   listen TIME PID COMM ADDRESS PORT                it listens
 *   note NAME VALUE                                  a count that the plan asked for
 */
struct step {
	char *text; /* NUL-terminated, changed by step_parse */
	char *verb;
	char *keys[32];
	char *values[32];
	int count;
};

/* The value of a key of the step, or otherwise. Both live as long as the step. */
const char *step_text(const struct step *step, const char *key, const char *otherwise);
int step_number(const struct step *step, const char *key, int otherwise);
/* Whether a word is in the step's "flags=word,word". */
bool step_flag(const struct step *step, const char *word);

/*
 * Parses ADDRESS:PORT (the last colon; PORT decimal, may be empty). Exits if it is none.
 */
struct endpoint endpoint_parse(const char *text);

/* Joins the network namespace /run/netns/NAME. Exits if there is none. */
void enter_netns(const char *name);
__attribute__((noreturn)) void die(const char *what);
void sleep_ms(int ms);
long now_ms(void);
void set_comm(const struct step *step);
/*
 * Prints a line "WORD TIME PID COMM ...", of a connection or a listener; without a peer, nothing of
 * it.
 */
void say_socket(const char *word, int fd);

/* The actor has come as far as the plan waits for: "up". */
void tell_up(void);
/* Waits until the plan says "go" to this actor, or for that long. */
void wait_for_go(int ms);

/* The actors: they return when they are done, or are ended by SIGTERM. */
void act_client(const struct step *step);
void act_server(const struct step *step);
void act_wire(const struct step *step);
void act_bystander(const struct step *step);
void act_inject(const struct step *step);

#endif
