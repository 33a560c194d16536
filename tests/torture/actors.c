// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Executes the plan of a round: actors PLAN. Steps:
 *   client, server, wire, bystander, inject   starts that actor (actor_NAME.c); for a server, wire
 *                                             or bystander, waits until it is up
 *   up id=N      waits until actor N is up (its connections are established, or have failed), for
 *                two seconds at most
 *   go id=N      opens the gate of actor N
 *   wait ms=N    waits
 *   finish id=N  waits until actor N has ended; terminates it after five seconds
 *   end id=N     terminates it
 *   sh COMMAND   runs the command; its failure is a failure of the round
 * At the end of the plan it waits for the clients and terminates all other actors but the cables.
 * Then it prints "done" and runs until SIGTERM, which also ends the cables.
 */
#include "actor.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ACTORS_MAX   128
#define LIFE_SECONDS 30

static const struct actor_kind {
	const char *verb;
	void (*act)(const struct step *step);
	bool waited_for; /* at its start, until it is up */
	bool finishes;	 /* ends by itself */
	bool stays;	 /* until the end of the round */
} kinds[] = {
	{ "client", act_client, false, true, false },
	{ "server", act_server, true, false, false },
	{ "wire", act_wire, true, false, true },
	{ "bystander", act_bystander, true, false, false },
	{ "inject", act_inject, true, true, false },
};

static struct actor {
	const struct actor_kind *kind;
	pid_t pid; /* 0: has ended */
	int fd;
} actors[ACTORS_MAX];

static int to_plan = -1; /* in an actor: its end of the socket pair */

void die(const char *what)
{
	fprintf(stderr, "actors: %s: %s\n", what, strerror(errno));
	_exit(1);
}

void sleep_ms(int ms)
{
	poll(NULL, 0, ms);
}

long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *step_text(const struct step *step, const char *key, const char *otherwise)
{
	for (int i = 0; i < step->count; i++) {
		if (strcmp(step->keys[i], key) == 0)
			return step->values[i];
	}
	return otherwise;
}

int step_number(const struct step *step, const char *key, int otherwise)
{
	const char *text = step_text(step, key, NULL);

	return text ? atoi(text) : otherwise;
}

bool step_flag(const struct step *step, const char *word)
{
	const char *flags = step_text(step, "flags", "");
	size_t length = strlen(word);

	for (const char *at = strstr(flags, word); at; at = strstr(at + 1, word)) {
		if ((at == flags || at[-1] == ',') && (at[length] == 0 || at[length] == ','))
			return true;
	}
	return false;
}

struct endpoint endpoint_parse(const char *text)
{
	const char *colon = strrchr(text, ':');
	char address[64];

	if (!colon || (size_t)(colon - text) >= sizeof(address))
		die(text);
	memcpy(address, text, (size_t)(colon - text));
	address[colon - text] = 0;
	return endpoint_of(address, colon + 1);
}

void enter_netns(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
}

void set_comm(const struct step *step)
{
	prctl(PR_SET_NAME, step_text(step, "comm", "actor"));
}

static void print_address(char *line, size_t size, const struct sockaddr_in6 *name)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)name;
	char address[INET6_ADDRSTRLEN] = "-";
	size_t length = strlen(line);

	if (name->sin6_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&name->sin6_addr))
		inet_ntop(AF_INET, &name->sin6_addr.s6_addr[12], address, sizeof(address));
	else if (name->sin6_family == AF_INET6)
		inet_ntop(AF_INET6, &name->sin6_addr, address, sizeof(address));
	else
		inet_ntop(AF_INET, &v4->sin_addr, address, sizeof(address));
	snprintf(line + length, size - length, " %s %d", address, ntohs(name->sin6_port));
}

void say_socket(const char *word, int fd)
{
	struct sockaddr_in6 own = { 0 }, peer = { 0 };
	socklen_t own_length = sizeof(own), peer_length = sizeof(peer);
	char line[256], comm[16] = "";
	struct timespec now;

	if (getsockname(fd, (struct sockaddr *)&own, &own_length))
		return;
	prctl(PR_GET_NAME, comm);
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(line, sizeof(line), "%s %lld.%06ld %d %s", word, (long long)now.tv_sec,
		 now.tv_nsec / 1000, getpid(), comm);
	print_address(line, sizeof(line), &own);
	/*
		 * getpeername() has no peer for a connection that is not established; the client
		 * adds it (say_peer).
		 */
	if (!getpeername(fd, (struct sockaddr *)&peer, &peer_length))
		print_address(line, sizeof(line), &peer);
	else if (strcmp(word, "listen"))
		strcat(line, " - 0");
	strcat(line, "\n");
	if (write(STDOUT_FILENO, line, strlen(line)) < 0)
		die("stdout");
}

void tell_up(void)
{
	if (to_plan >= 0 && write(to_plan, "u", 1) < 0)
		die("tell_up");
}

void wait_for_go(int ms)
{
	struct pollfd fd = { .fd = to_plan, .events = POLLIN };
	char byte;

	if (poll(&fd, 1, ms) > 0 && read(to_plan, &byte, 1) < 0)
		die("wait_for_go");
}

/* Returns false if the line has no verb. */
static bool step_parse(struct step *step, char *text)
{
	char *save = NULL;

	*step = (struct step){ .text = text };
	step->verb = strtok_r(text, " \n", &save);
	if (!step->verb || step->verb[0] == '#')
		return false;
	for (char *word; step->count < 32 && (word = strtok_r(NULL, " \n", &save));) {
		char *equals = strchr(word, '=');

		if (!equals)
			continue;
		*equals = 0;
		step->keys[step->count] = word;
		step->values[step->count++] = equals + 1;
	}
	return true;
}

static void start(const struct actor_kind *kind, const struct step *step, struct actor *actor)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		die("socketpair");
	actor->kind = kind;
	actor->pid = fork();
	if (actor->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		alarm(LIFE_SECONDS);
		close(pair[0]);
		to_plan = pair[1];
		if (step_text(step, "ns", NULL))
			enter_netns(step_text(step, "ns", NULL));
		set_comm(step);
		kind->act(step);
		_exit(0);
	}
	close(pair[1]);
	actor->fd = pair[0];
}

static bool wait_up(struct actor *actor, int ms)
{
	struct pollfd fd = { .fd = actor->fd, .events = POLLIN };
	char byte;

	return poll(&fd, 1, ms) > 0 && read(actor->fd, &byte, 1) == 1;
}

static void end(struct actor *actor)
{
	if (!actor->pid)
		return;
	kill(actor->pid, SIGTERM);
	waitpid(actor->pid, NULL, 0);
	actor->pid = 0;
}

/* Waits for the end of an actor that ends by itself. */
static void finish(struct actor *actor, int ms)
{
	long until = now_ms() + ms;
	int status = 0;

	while (actor->pid && now_ms() < until) {
		if (waitpid(actor->pid, &status, WNOHANG) != 0) {
			actor->pid = 0;
			if (!WIFEXITED(status) || WEXITSTATUS(status))
				exit(1);
			return;
		}
		sleep_ms(5);
	}
	end(actor);
}

static void say_failed(const char *what)
{
	fprintf(stderr, "actors: failed: %s\n", what);
	exit(1);
}

/* Executes a step about an actor that exists. */
static void control(const struct step *step, struct actor *actor)
{
	if (strcmp(step->verb, "up") == 0)
		wait_up(actor, step_number(step, "ms", 2000));
	else if (strcmp(step->verb, "finish") == 0)
		finish(actor, 5000);
	else if (strcmp(step->verb, "end") == 0)
		end(actor);
	else if (strcmp(step->verb, "go") == 0 && send(actor->fd, "g", 1, MSG_NOSIGNAL) < 0)
		return; /* it has ended already */
}

static void carry_out(const struct step *step)
{
	struct actor *actor = &actors[step_number(step, "id", 0) % ACTORS_MAX];

	if (strcmp(step->verb, "wait") == 0) {
		sleep_ms(step_number(step, "ms", 0));
		return;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(step->verb, kinds[i].verb))
			continue;
		start(&kinds[i], step, actor);
		if (kinds[i].waited_for && !wait_up(actor, 5000))
			say_failed(step->verb);
		return;
	}
	control(step, actor);
}

static void end_all(bool cables_too)
{
	for (int i = 0; i < ACTORS_MAX; i++) {
		if (actors[i].pid && (cables_too || !actors[i].kind->stays))
			end(&actors[i]);
	}
}

static void sigwait_for_end(void)
{
	sigset_t set;
	int got;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	dprintf(STDOUT_FILENO, "done\n");
	sigwait(&set, &got);
}

int main(int argc, char **argv)
{
	FILE *plan = argc == 2 ? fopen(argv[1], "re") : NULL;
	char line[4096];
	struct step step;

	if (!plan) {
		fprintf(stderr, "usage: actors PLAN; see the source\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	alarm(LIFE_SECONDS);
	while (fgets(line, sizeof(line), plan)) {
		if (strncmp(line, "sh ", 3) == 0) {
			if (system(line + 3) != 0)
				say_failed(line + 3);
		} else if (step_parse(&step, line)) {
			carry_out(&step);
		}
	}
	for (int i = 0; i < ACTORS_MAX; i++) {
		if (actors[i].pid && actors[i].kind->finishes)
			finish(&actors[i], 4000);
	}
	end_all(false);
	sigwait_for_end();
	end_all(true);
	return 0;
}
