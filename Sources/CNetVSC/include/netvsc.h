// The transmit engine of swift-netvsc for C.
//
// A guest opens a network device that a host offers, makes a sender for each thread, and sends Ethernet frames. The
// host runs in the same process (netvsc_host_create) or in another one (netvsc_open_path).
//
//     netvsc_host *host;  netvsc_device *device;  netvsc_sender *sender;  netvsc_error error;
//     if (netvsc_host_create(NULL, &host, &error) || netvsc_open(host, NULL, &device, &error) ||
//         netvsc_sender_create(device, 0, &sender, &error))
//       return fprintf(stderr, "%s\n", error.text), 1;
//     while ((result = netvsc_send(sender, frame, size, NULL)) == NETVSC_WOULD_BLOCK) {
//       netvsc_flush(sender);                          // shows the host what was sent
//       netvsc_wait(sender, 1000000);                  // until it has done something, or a millisecond
//       netvsc_poll(sender, NULL, NULL, NULL);         // takes completions, which give the space back
//     }
//     netvsc_drain(sender, 1000000000, NULL, NULL);    // the rest
//     netvsc_sender_free(sender);  netvsc_device_free(device);  netvsc_host_free(host);
//
// Results. A call took effect (NETVSC_OK), or cannot now and did nothing (NETVSC_WOULD_BLOCK), or failed (below zero).
// The codes have a text each; the particulars are in a netvsc_error, which calls that make something fill, and which a
// sender keeps of its last failure. Nothing here sets errno or keeps state in a thread. Arguments that are NULL where
// they must not be, or out of range, and handles that are closed or finished, are answered by an error.
//
// Ownership. Handles belong to the caller, who frees each once, in any order: what a thing still needs it keeps alive.
// Freeing NULL does nothing. Memory behind pointers that are passed in is read, or written, during the call only, but
// for that of frames that are lent (netvsc_submit).
//
// Threads. The engine starts none; a host has threads of its own unless it runs inline. Hosts, devices and memory may
// be used by all threads at once; a sender belongs to one thread at a time. Callbacks come on the thread that made the
// call, but for those of a host with threads. A callback must return: no longjmp, no C++ exception. Within it the
// sender whose call it came from answers NETVSC_ERROR_BUSY, or 0 where a function returns no result; but a netvsc_clock
// calls nothing here. With a host in
// another process netvsc_memory_allocate, netvsc_memory_register and the end of a memory (netvsc_memory_release, or the
// poll that gives its last frame back) wait for the host's answer, 6 seconds at most.
//
// Units. Sizes and offsets are bytes, times are nanoseconds. A frame begins with its destination address and has no
// check sequence.
//
// Undefined, as ever in C: a handle that was freed, a pointer to fewer bytes than said, a sender used by two threads at
// once, and frames that are written while they are lent or after the reservation they lay in is gone.
#ifndef NETVSC_H
#define NETVSC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The version of this header. Within a major one, functions and codes may be added, and the structures that are passed
// with their size may grow, behind the end that they had.
#define NETVSC_VERSION_MAJOR 0
#define NETVSC_VERSION_MINOR 1
#define NETVSC_VERSION_PATCH 0

// The version of the library that is linked, such as "0.1.0".
const char *netvsc_version(void);

#if defined(__GNUC__) || defined(__clang__)
#define NETVSC_MUST_CHECK __attribute__((warn_unused_result))
#else
#define NETVSC_MUST_CHECK
#endif

// ---------------------------------------------------------------------------------------------------------------------
// Results

// How a call ended. Below zero it failed.
typedef enum netvsc_result {
  // It took effect.
  NETVSC_OK = 0,
  // It could not now, and nothing happened, but for the first of several frames. Flush, poll or wait, and do it again.
  NETVSC_WOULD_BLOCK = 1,
  // An argument is NULL that must not be, or out of range.
  NETVSC_ERROR_ARGUMENT = -1,
  // The frame is longer than the device carries. It is counted as offered and refused.
  NETVSC_ERROR_TOO_LARGE = -2,
  // The frame is shorter than an Ethernet header. It is counted as offered and refused.
  NETVSC_ERROR_TOO_SHORT = -3,
  // The device is closed, or about to be: drain, finish the sender, and go on with a device that comes.
  NETVSC_ERROR_CLOSING = -4,
  // The sender is finished.
  NETVSC_ERROR_FINISHED = -5,
  // The call was made within a callback of another one for the same sender.
  NETVSC_ERROR_BUSY = -6,
  // The host took the channel away, went away itself, or is not there. Everything in flight is lost: finish the sender.
  NETVSC_ERROR_GONE = -7,
  // The host broke the rules of the rings. As for a host that went away.
  NETVSC_ERROR_VIOLATION = -8,
  // The host refused a step of the set-up.
  NETVSC_ERROR_REFUSED = -9,
  // The host did not answer in time, or senders did not finish in time.
  NETVSC_ERROR_TIMEOUT = -10,
  // There is no such queue or place, or another sender has it.
  NETVSC_ERROR_TAKEN = -11,
  // The system refused something: memory, a descriptor, an interface, a socket.
  NETVSC_ERROR_SYSTEM = -12,
  // This device, or its host, cannot do that.
  NETVSC_ERROR_UNSUPPORTED = -13,
} netvsc_result;

// What went wrong, in one line.
typedef struct netvsc_error {
  netvsc_result code;
  // The errno value of a call into the system that failed; else 0.
  int system_code;
  // Terminated; cut where it is too long.
  char text[248];
} netvsc_error;

// What a result means, in general. Lives for ever. For an unknown one: "unknown result".
const char *netvsc_result_text(netvsc_result result);

// ---------------------------------------------------------------------------------------------------------------------
// A host in this process

// The other end of the rings: takes the place of a hypervisor's virtual switch.
typedef struct netvsc_host netvsc_host;

// Where frames go that guests send: takes one, whose bytes may change once it returns, stamped with wall-clock
// nanoseconds since 1970. Returns 0, or anything else to make the frame's message fail for its sender (NETVSC_FAILED).
//
// A host with threads calls it on several of them at once; one that runs inline, on the guest's thread in netvsc_wait
// and netvsc_drain, or where that opens, reopens or closes the device. It must not call the host, nor wait for it.
typedef int (*netvsc_deliver)(void *context, const void *frame, size_t size, int64_t timestamp);

// Where frames come from that a guest receives: puts the next one into `buffer`. Returns its size, 0 when there is none
// now, or below zero when there will be none any more. A frame longer than `capacity` is cut, and its whole size
// returned. One thread at a time calls it, on the terms of netvsc_deliver.
typedef ptrdiff_t (*netvsc_fetch)(void *context, void *buffer, size_t capacity);

// Waits until the source has a frame, `timeout` nanoseconds at most. Returns whether there may be one. Several threads
// may wait at once.
typedef bool (*netvsc_await)(void *context, uint64_t timeout);

// Wall-clock nanoseconds since 1970, or monotonic ones from any start: see where it is used.
typedef uint64_t (*netvsc_clock)(void *context);

// The protocol's versions (NVSP), by their numbers on the wire.
enum {
  NETVSC_VERSION_1 = 0x00000002,
  NETVSC_VERSION_2 = 0x00030002,
  NETVSC_VERSION_4 = 0x00040000,
  NETVSC_VERSION_5 = 0x00050000,
  NETVSC_VERSION_6 = 0x00060000,
  NETVSC_VERSION_6_1 = 0x00060001,
};

// The value of a fault that does not happen.
#define NETVSC_NEVER UINT64_MAX

// What a host offers, and what it does with frames. Fill it by netvsc_host_options_init, then change what is to differ.
typedef struct netvsc_host_options {
  // Of the structure as the caller knows it; set by the init function.
  size_t size;
  // Whether the guest's threads step the host when they wait for it (true), or it has a thread for each open channel
  // (false, the default).
  bool runs_inline;
  // Whether the host reads the process's own memory, so that frames that lie anywhere in it can be lent. By default
  // not: such a host believes the guest's pointers, and a wrong one ends the process.
  bool reads_private_memory;
  // Where frames go: "null" (the default): checked, counted and dropped; "verify": into a digest as well; "tap:NAME":
  // into the system, by a TAP interface that is made, or attached to where it is there. Not looked at where `deliver`
  // is set.
  const char *sink;
  // A sink of the caller's; NULL: the one above. `deliver_context` is passed to it.
  netvsc_deliver deliver;
  void *deliver_context;
  // Where frames come from: NULL (the default): nowhere; "tap:NAME": from the system. One interface of both directions
  // is opened once. Not looked at where `fetch` is set.
  const char *source;
  // A source of the caller's, and what waits for it; NULL: the one above. Both or none. `fetch_context` is passed to
  // both.
  netvsc_fetch fetch;
  netvsc_await wait;
  void *fetch_context;
  // What stamps frames for the sink, in nanoseconds since 1970; NULL: the system's wall clock.
  netvsc_clock wall_clock;
  void *wall_clock_context;
  // The newest version that the host agrees to, one of those above. By default 6.1.
  uint32_t newest_version;
  // How many channels (queues) there can be, from 1 to 64, the default.
  uint32_t channel_limit;
  // How many sub-channels (queues beyond the first) are granted at most, however many are asked for. By default all.
  uint32_t granted_subchannel_limit;
  // The size of a send-buffer section, a multiple of 8, at least 72; 0, the default: 6144, or a frame's if that is
  // more.
  uint32_t section_size;
  // Whether filling checksums, and cutting long TCP packets, is offered. By default both.
  bool offers_checksums;
  bool offers_large_sends;

  // What the host does wrong on purpose, from so many messages of a channel on. By default NETVSC_NEVER.
  uint64_t fault_silent_after;       // reads on, and completes nothing any more
  uint64_t fault_failing_after;      // completes with failure
  uint64_t fault_hanging_after;      // does not read any more
  uint64_t fault_dying_after;        // takes all channels away
  uint64_t fault_duplicating_after;  // completes every message twice
  uint64_t fault_inventing_after;    // completes, for every message, one that never was as well
  uint64_t fault_delay;              // completes so many together, the latest first
  // The first sub-channel that does not open, nor do those behind it. They count from 1. 0, the default: all open.
  uint32_t fault_closed_from_subchannel;
  // Of a million frames so many get lost on their way to a sink of the caller's or a TAP interface, and so many of
  // those from the source. By default 0.
  uint32_t fault_loss_per_million;
  // What decides which ones: the same seed loses the same frames of the same traffic.
  uint64_t fault_seed;

  // Whether TAP interfaces get TCP segments that follow each other as one long frame, which spares the system most of
  // the work, as with network cards that coalesce. Who looks at the interface's frames sees the long ones. By default
  // not.
  bool joins_segments;
} netvsc_host_options;

// Fills in the defaults. `size` is sizeof *options.
void netvsc_host_options_init(netvsc_host_options *options, size_t size);

// Makes a host with one device on offer. `options` may be NULL: the defaults; its strings are copied, its callbacks are
// called until the host is shut down. `error` may be NULL. On failure *host is NULL.
// Fails with NETVSC_ERROR_ARGUMENT and NETVSC_ERROR_SYSTEM (a TAP interface needs the right to make one).
NETVSC_MUST_CHECK
netvsc_result netvsc_host_create(const netvsc_host_options *options, netvsc_host **host, netvsc_error *error);

// Takes all channels away, as a host that goes away does, and ends the host's threads: its callbacks are called no
// more. What was in flight is lost. Not to be called by a callback of the host's.
netvsc_result netvsc_host_shut_down(netvsc_host *host);

// Goes away and comes back, after a shut-down as well: what was in flight is lost; guests may open the device anew. The
// counts go on. Not to be called by a callback of the host's. Fails with NETVSC_ERROR_SYSTEM.
netvsc_result netvsc_host_restart(netvsc_host *host, netvsc_error *error);

// What a host counted since it was made, on one channel or on all.
typedef struct netvsc_host_statistics {
  // Frames of well-formed messages, as the guest offered them (a large send is one), and their bytes with tags.
  uint64_t received_packets, received_bytes;
  // Frames that the sink took: of a large send, its segments.
  uint64_t delivered_packets, delivered_bytes;
  // Packets read from the guest's ring, of every kind.
  uint64_t messages;
  // Doorbells the host rang.
  uint64_t doorbells;
  // Completions of frames and control requests, and those that told of a failure.
  uint64_t completions, failures;
  // Frames that do not allow what their offload asks for.
  uint64_t refused_offloads;
  // Broken rules that stopped a channel.
  uint64_t violations;
  // The sum, modulo 2^64, of the digests of the frames received, where the sink verifies.
  uint64_t digest;
  // Frames lost on purpose on their way to the sink.
  uint64_t lost_to_sink;
  // The other way, and of the whole host; of a single channel 0. Frames that the source gave: offered = indicated +
  // filtered + misfit + unheard + dropped + lost.
  uint64_t offered_packets, offered_bytes;
  uint64_t indicated_packets, indicated_bytes;  // the guest was told of
  uint64_t filtered_packets;                    // to addresses that the guest does not listen to
  uint64_t misfit_packets;                      // longer than the guest takes, or shorter than an Ethernet header
  uint64_t unheard_packets;                     // while no guest had opened the device
  uint64_t dropped_packets;                     // for want of room in the ring to the guest
  uint64_t lost_from_source;                    // on purpose
  // Packets of the rings in which the guest was told; several frames may share one.
  uint64_t indications;
} netvsc_host_statistics;

// Fills `statistics` with what channel `channel` counted, or all together where that is below zero. `size` is
// sizeof *statistics. Channels that were never open are at zero.
netvsc_result netvsc_host_get_statistics(
  const netvsc_host *host, int channel, netvsc_host_statistics *statistics, size_t size);

// Copies what first went wrong into `text`, terminated and cut to `size`: a rule that a guest broke, or a sink that
// failed. Returns how long the whole of it is, without its end: 0 where nothing went wrong.
size_t netvsc_host_problem(const netvsc_host *host, char *text, size_t size);

// Shuts the host down, on the terms of netvsc_host_shut_down, and frees it.
void netvsc_host_free(netvsc_host *host);

// ---------------------------------------------------------------------------------------------------------------------
// A host for other processes

// Serves guests in other processes, which come by netvsc_open_path: each has a host of its own, all with one sink. The
// program `netvsc host` is one.
typedef struct netvsc_server netvsc_server;

// What happened to a guest of a server.
typedef enum netvsc_guest_event {
  // It is served from now on.
  NETVSC_GUEST_CAME = 0,
  // It left, or its process ended.
  NETVSC_GUEST_LEFT = 1,
  // It broke a rule, and is not served any longer.
  NETVSC_GUEST_REFUSED = 2,
} netvsc_guest_event;

// Hears what happened to a guest; they are numbered from 1. NETVSC_GUEST_REFUSED comes with 0 for one that broke a rule
// before NETVSC_GUEST_CAME was told of it. `reason` is the rule that it broke, `counted` what its host
// counted: each NULL where there is none, and good until the call returns. Called on threads of the server, several at
// once.
typedef void (*netvsc_guest_listener)(
  void *context, int guest, netvsc_guest_event event, const char *reason, const netvsc_host_statistics *counted);

// Makes a server that listens on a Unix socket at `path`, which only this user may open, from now on. It serves at most
// `guest_limit` guests at a time, one where the options have a source; others wait, and give up after 5 seconds.
// `options` may be NULL: the defaults; they cannot have a host run inline or read private memory. `listener` may be
// NULL; it gets `context`. On failure *server is NULL.
// Fails with NETVSC_ERROR_ARGUMENT and NETVSC_ERROR_SYSTEM (the path is in use, or not permitted).
NETVSC_MUST_CHECK
netvsc_result netvsc_server_create(
  const char *path, uint32_t guest_limit, const netvsc_host_options *options, netvsc_guest_listener listener,
  void *context, netvsc_server **server, netvsc_error *error);

// Serves guests until another thread calls netvsc_server_stop, or, with `only_one`, until the first has gone. Returns
// when none is left, and the path is taken away. Called once.
netvsc_result netvsc_server_run(netvsc_server *server, bool only_one);

// Ends it, from any thread: guests are told, and their channels taken away.
netvsc_result netvsc_server_stop(netvsc_server *server);

// Fills `statistics` with what was counted for all guests so far; what is not told across processes is 0. `size` is
// sizeof *statistics.
netvsc_result netvsc_server_get_statistics(
  const netvsc_server *server, netvsc_host_statistics *statistics, size_t size);

// How many guests have come so far, and how many are served at a time.
size_t netvsc_server_guest_count(const netvsc_server *server);
uint32_t netvsc_server_guest_limit(const netvsc_server *server);

// Stops the server, and frees it; after netvsc_server_run has returned, where that was called.
void netvsc_server_free(netvsc_server *server);

// ---------------------------------------------------------------------------------------------------------------------
// Devices

// A network device as its guest sees it.
typedef struct netvsc_device netvsc_device;

// How the rings of a device are owned.
typedef enum netvsc_ring_mode {
  // Exclusive where a queue has one sender, cooperative where it may have several.
  NETVSC_RING_AUTOMATIC = 0,
  // One sender, and no compare-and-swap.
  NETVSC_RING_EXCLUSIVE = 1,
  // Several senders; each waits its turn to publish.
  NETVSC_RING_ORDERED = 2,
  // Several senders; who finishes out of turn leaves a mark for whoever has the turn: none waits for another.
  NETVSC_RING_COOPERATIVE = 3,
} netvsc_ring_mode;

// What a guest asks of its device; the host may grant less. Fill it by netvsc_device_options_init, then change what is
// to differ.
typedef struct netvsc_device_options {
  // Of the structure as the caller knows it; set by the init function.
  size_t size;
  // How many queues (channels), from 1, the default, to 64.
  uint32_t queue_count;
  // How many senders each queue may have at a time, from 1, the default, to 64.
  uint32_t senders_per_queue;
  netvsc_ring_mode ring_mode;
  // The longest frame: an IP MTU and 14. From 1514 to 9216, the default.
  uint32_t frame_size;
  // The size of one ring, its control page included: at least two pages of 4096, whole pages. By default 512 KiB.
  uint32_t ring_size;
  // How many sections of the send buffer each queue has for frames that are copied, for all its senders, from 1 to
  // 4096. By default 256. All queues together get at most 16 MiB of them.
  uint32_t sections_per_queue;
  // How many more belong to no sender, where there are several: each may borrow of them. From 0 to 4096. By default 64.
  uint32_t spare_sections;
  // How many frames go into one message at most, from 1 to 64. By default 8.
  uint32_t packets_per_message;
  // How many frames without a section a queue can have lent to the host, from 1 to 4096. By default 256.
  uint32_t lent_frames_per_queue;
  // How many buffers of 68 KiB each queue has for frames that no section holds, or that find none free, from 0 to 256.
  // By default 16.
  uint32_t large_buffers_per_queue;
  // netvsc_send_memory copies frames up to this size, and lends longer ones. By default 5120.
  uint32_t copy_threshold;
  // Whether frames are wanted from the host, to be taken by netvsc_receive. By default not.
  bool receives_frames;
  // The size of the receive buffer, from 64 KiB to 31 MiB. By default 1 MiB.
  uint32_t receive_buffer_size;
  // How long the host may take for one answer of the set-up, in nanoseconds. By default 5 seconds.
  uint64_t answer_timeout;
  // The newest version of the protocol that is tried, one of those above. By default 6.1.
  uint32_t newest_version;
  // Where the device's time comes from: nanoseconds that never step back, asked for by all threads. NULL, the default:
  // the system's monotonic clock.
  netvsc_clock clock;
  void *clock_context;
} netvsc_device_options;

// Fills in the defaults. `size` is sizeof *options.
void netvsc_device_options_init(netvsc_device_options *options, size_t size);

// Opens the device that a host of this process offers. Runs on the calling thread until it is ready. `options` may be
// NULL: the defaults. `error` may be NULL. On failure *device is NULL.
// The host may be freed before the device: its channels are taken away then.
// Fails with NETVSC_ERROR_ARGUMENT (an option), NETVSC_ERROR_REFUSED, NETVSC_ERROR_TIMEOUT, NETVSC_ERROR_GONE (the host
// went away meanwhile) and NETVSC_ERROR_SYSTEM.
NETVSC_MUST_CHECK
netvsc_result netvsc_open(
  netvsc_host *host, const netvsc_device_options *options, netvsc_device **device, netvsc_error *error);

// Opens the device that a host in another process offers on the Unix socket at `path` (`netvsc host --socket PATH`).
// When that process ends, netvsc_poll and netvsc_drain fail with NETVSC_ERROR_GONE, as does what has something to
// publish or finds no room; until then frames may still be taken, and netvsc_wait returns at once. Else as above;
// NETVSC_ERROR_GONE also where nobody listens there, and NETVSC_ERROR_REFUSED where the host does not answer within 5
// seconds, as it serves as many guests as it can.
NETVSC_MUST_CHECK
netvsc_result netvsc_open_path(
  const char *path, const netvsc_device_options *options, netvsc_device **device, netvsc_error *error);

// Asks all senders to finish (they are answered NETVSC_ERROR_CLOSING), and waits for them, and for the host's answers
// to the farewell, no longer than `timeout` nanoseconds each. Then closes; a host in another process that says nothing
// at all is given up after 6 seconds more. Returns NETVSC_ERROR_TIMEOUT where some had
// not finished: closed all the same, what they have in flight is lost. The handle remains, and answers
// NETVSC_ERROR_CLOSING. Not to be called on the thread of a sender that is not finished, unless the timeout is 0.
netvsc_result netvsc_device_close(netvsc_device *device, uint64_t timeout);

// Closes the device likewise, and opens it again with other options: with more or fewer queues, another frame size, or
// at all, after its host went away. For what is left of `timeout`, waits for a host to come back. The handle is that of
// the new device then; senders of the old one are finished and freed as ever. Memory stays, and is the new device's as
// well. On failure, other than for options that cannot be, the device is closed. Fails as netvsc_open does.
NETVSC_MUST_CHECK
netvsc_result netvsc_device_reopen(
  netvsc_device *device, const netvsc_device_options *options, uint64_t timeout, netvsc_error *error);

// Closes the device without waiting for its senders, and frees the handle. Senders and memory remain to be freed. For
// the host's answers to the farewell it waits as long as netvsc_device_options.answer_timeout each: where the host may
// be silent, netvsc_device_close with a timeout of 0 comes first.
void netvsc_device_free(netvsc_device *device);

// What a host does to frames (properties), or is to do to one (netvsc_offload).
enum {
  NETVSC_OFFLOAD_IPV4_HEADER = 1 << 0,  // fills the checksum of the IPv4 header
  NETVSC_OFFLOAD_TCP = 1 << 1,          // fills TCP's checksum; in properties: over IPv4
  NETVSC_OFFLOAD_UDP = 1 << 2,          // fills UDP's checksum; in properties: over IPv4
  NETVSC_OFFLOAD_LARGE_SEND = 1 << 3,   // cuts a long TCP packet into segments; in properties: over IPv4
  NETVSC_OFFLOAD_IPV6 = 1 << 4,         // of a frame: its packet is of IPv6. Not in properties
  NETVSC_OFFLOAD_VLAN = 1 << 5,         // puts in an 802.1Q tag
  NETVSC_OFFLOAD_FLOW_HASH = 1 << 6,    // of a frame: the hash of its flow is there. Not in properties
  NETVSC_OFFLOAD_TCP_IPV6 = 1 << 7,     // in properties: TCP's checksum over IPv6
  NETVSC_OFFLOAD_UDP_IPV6 = 1 << 8,     // in properties: UDP's checksum over IPv6
  NETVSC_OFFLOAD_LARGE_SEND_IPV6 = 1 << 9,  // in properties: large sends over IPv6
};

// What a device is, from its opening on.
typedef struct netvsc_device_properties {
  // How many queues there are: as many as were asked for, or fewer.
  uint32_t queue_count;
  // The longest frame: Ethernet header, IP packet; and the longest IP packet in it, 14 less.
  uint32_t frame_size;
  uint32_t mtu;
  // The shortest frame that is carried: an Ethernet header.
  uint32_t minimum_frame_size;
  // The longest frame of a large send, over IPv4 and IPv6, and the fewest segments it must make; 0 where there is none.
  uint32_t large_send_size_ipv4, large_send_size_ipv6;
  uint32_t large_send_minimum_segments_ipv4, large_send_minimum_segments_ipv6;
  // Of NETVSC_OFFLOAD_: what the host does for frames that ask for it.
  uint32_t offloads;
  // How many parts a frame that is lent has at most.
  uint32_t part_limit;
  // How many messages are gathered before they are published without being asked.
  uint32_t burst_limit;
  // How many senders each queue may have at a time.
  uint32_t senders_per_queue;
  // The device's Ethernet address.
  uint8_t address[6];
  // Whether frames come, and whether the host spreads them over all queues.
  bool receives_frames;
  bool scales_receives;
  // Whether frames that lie in the process's own memory can be lent.
  bool lends_private_memory;
  // The version of the protocol that was agreed, such as "NVSP 6.1".
  char protocol_version[16];
} netvsc_device_properties;

// Fills `properties`. `size` is sizeof *properties.
netvsc_result netvsc_device_get_properties(
  const netvsc_device *device, netvsc_device_properties *properties, size_t size);

// Fills `statistics` with what a host in another process counted for this guest; what it does not tell is 0. `size` is
// sizeof *statistics. Fails with NETVSC_ERROR_UNSUPPORTED where the host is in this process, which can be asked itself,
// or is gone.
netvsc_result netvsc_device_get_host_statistics(
  const netvsc_device *device, netvsc_host_statistics *statistics, size_t size);

// Copies what first went wrong with a host in another process, as netvsc_host_problem does for one in this.
size_t netvsc_device_host_problem(const netvsc_device *device, char *text, size_t size);

// Whether the link is up, as far as the host has told: at the start, and in what the first queue's sender has polled.
bool netvsc_device_link_is_up(const netvsc_device *device);

// How many times the host told of a change, of the link or of something else.
uint64_t netvsc_device_status_indications(const netvsc_device *device);

// ---------------------------------------------------------------------------------------------------------------------
// Which queue

// How flows find their queue: by the host's table. A flow keeps its order as long as its frames are steered by one
// table; a host may send another at any time, so get it anew when none of them is in flight.
typedef struct netvsc_steering {
  uint32_t queues[16];
} netvsc_steering;

// Fills in the newest table, which comes in as a sender of the first queue polls. Takes a lock.
netvsc_result netvsc_device_get_steering(const netvsc_device *device, netvsc_steering *steering);

// The receive-side-scaling (Toeplitz) hash of a frame's addresses and ports; 0 where it is not IP, or the frame NULL.
uint32_t netvsc_flow_hash(const void *frame, size_t size);

// The queue for a flow's hash.
static inline uint32_t netvsc_steering_queue(const netvsc_steering *steering, uint32_t flow_hash) {
  return steering->queues[flow_hash & 15];
}

// The queue that a processor is mapped to: at first its number, counted around the queues. 0 where that cannot be told.
uint32_t netvsc_device_processor_queue(const netvsc_device *device, uint32_t processor);

// Maps a processor to another queue. Its senders go on as they are until their threads ask netvsc_sender_should_move.
// Fails with NETVSC_ERROR_TAKEN where there is no such queue.
netvsc_result netvsc_device_map_processor(netvsc_device *device, uint32_t processor, uint32_t queue);

// ---------------------------------------------------------------------------------------------------------------------
// Memory to lend frames from

// Memory that the device can reach. It is kept until it is released and no frame in flight lies in it.
typedef struct netvsc_memory netvsc_memory;

// Zeroed memory of at least `size` bytes, rounded up to whole pages of 4096; below 4 GiB. On failure *memory is NULL.
// Fails with NETVSC_ERROR_ARGUMENT, NETVSC_ERROR_CLOSING and NETVSC_ERROR_SYSTEM.
NETVSC_MUST_CHECK
netvsc_result netvsc_memory_allocate(netvsc_device *device, size_t size, netvsc_memory **memory, netvsc_error *error);

// The memory of a file (memfd_create), whole pages, whose size is sealed against shrinking and growing; others are
// refused, as are 4 GiB and more. The descriptor remains the caller's, and may be closed. On failure *memory is NULL.
// Fails as above.
NETVSC_MUST_CHECK
netvsc_result netvsc_memory_register(
  netvsc_device *device, int descriptor, netvsc_memory **memory, netvsc_error *error);

// Where it lies, for reading and writing: by one thread at a time, and what is lent not at all. Good until it is
// released.
void *netvsc_memory_bytes(const netvsc_memory *memory);
size_t netvsc_memory_size(const netvsc_memory *memory);

// Gives it up. Frames that are lent from it stay lent.
void netvsc_memory_release(netvsc_memory *memory);

// ---------------------------------------------------------------------------------------------------------------------
// Senders

// One thread's way to send on one queue.
typedef struct netvsc_sender netvsc_sender;

// A sender of a queue, at any of its places that is free. On failure *sender is NULL. Fails with NETVSC_ERROR_TAKEN
// where there is no such queue, or no place of it is free, and with NETVSC_ERROR_CLOSING.
NETVSC_MUST_CHECK
netvsc_result netvsc_sender_create(netvsc_device *device, uint32_t queue, netvsc_sender **sender, netvsc_error *error);

// A sender at the place of a number, from 0; else as above.
NETVSC_MUST_CHECK
netvsc_result netvsc_sender_create_at(
  netvsc_device *device, uint32_t queue, uint32_t number, netvsc_sender **sender, netvsc_error *error);

// A sender for a thread that runs on a processor, of the queue that the processor is mapped to; else as above.
NETVSC_MUST_CHECK
netvsc_result netvsc_sender_create_for_processor(
  netvsc_device *device, uint32_t processor, netvsc_sender **sender, netvsc_error *error);

// How a frame that was lent ended.
typedef enum netvsc_fate {
  // The host completed it with success.
  NETVSC_COMPLETED = 0,
  // The host completed it with another status.
  NETVSC_FAILED = 1,
  // It was given up. The host may read it still, until the device is closed: leave the bytes as they are.
  NETVSC_LOST = 2,
} netvsc_fate;

// Takes a frame back that was lent: its memory is the caller's again. `cookie` is what the caller named it by.
typedef void (*netvsc_completion)(void *context, uint64_t cookie, netvsc_fate fate);

// Ends the sender's work: what is in flight is counted as lost, frames that are lent are given back, and the place is
// free for another. `completion` may be NULL. The handle remains: its statistics can be read; all else answers
// NETVSC_ERROR_FINISHED.
netvsc_result netvsc_sender_finish(netvsc_sender *sender, netvsc_completion completion, void *context);

// Finishes the sender, unless that was done, and frees the handle. Frames that are still lent are lost without a word.
// Does nothing within a callback of one of the sender's calls.
void netvsc_sender_free(netvsc_sender *sender);

// The last failure of the sender, with its particulars. Its code is NETVSC_OK where nothing failed yet.
netvsc_result netvsc_sender_get_error(const netvsc_sender *sender, netvsc_error *error);

// The number of its queue, and its own among those of the queue, from 0.
uint32_t netvsc_sender_queue(const netvsc_sender *sender);
uint32_t netvsc_sender_number(const netvsc_sender *sender);

// How many messages are published or about to be, and not completed.
size_t netvsc_sender_in_flight(const netvsc_sender *sender);

// Whether the next frame that is sent or lent would be taken, whatever its size. netvsc_reserve needs a free section,
// and answers for itself.
bool netvsc_sender_has_room(const netvsc_sender *sender);

// Whether the ring was nearly full when it was last looked at: nothing is taken until there is room again.
bool netvsc_sender_is_stopped(const netvsc_sender *sender);

// Whether the device waits for its senders to finish, as of the last flush or poll.
bool netvsc_sender_is_closing(const netvsc_sender *sender);

// Whether the processor that the sender was made for is mapped to another queue by now: drain, free it, make another.
bool netvsc_sender_should_move(const netvsc_sender *sender);

// ---------------------------------------------------------------------------------------------------------------------
// Sending. What is taken is published by the next flush, or before. None of these waits.

// What the host is to do to one frame. Zeroed: nothing.
//
// Whoever asks prepares the frame for it, as network stacks do. The field of a TCP or UDP checksum holds the sum of the
// pseudo header, not inverted. In a large send that sum leaves the length out, and the length of the IP packet is 0. A
// tag is not in the frame; its 4 bytes count as part of it. What the frame does not bear out comes back as
// NETVSC_FAILED, or, where it was copied, counts as failed.
typedef struct netvsc_offload {
  // Of NETVSC_OFFLOAD_, those of one frame. Of TCP and UDP one, or neither; with a large send all checksums are filled.
  uint32_t flags;
  // Where the transport header begins, in bytes behind the frame's first, at most 1023. For checksums 0 leaves it to
  // the host to find.
  uint16_t transport_offset;
  // The tag, as it stands in a frame: priority, drop eligibility, number.
  uint16_t vlan_tci;
  // The most payload of a segment of a large send, from 1 to 2^20 - 1.
  uint32_t segment_size;
  // The hash of the frame's flow.
  uint32_t flow_hash;
} netvsc_offload;

// Bytes of a frame: a part of it, or all.
typedef struct netvsc_part {
  const void *bytes;
  size_t size;
  // The memory they lie in; NULL: the process's own.
  netvsc_memory *memory;
} netvsc_part;

// Where a frame lies in a larger run of bytes.
typedef struct netvsc_range {
  uint32_t offset;
  uint32_t size;
} netvsc_range;

// Copies one frame, whose memory can be reused at once. `offload` may be NULL. Returns NETVSC_OK, NETVSC_WOULD_BLOCK,
// NETVSC_ERROR_TOO_LARGE, NETVSC_ERROR_TOO_SHORT, NETVSC_ERROR_CLOSING, or, where a burst had to be published and the
// queue turned out to be unusable, NETVSC_ERROR_GONE or NETVSC_ERROR_VIOLATION.
NETVSC_MUST_CHECK
netvsc_result netvsc_send(netvsc_sender *sender, const void *frame, size_t size, const netvsc_offload *offload);

// Copies one frame that lies in parts, in their order, wherever they lie. Parts without bytes are passed over, here and
// below. Else as above.
NETVSC_MUST_CHECK
netvsc_result netvsc_send_parts(
  netvsc_sender *sender, const netvsc_part *parts, size_t count, const netvsc_offload *offload);

// Copies frames, each in one part, in their order, as many as fit. *taken tells how many were dealt with, whatever is
// returned: taken, or refused for their size, which is counted. Returns NETVSC_OK when those are all.
NETVSC_MUST_CHECK
netvsc_result netvsc_send_burst(netvsc_sender *sender, const netvsc_part *frames, size_t count, size_t *taken);

// The same for frames that lie in one run of `size` bytes: the cheapest way to copy many. *taken is 0 where the result
// is NETVSC_ERROR_GONE or NETVSC_ERROR_VIOLATION: then the statistics tell what was offered, and all of it is lost.
NETVSC_MUST_CHECK
netvsc_result netvsc_send_ranges(
  netvsc_sender *sender, const void *bytes, size_t size, const netvsc_range *frames, size_t count, size_t *taken);

// Sends frames that lie in memory of the device's, and do not change any more, such as those of a capture: copies those
// up to netvsc_device_options.copy_threshold, and lends the longer ones. None is given back. Else as
// netvsc_send_ranges.
NETVSC_MUST_CHECK
netvsc_result netvsc_send_memory(
  netvsc_sender *sender, netvsc_memory *memory, const netvsc_range *frames, size_t count, size_t *taken);

// Lends one frame to the host where it lies, in parts, in their order, without copying it. Where it is taken, the parts
// stay as they are until a netvsc_completion of poll, drain or finish gives the frame back, once, by `cookie`;
// otherwise nothing was lent. Parts may lie in several memories, and in the process's own, together. What cannot be
// lent is copied, and given back all the same: a frame with parts of the process's own memory where the device does not
// lend that, and one of more parts than netvsc_device_properties.part_limit. `offload` may be NULL. Returns what
// netvsc_send does, and NETVSC_ERROR_ARGUMENT.
NETVSC_MUST_CHECK
netvsc_result netvsc_submit(
  netvsc_sender *sender, const netvsc_part *parts, size_t count, uint64_t cookie, const netvsc_offload *offload);

// A frame to lend.
typedef struct netvsc_packet {
  const netvsc_part *parts;
  size_t count;
  uint64_t cookie;
  // NULL: none.
  const netvsc_offload *offload;
} netvsc_packet;

// Lends frames, in their order, as many as are taken. *taken tells how many, whatever is returned: those before the
// first that was not taken, for which the result is; it remains the caller's, as do all behind it.
NETVSC_MUST_CHECK
netvsc_result netvsc_submit_burst(netvsc_sender *sender, const netvsc_packet *packets, size_t count, size_t *taken);

// Room for a frame of at most `size` bytes in the send buffer, to be written in place, without a copy. `offload` may be
// NULL. *room is the frame's first byte; it is not zeroed. On failure it is NULL. Returns what netvsc_send does.
//
// One reservation of a sender is open at a time. Any other call that can change the sender but netvsc_commit, another
// reservation included, gives it up, as netvsc_abort does: nothing happened, and nothing is kept.
NETVSC_MUST_CHECK
netvsc_result netvsc_reserve(netvsc_sender *sender, size_t size, const netvsc_offload *offload, void **room);

// Sends the first `size` bytes of the room. `offload` takes the place of that which the room was made for, and takes as
// much room in front: work on checksums or segments, a tag and a hash one each; NULL leaves it. Fails with
// NETVSC_ERROR_ARGUMENT where no reservation is open, or the frame is not in it or shorter than an Ethernet header: a
// reservation remains open then.
NETVSC_MUST_CHECK
netvsc_result netvsc_commit(netvsc_sender *sender, size_t size, const netvsc_offload *offload);

// Gives an open reservation up. Without one nothing happens.
netvsc_result netvsc_abort(netvsc_sender *sender);

// Shows the host everything that was sent so far, as far as the ring has room; the rest stays for the next flush. Fails
// with NETVSC_ERROR_GONE and NETVSC_ERROR_VIOLATION, as do the calls below.
netvsc_result netvsc_flush(netvsc_sender *sender);

// ---------------------------------------------------------------------------------------------------------------------
// Completions, frames that come, and waiting

// Takes what the host sent: completions give space back, and frames that were lent. `completion` may be NULL.
// *completed, unless NULL, tells how many messages completed; 0 where it fails, which it does after giving back all
// that the host completed before. Frames that came are kept for netvsc_receive.
netvsc_result netvsc_poll(netvsc_sender *sender, netvsc_completion completion, void *context, size_t *completed);

// What a host told of a frame that came.
enum {
  NETVSC_RECEIVED_CHECKSUM_GOOD = 1 << 0,  // it found the transport's checksum right
  NETVSC_RECEIVED_CHECKSUM_BAD = 1 << 1,   // it found it wrong
  NETVSC_RECEIVED_IP_HEADER_GOOD = 1 << 2, // it found the checksum of the IPv4 header right
  NETVSC_RECEIVED_IP_HEADER_BAD = 1 << 3,  // it found it wrong
  NETVSC_RECEIVED_VLAN = 1 << 4,           // it took an 802.1Q tag out: `vlan_tci`
  NETVSC_RECEIVED_FLOW_HASH = 1 << 5,      // it told the flow's hash: `flow_hash`
};

// A frame that came.
typedef struct netvsc_frame {
  // As it lies in the receive buffer, where the host may change it at any time: copy what is to be believed or kept.
  const void *bytes;
  size_t size;
  // Of NETVSC_RECEIVED_.
  uint32_t flags;
  uint16_t vlan_tci;
  uint32_t flow_hash;
} netvsc_frame;

// Takes a frame, which is good until it returns. The sender cannot send meanwhile: a stack that answers at once copies
// the frames into buffers of its own, and takes those in when netvsc_receive has returned.
typedef void (*netvsc_receiver)(void *context, const netvsc_frame *frame);

// Hands out frames that came, `limit` at most, and gives their buffers back to the host. Polls nothing by itself.
// *received, unless NULL, tells how many. Where senders share a queue, one at a time takes frames; the others find
// none.
netvsc_result netvsc_receive(
  netvsc_sender *sender, size_t limit, netvsc_receiver receiver, void *context, size_t *received);

// How many frames polls have found that are not handed out. Where senders share a queue, they are with whoever polls:
// 0.
size_t netvsc_sender_receivable(const netvsc_sender *sender);

// Waits until the host has done something, or there is a frame to receive, `timeout` nanoseconds at most. A host that
// runs inline runs meanwhile. Publishes nothing: flush before. Returns at once where the device is about to be closed.
netvsc_result netvsc_wait(netvsc_sender *sender, uint64_t timeout);

// Publishes everything and waits until all of it is completed, `timeout` nanoseconds at most. Returns NETVSC_OK when it
// is, NETVSC_WOULD_BLOCK when time ran out: what completed meanwhile has. Frames that were lent are given back
// meanwhile; `completion` may be NULL.
NETVSC_MUST_CHECK
netvsc_result netvsc_drain(netvsc_sender *sender, uint64_t timeout, netvsc_completion completion, void *context);

// ---------------------------------------------------------------------------------------------------------------------
// Statistics

// What became of a sender's packets, and how often it had to wait for what. Bytes are those of frames as they were
// offered. At rest offered = refused + completed + failed + lost, in packets and in bytes.
typedef struct netvsc_statistics {
  uint64_t offered_packets, offered_bytes;      // taken, or refused; what would block was not offered
  uint64_t too_large_packets, too_large_bytes;  // refused
  uint64_t too_short_packets, too_short_bytes;  // refused
  uint64_t reserved_packets, reserved_bytes;    // framed
  uint64_t published_packets, published_bytes;  // visible to the host
  uint64_t completed_packets, completed_bytes;  // with success
  uint64_t failed_packets, failed_bytes;        // completed with another status
  uint64_t lost_packets, lost_bytes;            // given up
  uint64_t received_packets, received_bytes;    // handed out by netvsc_receive
  uint64_t unwanted_packets, unwanted_bytes;    // came, and were dropped: nobody receives, or too many waited
  uint64_t malformed_receives;                  // were no frames, or contradicted themselves
  uint64_t lent_frames;                         // not copied
  uint64_t large_copies;                        // copied into large buffers
  uint64_t messages;                            // published; one may carry several packets
  uint64_t signals, signals_elided;             // doorbells rung, and publications that needed none
  uint64_t ring_full;                           // a message found no room in the ring
  uint64_t no_section;                          // a frame found no section free
  uint64_t no_memory;                           // a frame found neither a section nor another place
  uint64_t stops, wakes;                        // stopped on a ring that was nearly full, and went on
  uint64_t waits;                               // waited for the host
  uint64_t completions;                         // that came, whatever they said
  uint64_t unknown_completions;                 // that name nothing in flight
  uint64_t malformed_completions;               // too short for a status; they count as failures
  uint64_t receives_acknowledged;               // receive packets that went back to the host
  uint64_t acknowledgements_delayed;            // that could not at once, for want of room in the ring
  uint64_t ignored_packets;                     // that mean nothing here
  // Moments by the device's clock; 0 where nothing happened.
  uint64_t first_publication, last_publication, last_completion;
} netvsc_statistics;

// Fills `statistics`, of a finished sender as well. `size` is sizeof *statistics. For the sender's thread, as is all
// below.
netvsc_result netvsc_sender_get_statistics(const netvsc_sender *sender, netvsc_statistics *statistics, size_t size);

// A counter, as `ethtool -S` of a Linux interface of this kind names it.
typedef struct netvsc_counter {
  char name[32];
  uint64_t value;
} netvsc_counter;

// The counter at `index`, from 0: NETVSC_ERROR_ARGUMENT behind the last. Those of several senders are added by their
// names.
netvsc_result netvsc_sender_get_counter(const netvsc_sender *sender, size_t index, netvsc_counter *counter);

// How many messages took so many nanoseconds, within 3 percent, from publication to completion.
typedef struct netvsc_latency {
  uint64_t nanoseconds;
  uint64_t count;
} netvsc_latency;

// Fills in the latencies that were met, in their order, `capacity` of them at most. Returns how many there are: never
// more than 1152.
size_t netvsc_sender_get_latencies(const netvsc_sender *sender, netvsc_latency *latencies, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
