#include "bench.h"

static void keeps_flows_on_queues(void) {
  netvsc_device_options options = device_options();
  options.queue_count = 4;
  bench bench = open_bench(NULL, &options);
  netvsc_steering steering;
  CHECK_OK(netvsc_device_get_steering(bench.device, &steering));
  bool used[4] = {false};
  for (uint32_t hash = 0; hash < 16; hash++) {
    uint32_t queue = netvsc_steering_queue(&steering, hash);
    CHECK(queue < 4);
    CHECK_EQUAL(netvsc_steering_queue(&steering, hash + 0xabcd0), queue);
    used[queue] = true;
  }
  CHECK(used[0] && used[1] && used[2] && used[3]);
  close_bench(&bench);
}

static void hashes_flows(void) {
  // TCP over IPv4, whose addresses and ports are hashed.
  uint8_t frame[54] = {[12] = 0x08, 0x00, 0x45, [17] = 40, [22] = 64, 6, [26] = 66, 9, 149, 187, 161, 142, 100, 80,
                       0x0a, 0xea, 0x06, 0xe6};
  uint32_t hash = netvsc_flow_hash(frame, sizeof frame);
  CHECK(hash != 0);
  frame[35]++;
  CHECK(netvsc_flow_hash(frame, sizeof frame) != hash);
  frame[35]--;
  // The payload and the hardware addresses are not part of it.
  frame[0] = 1, frame[50] = 1;
  CHECK_EQUAL(netvsc_flow_hash(frame, sizeof frame), hash);
  frame[12] = 0x88;
  CHECK_EQUAL(netvsc_flow_hash(frame, sizeof frame), 0);
  CHECK_EQUAL(netvsc_flow_hash(frame, 3), 0);
  CHECK_EQUAL(netvsc_flow_hash(NULL, 0), 0);
}

static void moves_processors(void) {
  netvsc_device_options options = device_options();
  options.queue_count = 2;
  bench bench = open_bench(NULL, &options);
  netvsc_sender *sender;
  CHECK_EQUAL(netvsc_device_processor_queue(bench.device, 5), 1);
  CHECK_OK(netvsc_sender_create_for_processor(bench.device, 5, &sender, NULL));
  CHECK_EQUAL(netvsc_sender_queue(sender), 1);
  CHECK(!netvsc_sender_should_move(sender));
  CHECK_OK(netvsc_device_map_processor(bench.device, 5, 0));
  CHECK_EQUAL(netvsc_device_processor_queue(bench.device, 5), 0);
  CHECK(netvsc_sender_should_move(sender));
  CHECK(!netvsc_sender_should_move(bench.sender));
  CHECK_EQUAL(netvsc_device_map_processor(bench.device, 5, 2), NETVSC_ERROR_TAKEN);
  CHECK_OK(netvsc_device_map_processor(bench.device, UINT32_MAX, 1));
  netvsc_sender_free(sender);
  close_bench(&bench);
}

const test steering_tests[] = {
    {"flows keep their queue", keeps_flows_on_queues},
    {"flows are hashed by addresses and ports", hashes_flows},
    {"processors are mapped to queues", moves_processors},
    {NULL, NULL},
};
