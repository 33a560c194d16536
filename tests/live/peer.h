/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the server and the client of the lab share (peer.c). Everything exits with a message where
 * it cannot go on.
 */
#ifndef TESTS_LIVE_PEER_H
#define TESTS_LIVE_PEER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define CONNECTIONS_MAX 1024

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

_Noreturn void die(const char *what);
void sleep_ms(int ms);

/* Sends zeros until all are sent or the connection is gone. */
void send_bytes(int fd, size_t bytes);

/* Reads until the other side has closed. */
void wait_for_end(int fd);

/* Prints "owner PORT PID" of the connection, with its own port or the peer's. */
void print_owner(int fd, bool peers_port);

/* The commands: the exit status, 2 if the arguments are wrong. */
int serve(int argc, char **argv);
int connect_all(int argc, char **argv);

#endif
