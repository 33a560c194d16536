/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KERNEL_NUMBERS_BPF_H
#define KERNEL_NUMBERS_BPF_H

/* Numbers of protocols, and of the kernel's headers, which are the same everywhere. */

#define AF_INET			  2
#define AF_INET6		  10
#define ETH_P_IP		  0x0800
#define ETH_P_IPV6		  0x86dd
#define ETH_P_8021Q		  0x8100
#define ETH_P_8021AD		  0x88a8
#define ETH_P_QINQ1		  0x9100
#define ETH_P_MPLS_UC		  0x8847
#define ETH_P_MPLS_MC		  0x8848
#define ETH_P_PPP_SES		  0x8864
#define ETH_P_TEB		  0x6558 /* Ethernet, in a tunnel */
#define PPP_IP			  0x0021
#define PPP_IPV6		  0x0057
#define IPPROTO_HOPOPTS		  0
#define IPPROTO_IPIP		  4
#define IPPROTO_TCP		  6
#define IPPROTO_UDP		  17
#define IPPROTO_IPV6		  41
#define IPPROTO_MPTCP		  262
#define IPPROTO_ROUTING		  43
#define IPPROTO_FRAGMENT	  44
#define IPPROTO_GRE		  47
#define IPPROTO_AH		  51
#define IPPROTO_DSTOPTS		  60
#define IPPROTO_MPLS		  137
#define SOCK_STREAM		  1
#define DST_FAKE_RTABLE		  0x10
#define DST_METADATA		  0x80
#define ENOMSG			  42
#define SO_EE_ORIGIN_TIMESTAMPING 4
#define ARPHRD_ETHER		  1
#define ARPHRD_LOOPBACK		  772
#define CHECKSUM_PARTIAL	  3
#define TCP_ESTABLISHED		  1
#define TCP_SYN_SENT		  2
#define TCP_SYN_RECV		  3
#define TCP_FIN_WAIT1		  4
#define TCP_FIN_WAIT2		  5
#define TCP_TIME_WAIT		  6
#define TCP_CLOSE		  7
#define TCP_CLOSE_WAIT		  8
#define TCP_LAST_ACK		  9
#define TCP_LISTEN		  10
#define TCP_CLOSING		  11
#define TCP_NEW_SYN_RECV	  12
#define PF_KTHREAD		  0x00200000
#define RCV_SHUTDOWN		  1
#define SHUTDOWN_MASK		  3
#define SOCK_DEAD		  0 /* numbers of bits in sk_flags */
#define SOCK_DONE		  1 /* tcp_fin() has run */
#define TCPHDR_FIN		  0x01
#define TCPHDR_SYN		  0x02
#define TCPHDR_RST		  0x04
#define TCPHDR_ACK		  0x10
#define TCPHDR_ECE		  0x40
#define TCPHDR_CWR		  0x80

#define S_IFMT	     0170000
#define S_IFSOCK     0140000
#define SOCKFS_MAGIC 0x534f434b

#endif
