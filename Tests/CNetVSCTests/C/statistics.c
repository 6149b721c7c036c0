#include "bench.h"

static void names_counters(void) {
  netvsc_device_options options = device_options();
  options.queue_count = 2;
  bench bench = open_bench(NULL, &options);
  netvsc_sender_free(bench.sender);
  CHECK_OK(netvsc_sender_create(bench.device, 1, &bench.sender, NULL));
  static uint8_t frame[10000];
  CHECK_EQUAL(netvsc_send(bench.sender, frame, sizeof frame, NULL), NETVSC_ERROR_TOO_LARGE);
  CHECK_OK(netvsc_send(bench.sender, frame, 500, NULL));
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  netvsc_counter counter;
  size_t count = 0;
  bool saw_large = false, saw_packets = false, saw_bytes = false;
  for (; netvsc_sender_get_counter(bench.sender, count, &counter) == NETVSC_OK; count++) {
    if (strcmp(counter.name, "tx_too_big") == 0) saw_large = counter.value == 1;
    if (strcmp(counter.name, "tx_queue_1_packets") == 0) saw_packets = counter.value == 1;
    if (strcmp(counter.name, "tx_queue_1_bytes") == 0) saw_bytes = counter.value == 500;
  }
  CHECK(count >= 9);
  CHECK(saw_large && saw_packets && saw_bytes);
  CHECK_EQUAL(netvsc_sender_get_counter(bench.sender, count, &counter), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_sender_get_counter(bench.sender, SIZE_MAX, &counter), NETVSC_ERROR_ARGUMENT);
  close_bench(&bench);
}

static void tells_latencies(void) {
  bench bench = open_bench(NULL, NULL);
  uint8_t frame[60] = {0};
  for (int message = 0; message < 20; message++) {
    CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
    CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  }
  // Those of a finished sender are kept.
  for (int round = 0; round < 2; round++) {
    netvsc_latency latencies[1152];
    size_t count = netvsc_sender_get_latencies(bench.sender, latencies, 1152);
    CHECK(count > 0 && count <= 20);
    uint64_t messages = 0;
    for (size_t index = 0; index < count; index++) {
      messages += latencies[index].count;
      if (index > 0) CHECK(latencies[index].nanoseconds > latencies[index - 1].nanoseconds);
    }
    CHECK_EQUAL(messages, 20);
    latencies[1].count = 99;
    CHECK_EQUAL(netvsc_sender_get_latencies(bench.sender, latencies, 1), count);
    CHECK_EQUAL(latencies[1].count, 99);
    CHECK_EQUAL(netvsc_sender_get_latencies(bench.sender, NULL, 0), count);
    if (round == 0) CHECK_OK(netvsc_sender_finish(bench.sender, NULL, NULL));
  }
  netvsc_sender_free(bench.sender);
  bench.sender = NULL;
  close_bench(&bench);
}

static void counts_each_kind(void) {
  bench bench = open_bench(NULL, NULL);
  uint8_t frame[200] = {0};
  for (int number = 0; number < 10; number++) CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
  netvsc_statistics statistics;
  CHECK_OK(netvsc_sender_get_statistics(bench.sender, &statistics, sizeof statistics));
  CHECK_EQUAL(statistics.offered_packets, 10);
  CHECK_EQUAL(statistics.offered_bytes, 2000);
  CHECK_EQUAL(statistics.published_packets, 0);
  CHECK_EQUAL(statistics.first_publication, 0);
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  CHECK_OK(netvsc_sender_get_statistics(bench.sender, &statistics, sizeof statistics));
  CHECK_EQUAL(statistics.reserved_packets, 10);
  CHECK_EQUAL(statistics.published_bytes, 2000);
  CHECK_EQUAL(statistics.completed_packets, 10);
  CHECK_EQUAL(statistics.messages, 2);
  CHECK_EQUAL(statistics.completions, 2);
  CHECK(statistics.first_publication > 0 && statistics.last_publication >= statistics.first_publication);
  CHECK(statistics.last_completion >= statistics.last_publication);
  // Of a user who knows only the first two.
  uint64_t few[3] = {7, 7, 7};
  CHECK_OK(netvsc_sender_get_statistics(bench.sender, (netvsc_statistics *)few, 16));
  CHECK(few[0] == 10 && few[1] == 2000 && few[2] == 7);
  close_bench(&bench);
}

const test statistics_tests[] = {
    {"counters have the names of ethtool", names_counters},
    {"latencies are told by their values", tells_latencies},
    {"packets are counted by what became of them", counts_each_kind},
    {NULL, NULL},
};
