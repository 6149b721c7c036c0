// Opens a device, sends frames from two threads by one queue, closes, and prints what became of each frame.
#include <inttypes.h>
#include <netvsc.h>
#include <pthread.h>
#include <stdio.h>

enum { FRAME_COUNT = 50000 };

// What one thread does. The sender is its own until all is drained.
static void *send_frames(void *argument) {
  netvsc_sender *sender = argument;
  // To the broadcast address, from a local one, of an experimental EtherType; 60 bytes with the payload.
  uint8_t frame[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, netvsc_sender_number(sender), 0x88, 0xb5};
  netvsc_result result = NETVSC_OK;
  for (int number = 0; number < FRAME_COUNT && result >= 0; number++) {
    while ((result = netvsc_send(sender, frame, sizeof frame, NULL)) == NETVSC_WOULD_BLOCK) {
      netvsc_flush(sender);                                                     // the host sees what was sent so far
      netvsc_poll(sender, NULL, NULL, NULL);                                    // completions give room back
      if (!netvsc_sender_has_room(sender)) netvsc_wait(sender, 1000000);        // 1 ms at most
    }
  }
  // Publishes the rest, and waits for its completions.
  if (result >= 0) result = netvsc_drain(sender, 1000000000, NULL, NULL);
  if (result != NETVSC_OK) fprintf(stderr, "embed: %s\n", netvsc_result_text(result));
  return NULL;
}

int main(void) {
  netvsc_host *host = NULL;
  netvsc_device *device = NULL;
  netvsc_sender *senders[2] = {NULL, NULL};
  netvsc_error error;
  netvsc_device_options options;
  netvsc_device_options_init(&options, sizeof options);
  options.senders_per_queue = 2;
  // The other end: in this process, on threads of its own.
  if (netvsc_host_create(NULL, &host, &error) || netvsc_open(host, &options, &device, &error) ||
      netvsc_sender_create(device, 0, &senders[0], &error) || netvsc_sender_create(device, 0, &senders[1], &error)) {
    fprintf(stderr, "embed: %s\n", error.text);
    return 1;
  }
  pthread_t threads[2];
  for (int index = 0; index < 2; index++) pthread_create(&threads[index], NULL, send_frames, senders[index]);
  for (int index = 0; index < 2; index++) {
    netvsc_statistics sent;
    pthread_join(threads[index], NULL);
    netvsc_sender_finish(senders[index], NULL, NULL);
    netvsc_sender_get_statistics(senders[index], &sent, sizeof sent);
    netvsc_sender_free(senders[index]);
    printf("sender %d: offered %" PRIu64 "  completed %" PRIu64 "  failed %" PRIu64 "  lost %" PRIu64 "\n", index,
           sent.offered_packets, sent.completed_packets, sent.failed_packets, sent.lost_packets);
  }
  netvsc_host_statistics seen;
  netvsc_host_get_statistics(host, -1, &seen, sizeof seen);
  printf("host got %" PRIu64 " packets, %" PRIu64 " bytes\n", seen.received_packets, seen.received_bytes);
  netvsc_device_free(device);
  netvsc_host_free(host);
  return 0;
}
