#define _GNU_SOURCE
#include "CSpinningSender.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LEAD = 1000000 };

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static int open_socket(const char *interface) {
  int sender = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (sender < 0) return -1;
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface)};
  int bypass = 1;
  setsockopt(sender, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass, sizeof bypass);
  if (bind(sender, (struct sockaddr *)&address, sizeof address) == 0) return sender;
  close(sender);
  return -1;
}

int spinning_sender_run(
    const char *interface, const unsigned char *bytes, const struct spinning_packet *packets, size_t packet_count) {
  int sender = open_socket(interface);
  if (sender < 0) return errno;
  int failure = 0;
  uint64_t start = now() + LEAD;
  for (size_t index = 0; index < packet_count && failure == 0; index++) {
    const struct spinning_packet *packet = &packets[index];
    while (now() < start + packet->due) {}
    while (send(sender, bytes + packet->byte_offset, packet->byte_count, 0) < 0) {
      if (errno == ENOBUFS) continue;
      failure = errno;
      break;
    }
  }
  close(sender);
  return failure;
}
