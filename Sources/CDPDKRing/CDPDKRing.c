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

int dpdk_ring_peek(const struct dpdk_ring *ring, void *bytes, size_t byte_count) {
  return vmbus_rxbr_peek(ring, bytes, byte_count);
}

int dpdk_ring_read(struct dpdk_ring *ring, void *bytes, size_t byte_count) {
  return vmbus_rxbr_read(ring, bytes, byte_count, 0);
}
