#include "bench.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static void lends_frames_in_parts(void) {
  bench bench = open_bench(NULL, NULL);
  netvsc_memory *memory, *other;
  netvsc_error error;
  CHECK_OK(netvsc_memory_allocate(bench.device, 10000, &memory, &error));
  CHECK_OK(netvsc_memory_allocate(bench.device, 1, &other, &error));
  CHECK_EQUAL(netvsc_memory_size(memory), 12288);
  CHECK_EQUAL(netvsc_memory_size(other), 4096);
  uint8_t *bytes = netvsc_memory_bytes(memory);
  CHECK(bytes[0] == 0 && bytes[12287] == 0);
  uint8_t *header = netvsc_memory_bytes(other);
  fill_frame(bytes + 100, 9000, 4);
  memcpy(header + 50, bytes + 100, 14);
  netvsc_part parts[3] = {{header + 50, 14, other}, {bytes + 114, 3000, memory}, {bytes + 3114, 5986, memory}};
  CHECK_OK(netvsc_submit(bench.sender, parts, 3, 0xfeedfacecafe, NULL));
  // What is lent keeps its memory.
  netvsc_memory_release(other);
  returned_frames returned = {.count = 0};
  CHECK_OK(netvsc_flush(bench.sender));
  CHECK_OK(netvsc_wait(bench.sender, SECOND));
  CHECK_OK(netvsc_poll(bench.sender, note_return, &returned, NULL));
  CHECK_EQUAL(returned.count, 1);
  CHECK_EQUAL(returned.cookies[0], 0xfeedfacecafe);
  CHECK_EQUAL(returned.fates[0], NETVSC_COMPLETED);
  check_kept(bench.kept, 0, 9000, 4);
  netvsc_statistics statistics;
  CHECK_OK(netvsc_sender_get_statistics(bench.sender, &statistics, sizeof statistics));
  CHECK_EQUAL(statistics.lent_frames, 1);
  netvsc_memory_release(memory);
  close_bench(&bench);
}

static void lends_a_burst(void) {
  netvsc_device_options options = device_options();
  options.lent_frames_per_queue = 1;
  options.sections_per_queue = 4;
  bench bench = open_bench(NULL, &options);
  netvsc_memory *memory;
  CHECK_OK(netvsc_memory_allocate(bench.device, 4096, &memory, NULL));
  uint8_t *bytes = netvsc_memory_bytes(memory);
  netvsc_part parts[10];
  netvsc_packet packets[10];
  for (unsigned number = 0; number < 10; number++) {
    fill_frame(bytes + 200 * number, 200, number);
    parts[number] = (netvsc_part){bytes + 200 * number, 200, memory};
    packets[number] = (netvsc_packet){.parts = &parts[number], .count = 1, .cookie = number};
  }
  size_t taken = 0;
  returned_frames returned = {.count = 0};
  CHECK_EQUAL(netvsc_submit_burst(bench.sender, packets, 10, &taken), NETVSC_WOULD_BLOCK);
  CHECK(taken > 0 && taken < 10);
  for (size_t all = taken; all < 10; all += taken) {
    CHECK_OK(netvsc_drain(bench.sender, SECOND, note_return, &returned));
    CHECK_EQUAL(returned.count, all);
    netvsc_result result = netvsc_submit_burst(bench.sender, packets + all, 10 - all, &taken);
    CHECK(result == NETVSC_OK || result == NETVSC_WOULD_BLOCK);
  }
  CHECK_OK(netvsc_drain(bench.sender, SECOND, note_return, &returned));
  CHECK_EQUAL(returned.count, 10);
  for (unsigned number = 0; number < 10; number++) {
    check_kept(bench.kept, number, 200, number);
    CHECK_EQUAL(returned.cookies[number], number);
  }
  netvsc_memory_release(memory);
  close_bench(&bench);
}

static void sends_from_memory_by_size(void) {
  bench bench = open_bench(NULL, NULL);
  netvsc_memory *memory;
  CHECK_OK(netvsc_memory_allocate(bench.device, 1 << 20, &memory, NULL));
  netvsc_range ranges[3] = {{0, 100}, {200, 8000}, {8192, 500}};
  uint8_t *bytes = netvsc_memory_bytes(memory);
  for (unsigned number = 0; number < 3; number++) fill_frame(bytes + ranges[number].offset, ranges[number].size, number);
  fill_frame(bytes + 200, 7992, 1);
  ranges[1].size = 7992;
  size_t taken = 0;
  CHECK_OK(netvsc_send_memory(bench.sender, memory, ranges, 3, &taken));
  CHECK_EQUAL(taken, 3);
  ranges[2].offset = 1 << 20;
  CHECK_EQUAL(netvsc_send_memory(bench.sender, memory, ranges, 3, &taken), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(taken, 0);
  returned_frames returned = {.count = 0};
  CHECK_OK(netvsc_drain(bench.sender, SECOND, note_return, &returned));
  CHECK_EQUAL(returned.count, 0);
  CHECK_EQUAL(bench.kept->count, 3);
  check_kept(bench.kept, 0, 100, 0);
  check_kept(bench.kept, 1, 7992, 1);
  check_kept(bench.kept, 2, 500, 2);
  netvsc_statistics statistics;
  CHECK_OK(netvsc_sender_get_statistics(bench.sender, &statistics, sizeof statistics));
  CHECK_EQUAL(statistics.lent_frames, 1);
  netvsc_memory_release(memory);
  close_bench(&bench);
}

static void tells_what_became_of_lost_frames(void) {
  netvsc_host_options host = host_options();
  host.fault_silent_after = 0;
  bench bench = open_bench(&host, NULL);
  netvsc_memory *memory;
  CHECK_OK(netvsc_memory_allocate(bench.device, 4096, &memory, NULL));
  fill_frame(netvsc_memory_bytes(memory), 1000, 0);
  netvsc_part part = {netvsc_memory_bytes(memory), 1000, memory};
  CHECK_OK(netvsc_submit(bench.sender, &part, 1, 42, NULL));
  returned_frames returned = {.count = 0};
  CHECK_EQUAL(netvsc_drain(bench.sender, SECOND / 100, note_return, &returned), NETVSC_WOULD_BLOCK);
  CHECK_EQUAL(returned.count, 0);
  CHECK_OK(netvsc_sender_finish(bench.sender, note_return, &returned));
  CHECK_EQUAL(returned.count, 1);
  CHECK_EQUAL(returned.fates[0], NETVSC_LOST);
  CHECK_EQUAL(netvsc_sender_finish(bench.sender, note_return, &returned), NETVSC_ERROR_FINISHED);
  check_balance(bench.sender);
  netvsc_memory_release(memory);
  netvsc_sender_free(bench.sender);
  bench.sender = NULL;
  close_bench(&bench);
}

static void refuses_parts_that_cannot_be(void) {
  bench bench = open_bench(NULL, NULL);
  netvsc_memory *memory;
  CHECK_OK(netvsc_memory_allocate(bench.device, 4096, &memory, NULL));
  uint8_t *bytes = netvsc_memory_bytes(memory);
  netvsc_part parts[3] = {{bytes, 100, memory}, {NULL, 0, NULL}, {bytes, 100, memory}};
  const netvsc_part bad[] = {
      {bytes + 4090, 10, memory}, {bytes, SIZE_MAX, memory}, {bytes, UINT32_MAX, memory},
      {parts, 10, memory},        {NULL, 10, memory},        {NULL, 10, NULL},
      {parts, SIZE_MAX, NULL},
  };
  for (size_t index = 0; index < sizeof bad / sizeof bad[0]; index++) {
    parts[1] = bad[index];
    CHECK_EQUAL(netvsc_submit(bench.sender, parts, 3, 1, NULL), NETVSC_ERROR_ARGUMENT);
    CHECK_EQUAL(netvsc_send_parts(bench.sender, parts, 3, NULL), NETVSC_ERROR_ARGUMENT);
  }
  netvsc_error error;
  CHECK_OK(netvsc_sender_get_error(bench.sender, &error));
  CHECK(strstr(error.text, "part 1") != NULL);
  CHECK_EQUAL(netvsc_submit(bench.sender, NULL, 2, 1, NULL), NETVSC_ERROR_ARGUMENT);
  parts[0].size = 13;
  CHECK_EQUAL(netvsc_submit(bench.sender, parts, 1, 1, NULL), NETVSC_ERROR_TOO_SHORT);
  CHECK_EQUAL(netvsc_submit(bench.sender, parts, 0, 1, NULL), NETVSC_ERROR_TOO_SHORT);
  CHECK_EQUAL(netvsc_sender_in_flight(bench.sender), 0);
  netvsc_memory_release(memory);
  close_bench(&bench);
}

static void copies_what_it_cannot_lend(void) {
  bench bench = open_bench(NULL, NULL);
  netvsc_device_properties properties;
  CHECK_OK(netvsc_device_get_properties(bench.device, &properties, sizeof properties));
  CHECK(!properties.lends_private_memory);
  // Memory of the process's own, in more parts than can be lent, some of them empty.
  uint8_t frame[400];
  netvsc_part parts[100];
  fill_frame(frame, sizeof frame, 11);
  for (size_t index = 0; index < 100; index++) parts[index] = (netvsc_part){frame + 4 * index, 4, NULL};
  parts[41] = (netvsc_part){frame + 41 * 4 - 4, 8, NULL};
  parts[40].size = 0;
  CHECK_OK(netvsc_submit(bench.sender, parts, 100, 5, NULL));
  returned_frames returned = {.count = 0};
  CHECK_OK(netvsc_drain(bench.sender, SECOND, note_return, &returned));
  CHECK_EQUAL(returned.count, 1);
  CHECK_EQUAL(returned.cookies[0], 5);
  check_kept(bench.kept, 0, sizeof frame, 11);
  netvsc_statistics statistics;
  CHECK_OK(netvsc_sender_get_statistics(bench.sender, &statistics, sizeof statistics));
  CHECK_EQUAL(statistics.lent_frames, 0);
  close_bench(&bench);
}

static void lends_memory_of_the_process(void) {
  netvsc_host_options host = host_options();
  host.reads_private_memory = true;
  bench bench = open_bench(&host, NULL);
  netvsc_device_properties properties;
  CHECK_OK(netvsc_device_get_properties(bench.device, &properties, sizeof properties));
  CHECK(properties.lends_private_memory);
  netvsc_memory *memory;
  CHECK_OK(netvsc_memory_allocate(bench.device, 4096, &memory, NULL));
  uint8_t *frame = malloc(6000);
  CHECK(frame != NULL);
  fill_frame(frame, 6000, 8);
  memcpy(netvsc_memory_bytes(memory), frame, 14);
  netvsc_part parts[3] = {{netvsc_memory_bytes(memory), 14, memory}, {frame + 14, 1, NULL}, {frame + 15, 5985, NULL}};
  CHECK_OK(netvsc_submit(bench.sender, parts, 3, 17, NULL));
  returned_frames returned = {.count = 0};
  CHECK_OK(netvsc_drain(bench.sender, SECOND, note_return, &returned));
  CHECK_EQUAL(returned.count, 1);
  CHECK_EQUAL(returned.fates[0], NETVSC_COMPLETED);
  check_kept(bench.kept, 0, 6000, 8);
  netvsc_statistics statistics;
  CHECK_OK(netvsc_sender_get_statistics(bench.sender, &statistics, sizeof statistics));
  CHECK_EQUAL(statistics.lent_frames, 1);
  free(frame);
  netvsc_memory_release(memory);
  close_bench(&bench);
}

static void takes_memory_of_a_file(void) {
  bench bench = open_bench(NULL, NULL);
  netvsc_memory *memory;
  netvsc_error error;
  int descriptor = memfd_create("frames", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  CHECK(descriptor >= 0);
  CHECK_EQUAL(ftruncate(descriptor, 8192), 0);
  // Its size can change.
  CHECK(netvsc_memory_register(bench.device, descriptor, &memory, &error) < 0);
  CHECK(memory == NULL);
  CHECK(error.text[0] != 0);
  CHECK_EQUAL(fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), 0);
  CHECK_OK(netvsc_memory_register(bench.device, descriptor, &memory, &error));
  CHECK_EQUAL(netvsc_memory_size(memory), 8192);
  uint8_t frame[5000];
  fill_frame(frame, sizeof frame, 6);
  CHECK_EQUAL(pwrite(descriptor, frame, sizeof frame, 3000), sizeof frame);
  close(descriptor);
  netvsc_part part = {(uint8_t *)netvsc_memory_bytes(memory) + 3000, sizeof frame, memory};
  CHECK_OK(netvsc_submit(bench.sender, &part, 1, 1, NULL));
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  check_kept(bench.kept, 0, sizeof frame, 6);
  netvsc_memory_release(memory);
  CHECK(netvsc_memory_register(bench.device, -1, &memory, &error) < 0);
  close_bench(&bench);
}

const test lending_tests[] = {
    {"a frame is lent in parts, and given back", lends_frames_in_parts},
    {"a burst is lent as far as it is taken", lends_a_burst},
    {"frames of memory are copied or lent by their size", sends_from_memory_by_size},
    {"frames that are lost are given back", tells_what_became_of_lost_frames},
    {"parts that cannot be are refused", refuses_parts_that_cannot_be},
    {"what cannot be lent is copied, and given back", copies_what_it_cannot_lend},
    {"memory of the process is lent where the host reads it", lends_memory_of_the_process},
    {"memory of a file is lent where it is sealed", takes_memory_of_a_file},
    {NULL, NULL},
};
