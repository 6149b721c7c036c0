// The plainest way to keep a pace, as a peer for benchmarks: a loop that spins until each packet is due, and sends it.
#ifndef NETVSC_CSPINNINGSENDER_H
#define NETVSC_CSPINNINGSENDER_H

#include <stddef.h>
#include <stdint.h>

/// A packet: when it is due, in nanoseconds from the start, and where its bytes are.
struct spinning_packet {
  uint64_t due;
  uint32_t byte_offset;
  uint32_t byte_count;
};

/// Sends the packets from the interface of that name, each as soon as it is due and the interface takes it. Returns 0, or
/// an errno value.
int spinning_sender_run(
    const char *interface, const unsigned char *bytes, const struct spinning_packet *packets, size_t packet_count);

#endif
