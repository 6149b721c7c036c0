// What the program needs of each of its drivers.
#ifndef SAMPLE_DRIVER_H
#define SAMPLE_DRIVER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lwip/netif.h"

struct driver_options {
  const char *tap_name;
  /// The rest is for netvsc alone.
  bool host_has_threads;
  bool joins_segments;
  uint32_t loss;
};

struct driver {
  const char *name;
  /// For `netif_add`.
  void *state;
  netif_init_fn init;
  netif_input_fn input;
  /// Ends the program where it does not succeed, as below.
  void (*open)(const struct driver_options *options);
  void (*start)(struct netif *netif);
  void (*stop)(struct netif *netif);
  /// Closes it, and writes a line of JSON: what became of the frames. Returns whether all are accounted for.
  bool (*close)(FILE *output);
};

/// NULL if there is none.
const struct driver *driver_named(const char *name);

#endif
