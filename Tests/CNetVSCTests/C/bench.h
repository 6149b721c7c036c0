// A host in this process that keeps what it gets, and a guest of it.
#ifndef BENCH_H
#define BENCH_H

#include "check.h"

#include <pthread.h>
#include <string.h>

#include "netvsc.h"

enum { KEPT_FRAMES = 512, KEPT_BYTES = 9216, SECOND = 1000000000 };

// What a sink got.
typedef struct kept_frames {
  pthread_mutex_t lock;
  size_t count;
  size_t sizes[KEPT_FRAMES];
  // The first of them; longer ones are cut.
  uint8_t bytes[KEPT_FRAMES][KEPT_BYTES];
  // Of all, also of those that are not kept.
  uint64_t total;
  // What the sink answers.
  int answer;
} kept_frames;

typedef struct bench {
  netvsc_host *host;
  netvsc_device *device;
  netvsc_sender *sender;
  kept_frames *kept;
} bench;

// What frames that were lent became.
typedef struct returned_frames {
  size_t count;
  uint64_t cookies[KEPT_FRAMES];
  netvsc_fate fates[KEPT_FRAMES];
} returned_frames;

// For netvsc_host_options.deliver, with kept_frames.
int keep_frame(void *context, const void *frame, size_t size, int64_t timestamp);

// For netvsc_poll, with returned_frames.
void note_return(void *context, uint64_t cookie, netvsc_fate fate);

// Options with which the host runs inline and keeps its frames.
netvsc_host_options host_options(void);
netvsc_device_options device_options(void);

// Opens all; NULL: the options above.
bench open_bench(const netvsc_host_options *host, const netvsc_device_options *device);

// Drains the sender if there is one, checks that its packets are accounted for, and frees all.
void close_bench(bench *bench);

// Writes a frame of `size` bytes that `number` tells from others.
void fill_frame(uint8_t *frame, size_t size, unsigned number);

// Checks that the sink got such a frame at `index`.
void check_kept(const kept_frames *kept, size_t index, size_t size, unsigned number);

// Checks that offered = refused + completed + failed + lost.
void check_balance(const netvsc_sender *sender);

#endif
