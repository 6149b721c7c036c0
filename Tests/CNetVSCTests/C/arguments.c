#include "bench.h"

// Every function is given NULL for each thing that it needs, and says so rather than trap.
static void takes_null(void) {
  netvsc_error error;
  netvsc_host *host = (netvsc_host *)&error;
  netvsc_device *device = (netvsc_device *)&error;
  netvsc_memory *memory = (netvsc_memory *)&error;
  netvsc_sender *sender = (netvsc_sender *)&error;
  uint8_t frame[60] = {0};
  netvsc_part part = {.bytes = frame, .size = sizeof frame};
  netvsc_packet packet = {.parts = &part, .count = 1};
  netvsc_range range = {0, 60};
  size_t taken = 5;
  void *room = frame;

  netvsc_host_options_init(NULL, 100);
  netvsc_device_options_init(NULL, 100);
  CHECK_EQUAL(netvsc_host_create(NULL, NULL, &error), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(error.code, NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_host_create(NULL, NULL, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_host_shut_down(NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_host_restart(NULL, &error), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_host_get_statistics(NULL, -1, NULL, 0), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_host_problem(NULL, NULL, 0), 0);
  netvsc_host_free(NULL);

  CHECK_EQUAL(netvsc_open(NULL, NULL, &device, &error), NETVSC_ERROR_ARGUMENT);
  CHECK(device == NULL && strstr(error.text, "host") != NULL);
  CHECK_EQUAL(netvsc_open_path(NULL, NULL, &device, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_device_close(NULL, 0), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_device_reopen(NULL, NULL, 0, NULL), NETVSC_ERROR_ARGUMENT);
  netvsc_device_free(NULL);
  CHECK_EQUAL(netvsc_device_get_properties(NULL, NULL, 0), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_device_get_host_statistics(NULL, NULL, 0), NETVSC_ERROR_ARGUMENT);
  CHECK(!netvsc_device_link_is_up(NULL));
  CHECK_EQUAL(netvsc_device_status_indications(NULL), 0);
  CHECK_EQUAL(netvsc_device_get_steering(NULL, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_flow_hash(NULL, 60), 0);
  CHECK_EQUAL(netvsc_device_processor_queue(NULL, 0), 0);
  CHECK_EQUAL(netvsc_device_map_processor(NULL, 0, 0), NETVSC_ERROR_ARGUMENT);

  CHECK_EQUAL(netvsc_memory_allocate(NULL, 1, &memory, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK(memory == NULL);
  CHECK_EQUAL(netvsc_memory_register(NULL, 0, &memory, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK(netvsc_memory_bytes(NULL) == NULL);
  CHECK_EQUAL(netvsc_memory_size(NULL), 0);
  netvsc_memory_release(NULL);

  CHECK_EQUAL(netvsc_sender_create(NULL, 0, &sender, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK(sender == NULL);
  CHECK_EQUAL(netvsc_sender_create_at(NULL, 0, 0, &sender, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_sender_create_for_processor(NULL, 0, &sender, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_sender_finish(NULL, NULL, NULL), NETVSC_ERROR_ARGUMENT);
  netvsc_sender_free(NULL);
  CHECK_EQUAL(netvsc_sender_get_error(NULL, &error), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_sender_queue(NULL), 0);
  CHECK_EQUAL(netvsc_sender_number(NULL), 0);
  CHECK_EQUAL(netvsc_sender_in_flight(NULL), 0);
  CHECK_EQUAL(netvsc_sender_receivable(NULL), 0);
  CHECK(!netvsc_sender_has_room(NULL));
  CHECK(!netvsc_sender_is_stopped(NULL));
  CHECK(!netvsc_sender_is_closing(NULL));
  CHECK(!netvsc_sender_should_move(NULL));

  CHECK_EQUAL(netvsc_send(NULL, frame, sizeof frame, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_send_parts(NULL, &part, 1, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_send_burst(NULL, &part, 1, &taken), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(taken, 0);
  CHECK_EQUAL(netvsc_send_ranges(NULL, frame, sizeof frame, &range, 1, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_send_memory(NULL, NULL, &range, 1, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_submit(NULL, &part, 1, 0, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_submit_burst(NULL, &packet, 1, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_reserve(NULL, 60, NULL, &room), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_commit(NULL, 60, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_abort(NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_flush(NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_poll(NULL, NULL, NULL, &taken), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_receive(NULL, 1, NULL, NULL, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_wait(NULL, 0), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_drain(NULL, 0, NULL, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_sender_get_statistics(NULL, NULL, 0), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_sender_get_counter(NULL, 0, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_sender_get_latencies(NULL, NULL, 0), 0);
  (void)host;
}

static void takes_null_beside_a_handle(void) {
  bench bench = open_bench(NULL, NULL);
  netvsc_range range = {0, 60};
  netvsc_part part = {.size = 60};
  netvsc_error error;
  CHECK_EQUAL(netvsc_send(bench.sender, NULL, 60, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_send(bench.sender, &range, SIZE_MAX, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_send_burst(bench.sender, NULL, 1, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_send_burst(bench.sender, &part, 1, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_send_parts(bench.sender, &part, 1, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_send_parts(bench.sender, NULL, 1, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_send_ranges(bench.sender, NULL, 60, &range, 1, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_send_ranges(bench.sender, &range, 8, NULL, 1, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_send_memory(bench.sender, NULL, &range, 1, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_submit_burst(bench.sender, NULL, 1, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_sender_get_statistics(bench.sender, NULL, 8), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_sender_get_counter(bench.sender, 0, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_sender_get_error(bench.sender, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_device_get_properties(bench.device, NULL, 8), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_device_get_steering(bench.device, NULL), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_host_get_statistics(bench.host, -1, NULL, 8), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_sender_create(bench.device, 0, NULL, &error), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_memory_allocate(bench.device, 0, NULL, &error), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_open(bench.host, NULL, NULL, &error), NETVSC_ERROR_ARGUMENT);
  // Its host is in this process, and is asked itself.
  netvsc_host_statistics seen;
  CHECK_EQUAL(netvsc_device_get_host_statistics(bench.device, &seen, sizeof seen), NETVSC_ERROR_UNSUPPORTED);
  netvsc_memory *memory;
  CHECK_EQUAL(netvsc_memory_allocate(bench.device, 0, &memory, &error), NETVSC_ERROR_ARGUMENT);
  CHECK_EQUAL(netvsc_memory_allocate(bench.device, SIZE_MAX, &memory, &error), NETVSC_ERROR_ARGUMENT);
  CHECK(memory == NULL);
  close_bench(&bench);
}

static void knows_finished_senders(void) {
  bench bench = open_bench(NULL, NULL);
  uint8_t frame[60] = {0};
  void *room;
  size_t count;
  CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  CHECK_OK(netvsc_reserve(bench.sender, 60, NULL, &room));
  CHECK_OK(netvsc_sender_finish(bench.sender, NULL, NULL));
  CHECK_EQUAL(netvsc_send(bench.sender, frame, sizeof frame, NULL), NETVSC_ERROR_FINISHED);
  CHECK_EQUAL(netvsc_reserve(bench.sender, 60, NULL, &room), NETVSC_ERROR_FINISHED);
  CHECK_EQUAL(netvsc_commit(bench.sender, 60, NULL), NETVSC_ERROR_FINISHED);
  CHECK_EQUAL(netvsc_abort(bench.sender), NETVSC_ERROR_FINISHED);
  CHECK_EQUAL(netvsc_flush(bench.sender), NETVSC_ERROR_FINISHED);
  CHECK_EQUAL(netvsc_poll(bench.sender, NULL, NULL, &count), NETVSC_ERROR_FINISHED);
  CHECK_EQUAL(netvsc_wait(bench.sender, 1), NETVSC_ERROR_FINISHED);
  CHECK_EQUAL(netvsc_drain(bench.sender, 1, NULL, NULL), NETVSC_ERROR_FINISHED);
  CHECK_EQUAL(netvsc_sender_finish(bench.sender, NULL, NULL), NETVSC_ERROR_FINISHED);
  CHECK(!netvsc_sender_has_room(bench.sender));
  CHECK_EQUAL(netvsc_sender_in_flight(bench.sender), 0);
  netvsc_error error;
  CHECK_OK(netvsc_sender_get_error(bench.sender, &error));
  CHECK_EQUAL(error.code, NETVSC_ERROR_FINISHED);
  // What became of its packets is left.
  netvsc_statistics statistics;
  CHECK_OK(netvsc_sender_get_statistics(bench.sender, &statistics, sizeof statistics));
  CHECK_EQUAL(statistics.completed_packets, 1);
  // And another can have its place.
  netvsc_sender *next;
  CHECK_OK(netvsc_sender_create(bench.device, 0, &next, NULL));
  netvsc_sender_free(bench.sender);
  bench.sender = next;
  close_bench(&bench);
}

typedef struct call_within {
  netvsc_sender *sender;
  unsigned count;
} call_within;

static void call_again(void *context, uint64_t cookie, netvsc_fate fate) {
  call_within *call = context;
  uint8_t frame[60] = {0};
  netvsc_statistics statistics;
  (void)cookie, (void)fate;
  CHECK_EQUAL(netvsc_send(call->sender, frame, sizeof frame, NULL), NETVSC_ERROR_BUSY);
  CHECK_EQUAL(netvsc_poll(call->sender, NULL, NULL, NULL), NETVSC_ERROR_BUSY);
  CHECK_EQUAL(netvsc_sender_finish(call->sender, NULL, NULL), NETVSC_ERROR_BUSY);
  CHECK_EQUAL(netvsc_sender_get_statistics(call->sender, &statistics, sizeof statistics), NETVSC_ERROR_BUSY);
  CHECK(!netvsc_sender_has_room(call->sender));
  // It would go on with what is freed.
  netvsc_sender_free(call->sender);
  call->count++;
}

static void knows_calls_within_callbacks(void) {
  bench bench = open_bench(NULL, NULL);
  netvsc_memory *memory;
  CHECK_OK(netvsc_memory_allocate(bench.device, 4096, &memory, NULL));
  netvsc_part part = {netvsc_memory_bytes(memory), 100, memory};
  call_within call = {.sender = bench.sender};
  CHECK_OK(netvsc_submit(bench.sender, &part, 1, 0, NULL));
  CHECK_OK(netvsc_drain(bench.sender, SECOND, call_again, &call));
  CHECK_EQUAL(call.count, 1);
  CHECK_OK(netvsc_submit(bench.sender, &part, 1, 0, NULL));
  netvsc_memory_release(memory);
  close_bench(&bench);
}

static void knows_options_of_other_versions(void) {
  netvsc_error error;
  netvsc_host *host;
  // Of a user who knows less: what is behind is not touched, nor looked at.
  struct {
    netvsc_host_options options;
    uint64_t behind;
  } older;
  memset(&older, 0xa5, sizeof older);
  size_t size = offsetof(netvsc_host_options, sink);
  netvsc_host_options_init(&older.options, size);
  CHECK_EQUAL(older.options.size, size);
  CHECK_EQUAL(*((uint8_t *)&older + size), 0xa5);
  CHECK_OK(netvsc_host_create(&older.options, &host, &error));
  netvsc_host_free(host);
  // Of one who knows more, and does not use it.
  struct {
    netvsc_host_options options;
    uint64_t unknown;
  } newer;
  netvsc_host_options_init(&newer.options, sizeof newer);
  CHECK_EQUAL(newer.unknown, 0);
  CHECK_OK(netvsc_host_create(&newer.options, &host, &error));
  netvsc_host_free(host);
  newer.unknown = 1;
  CHECK_EQUAL(netvsc_host_create(&newer.options, &host, &error), NETVSC_ERROR_ARGUMENT);
  CHECK(host == NULL);
  // Of one who did not initialise them.
  newer.options.size = 0;
  CHECK_EQUAL(netvsc_host_create(&newer.options, &host, &error), NETVSC_ERROR_ARGUMENT);
  newer.options.size = SIZE_MAX;
  CHECK_EQUAL(netvsc_host_create(&newer.options, &host, &error), NETVSC_ERROR_ARGUMENT);
}

static void has_texts(void) {
  CHECK(strcmp(netvsc_result_text(NETVSC_OK), "done") == 0);
  CHECK(strcmp(netvsc_result_text((netvsc_result)-99), "unknown result") == 0);
  for (int result = NETVSC_WOULD_BLOCK; result >= NETVSC_ERROR_UNSUPPORTED; result--) {
    const char *text = netvsc_result_text((netvsc_result)result);
    CHECK(strlen(text) > 3 && strcmp(text, "unknown result") != 0);
  }
  char version[32];
  snprintf(
      version, sizeof version, "%d.%d.%d", NETVSC_VERSION_MAJOR, NETVSC_VERSION_MINOR, NETVSC_VERSION_PATCH);
  CHECK(strcmp(netvsc_version(), version) == 0);
}

const test argument_tests[] = {
    {"NULL is an error everywhere", takes_null},
    {"NULL beside a handle is an error as well", takes_null_beside_a_handle},
    {"a finished sender says so", knows_finished_senders},
    {"a call within a callback of the same sender says so", knows_calls_within_callbacks},
    {"options of other versions are known by their size", knows_options_of_other_versions},
    {"results and version have a text", has_texts},
    {NULL, NULL},
};
