#include "bench.h"

static void copies_frames_in_order(void) {
  bench bench = open_bench(NULL, NULL);
  uint8_t frame[1514];
  for (unsigned number = 0; number < 100; number++) {
    size_t size = 60 + number * 14;
    fill_frame(frame, size, number);
    CHECK_OK(netvsc_send(bench.sender, frame, size, NULL));
    // It is the caller's again.
    memset(frame, 0xff, size);
  }
  CHECK_OK(netvsc_flush(bench.sender));
  CHECK(netvsc_sender_in_flight(bench.sender) > 0);
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  CHECK_EQUAL(netvsc_sender_in_flight(bench.sender), 0);
  CHECK_EQUAL(bench.kept->count, 100);
  for (unsigned number = 0; number < 100; number++) check_kept(bench.kept, number, 60 + number * 14, number);
  close_bench(&bench);
}

static void refuses_sizes(void) {
  bench bench = open_bench(NULL, NULL);
  static uint8_t frame[20000];
  netvsc_error error;
  CHECK_OK(netvsc_sender_get_error(bench.sender, &error));
  CHECK_EQUAL(error.code, NETVSC_OK);
  CHECK_EQUAL(netvsc_send(bench.sender, frame, 9217, NULL), NETVSC_ERROR_TOO_LARGE);
  CHECK_EQUAL(netvsc_send(bench.sender, frame, 13, NULL), NETVSC_ERROR_TOO_SHORT);
  CHECK_EQUAL(netvsc_send(bench.sender, NULL, 0, NULL), NETVSC_ERROR_TOO_SHORT);
  CHECK_OK(netvsc_sender_get_error(bench.sender, &error));
  CHECK_EQUAL(error.code, NETVSC_ERROR_TOO_SHORT);
  CHECK(strcmp(error.text, netvsc_result_text(NETVSC_ERROR_TOO_SHORT)) == 0);
  CHECK_OK(netvsc_send(bench.sender, frame, 9216, NULL));
  CHECK_OK(netvsc_send(bench.sender, frame, 14, NULL));
  netvsc_statistics statistics;
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  CHECK_OK(netvsc_sender_get_statistics(bench.sender, &statistics, sizeof statistics));
  CHECK_EQUAL(statistics.too_large_packets, 1);
  CHECK_EQUAL(statistics.too_short_packets, 2);
  CHECK_EQUAL(statistics.completed_packets, 2);
  CHECK_EQUAL(statistics.completed_bytes, 9230);
  close_bench(&bench);
}

static void would_block_and_goes_on(void) {
  netvsc_device_options options = device_options();
  options.sections_per_queue = 4;
  options.large_buffers_per_queue = 0;
  options.packets_per_message = 1;
  bench bench = open_bench(NULL, &options);
  uint8_t frame[60];
  unsigned taken = 0;
  fill_frame(frame, sizeof frame, 0);
  CHECK(netvsc_sender_has_room(bench.sender));
  while (netvsc_send(bench.sender, frame, sizeof frame, NULL) == NETVSC_OK) taken++;
  CHECK_EQUAL(taken, 4);
  CHECK(!netvsc_sender_has_room(bench.sender));
  CHECK(!netvsc_sender_is_stopped(bench.sender));
  CHECK_EQUAL(netvsc_send(bench.sender, frame, sizeof frame, NULL), NETVSC_WOULD_BLOCK);
  // What would block was not offered, and a refusal that will be taken back is no failure.
  netvsc_error error;
  CHECK_OK(netvsc_sender_get_error(bench.sender, &error));
  CHECK_EQUAL(error.code, NETVSC_OK);
  size_t completed = 0;
  CHECK_OK(netvsc_flush(bench.sender));
  CHECK_OK(netvsc_wait(bench.sender, SECOND));
  CHECK_OK(netvsc_poll(bench.sender, NULL, NULL, &completed));
  CHECK_EQUAL(completed, 4);
  CHECK(netvsc_sender_has_room(bench.sender));
  CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  CHECK_EQUAL(bench.kept->total, 5);
  close_bench(&bench);
}

static void takes_a_prefix_of_a_burst(void) {
  netvsc_device_options options = device_options();
  options.sections_per_queue = 8;
  options.large_buffers_per_queue = 0;
  options.packets_per_message = 1;
  bench bench = open_bench(NULL, &options);
  static uint8_t frames[12][100];
  netvsc_part parts[12];
  for (unsigned number = 0; number < 12; number++) {
    fill_frame(frames[number], 100, number);
    parts[number] = (netvsc_part){.bytes = frames[number], .size = 100};
  }
  // Refused, and dealt with: the burst goes on behind it.
  parts[3].size = 5;
  size_t taken = 77;
  CHECK_EQUAL(netvsc_send_burst(bench.sender, parts, 12, &taken), NETVSC_WOULD_BLOCK);
  CHECK_EQUAL(taken, 9);
  CHECK_EQUAL(netvsc_drain(bench.sender, SECOND, NULL, NULL), NETVSC_OK);
  CHECK_OK(netvsc_send_burst(bench.sender, parts + 9, 3, &taken));
  CHECK_EQUAL(taken, 3);
  CHECK_OK(netvsc_send_burst(bench.sender, NULL, 0, &taken));
  CHECK_EQUAL(taken, 0);
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  CHECK_EQUAL(bench.kept->count, 11);
  for (unsigned index = 0; index < 11; index++) {
    unsigned number = index < 3 ? index : index + 1;
    check_kept(bench.kept, index, 100, number);
  }
  close_bench(&bench);
}

static void sends_ranges_of_a_run(void) {
  bench bench = open_bench(NULL, NULL);
  static uint8_t run[4000];
  netvsc_range ranges[4] = {{0, 1000}, {1000, 60}, {2000, 4}, {3000, 1000}};
  for (unsigned number = 0; number < 4; number++) fill_frame(run + ranges[number].offset, ranges[number].size, number);
  size_t taken = 0;
  CHECK_OK(netvsc_send_ranges(bench.sender, run, sizeof run, ranges, 4, &taken));
  CHECK_EQUAL(taken, 4);
  // One that does not lie in the run.
  ranges[1].offset = 3941;
  CHECK_EQUAL(netvsc_send_ranges(bench.sender, run, sizeof run, ranges, 4, &taken), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(taken, 0);
  ranges[1] = (netvsc_range){UINT32_MAX, UINT32_MAX};
  CHECK_EQUAL(netvsc_send_ranges(bench.sender, run, sizeof run, ranges, 4, &taken), NETVSC_ERROR_ARGUMENT);
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  CHECK_EQUAL(bench.kept->count, 3);
  check_kept(bench.kept, 0, 1000, 0);
  check_kept(bench.kept, 1, 60, 1);
  check_kept(bench.kept, 2, 1000, 3);
  close_bench(&bench);
}

static void copies_frames_in_parts(void) {
  bench bench = open_bench(NULL, NULL);
  netvsc_memory *memory;
  CHECK_OK(netvsc_memory_allocate(bench.device, 4096, &memory, NULL));
  static uint8_t frame[8000];
  fill_frame(frame, sizeof frame, 3);
  memcpy(netvsc_memory_bytes(memory), frame + 14, 300);
  // Its own memory and the device's, in one frame.
  netvsc_part parts[3] = {
      {frame, 14, NULL}, {netvsc_memory_bytes(memory), 300, memory}, {frame + 314, sizeof frame - 314, NULL}};
  CHECK_OK(netvsc_send_parts(bench.sender, parts, 3, NULL));
  memset(netvsc_memory_bytes(memory), 0, 300);
  parts[0].size = 5;
  CHECK_EQUAL(netvsc_send_parts(bench.sender, parts, 1, NULL), NETVSC_ERROR_TOO_SHORT);
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  CHECK_EQUAL(bench.kept->count, 1);
  check_kept(bench.kept, 0, sizeof frame, 3);
  netvsc_memory_release(memory);
  close_bench(&bench);
}

// A frame of UDP over IPv4 whose checksums are left to the host.
static void fill_datagram(uint8_t frame[60]) {
  static const uint8_t headers[42] = {
      0x00, 0x15, 0x5d, 0, 0, 2, 0x00, 0x15, 0x5d, 0, 0, 1, 0x08, 0x00,               // Ethernet
      0x45, 0, 0, 46, 0, 0, 0x40, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2,        // IPv4
      0x10, 0x00, 0x20, 0x00, 0, 26, 0, 0,                                            // UDP
  };
  memset(frame, 0, 60);
  memcpy(frame, headers, sizeof headers);
  // The sum of the pseudo header: addresses, protocol, length.
  uint32_t sum = 0xc000 + 0x0201 + 0xc000 + 0x0202 + 17 + 26;
  sum = (sum & 0xffff) + (sum >> 16);
  frame[40] = (uint8_t)(sum >> 8), frame[41] = (uint8_t)sum;
}

// The Internet checksum of some bytes, with what was summed up before.
static uint16_t folded_sum(const uint8_t *bytes, size_t size, uint32_t sum) {
  for (size_t index = 0; index + 1 < size; index += 2) sum += (uint32_t)(bytes[index] << 8 | bytes[index + 1]);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)sum;
}

static void asks_for_offloads(void) {
  bench bench = open_bench(NULL, NULL);
  uint8_t frame[60];
  fill_datagram(frame);
  netvsc_offload offload = {
      .flags = NETVSC_OFFLOAD_IPV4_HEADER | NETVSC_OFFLOAD_UDP | NETVSC_OFFLOAD_VLAN | NETVSC_OFFLOAD_FLOW_HASH,
      .transport_offset = 34,
      .vlan_tci = 0x602a,
      .flow_hash = 0x12345678,
  };
  CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, &offload));
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  CHECK_EQUAL(bench.kept->count, 1);
  const uint8_t *kept = bench.kept->bytes[0];
  CHECK_EQUAL(bench.kept->sizes[0], 64);
  CHECK(kept[12] == 0x81 && kept[13] == 0x00 && kept[14] == 0x60 && kept[15] == 0x2a);
  CHECK_EQUAL(folded_sum(kept + 18, 20, 0), 0xffff);
  CHECK_EQUAL(folded_sum(kept + 38, 26, folded_sum(kept + 30, 8, 17 + 26)), 0xffff);
  netvsc_statistics statistics;
  CHECK_OK(netvsc_sender_get_statistics(bench.sender, &statistics, sizeof statistics));
  CHECK_EQUAL(statistics.completed_bytes, 64);
  close_bench(&bench);
}

static void refuses_offloads_that_cannot_be(void) {
  bench bench = open_bench(NULL, NULL);
  uint8_t frame[60];
  fill_datagram(frame);
  const netvsc_offload bad[] = {
      {.flags = 1u << 20},
      {.flags = NETVSC_OFFLOAD_TCP | NETVSC_OFFLOAD_UDP},
      {.flags = NETVSC_OFFLOAD_IPV6 | NETVSC_OFFLOAD_IPV4_HEADER},
      {.flags = NETVSC_OFFLOAD_TCP, .transport_offset = 1024},
      {.flags = NETVSC_OFFLOAD_LARGE_SEND, .transport_offset = 34, .segment_size = 0},
      {.flags = NETVSC_OFFLOAD_LARGE_SEND, .transport_offset = 34, .segment_size = 1 << 20},
      {.flags = NETVSC_OFFLOAD_LARGE_SEND | NETVSC_OFFLOAD_UDP, .transport_offset = 34, .segment_size = 1000},
  };
  for (size_t index = 0; index < sizeof bad / sizeof bad[0]; index++) {
    void *room;
    CHECK_EQUAL(netvsc_send(bench.sender, frame, sizeof frame, &bad[index]), NETVSC_ERROR_ARGUMENT);
    CHECK_EQUAL(netvsc_reserve(bench.sender, sizeof frame, &bad[index], &room), NETVSC_ERROR_ARGUMENT);
    CHECK(room == NULL);
  }
  netvsc_error error;
  CHECK_OK(netvsc_sender_get_error(bench.sender, &error));
  CHECK(strstr(error.text, "offload") != NULL);
  close_bench(&bench);
}

static void tells_of_failure_by_the_sink(void) {
  bench bench = open_bench(NULL, NULL);
  uint8_t frame[60];
  fill_frame(frame, sizeof frame, 1);
  bench.kept->answer = -5;
  CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  netvsc_statistics statistics;
  CHECK_OK(netvsc_sender_get_statistics(bench.sender, &statistics, sizeof statistics));
  CHECK_EQUAL(statistics.failed_packets, 1);
  char text[200];
  size_t length = netvsc_host_problem(bench.host, text, sizeof text);
  CHECK_EQUAL(strlen(text), length);
  CHECK(strstr(text, "-5") != NULL);
  CHECK_EQUAL(netvsc_host_problem(bench.host, text, 10), length);
  CHECK_EQUAL(strlen(text), 9);
  CHECK_EQUAL(netvsc_host_problem(bench.host, NULL, 0), length);
  close_bench(&bench);
}

const test sending_tests[] = {
    {"frames are copied, and arrive in order", copies_frames_in_order},
    {"frames of sizes that are not carried are refused, and counted", refuses_sizes},
    {"what would block does nothing, and is taken later", would_block_and_goes_on},
    {"a burst is taken as far as there is room", takes_a_prefix_of_a_burst},
    {"ranges of a run are sent, and judged before", sends_ranges_of_a_run},
    {"a frame in parts is copied", copies_frames_in_parts},
    {"offloads are done by the host", asks_for_offloads},
    {"offloads that cannot be are refused", refuses_offloads_that_cannot_be},
    {"a sink in C fails frames", tells_of_failure_by_the_sink},
    {NULL, NULL},
};
