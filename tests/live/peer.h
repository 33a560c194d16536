/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the lab's server and client share (peer.c). All functions exit with a message on failure.
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

/* Sends that many zeros, fewer if the connection ends. */
void send_bytes(int fd, size_t bytes);

/* Reads until the peer has closed. */
void wait_for_end(int fd);

/* Prints "owner PORT PID" for the connection, with its local port or the peer's. */
void print_owner(int fd, bool peers_port);

/* The two commands. They return the exit status: 2 if the arguments are invalid. */
int serve(int argc, char **argv);
int connect_all(int argc, char **argv);

#endif
