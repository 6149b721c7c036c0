#include "bench.h"

static void counts_what_it_gets(void) {
  bench bench = open_bench(NULL, NULL);
  uint8_t frame[100] = {0};
  CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  netvsc_host_statistics all, first, second;
  CHECK_OK(netvsc_host_get_statistics(bench.host, -1, &all, sizeof all));
  CHECK_OK(netvsc_host_get_statistics(bench.host, 0, &first, sizeof first));
  CHECK_OK(netvsc_host_get_statistics(bench.host, 1, &second, sizeof second));
  CHECK_EQUAL(netvsc_host_get_statistics(bench.host, 64, &second, sizeof second), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(all.received_packets, 1);
  CHECK_EQUAL(all.received_bytes, 100);
  CHECK_EQUAL(all.delivered_packets, 1);
  CHECK_EQUAL(first.received_packets, 1);
  CHECK_EQUAL(second.received_packets, 0);
  CHECK(all.messages > 0 && all.completions > 0);
  CHECK_EQUAL(all.violations + all.failures + all.refused_offloads, 0);
  CHECK_EQUAL(netvsc_host_problem(bench.host, NULL, 0), 0);
  // Of a user who knows only the first two.
  uint64_t few[3] = {7, 7, 7};
  CHECK_OK(netvsc_host_get_statistics(bench.host, -1, (netvsc_host_statistics *)few, 16));
  CHECK(few[0] == 1 && few[1] == 100 && few[2] == 7);
  close_bench(&bench);
}

static void verifies(void) {
  netvsc_host_options options;
  netvsc_host_options_init(&options, sizeof options);
  options.runs_inline = true;
  options.sink = "verify";
  bench bench = open_bench(&options, NULL);
  uint8_t frame[100] = {1};
  CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  netvsc_host_statistics statistics;
  CHECK_OK(netvsc_host_get_statistics(bench.host, -1, &statistics, sizeof statistics));
  CHECK(statistics.digest != 0);
  close_bench(&bench);
}

static uint64_t seven(void *context) {
  (*(unsigned *)context)++;
  return 7;
}

static int check_stamp(void *context, const void *frame, size_t size, int64_t timestamp) {
  (void)frame, (void)size;
  CHECK_EQUAL(timestamp, 7);
  (*(unsigned *)context)++;
  return 0;
}

static void stamps_by_a_clock_in_c(void) {
  unsigned asked = 0, delivered = 0;
  netvsc_host_options options;
  netvsc_host_options_init(&options, sizeof options);
  options.runs_inline = true;
  options.deliver = check_stamp;
  options.deliver_context = &delivered;
  options.wall_clock = seven;
  options.wall_clock_context = &asked;
  bench bench = open_bench(&options, NULL);
  uint8_t frame[60] = {0};
  CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  CHECK_EQUAL(delivered, 1);
  CHECK(asked > 0);
  close_bench(&bench);
}

static void refuses_options(void) {
  netvsc_error error;
  netvsc_host *host;
  netvsc_host_options options;
#define CHECK_REFUSED(field, value, mention)                                     \
  netvsc_host_options_init(&options, sizeof options);                            \
  options.field = value;                                                         \
  CHECK_EQUAL(netvsc_host_create(&options, &host, &error), NETVSC_ERROR_ARGUMENT); \
  CHECK(host == NULL && strstr(error.text, mention) != NULL)
  CHECK_REFUSED(sink, "nul", "nul");
  CHECK_REFUSED(source, "verify", "verify");
  CHECK_REFUSED(channel_limit, 0, "channel_limit");
  CHECK_REFUSED(channel_limit, 65, "channel_limit");
  CHECK_REFUSED(section_size, 76, "section_size");
  CHECK_REFUSED(section_size, 64, "section_size");
  CHECK_REFUSED(newest_version, 3, "newest_version");
  CHECK_REFUSED(fault_loss_per_million, 1000001, "fault_loss_per_million");
}

static void grants_what_it_is_told_to(void) {
  netvsc_host_options options = host_options();
  options.newest_version = NETVSC_VERSION_5;
  options.granted_subchannel_limit = 2;
  options.offers_large_sends = false;
  options.section_size = 2048;
  netvsc_device_options device = device_options();
  device.queue_count = 8;
  bench bench = open_bench(&options, &device);
  netvsc_device_properties properties;
  CHECK_OK(netvsc_device_get_properties(bench.device, &properties, sizeof properties));
  CHECK_EQUAL(properties.queue_count, 3);
  CHECK(strcmp(properties.protocol_version, "NVSP 5") == 0);
  CHECK_EQUAL(properties.offloads & (NETVSC_OFFLOAD_LARGE_SEND | NETVSC_OFFLOAD_LARGE_SEND_IPV6), 0);
  CHECK_EQUAL(properties.large_send_size_ipv4, 0);
  CHECK((properties.offloads & NETVSC_OFFLOAD_TCP) != 0);
  close_bench(&bench);
}

static void fails_on_purpose(void) {
  netvsc_host_options options = host_options();
  options.fault_failing_after = 0;
  bench bench = open_bench(&options, NULL);
  uint8_t frame[60] = {0};
  CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  netvsc_statistics statistics;
  CHECK_OK(netvsc_sender_get_statistics(bench.sender, &statistics, sizeof statistics));
  CHECK_EQUAL(statistics.failed_packets, 1);
  close_bench(&bench);
}

static void loses_frames_on_purpose(void) {
  netvsc_host_options options = host_options();
  options.fault_loss_per_million = 250000;
  options.fault_seed = 7;
  uint64_t lost[2];
  for (int run = 0; run < 2; run++) {
    bench bench = open_bench(&options, NULL);
    uint8_t frame[60];
    for (unsigned number = 0; number < 400; number++) {
      fill_frame(frame, sizeof frame, number);
      while (netvsc_send(bench.sender, frame, sizeof frame, NULL) == NETVSC_WOULD_BLOCK) {
        CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
      }
    }
    CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
    netvsc_host_statistics statistics;
    CHECK_OK(netvsc_host_get_statistics(bench.host, -1, &statistics, sizeof statistics));
    lost[run] = statistics.lost_to_sink;
    CHECK(lost[run] > 50 && lost[run] < 150);
    CHECK_EQUAL(bench.kept->total, 400 - lost[run]);
    close_bench(&bench);
  }
  CHECK_EQUAL(lost[0], lost[1]);
}

static void goes_away_and_comes_back(void) {
  bench bench = open_bench(NULL, NULL);
  uint8_t frame[60] = {0};
  netvsc_error error;
  CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
  CHECK_OK(netvsc_host_restart(bench.host, &error));
  CHECK_EQUAL(netvsc_drain(bench.sender, SECOND, NULL, NULL), NETVSC_ERROR_GONE);
  CHECK_OK(netvsc_sender_get_error(bench.sender, &error));
  CHECK_EQUAL(error.code, NETVSC_ERROR_GONE);
  CHECK(strstr(error.text, "restarted") != NULL);
  netvsc_sender_free(bench.sender);
  netvsc_device_options options = device_options();
  options.queue_count = 2;
  CHECK_OK(netvsc_device_reopen(bench.device, &options, SECOND, &error));
  netvsc_device_properties properties;
  CHECK_OK(netvsc_device_get_properties(bench.device, &properties, sizeof properties));
  CHECK_EQUAL(properties.queue_count, 2);
  CHECK_OK(netvsc_sender_create(bench.device, 1, &bench.sender, &error));
  CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  netvsc_sender_free(bench.sender);
  bench.sender = NULL;
  CHECK_OK(netvsc_host_shut_down(bench.host));
  CHECK(netvsc_device_reopen(bench.device, NULL, SECOND / 100, &error) < 0);
  close_bench(&bench);
}

static void may_be_freed_first(void) {
  bench bench = open_bench(NULL, NULL);
  netvsc_memory *memory;
  CHECK_OK(netvsc_memory_allocate(bench.device, 100, &memory, NULL));
  netvsc_host_free(bench.host);
  bench.host = NULL;
  CHECK_EQUAL(netvsc_poll(bench.sender, NULL, NULL, NULL), NETVSC_ERROR_GONE);
  netvsc_device_free(bench.device);
  bench.device = NULL;
  CHECK_EQUAL(netvsc_flush(bench.sender), NETVSC_OK);
  netvsc_sender_free(bench.sender);
  memset(netvsc_memory_bytes(memory), 1, netvsc_memory_size(memory));
  netvsc_memory_release(memory);
  free(bench.kept);
}

const test host_tests[] = {
    {"a host counts what it gets", counts_what_it_gets},
    {"a host verifies", verifies},
    {"a clock in C stamps frames", stamps_by_a_clock_in_c},
    {"options of a host that cannot be are refused", refuses_options},
    {"a host grants what it is told to", grants_what_it_is_told_to},
    {"a host fails on purpose", fails_on_purpose},
    {"a host loses frames on purpose", loses_frames_on_purpose},
    {"a host goes away and comes back", goes_away_and_comes_back},
    {"a host may be freed first", may_be_freed_first},
    {NULL, NULL},
};
