#include "driver.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lwip/tcpip.h"
#include "netif/ethernet.h"
#include "netif/tapif.h"
#include "netvsc_netif.h"
#include "tap_netif.h"

static _Noreturn void fail(int status, const char *what, const char *problem) {
  fprintf(stderr, "stack: %s: %s\n", what, problem);
  exit(status);
}

// Through netvsc's rings to a host in this process, which has the TAP interface.

static netvsc_netif guest;
static netvsc_host *host;
static netvsc_device *device;

static void open_netvsc(const struct driver_options *options) {
  netvsc_error error = {0};
  char port[32];
  snprintf(port, sizeof port, "tap:%s", options->tap_name);
  netvsc_host_options host_options;
  netvsc_host_options_init(&host_options, sizeof host_options);
  host_options.sink = host_options.source = port;
  host_options.runs_inline = !options->host_has_threads;
  host_options.reads_private_memory = true;
  host_options.joins_segments = options->joins_segments;
  host_options.fault_loss_per_million = options->loss;
  netvsc_device_options device_options;
  netvsc_device_options_init(&device_options, sizeof device_options);
  device_options.frame_size = 1514;
  device_options.senders_per_queue = 2;
  device_options.receives_frames = true;
  if (netvsc_host_create(&host_options, &host, &error) != NETVSC_OK ||
      netvsc_open(host, &device_options, &device, &error) != NETVSC_OK ||
      netvsc_netif_open(&guest, device, &error) != NETVSC_OK) {
    fail(1, options->tap_name, error.text);
  }
}

static void start_netvsc(struct netif *netif) {
  LWIP_UNUSED_ARG(netif);
  int error = netvsc_netif_start(&guest);
  if (error != 0) fail(1, "the driver's thread", strerror(error));
}

static void stop_netvsc(struct netif *netif) {
  LWIP_UNUSED_ARG(netif);
  netvsc_netif_stop(&guest);
}

static bool close_netvsc(FILE *output) {
  netvsc_netif_close(&guest);
  netvsc_statistics sent, received;
  netvsc_sender_get_statistics(guest.output, &sent, sizeof sent);
  netvsc_sender_get_statistics(guest.input, &received, sizeof received);
  netvsc_device_close(device, 0);
  netvsc_host_statistics seen;
  netvsc_host_get_statistics(host, -1, &seen, sizeof seen);
  uint64_t refused = sent.too_large_packets + sent.too_short_packets;
  bool is_balanced =
      sent.offered_packets == refused + sent.completed_packets + sent.failed_packets + sent.lost_packets &&
      guest.lent == guest.returned;
  const struct {
    const char *name;
    uint64_t value;
  } counts[] = {
      {"offered", sent.offered_packets},
      {"refused", refused},
      {"completed", sent.completed_packets},
      {"failed", sent.failed_packets},
      {"lost", sent.lost_packets},
      {"pbufs_lent", guest.lent},
      {"pbufs_returned", guest.returned},
      {"frames_not_taken", guest.refused},
      {"received", received.received_packets},
      {"received_without_memory", guest.dropped},
      {"messages", sent.messages},
      {"doorbells", sent.signals},
      {"host_received", seen.received_packets},
      {"host_delivered", seen.delivered_packets},
      {"host_lost_to_sink", seen.lost_to_sink},
      {"host_lost_from_source", seen.lost_from_source},
      {"host_indicated", seen.indicated_packets},
      {"host_dropped", seen.dropped_packets},
  };
  fputs("{\"driver\": \"netvsc\"", output);
  for (size_t index = 0; index < sizeof counts / sizeof counts[0]; index++) {
    fprintf(output, ", \"%s\": %" PRIu64, counts[index].name, counts[index].value);
  }
  fprintf(output, ", \"balanced\": %s}\n", is_balanced ? "true" : "false");
  netvsc_sender_free(guest.output);
  netvsc_sender_free(guest.input);
  netvsc_device_free(device);
  netvsc_host_free(host);
  return is_balanced;
}

// The plain way.

static struct tap_netif tap;

static void open_tap(const struct driver_options *options) {
  int error = tap_netif_open(&tap, options->tap_name);
  if (error != 0) fail(1, options->tap_name, strerror(error));
}

static void start_tap(struct netif *netif) {
  int error = tap_netif_start(netif);
  if (error != 0) fail(1, "the driver's thread", strerror(error));
}

static bool close_tap(FILE *output) {
  fprintf(
      output, "{\"driver\": \"tap\", \"sent\": %" PRIu64 ", \"received\": %" PRIu64 ", \"refused\": %" PRIu64 "}\n",
      tap.sent, tap.received, tap.refused);
  tap_netif_close(&tap);
  return true;
}

// lwIP's own, which takes its interface's name from the environment, and has no end.

static void open_tapif(const struct driver_options *options) { setenv("PRECONFIGURED_TAPIF", options->tap_name, 1); }

static void do_nothing(struct netif *netif) { LWIP_UNUSED_ARG(netif); }

static bool close_tapif(FILE *output) {
  fputs("{\"driver\": \"tapif\"}\n", output);
  return true;
}

const struct driver *driver_named(const char *name) {
  static const struct driver drivers[] = {
      {"netvsc", &guest, netvsc_netif_init, ethernet_input, open_netvsc, start_netvsc, stop_netvsc, close_netvsc},
      {"tap", &tap, tap_netif_init, ethernet_input, open_tap, start_tap, tap_netif_stop, close_tap},
      {"tapif", NULL, tapif_init, tcpip_input, open_tapif, do_nothing, do_nothing, close_tapif},
  };
  for (size_t index = 0; index < sizeof drivers / sizeof drivers[0]; index++) {
    if (strcmp(drivers[index].name, name) == 0) return &drivers[index];
  }
  return NULL;
}
