#include "bench.h"

static void tells_what_it_is(void) {
  netvsc_device_options options = device_options();
  options.queue_count = 2;
  options.senders_per_queue = 3;
  options.frame_size = 1514;
  bench bench = open_bench(NULL, &options);
  netvsc_device_properties properties;
  CHECK_OK(netvsc_device_get_properties(bench.device, &properties, sizeof properties));
  CHECK_EQUAL(properties.queue_count, 2);
  CHECK_EQUAL(properties.senders_per_queue, 3);
  CHECK_EQUAL(properties.frame_size, 1514);
  CHECK_EQUAL(properties.mtu, 1500);
  CHECK_EQUAL(properties.minimum_frame_size, 14);
  CHECK_EQUAL(properties.part_limit, 31);
  CHECK_EQUAL(properties.burst_limit, 64);
  CHECK(properties.large_send_size_ipv4 > 1514 && properties.large_send_minimum_segments_ipv4 > 0);
  CHECK(properties.large_send_size_ipv6 > 1514 && properties.large_send_minimum_segments_ipv6 > 0);
  const uint32_t expected = NETVSC_OFFLOAD_IPV4_HEADER | NETVSC_OFFLOAD_TCP | NETVSC_OFFLOAD_UDP |
                            NETVSC_OFFLOAD_LARGE_SEND | NETVSC_OFFLOAD_VLAN | NETVSC_OFFLOAD_TCP_IPV6 |
                            NETVSC_OFFLOAD_UDP_IPV6 | NETVSC_OFFLOAD_LARGE_SEND_IPV6;
  CHECK_EQUAL(properties.offloads, expected);
  // A host's, and one that is nobody's group.
  CHECK(properties.address[0] == 0 && properties.address[1] == 0x15 && properties.address[2] == 0x5d);
  CHECK(strcmp(properties.protocol_version, "NVSP 6.1") == 0);
  CHECK(!properties.receives_frames);
  CHECK(netvsc_device_link_is_up(bench.device));
  CHECK_EQUAL(netvsc_device_status_indications(bench.device), 0);
  // Of a user who knows only the first.
  uint32_t few[2] = {7, 7};
  CHECK_OK(netvsc_device_get_properties(bench.device, (netvsc_device_properties *)few, 4));
  CHECK(few[0] == 2 && few[1] == 7);
  close_bench(&bench);
}

static void refuses_options(void) {
  bench bench = open_bench(NULL, NULL);
  netvsc_device *device;
  netvsc_error error;
  netvsc_device_options options;
#define CHECK_REFUSED(field, value)                                                         \
  options = device_options();                                                               \
  options.field = value;                                                                    \
  CHECK_EQUAL(netvsc_open(bench.host, &options, &device, &error), NETVSC_ERROR_ARGUMENT);   \
  CHECK(device == NULL && error.code == NETVSC_ERROR_ARGUMENT && strlen(error.text) > 10)
  CHECK_REFUSED(queue_count, 0);
  CHECK_REFUSED(queue_count, 65);
  CHECK_REFUSED(senders_per_queue, 0);
  CHECK_REFUSED(frame_size, 100);
  CHECK_REFUSED(ring_size, 4097);
  CHECK_REFUSED(ring_mode, (netvsc_ring_mode)9);
  CHECK_REFUSED(sections_per_queue, UINT32_MAX);
  CHECK_REFUSED(packets_per_message, 0);
  CHECK_REFUSED(receive_buffer_size, 1);
  // And the device that was opened is taken.
  CHECK(netvsc_open(bench.host, NULL, &device, &error) < 0);
  CHECK(device == NULL);
  close_bench(&bench);
}

static void has_places_for_senders(void) {
  netvsc_device_options options = device_options();
  options.queue_count = 2;
  options.senders_per_queue = 2;
  options.ring_mode = NETVSC_RING_ORDERED;
  bench bench = open_bench(NULL, &options);
  netvsc_sender *second, *third;
  netvsc_error error;
  CHECK_EQUAL(netvsc_sender_queue(bench.sender), 0);
  CHECK_EQUAL(netvsc_sender_number(bench.sender), 0);
  CHECK_OK(netvsc_sender_create_at(bench.device, 1, 1, &second, &error));
  CHECK_EQUAL(netvsc_sender_queue(second), 1);
  CHECK_EQUAL(netvsc_sender_number(second), 1);
  CHECK_EQUAL(netvsc_sender_create_at(bench.device, 1, 1, &third, &error), NETVSC_ERROR_TAKEN);
  CHECK(third == NULL);
  CHECK_EQUAL(netvsc_sender_create_at(bench.device, 1, 2, &third, &error), NETVSC_ERROR_TAKEN);
  CHECK_EQUAL(netvsc_sender_create(bench.device, 2, &third, &error), NETVSC_ERROR_TAKEN);
  CHECK_EQUAL(netvsc_sender_create(bench.device, UINT32_MAX, &third, &error), NETVSC_ERROR_TAKEN);
  netvsc_sender_free(second);
  CHECK_OK(netvsc_sender_create_at(bench.device, 1, 1, &third, &error));
  netvsc_sender_free(third);
  close_bench(&bench);
}

static void asks_senders_to_finish(void) {
  bench bench = open_bench(NULL, NULL);
  uint8_t frame[60] = {0};
  CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
  // Nobody else could finish it: it is not waited for, and loses what it has in flight.
  CHECK_EQUAL(netvsc_device_close(bench.device, 0), NETVSC_ERROR_TIMEOUT);
  CHECK_EQUAL(netvsc_flush(bench.sender), NETVSC_ERROR_GONE);
  CHECK(netvsc_sender_is_closing(bench.sender));
  CHECK_EQUAL(netvsc_send(bench.sender, frame, sizeof frame, NULL), NETVSC_ERROR_CLOSING);
  CHECK_OK(netvsc_sender_finish(bench.sender, NULL, NULL));
  check_balance(bench.sender);
  netvsc_sender_free(bench.sender);
  netvsc_error error;
  CHECK_EQUAL(netvsc_sender_create(bench.device, 0, &bench.sender, &error), NETVSC_ERROR_CLOSING);
  CHECK_OK(netvsc_device_close(bench.device, 0));
  close_bench(&bench);
}

static uint64_t count_up(void *context) { return (*(uint64_t *)context)++; }

static void takes_a_clock_in_c(void) {
  netvsc_device_options options = device_options();
  uint64_t now = 1000;
  options.clock = count_up;
  options.clock_context = &now;
  bench bench = open_bench(NULL, &options);
  uint8_t frame[60] = {0};
  CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  netvsc_statistics statistics;
  CHECK_OK(netvsc_sender_get_statistics(bench.sender, &statistics, sizeof statistics));
  CHECK(statistics.first_publication >= 1000 && statistics.last_completion < now);
  CHECK(statistics.first_publication < statistics.last_completion);
  close_bench(&bench);
}

const test device_tests[] = {
    {"a device tells what it is", tells_what_it_is},
    {"options of a device that cannot be are refused", refuses_options},
    {"queues have places for senders", has_places_for_senders},
    {"a device that closes asks its senders to finish", asks_senders_to_finish},
    {"a clock in C is the device's", takes_a_clock_in_c},
    {NULL, NULL},
};
