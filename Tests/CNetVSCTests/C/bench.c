#include "bench.h"

int keep_frame(void *context, const void *frame, size_t size, int64_t timestamp) {
  kept_frames *kept = context;
  CHECK(timestamp > 0);
  pthread_mutex_lock(&kept->lock);
  kept->total++;
  if (kept->count < KEPT_FRAMES) {
    kept->sizes[kept->count] = size;
    memcpy(kept->bytes[kept->count++], frame, size < KEPT_BYTES ? size : KEPT_BYTES);
  }
  pthread_mutex_unlock(&kept->lock);
  return kept->answer;
}

void note_return(void *context, uint64_t cookie, netvsc_fate fate) {
  returned_frames *returned = context;
  CHECK(returned->count < KEPT_FRAMES);
  returned->cookies[returned->count] = cookie;
  returned->fates[returned->count++] = fate;
}

netvsc_host_options host_options(void) {
  netvsc_host_options options;
  netvsc_host_options_init(&options, sizeof options);
  options.runs_inline = true;
  options.deliver = keep_frame;
  return options;
}

netvsc_device_options device_options(void) {
  netvsc_device_options options;
  netvsc_device_options_init(&options, sizeof options);
  return options;
}

bench open_bench(const netvsc_host_options *host, const netvsc_device_options *device) {
  bench bench = {.kept = calloc(1, sizeof(kept_frames))};
  CHECK(bench.kept != NULL);
  pthread_mutex_init(&bench.kept->lock, NULL);
  netvsc_host_options options = host ? *host : host_options();
  if (options.deliver == keep_frame) options.deliver_context = bench.kept;
  netvsc_error error = {.text = ""};
  if (netvsc_host_create(&options, &bench.host, &error) != NETVSC_OK ||
      netvsc_open(bench.host, device, &bench.device, &error) != NETVSC_OK ||
      netvsc_sender_create(bench.device, 0, &bench.sender, &error) != NETVSC_OK) {
    fail(__FILE__, __LINE__, error.text);
  }
  return bench;
}

void close_bench(bench *bench) {
  if (bench->sender) {
    CHECK_OK(netvsc_drain(bench->sender, 5ull * SECOND, NULL, NULL));
    CHECK_OK(netvsc_sender_finish(bench->sender, NULL, NULL));
    check_balance(bench->sender);
  }
  netvsc_sender_free(bench->sender);
  CHECK_OK(netvsc_device_close(bench->device, SECOND));
  netvsc_device_free(bench->device);
  netvsc_host_free(bench->host);
  pthread_mutex_destroy(&bench->kept->lock);
  free(bench->kept);
}

void fill_frame(uint8_t *frame, size_t size, unsigned number) {
  for (size_t index = 0; index < size; index++) frame[index] = (uint8_t)(index * 7 + number);
  // Of a type of its own, so that nobody takes it for another protocol's.
  if (size >= 14) frame[12] = 0x88, frame[13] = 0xb5;
}

void check_kept(const kept_frames *kept, size_t index, size_t size, unsigned number) {
  uint8_t expected[KEPT_BYTES];
  CHECK(index < kept->count);
  CHECK_EQUAL(kept->sizes[index], size);
  fill_frame(expected, size, number);
  CHECK(memcmp(kept->bytes[index], expected, size) == 0);
}

void check_balance(const netvsc_sender *sender) {
  netvsc_statistics now;
  CHECK_OK(netvsc_sender_get_statistics(sender, &now, sizeof now));
  CHECK_EQUAL(
      now.offered_packets, now.too_large_packets + now.too_short_packets + now.completed_packets + now.failed_packets +
                               now.lost_packets);
  CHECK_EQUAL(
      now.offered_bytes,
      now.too_large_bytes + now.too_short_bytes + now.completed_bytes + now.failed_bytes + now.lost_bytes);
}
