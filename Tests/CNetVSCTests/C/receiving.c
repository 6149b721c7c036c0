#include "bench.h"

#include <time.h>

// A source that has so many frames, which differ in size and contents. What comes while a device is opened is not heard, so
// it has none before.
typedef struct frame_source {
  pthread_mutex_t lock;
  unsigned next, count;
  // Whether it ends with an error then.
  bool ends;
} frame_source;

static size_t size_of_frame(unsigned number) { return 60 + number % 1400; }

static void fill_broadcast(uint8_t *frame, size_t size, unsigned number) {
  fill_frame(frame, size, number);
  memset(frame, 0xff, 6);
}

static ptrdiff_t fetch_frame(void *context, void *buffer, size_t capacity) {
  frame_source *source = context;
  pthread_mutex_lock(&source->lock);
  ptrdiff_t size = source->ends ? -1 : 0;
  if (source->next < source->count) {
    size = (ptrdiff_t)size_of_frame(source->next);
    CHECK((size_t)size <= capacity);
    fill_broadcast(buffer, (size_t)size, source->next++);
  }
  pthread_mutex_unlock(&source->lock);
  return size;
}

static bool wait_for_frame(void *context, uint64_t timeout) {
  frame_source *source = context;
  pthread_mutex_lock(&source->lock);
  bool has_frames = source->next < source->count;
  pthread_mutex_unlock(&source->lock);
  // None comes by itself.
  if (!has_frames) {
    struct timespec rest = {.tv_nsec = timeout < 1000000 ? (long)timeout : 1000000};
    nanosleep(&rest, NULL);
  }
  return has_frames;
}

// What came of them.
typedef struct taken_frames {
  netvsc_sender *sender;
  unsigned count;
} taken_frames;

static void take_frame(void *context, const netvsc_frame *frame) {
  taken_frames *taken = context;
  uint8_t expected[KEPT_BYTES];
  CHECK_EQUAL(frame->size, size_of_frame(taken->count));
  fill_broadcast(expected, frame->size, taken->count);
  CHECK(memcmp(frame->bytes, expected, frame->size) == 0);
  CHECK_EQUAL(frame->flags & (NETVSC_RECEIVED_VLAN | NETVSC_RECEIVED_CHECKSUM_BAD), 0);
  // The sender hands them out.
  CHECK_EQUAL(netvsc_flush(taken->sender), NETVSC_ERROR_BUSY);
  CHECK_EQUAL(netvsc_receive(taken->sender, 1, take_frame, taken, NULL), NETVSC_ERROR_BUSY);
  taken->count++;
}

static bench open_receiving(frame_source *source, bool runs_inline, unsigned count) {
  pthread_mutex_init(&source->lock, NULL);
  netvsc_host_options host = host_options();
  host.runs_inline = runs_inline;
  host.fetch = fetch_frame;
  host.wait = wait_for_frame;
  host.fetch_context = source;
  netvsc_device_options device = device_options();
  device.receives_frames = true;
  bench bench = open_bench(&host, &device);
  netvsc_device_properties properties;
  CHECK_OK(netvsc_device_get_properties(bench.device, &properties, sizeof properties));
  CHECK(properties.receives_frames);
  pthread_mutex_lock(&source->lock);
  source->count = count;
  pthread_mutex_unlock(&source->lock);
  return bench;
}

static void receive_all(bool runs_inline) {
  enum { COUNT = 3000 };
  frame_source source = {.next = 0};
  bench bench = open_receiving(&source, runs_inline, COUNT);
  taken_frames taken = {.sender = bench.sender};
  uint8_t frame[100];
  fill_frame(frame, sizeof frame, 1);
  for (int round = 0; taken.count < COUNT; round++) {
    CHECK(round < 100000);
    // Sending goes on beside it.
    if (round < 50) CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
    CHECK_OK(netvsc_flush(bench.sender));
    CHECK_OK(netvsc_wait(bench.sender, SECOND / 100));
    CHECK_OK(netvsc_poll(bench.sender, NULL, NULL, NULL));
    size_t there = netvsc_sender_receivable(bench.sender), received = 99;
    unsigned before = taken.count;
    CHECK_OK(netvsc_receive(bench.sender, 10, take_frame, &taken, &received));
    CHECK_EQUAL(received, taken.count - before);
    CHECK_EQUAL(received, there < 10 ? there : 10);
    if (there > 10) CHECK_OK(netvsc_receive(bench.sender, SIZE_MAX, take_frame, &taken, &received));
    CHECK_EQUAL(netvsc_sender_receivable(bench.sender), 0);
  }
  netvsc_statistics statistics;
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  CHECK_OK(netvsc_sender_get_statistics(bench.sender, &statistics, sizeof statistics));
  CHECK_EQUAL(statistics.received_packets, COUNT);
  CHECK_EQUAL(statistics.unwanted_packets + statistics.malformed_receives, 0);
  CHECK(statistics.receives_acknowledged > 0);
  netvsc_host_statistics seen;
  CHECK_OK(netvsc_host_get_statistics(bench.host, -1, &seen, sizeof seen));
  CHECK_EQUAL(seen.offered_packets, COUNT);
  CHECK_EQUAL(seen.indicated_packets, COUNT);
  CHECK_EQUAL(seen.indicated_bytes, statistics.received_bytes);
  CHECK(seen.indications > 0);
  close_bench(&bench);
  pthread_mutex_destroy(&source.lock);
}

static void receives_what_an_inline_host_has(void) { receive_all(true); }
static void receives_what_a_host_with_threads_has(void) { receive_all(false); }

static void notes_the_end_of_a_source(void) {
  frame_source source = {.next = 0};
  bench bench = open_receiving(&source, true, 1);
  source.ends = true;
  taken_frames taken = {.sender = bench.sender};
  for (int round = 0; round < 10; round++) {
    CHECK_OK(netvsc_wait(bench.sender, SECOND / 1000));
    CHECK_OK(netvsc_poll(bench.sender, NULL, NULL, NULL));
    CHECK_OK(netvsc_receive(bench.sender, SIZE_MAX, take_frame, &taken, NULL));
  }
  CHECK_EQUAL(taken.count, 1);
  char text[100];
  CHECK(netvsc_host_problem(bench.host, text, sizeof text) > 0);
  CHECK(strstr(text, "-1") != NULL);
  CHECK_EQUAL(netvsc_receive(bench.sender, 1, NULL, NULL, NULL), NETVSC_ERROR_ARGUMENT);
  close_bench(&bench);
  pthread_mutex_destroy(&source.lock);
}

static void needs_both_halves_of_a_source(void) {
  netvsc_host_options options = host_options();
  netvsc_host *host;
  options.fetch = fetch_frame;
  CHECK_EQUAL(netvsc_host_create(&options, &host, NULL), NETVSC_ERROR_ARGUMENT);
}

const test receiving_tests[] = {
    {"frames come from a host that runs inline", receives_what_an_inline_host_has},
    {"frames come from a host with threads", receives_what_a_host_with_threads_has},
    {"a source that ends is noted", notes_the_end_of_a_source},
    {"a source is what fetches, and what waits", needs_both_halves_of_a_source},
    {NULL, NULL},
};
