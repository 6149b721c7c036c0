#include "netvsc_netif.h"

#include <string.h>

#include "lwip/etharp.h"
#include "lwip/ethip6.h"
#include "lwip/pbuf.h"
#include "lwip/tcpip.h"

enum {
  // Shorter frames are copied: that costs less than lending them, and does not keep lwIP from sending them again.
  LEND_FROM = 256,
  // More parts than lwIP makes of most frames.
  PART_LIMIT = 16,
};

// How long the driver's thread sleeps at most: how soon it sees that it is to stop, or, where the host has no threads,
// that another thread had the host bring frames.
static const uint64_t longest_sleep = 10 * 1000 * 1000;
// lwIP does not send again what a driver did not take, except by TCP's timers. So it waits for room: so often, so long.
static const unsigned room_attempts = 20;
static const uint64_t room_wait = 1000 * 1000;
// How long the host may take for the last frames.
static const uint64_t last_wait = 5ull * 1000 * 1000 * 1000;

// Sending

// The host is done with a frame. With the core lock held, but for the last ones.
static void on_completion(void *context, uint64_t cookie, netvsc_fate fate) {
  netvsc_netif *driver = context;
  // A host that did not complete a frame may read it still: its memory must not become something else.
  if (fate != NETVSC_LOST) pbuf_free((struct pbuf *)(uintptr_t)cookie);
  driver->returned++;
}

// Lists the frame's parts. Returns how many there are; 0 where they are too many.
static size_t list_parts(const struct pbuf *frame, netvsc_part *parts, bool *is_volatile) {
  size_t count = 0;
  *is_volatile = false;
  for (const struct pbuf *part = frame; count < PART_LIMIT; part = part->next) {
    parts[count++] = (netvsc_part){.bytes = part->payload, .size = part->len};
    if (PBUF_NEEDS_COPY(part)) *is_volatile = true;
    // The frame ends here: what is chained behind it is another one.
    if (part->tot_len == part->len) return count;
  }
  return 0;
}

// A frame of too many parts, such as one of many small writes that were not copied: in one part.
static netvsc_result send_joined(netvsc_netif *driver, struct pbuf *frame) {
  struct pbuf *joined = pbuf_alloc(PBUF_RAW, frame->tot_len, PBUF_RAM);
  // As where there is no room: the stack comes again.
  if (!joined) return NETVSC_WOULD_BLOCK;
  pbuf_copy_partial(frame, joined->payload, frame->tot_len, 0);
  netvsc_result result = netvsc_send(driver->output, joined->payload, joined->tot_len, NULL);
  pbuf_free(joined);
  return result;
}

static netvsc_result try_to_send(netvsc_netif *driver, struct pbuf *frame) {
  netvsc_part parts[PART_LIMIT];
  bool is_volatile;
  size_t count = list_parts(frame, parts, &is_volatile);
  if (count == 0) return send_joined(driver, frame);
  if (is_volatile || frame->tot_len < LEND_FROM) return netvsc_send_parts(driver->output, parts, count, NULL);
  netvsc_result result = netvsc_submit(driver->output, parts, count, (uintptr_t)frame, NULL);
  if (result == NETVSC_OK) {
    // The caller keeps its reference; this one is the host's, until it completes the frame.
    pbuf_ref(frame);
    driver->lent++;
  }
  return result;
}

// Shows the host what was sent, and takes back what it is done with.
static netvsc_result settle(netvsc_netif *driver, uint64_t wait) {
  netvsc_result result = netvsc_flush(driver->output);
  // A host without threads of its own works in here.
  if (result >= 0) result = netvsc_wait(driver->output, wait);
  if (result >= 0) result = netvsc_poll(driver->output, on_completion, driver, NULL);
  return result;
}

static err_t send_frame(struct netif *netif, struct pbuf *frame) {
  netvsc_netif *driver = netif->state;
  netvsc_result result = try_to_send(driver, frame);
  for (unsigned attempt = 0; result == NETVSC_WOULD_BLOCK && attempt < room_attempts; attempt++) {
    if (settle(driver, room_wait) < 0) break;
    result = try_to_send(driver, frame);
  }
  if (result != NETVSC_OK) {
    driver->refused++;
    return result == NETVSC_WOULD_BLOCK ? ERR_WOULDBLOCK : ERR_IF;
  }
  // In the driver's thread more may follow, and one doorbell will do for all.
  if (!driver->is_gathering) settle(driver, 0);
  return ERR_OK;
}

// Receiving

// Copies a frame: its bytes are the host's, who may change them. lwIP takes it in when netvsc_receive is over, as it
// may answer at once.
static void on_frame(void *context, const netvsc_frame *frame) {
  netvsc_netif *driver = context;
  struct pbuf *copy = frame->size <= UINT16_MAX ? pbuf_alloc(PBUF_RAW, (u16_t)frame->size, PBUF_POOL) : NULL;
  if (!copy) {
    driver->dropped++;
    return;
  }
  pbuf_take(copy, frame->bytes, (u16_t)frame->size);
  driver->arrived[driver->arrived_count++] = copy;
}

// Gives lwIP what arrived, and shows the host together what it sends in answer. With the core lock held.
static netvsc_result take_in(netvsc_netif *driver) {
  driver->is_gathering = true;
  for (size_t index = 0; index < driver->arrived_count; index++) {
    struct pbuf *frame = driver->arrived[index];
    if (driver->netif->input(frame, driver->netif) != ERR_OK) pbuf_free(frame);
  }
  driver->arrived_count = 0;
  driver->is_gathering = false;
  netvsc_result result = netvsc_flush(driver->output);
  return result < 0 ? result : netvsc_poll(driver->output, on_completion, driver, NULL);
}

static void *run(void *argument) {
  netvsc_netif *driver = argument;
  netvsc_result result = NETVSC_OK;
  while (!driver->is_stopping && result >= 0) {
    // Without the lock. A host without threads of its own works in here.
    result = netvsc_wait(driver->input, longest_sleep);
    if (result >= 0) result = netvsc_poll(driver->input, NULL, NULL, NULL);
    if (result >= 0) result = netvsc_receive(driver->input, NETVSC_NETIF_BURST, on_frame, driver, NULL);
    LOCK_TCPIP_CORE();
    netvsc_result taken_in = take_in(driver);
    if (result >= 0) result = taken_in;
    // The host is gone, or broke the rules: there is nobody to send to.
    if (result < 0) netif_set_link_down(driver->netif);
    UNLOCK_TCPIP_CORE();
  }
  return NULL;
}

// Life

netvsc_result netvsc_netif_open(netvsc_netif *driver, netvsc_device *device, netvsc_error *error) {
  memset(driver, 0, sizeof *driver);
  netvsc_result result = netvsc_device_get_properties(device, &driver->properties, sizeof driver->properties);
  if (result != NETVSC_OK) {
    *error = (netvsc_error){.code = result};
    strncpy(error->text, netvsc_result_text(result), sizeof error->text - 1);
    return result;
  }
  result = netvsc_sender_create(device, 0, &driver->output, error);
  if (result == NETVSC_OK) result = netvsc_sender_create(device, 0, &driver->input, error);
  if (result != NETVSC_OK) {
    netvsc_sender_free(driver->output);
    driver->output = NULL;
  }
  return result;
}

err_t netvsc_netif_init(struct netif *netif) {
  netvsc_netif *driver = netif->state;
  driver->netif = netif;
  netif->name[0] = 'v';
  netif->name[1] = 's';
  netif->mtu = (u16_t)driver->properties.mtu;
  netif->hwaddr_len = sizeof driver->properties.address;
  memcpy(netif->hwaddr, driver->properties.address, sizeof driver->properties.address);
  netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
  netif->output = etharp_output;
#if LWIP_IPV6
  netif->output_ip6 = ethip6_output;
#endif
  netif->linkoutput = send_frame;
  return ERR_OK;
}

int netvsc_netif_start(netvsc_netif *driver) { return pthread_create(&driver->thread, NULL, run, driver); }

void netvsc_netif_stop(netvsc_netif *driver) {
  driver->is_stopping = true;
  pthread_join(driver->thread, NULL);
}

netvsc_result netvsc_netif_close(netvsc_netif *driver) {
  netvsc_result result = netvsc_drain(driver->output, last_wait, on_completion, driver);
  netvsc_sender_finish(driver->input, NULL, NULL);
  netvsc_sender_finish(driver->output, on_completion, driver);
  return result;
}
