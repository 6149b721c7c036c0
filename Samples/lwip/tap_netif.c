#include "tap_netif.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lwip/etharp.h"
#include "lwip/ethip6.h"
#include "lwip/tcpip.h"

enum {
  IP_MTU = 1500,
  /// With Ethernet's header, and a tag in it.
  FRAME_SIZE = IP_MTU + 18,
  /// How many frames are read before others get the core lock.
  READ_BURST = 64,
  /// More parts than lwIP makes of a frame.
  PART_LIMIT = 16,
  /// How soon the reader sees that it is to stop, in milliseconds.
  STOP_LATENCY = 100,
};

int tap_netif_open(struct tap_netif *tap, const char *name) {
  memset(tap, 0, sizeof *tap);
  tap->descriptor = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (tap->descriptor < 0) return errno;
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
  strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
  if (ioctl(tap->descriptor, TUNSETIFF, &request) == 0) return 0;
  int error = errno;
  close(tap->descriptor);
  return error;
}

void tap_netif_close(struct tap_netif *tap) { close(tap->descriptor); }

static err_t send_frame(struct netif *netif, struct pbuf *frame) {
  struct tap_netif *tap = netif->state;
  struct iovec parts[PART_LIMIT];
  int count = 0;
  ssize_t written;
  for (struct pbuf *part = frame;; part = part->next) {
    if (count == PART_LIMIT) return ERR_BUF;
    parts[count++] = (struct iovec){.iov_base = part->payload, .iov_len = part->len};
    // Where the total is that of the part, the frame ends: what is chained behind it is another one.
    if (part->tot_len == part->len) break;
  }
  do {
    written = count == 1 ? write(tap->descriptor, parts[0].iov_base, parts[0].iov_len)
                         : writev(tap->descriptor, parts, count);
  } while (written < 0 && errno == EINTR);
  if (written >= 0) {
    tap->sent++;
    return ERR_OK;
  }
  tap->refused++;
  return errno == EAGAIN || errno == ENOBUFS ? ERR_WOULDBLOCK : ERR_IF;
}

/// Reads what is there, a burst at most, straight into pbufs. Returns the pbuf that is free for the next frame.
static struct pbuf *receive_frames(struct netif *netif, struct pbuf *room) {
  struct tap_netif *tap = netif->state;
  for (int count = 0; count < READ_BURST; count++) {
    if (!room) room = pbuf_alloc(PBUF_RAW, FRAME_SIZE, PBUF_RAM);
    if (!room) break;
    ssize_t byte_count = read(tap->descriptor, room->payload, room->len);
    if (byte_count <= 0) break;
    pbuf_realloc(room, (u16_t)byte_count);
    tap->received++;
    if (netif->input(room, netif) != ERR_OK) pbuf_free(room);
    room = NULL;
  }
  return room;
}

static void *read_frames(void *argument) {
  struct netif *netif = argument;
  struct tap_netif *tap = netif->state;
  struct pbuf *room = NULL;
  while (!tap->is_stopping) {
    struct pollfd readable = {.fd = tap->descriptor, .events = POLLIN};
    if (poll(&readable, 1, STOP_LATENCY) <= 0) continue;
    LOCK_TCPIP_CORE();
    room = receive_frames(netif, room);
    UNLOCK_TCPIP_CORE();
  }
  if (room) pbuf_free(room);
  return NULL;
}

err_t tap_netif_init(struct netif *netif) {
  static const u8_t address[ETH_HWADDR_LEN] = {0x02, 0x00, 0x00, 0x00, 0x00, 0x02};
  netif->name[0] = 't';
  netif->name[1] = 'p';
  netif->mtu = IP_MTU;
  netif->hwaddr_len = sizeof address;
  memcpy(netif->hwaddr, address, sizeof address);
  netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
  netif->output = etharp_output;
  netif->output_ip6 = ethip6_output;
  netif->linkoutput = send_frame;
  return ERR_OK;
}

int tap_netif_start(struct netif *netif) {
  struct tap_netif *tap = netif->state;
  return pthread_create(&tap->reader, NULL, read_frames, netif);
}

void tap_netif_stop(struct netif *netif) {
  struct tap_netif *tap = netif->state;
  tap->is_stopping = true;
  pthread_join(tap->reader, NULL);
}
