#include "CDPDKRing.h"

#include <sys/uio.h>

void vmbus_br_setup(struct dpdk_ring *ring, void *start, unsigned int byte_count);
int vmbus_txbr_write(struct dpdk_ring *ring, const struct iovec *parts, int part_count, bool *must_signal);
int vmbus_rxbr_peek(const struct dpdk_ring *ring, void *bytes, size_t byte_count);
int vmbus_rxbr_read(struct dpdk_ring *ring, void *bytes, size_t byte_count, size_t skipped);

void dpdk_ring_open(struct dpdk_ring *ring, void *start, uint32_t byte_count) {
  vmbus_br_setup(ring, start, byte_count);
}

int dpdk_ring_write(struct dpdk_ring *ring, const void *bytes, size_t byte_count, bool *must_signal) {
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = byte_count};
  return vmbus_txbr_write(ring, &part, 1, must_signal);
}

int dpdk_ring_send(
    struct dpdk_ring *ring, uint64_t transaction_id, const void *message, size_t byte_count, bool *must_signal) {
  struct {
    uint16_t type, payload_words, packet_words, flags;
    uint64_t transaction_id;
  } descriptor;
  size_t packet_byte_count = sizeof descriptor + byte_count;
  size_t padded_byte_count = (packet_byte_count + 7) / 8 * 8;
  uint64_t padding = 0;
  descriptor.type = 6; /* in-band data */
  descriptor.payload_words = sizeof descriptor / 8;
  descriptor.packet_words = (uint16_t)(padded_byte_count / 8);
  descriptor.flags = 1; /* completion requested */
  descriptor.transaction_id = transaction_id;
  struct iovec parts[3] = {
      {.iov_base = &descriptor, .iov_len = sizeof descriptor},
      {.iov_base = (void *)message, .iov_len = byte_count},
      {.iov_base = &padding, .iov_len = padded_byte_count - packet_byte_count},
  };
  return vmbus_txbr_write(ring, parts, 3, must_signal);
}

int dpdk_ring_peek(const struct dpdk_ring *ring, void *bytes, size_t byte_count) {
  return vmbus_rxbr_peek(ring, bytes, byte_count);
}

int dpdk_ring_read(struct dpdk_ring *ring, void *bytes, size_t byte_count) {
  return vmbus_rxbr_read(ring, bytes, byte_count, 0);
}
