// SPDX-License-Identifier: GPL-2.0-or-later
/* Compares the verdicts of libpcap with those of the translated expression. */
#include <stdio.h>
#include <stdlib.h>

#include "filter/expression.h"
#include "filter/cbpf_to_ebpf.h"
#include "cbpf_to_ebpf_expressions.h"
#include "cbpf_to_ebpf_packets.h"
#include "cbpf_to_ebpf_run.h"
#include "test.h"

#define EXPRESSION_COUNT (sizeof(filter_expressions) / sizeof(filter_expressions[0]))
#define RANDOM_PROGRAMS	 2000

static struct ebpf_filter filter;
static struct error error;
static struct test_frame frames[FRAME_COUNT];
static uint32_t from_samples;
static char verifier_log[1 << 20];

static void set_up(void)
{
	if (!frames[FRAME_COUNT - 1].len)
		from_samples = make_frames(frames);
}

static struct expression *compile(const char *text)
{
	char *words[] = { (char *)text };

	return expression_new(words, *text ? 1 : 0, &error);
}

static int translate(const struct expression *expression)
{
	struct classic_insn *program;
	size_t count = expression_program(expression, &program);
	int err = cbpf_to_ebpf(&filter, program, count);

	free(program);
	return err;
}

static bool libpcap_accepts(const struct expression *expression, const struct test_frame *frame)
{
	struct packet packet = { .data = frame->bytes, .caplen = frame->caplen, .len = frame->len };

	return expression_matches(expression, &packet);
}

/* Returns the number of frames with another verdict of the interpreter. */
static unsigned int disagreements(const struct expression *expression, unsigned int *accepted)
{
	unsigned int wrong = 0;

	for (uint32_t i = 0; i < FRAME_COUNT; i++) {
		bool want = libpcap_accepts(expression, &frames[i]);

		wrong += interpret(&filter, &frames[i]) != want;
		*accepted += want;
	}
	return wrong;
}

TEST(each_verdict_is_the_one_of_libpcap)
{
	unsigned int mixed = 0;

	set_up();
	CHECK(EXPRESSION_COUNT >= 200 && from_samples >= 100);
	for (size_t i = 0; i < EXPRESSION_COUNT; i++) {
		struct expression *expression = compile(filter_expressions[i]);
		unsigned int wrong, accepted = 0;

		CHECK_STR(expression ? "" : error.text, "");
		CHECK_STR(translate(expression) ? filter_expressions[i] : "", "");
		wrong = disagreements(expression, &accepted);
		CHECK_STR(wrong ? filter_expressions[i] : "", "");
		mixed += accepted && accepted < FRAME_COUNT;
		expression_free(expression);
	}
	CHECK(mixed >= EXPRESSION_COUNT * 4 / 5); /* else most frames have the same verdict */
}

/*
 * Runs the filter in the kernel. Returns the number of frames with another verdict, or -errno.
 */
static int kernel_disagreements(struct kernel_run *run, const struct expression *expression)
{
	int fd = kernel_run_load(run, &filter, verifier_log, sizeof(verifier_log)), err, wrong = 0;

	if (fd < 0)
		return fd;
	err = kernel_run_all(run, fd);
	close(fd);
	for (uint32_t i = 0; !err && i < FRAME_COUNT; i++)
		wrong += run->frames[i].verdict != libpcap_accepts(expression, &frames[i]);
	return err ? err : wrong;
}

TEST(each_verdict_in_the_kernel_is_the_one_of_libpcap)
{
	struct kernel_run run = { 0 };

	if (!kernel_run_open(&run)) {
		kernel_run_close(&run);
		test_skip("to run BPF programs needs CAP_BPF");
		return;
	}
	set_up();
	memcpy(run.frames, frames, sizeof(frames));
	for (size_t i = 0; i < EXPRESSION_COUNT; i++) {
		struct expression *expression = compile(filter_expressions[i]);
		int wrong;

		CHECK(expression && !translate(expression));
		wrong = kernel_disagreements(&run, expression);
		if (wrong < 0)
			CHECK_STR(verifier_log, filter_expressions[i]);
		CHECK_STR(wrong ? filter_expressions[i] : "", "");
		expression_free(expression);
	}
	kernel_run_close(&run);
}

/*
 * libpcap's interpreter of classic BPF, which pcap_offline_filter calls. Its header and
 * the kernel's cannot be included together: both have a struct bpf_insn.
 */
unsigned int bpf_filter(const struct classic_insn *program, const uint8_t *packet, unsigned int len,
			unsigned int caplen);

/*
 * Any instruction but a return, with jumps of at most left. It passes the checks of libpcap.
 */
static struct classic_insn draw_insn(uint32_t left)
{
	static const uint16_t codes[] = {
		BPF_LD | BPF_W | BPF_ABS,
		BPF_LD | BPF_H | BPF_ABS,
		BPF_LD | BPF_B | BPF_ABS,
		BPF_LD | BPF_W | BPF_IND,
		BPF_LD | BPF_H | BPF_IND,
		BPF_LD | BPF_B | BPF_IND,
		BPF_LD | BPF_IMM,
		BPF_LD | BPF_W | BPF_LEN,
		BPF_LD | BPF_MEM,
		BPF_LDX | BPF_IMM,
		BPF_LDX | BPF_MEM,
		BPF_LDX | BPF_W | BPF_LEN,
		BPF_LDX | BPF_MSH | BPF_B,
		BPF_ST,
		BPF_STX,
		BPF_MISC,
		BPF_MISC | 0x80,
	};
	static const uint32_t numbers[] = {
		0, 1, 2, 14, 23, 255, 268, 0x7fffffff, 0x80000000, ~0U
	};
	struct classic_insn insn = { .k = draw(2) ? draw(60) : numbers[draw(10)] };
	uint32_t kind = draw(10);

	if (kind < 5) {
		insn.code = codes[draw(sizeof(codes) / sizeof(codes[0]))];
		if (insn.code == BPF_ST || insn.code == BPF_STX || BPF_MODE(insn.code) == BPF_MEM)
			insn.k = draw(16);
	} else if (kind < 8) {
		insn.code = (uint16_t)(BPF_ALU | draw(11) << 4 | draw(2) << 3);
		if (BPF_OP(insn.code) == BPF_NEG)
			insn.code = BPF_ALU | BPF_NEG;
		if (BPF_OP(insn.code) == BPF_LSH || BPF_OP(insn.code) == BPF_RSH)
			insn.k = draw(32);
		insn.k += !insn.k;
	} else {
		insn.code = (uint16_t)(BPF_JMP | (1 + draw(4)) << 4 | draw(2) << 3);
		insn.jt = (uint8_t)draw(left < 5 ? left : 5);
		insn.jf = (uint8_t)draw(left < 5 ? left : 5);
	}
	return insn;
}

/* libpcap does not initialize the scratch memory, so the program writes all of it first. */
static size_t draw_program(struct classic_insn *program)
{
	size_t count = 0, length = 20 + draw(40);

	for (uint32_t slot = 0; slot < 16; slot++)
		program[count++] = (struct classic_insn){ .code = BPF_ST, .k = slot };
	for (; count < length; count++)
		program[count] = draw_insn((uint32_t)(length + 1 - count));
	program[count++] = (struct classic_insn){ .code = BPF_RET | 0x10 };
	program[count++] = (struct classic_insn){ .code = BPF_RET, .k = draw(2) };
	return count;
}

TEST(programs_of_random_instructions_have_the_same_verdicts)
{
	struct classic_insn program[64];
	unsigned int accepted = 0;

	set_up();
	for (int i = 0; i < RANDOM_PROGRAMS; i++) {
		size_t count = draw_program(program);

		CHECK(!cbpf_to_ebpf(&filter, program, count));
		for (uint32_t n = (uint32_t)i % 50; n < FRAME_COUNT; n += 50) {
			const struct test_frame *frame = &frames[n];
			bool want = bpf_filter(program, frame->bytes, frame->len, frame->caplen);

			CHECK(interpret(&filter, frame) == want);
			accepted += want;
		}
	}
	CHECK(accepted > 10000);
}

TEST(loops_are_refused)
{
	struct expression *expression = compile("ip6 protochain 6");

	CHECK(expression && !ebpf_filter_new(expression, &error) && errno == ELOOP);
	CHECK_STR(error.text, "it has a loop");
	expression_free(expression);
}

TEST(long_programs_are_refused)
{
	static char text[65536];
	struct expression *expression;

	for (int i = 0; i < 1500; i++)
		snprintf(text + strlen(text), 40, "%sip[%d] = %d", i ? " or " : "", i % 60,
			 i % 251);
	expression = compile(text);
	CHECK(expression && !ebpf_filter_new(expression, &error) && errno == E2BIG);
	CHECK_STR(error.text, "it has too many instructions");
	expression_free(expression);
}

TEST(invalid_instructions_are_refused)
{
	static const struct classic_insn bad[] = {
		{ BPF_LD | BPF_MEM, 0, 0, 16 },
		{ BPF_ST, 0, 0, 16 },
		{ BPF_ALU | BPF_DIV | BPF_K, 0, 0, 0 },
		{ BPF_ALU | 0xf0, 0, 0, 0 },
		{ BPF_JMP | 0xf0, 0, 0, 0 },
		{ BPF_JMP | BPF_JA, 0, 0, 1 },
		{ BPF_JMP | BPF_JEQ, 0, 1, 0 },
		{ BPF_LDX | BPF_ABS, 0, 0, 0 },
		{ 0x100 | BPF_LD | BPF_IMM, 0, 0, 0 },
		{ BPF_LD | BPF_H | BPF_IMM, 0, 0, 0 },
		{ BPF_LD | BPF_W | BPF_MSH, 0, 0, 0 },
		{ BPF_ALU | BPF_NEG | BPF_X, 0, 0, 0 },
		{ BPF_RET | BPF_X, 0, 0, 0 },
		{ BPF_MISC | 0x40, 0, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct classic_insn program[] = { bad[i], { BPF_RET, 0, 0, 1 } };

		CHECK(cbpf_to_ebpf(&filter, program, 2) == -EOPNOTSUPP);
	}
}
