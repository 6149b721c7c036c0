// DPDK's own VMBus ring, as a peer for tests and benchmarks. Linked only with the package trait DPDK; the declarations below are ours, of
// functions that librte_bus_vmbus.a (22.11) defines and no header of libdpdk-dev declares.
#ifndef NETVSC_CDPDKRING_H
#define NETVSC_CDPDKRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// One end of a ring, as that library keeps it: the control page, the bytes behind it, and its own write position.
struct dpdk_ring {
  volatile void *control;
  uint32_t data_byte_count;
  uint32_t write_position;
};

/// Takes over the ring in `byte_count` bytes at `start`, the control page first.
void dpdk_ring_open(struct dpdk_ring *ring, void *start, uint32_t byte_count);

/// Writes one packet whose bytes (a multiple of 8, trailer not included) are at `bytes`. Returns 0, or a negative errno
/// value (-EAGAIN: full). `must_signal` tells whether the reader is to be woken.
int dpdk_ring_write(struct dpdk_ring *ring, const void *bytes, size_t byte_count, bool *must_signal);

/// Sends an in-band packet that asks for a completion, in three parts as DPDK's netvsc does: a descriptor made here, the
/// `byte_count` bytes of the message, and what pads it to a multiple of 8. Returns as above.
int dpdk_ring_send(
    struct dpdk_ring *ring, uint64_t transaction_id, const void *message, size_t byte_count, bool *must_signal);

/// Copies the first `byte_count` bytes of the next packet, which stays. Returns 0 or a negative errno value.
int dpdk_ring_peek(const struct dpdk_ring *ring, void *bytes, size_t byte_count);

/// Copies a whole packet of `byte_count` bytes (trailer not included) out and frees its space. As above.
int dpdk_ring_read(struct dpdk_ring *ring, void *bytes, size_t byte_count);

#endif
