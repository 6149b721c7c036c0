// Sends a generated file to whoever connects, and tells how fast that went.
#ifndef SAMPLE_TCP_SENDER_H
#define SAMPLE_TCP_SENDER_H

#include <stdint.h>

#include "lwip/err.h"

/// What is sent, and whom to tell.
struct tcp_sender {
  uint64_t seed;
  /// Not 0.
  uint64_t byte_count;
  /// Called when a transfer is over, in lwIP's context: the bytes are 0 where the connection broke.
  void (*ended)(uint64_t byte_count, double seconds);
};

/// Sends it to each client that connects at that port. With lwIP's core lock held; the sender stays where it is.
err_t tcp_sender_listen(const struct tcp_sender *sender, uint16_t port);

#endif
