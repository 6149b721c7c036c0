#include "bench.h"

static void sends_to_a_host_in_another_process(void) {
  netvsc_device *device;
  netvsc_sender *sender;
  netvsc_error error = {.text = ""};
  netvsc_device_options options = device_options();
  options.queue_count = 2;
  if (netvsc_open_path(host_path, &options, &device, &error) != NETVSC_OK) fail(__FILE__, __LINE__, error.text);
  CHECK_OK(netvsc_sender_create(device, 1, &sender, &error));
  uint8_t frame[1514];
  for (unsigned number = 0; number < 5000; number++) {
    size_t size = 60 + number % 1400;
    fill_frame(frame, size, number);
    netvsc_result result;
    while ((result = netvsc_send(sender, frame, size, NULL)) == NETVSC_WOULD_BLOCK) {
      CHECK_OK(netvsc_flush(sender));
      CHECK_OK(netvsc_wait(sender, SECOND / 100));
      CHECK_OK(netvsc_poll(sender, NULL, NULL, NULL));
    }
    CHECK_OK(result);
  }
  CHECK_OK(netvsc_drain(sender, 10ull * SECOND, NULL, NULL));
  // What lies in memory of the device's is lent over there as well; of the process's own it is not.
  netvsc_device_properties properties;
  CHECK_OK(netvsc_device_get_properties(device, &properties, sizeof properties));
  CHECK(!properties.lends_private_memory);
  netvsc_memory *memory;
  CHECK_OK(netvsc_memory_allocate(device, 4096, &memory, &error));
  fill_frame(netvsc_memory_bytes(memory), 1000, 0);
  netvsc_part part = {netvsc_memory_bytes(memory), 1000, memory};
  returned_frames returned = {.count = 0};
  CHECK_OK(netvsc_submit(sender, &part, 1, 3, NULL));
  CHECK_OK(netvsc_drain(sender, 10ull * SECOND, note_return, &returned));
  CHECK_EQUAL(returned.count, 1);
  CHECK_EQUAL(returned.fates[0], NETVSC_COMPLETED);
  netvsc_host_statistics seen;
  CHECK_OK(netvsc_device_get_host_statistics(device, &seen, sizeof seen));
  CHECK_EQUAL(seen.received_packets, 5001);
  CHECK(seen.digest != 0);
  CHECK_EQUAL(netvsc_device_get_host_statistics(device, NULL, 8), NETVSC_ERROR_ARGUMENT);
  CHECK_OK(netvsc_sender_finish(sender, NULL, NULL));
  check_balance(sender);
  netvsc_sender_free(sender);
  netvsc_memory_release(memory);
  netvsc_device_free(device);
}

static void finds_nobody_at_a_path(void) {
  netvsc_device *device;
  netvsc_error error;
  CHECK_EQUAL(netvsc_open_path("/nonexistent/host", NULL, &device, &error), NETVSC_ERROR_GONE);
  CHECK(device == NULL);
  CHECK(strstr(error.text, "/nonexistent/host") != NULL);
}

const test process_tests[] = {
    {"frames are sent to a host in another process", sends_to_a_host_in_another_process},
    {"where no host is, no device is opened", finds_nobody_at_a_path},
    {NULL, NULL},
};
