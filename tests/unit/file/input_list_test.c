// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/input_list.h"
#include "file/output.h"
#include "test.h"

static char directory[] = "/tmp/input_list_test.XXXXXX";
static struct error error;
static struct input_list list;

static const char *path_of(const char *name)
{
	static char path[96];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

/* A capture of this program with one packet, or, at time 0, without any. */
static void make(const char *name, const char *program, uint64_t time_us)
{
	struct output *output = output_open(path_of(name), &error);
	struct pcapng_writer *writer = pcapng_writer_new(output_target(output));
	struct pcapng_option userappl = { PCAPNG_SHB_USERAPPL, (uint16_t)strlen(program), program,
					  0 };
	struct pcapng_packet packet = {
		.timestamp = time_us, .caplen = 4, .len = 4, .data = "abcd"
	};

	pcapng_writer_add_section(writer, (struct pcapng_options){ &userappl, 1 });
	pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_ETHERNET, 0,
				    (struct pcapng_options){ 0 }, &packet.interface_id);
	if (time_us)
		pcapng_writer_add_packet(writer, &packet);
	pcapng_writer_free(writer);
	output_close(output);
}

static void begin(void)
{
	strcpy(directory, "/tmp/input_list_test.XXXXXX");
	if (!mkdtemp(directory))
		abort();
}

static void done(void)
{
	char command[64];

	input_list_free(&list);
	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	if (system(command))
		abort();
}

/* The names in the list, without their folder. */
static const char *names(void)
{
	static char text[256];

	text[0] = '\0';
	for (size_t i = 0; i < list.count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "",
			 strrchr(list.paths[i], '/') + 1);
	return text;
}

TEST(folder_is_its_finished_files_in_the_order_of_time)
{
	begin();
	make("a", "tcpdropcap 1", 3000);
	make("b.zst", "tcpdropcap 1", 1000);
	make("c.gz", "tcpdropcap 1", 2000);
	make("d.part", "tcpdropcap 1", 500);
	make(".e", "tcpdropcap 1", 500);
	make("wire", "Dumpcap", 500);
	close(open(path_of("text"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	mkdir(path_of("folder"), 0700);
	mkfifo(path_of("fifo"), 0600);
	CHECK(!input_list_add(&list, directory, &error));
	CHECK(!input_list_sort(&list, &error));
	CHECK_STR(names(), "b.zst c.gz a");
	CHECK(list.unfinished == 1 && list.foreign == 2);
	done();
}

TEST(named_files_are_all_kept)
{
	begin();
	make("a", "Dumpcap", 3000);
	make("b.part", "tcpdropcap", 1000);
	CHECK(!input_list_add(&list, path_of("a"), &error));
	CHECK(!input_list_add(&list, path_of("b.part"), &error));
	CHECK(!input_list_add(&list, path_of("missing"), &error));
	CHECK(!input_list_sort(&list, &error));
	CHECK_STR(names(), "missing b.part a"); /* the reader will say what it is */
	done();
}

TEST(order_of_names_is_kept_where_times_are_equal)
{
	begin();
	make("2", "tcpdropcap", 1000);
	make("1", "tcpdropcap", 1000);
	make("0", "tcpdropcap", 0);
	CHECK(!input_list_add(&list, directory, &error));
	CHECK(!input_list_sort(&list, &error));
	CHECK_STR(names(), "0 1 2");
	done();
}

TEST(pipe_is_read_alone)
{
	begin();
	make("a", "tcpdropcap", 1000);
	CHECK(!input_list_add(&list, "-", &error) && !input_list_sort(&list, &error));
	CHECK(list.count == 1);
	CHECK(!input_list_add(&list, path_of("a"), &error));
	CHECK(input_list_sort(&list, &error) == -EINVAL && strstr(error.text, "read alone"));
	done();
}

TEST(folder_without_captures_is_an_error)
{
	begin();
	CHECK(input_list_add(&list, directory, &error) == -ENOENT);
	input_list_free(&list);
	make("wire", "Dumpcap", 500);
	CHECK(!input_list_add(&list, directory, &error));
	CHECK(input_list_sort(&list, &error) == -ENOENT);
	done();
}
