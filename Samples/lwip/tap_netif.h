// lwIP on a TAP interface, the plain way: a system call for each frame. What the driver over netvsc is compared with.
#ifndef SAMPLE_TAP_NETIF_H
#define SAMPLE_TAP_NETIF_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "lwip/netif.h"

/// A TAP interface.
struct tap_netif {
  int descriptor;
  pthread_t reader;
  atomic_bool is_stopping;
  /// Frames. Under lwIP's core lock.
  uint64_t sent, received, refused;
};

/// Attaches to the TAP interface of that name. Returns 0, or an errno value.
int tap_netif_open(struct tap_netif *tap, const char *name);

/// For `netif_add`, with the `tap_netif` as its state.
err_t tap_netif_init(struct netif *netif);

/// Starts and ends the thread that reads frames. Once the interface is up, and before it is removed; without the core
/// lock.
int tap_netif_start(struct netif *netif);
void tap_netif_stop(struct netif *netif);

/// Closes it, when lwIP does not have it any more.
void tap_netif_close(struct tap_netif *tap);

#endif
