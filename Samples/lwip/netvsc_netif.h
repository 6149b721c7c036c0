// lwIP's driver for a netvsc device. With netvsc_netif.c this is all that another program needs to copy.
//
//     netvsc_netif driver;                                       // device: netvsc_open, with receives_frames and
//     netvsc_netif_open(&driver, device, &error);                // senders_per_queue = 2
//     netif_add(&netif, &address, &mask, &gateway, &driver, netvsc_netif_init, ethernet_input);
//     netif_set_up(&netif);                                      // these two with the core lock held, as ever
//     netvsc_netif_start(&driver);
//     ...
//     netvsc_netif_stop(&driver);
//     netif_remove(&netif);
//     netvsc_netif_close(&driver);
//
// For lwIP with an operating system (NO_SYS 0) and core locking.
//
// Two senders share the device's queue, each with one owner. `output` sends, and belongs to whoever holds lwIP's core
// lock: linkoutput comes with it held. `input` receives, waits for the host, and belongs to the driver's thread, which
// waits without the lock, so that lwIP's other threads send meanwhile.
#ifndef NETVSC_NETIF_H
#define NETVSC_NETIF_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "lwip/netif.h"
#include "netvsc.h"

// How many frames the driver's thread takes in before others get the core lock.
enum { NETVSC_NETIF_BURST = 64 };

typedef struct netvsc_netif {
  struct netif *netif;
  netvsc_sender *output, *input;
  netvsc_device_properties properties;
  pthread_t thread;
  atomic_bool is_stopping;
  // What came and is to be taken in: the thread's own.
  struct pbuf *arrived[NETVSC_NETIF_BURST];
  size_t arrived_count;
  // The driver's thread takes frames in, and will flush what is sent in answer: under the core lock, like all below.
  bool is_gathering;
  // pbufs that the host has, and had; both are equal in the end.
  uint64_t lent, returned;
  // Frames that lwIP was told were not sent, and, counted by the thread, that came and found no memory.
  uint64_t refused, dropped;
} netvsc_netif;

// Takes two senders of the device's first queue.
netvsc_result netvsc_netif_open(netvsc_netif *driver, netvsc_device *device, netvsc_error *error);

// For netif_add, with the driver as the state.
err_t netvsc_netif_init(struct netif *netif);

// Starts the driver's thread. Returns 0, or an errno value.
int netvsc_netif_start(netvsc_netif *driver);

// Ends it. Without the core lock.
void netvsc_netif_stop(netvsc_netif *driver);

// Takes all pbufs back, after netif_remove. The senders remain, for their statistics, until they are freed.
netvsc_result netvsc_netif_close(netvsc_netif *driver);

#endif
