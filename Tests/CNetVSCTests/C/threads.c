#include "bench.h"

enum { THREADS = 4, FRAMES = 2000 };

typedef struct worker {
  pthread_t thread;
  netvsc_sender *sender;
  unsigned number;
} worker;

static void *send_frames(void *context) {
  worker *worker = context;
  uint8_t frame[200];
  for (unsigned number = 0; number < FRAMES; number++) {
    fill_frame(frame, sizeof frame, worker->number);
    netvsc_result result;
    while ((result = netvsc_send(worker->sender, frame, sizeof frame, NULL)) == NETVSC_WOULD_BLOCK) {
      CHECK_OK(netvsc_flush(worker->sender));
      CHECK_OK(netvsc_wait(worker->sender, SECOND / 1000));
      CHECK_OK(netvsc_poll(worker->sender, NULL, NULL, NULL));
    }
    CHECK_OK(result);
  }
  CHECK_OK(netvsc_drain(worker->sender, 10ull * SECOND, NULL, NULL));
  return NULL;
}

// Each thread has a sender, `per_queue` of them share a queue, and the host has threads of its own.
static void send_from_threads(uint32_t per_queue) {
  netvsc_host_options host = host_options();
  host.runs_inline = false;
  netvsc_device_options options = device_options();
  options.senders_per_queue = per_queue;
  options.queue_count = THREADS / per_queue;
  bench bench = open_bench(&host, &options);
  worker workers[THREADS];
  for (unsigned number = 0; number < THREADS; number++) {
    workers[number].number = number;
    if (number == 0) {
      workers[number].sender = bench.sender;
    } else {
      CHECK_OK(netvsc_sender_create(bench.device, number / per_queue, &workers[number].sender, NULL));
    }
  }
  for (unsigned number = 0; number < THREADS; number++) {
    CHECK_EQUAL(pthread_create(&workers[number].thread, NULL, send_frames, &workers[number]), 0);
  }
  for (unsigned number = 0; number < THREADS; number++) {
    CHECK_EQUAL(pthread_join(workers[number].thread, NULL), 0);
    check_balance(workers[number].sender);
    if (number > 0) netvsc_sender_free(workers[number].sender);
  }
  CHECK_EQUAL(bench.kept->total, THREADS * FRAMES);
  close_bench(&bench);
}

static void send_on_queues_of_their_own(void) { send_from_threads(1); }
static void share_queues(void) { send_from_threads(2); }
static void share_one_queue(void) { send_from_threads(THREADS); }

static void *finish_when_asked(void *context) {
  netvsc_sender *sender = context;
  while (!netvsc_sender_is_closing(sender)) {
    CHECK_OK(netvsc_wait(sender, SECOND / 100));
    CHECK_OK(netvsc_poll(sender, NULL, NULL, NULL));
  }
  CHECK_OK(netvsc_drain(sender, SECOND, NULL, NULL));
  CHECK_OK(netvsc_sender_finish(sender, NULL, NULL));
  return NULL;
}

static void finish_when_the_device_closes(void) {
  netvsc_host_options host = host_options();
  host.runs_inline = false;
  bench bench = open_bench(&host, NULL);
  pthread_t thread;
  CHECK_EQUAL(pthread_create(&thread, NULL, finish_when_asked, bench.sender), 0);
  CHECK_OK(netvsc_device_close(bench.device, 10ull * SECOND));
  CHECK_EQUAL(pthread_join(thread, NULL), 0);
  netvsc_sender_free(bench.sender);
  bench.sender = NULL;
  close_bench(&bench);
}

const test thread_tests[] = {
    {"threads send on queues of their own", send_on_queues_of_their_own},
    {"threads share queues", share_queues},
    {"threads share one queue", share_one_queue},
    {"threads finish their senders when the device closes", finish_when_the_device_closes},
    {NULL, NULL},
};
