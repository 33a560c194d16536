// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any program of classic BPF, in 8 bytes an instruction after their number, and any frame after it.
 * If the translation takes the program, its jumps stay within it; if libpcap takes it as well, both
 * reach the same verdict on the frame.
 */
#include <stdbool.h>
#include <string.h>

#include "filter/cbpf_to_ebpf_run.h"
#include "fuzz.h"

#define INSN_BYTES   8
#define MEMORY_SLOTS 16
#define PROGRAM_MAX  (MEMORY_SLOTS + 64)

/* libpcap's; its header and the kernel's both have a struct bpf_insn. */
int bpf_validate(const struct classic_insn *program, int count);
unsigned int bpf_filter(const struct classic_insn *program, const uint8_t *packet, unsigned int len,
			unsigned int caplen);

/* libpcap's scratch memory has no first value: the program begins by setting it. */
static size_t make_program(struct classic_insn *program, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < MEMORY_SLOTS; i++)
		program[i] = (struct classic_insn){ .code = BPF_ST, .k = (uint32_t)i };
	for (size_t i = 0; i < count; i++, bytes += INSN_BYTES)
		program[MEMORY_SLOTS + i] = (struct classic_insn){
			.code = (uint16_t)(bytes[0] | bytes[1] << 8),
			.jt = bytes[2],
			.jf = bytes[3],
			.k = packet_get32(bytes + 4),
		};
	return MEMORY_SLOTS + count;
}

/* A shift by 32 or more is undefined in libpcap's C. */
static bool shifts_too_far(const struct classic_insn *program, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned int op = BPF_OP(program[i].code);

		if (BPF_CLASS(program[i].code) == BPF_ALU && BPF_SRC(program[i].code) == BPF_K &&
		    (op == BPF_LSH || op == BPF_RSH) && program[i].k > 31)
			return true;
	}
	return false;
}

static void jumps_stay_within(const struct ebpf_filter *filter)
{
	PROPERTY(filter->count > 0 && filter->count <= EBPF_FILTER_INSNS_MAX);
	for (size_t i = 0; i < filter->count; i++) {
		const struct bpf_insn *insn = &filter->insns[i];
		unsigned int class = BPF_CLASS(insn->code);

		if ((class != BPF_JMP && class != BPF_JMP32) || BPF_OP(insn->code) == BPF_EXIT)
			continue;
		PROPERTY(insn->off >= 0 && i + 1 + (size_t)insn->off < filter->count);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static struct ebpf_filter filter;
	struct classic_insn program[PROGRAM_MAX];
	struct test_frame frame = { .caplen = 0 };
	size_t count = length ? bytes[0] % (PROGRAM_MAX - MEMORY_SLOTS + 1) : 0;
	uint64_t verdict;
	int err;

	if (!length || count * INSN_BYTES + 1 > length)
		return 0;
	frame.caplen = (uint32_t)(length - 1 - count * INSN_BYTES);
	if (frame.caplen > EBPF_FILTER_FRAME_MAX)
		frame.caplen = EBPF_FILTER_FRAME_MAX;
	frame.len = frame.caplen + bytes[0];
	memcpy(frame.bytes, bytes + 1 + count * INSN_BYTES, frame.caplen);
	count = make_program(program, bytes + 1, count);
	err = cbpf_to_ebpf(&filter, program, count);
	PROPERTY(err == 0 || err == -E2BIG || err == -ELOOP || err == -EOPNOTSUPP);
	if (err || !bpf_validate(program, (int)count))
		return 0;
	jumps_stay_within(&filter);
	verdict = interpret(&filter, &frame);
	PROPERTY(verdict == 0 || verdict == 1);
	if (!shifts_too_far(program, count))
		PROPERTY(verdict == !!bpf_filter(program, frame.bytes, frame.len, frame.caplen));
	return 0;
}
