#include "bench.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

typedef struct taken_frame {
  size_t size;
  uint8_t bytes[2000];
} taken_frame;

static void take_of_our_type(void *context, const netvsc_frame *frame) {
  taken_frame *taken = context;
  const uint8_t *bytes = frame->bytes;
  // Others speak on such an interface as well.
  if (frame->size > sizeof taken->bytes || bytes[12] != 0x88 || bytes[13] != 0xb5) return;
  taken->size = frame->size;
  memcpy(taken->bytes, bytes, frame->size);
}

// One interface is the host's sink and its source; what passes through the system is seen by a socket on it.
static void joins_the_system(void) {
  char name[40];
  snprintf(name, sizeof name, "tap:%s", tap_name);
  netvsc_host_options host;
  netvsc_host_options_init(&host, sizeof host);
  host.runs_inline = true;
  host.sink = host.source = name;
  netvsc_device_options device = device_options();
  device.receives_frames = true;
  device.frame_size = 1514;
  bench bench = open_bench(&host, &device);

  int socket_descriptor = socket(AF_PACKET, SOCK_RAW, htons(0x88b5));
  CHECK(socket_descriptor >= 0);
  struct sockaddr_ll address = {
      .sll_family = AF_PACKET, .sll_protocol = htons(0x88b5), .sll_ifindex = (int)if_nametoindex(tap_name)};
  CHECK(address.sll_ifindex > 0);
  CHECK_EQUAL(bind(socket_descriptor, (struct sockaddr *)&address, sizeof address), 0);

  uint8_t frame[200], arrived[2000];
  fill_frame(frame, sizeof frame, 2);
  CHECK_OK(netvsc_send(bench.sender, frame, sizeof frame, NULL));
  CHECK_OK(netvsc_drain(bench.sender, SECOND, NULL, NULL));
  CHECK_EQUAL(recv(socket_descriptor, arrived, sizeof arrived, 0), sizeof frame);
  CHECK(memcmp(arrived, frame, sizeof frame) == 0);

  taken_frame taken = {.size = 0};
  memset(frame, 0xff, 6);
  CHECK_EQUAL(send(socket_descriptor, frame, sizeof frame, 0), sizeof frame);
  for (int round = 0; taken.size == 0; round++) {
    CHECK(round < 1000);
    CHECK_OK(netvsc_wait(bench.sender, SECOND / 100));
    CHECK_OK(netvsc_poll(bench.sender, NULL, NULL, NULL));
    CHECK_OK(netvsc_receive(bench.sender, SIZE_MAX, take_of_our_type, &taken, NULL));
  }
  CHECK_EQUAL(taken.size, sizeof frame);
  CHECK(memcmp(taken.bytes, frame, sizeof frame) == 0);
  close(socket_descriptor);
  close_bench(&bench);
}

static void says_why_it_cannot_be(void) {
  netvsc_host_options options;
  netvsc_host *host;
  netvsc_error error;
  netvsc_host_options_init(&options, sizeof options);
  options.sink = "tap:a/b";
  CHECK_EQUAL(netvsc_host_create(&options, &host, &error), NETVSC_ERROR_SYSTEM);
  CHECK(host == NULL && strstr(error.text, "a/b") != NULL);
}

const test tap_tests[] = {
    {"a TAP interface is both ends of a host", joins_the_system},
    {"a TAP interface that cannot be is refused", says_why_it_cannot_be},
    {NULL, NULL},
};
