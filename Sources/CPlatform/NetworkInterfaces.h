// Network interfaces: the structures, macros and numbers that Swift cannot import. No logic lives here.
#ifndef NETVSC_NETWORK_INTERFACES_H
#define NETVSC_NETWORK_INTERFACES_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/sched.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/// A socket for whole frames that is bound to nothing and receives nothing. Returns a descriptor or -1 with errno set.
static inline int platform_packet_socket(void) { return socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

/// Binds it to an interface, and has it receive what arrives there if it is to. Returns 0, or -1 with errno set.
static inline int platform_bind_packet_socket(int socket, unsigned interface, int receives) {
  struct sockaddr_ll address = {
      .sll_family = AF_PACKET, .sll_protocol = receives ? htons(ETH_P_ALL) : 0, .sll_ifindex = (int)interface};
  return bind(socket, (struct sockaddr *)&address, sizeof address);
}

static inline int platform_set_socket_option(int socket, int level, int option, int value) {
  return setsockopt(socket, level, option, &value, sizeof value);
}

/// Hands frames to the driver at once, past the queues in front of it. As below.
static inline int platform_bypass_queues(int socket) {
  return platform_set_socket_option(socket, SOL_PACKET, PACKET_QDISC_BYPASS, 1);
}

/// Has the kernel stamp frames, tell the tags it takes out of them, and leave out those that are sent. Returns 0, or -1
/// with errno set.
static inline int platform_describe_packets(int socket) {
  if (platform_set_socket_option(socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1) != 0) return -1;
  if (platform_set_socket_option(socket, SOL_PACKET, PACKET_AUXDATA, 1) != 0) return -1;
  return platform_set_socket_option(socket, SOL_SOCKET, SO_TIMESTAMPNS, 1);
}

/// The memory that frames may take that were not received yet: beyond the system's limit where that is permitted.
static inline int platform_set_receive_buffer(int socket, int byte_count) {
  if (platform_set_socket_option(socket, SOL_SOCKET, SO_RCVBUFFORCE, byte_count) == 0) return 0;
  return platform_set_socket_option(socket, SOL_SOCKET, SO_RCVBUF, byte_count);
}

/// How many frames the kernel dropped since it was asked last, because they found no room; -1 with errno set.
static inline int64_t platform_dropped_packets(int socket) {
  struct tpacket_stats statistics = {0};
  socklen_t byte_count = sizeof statistics;
  if (getsockopt(socket, SOL_PACKET, PACKET_STATISTICS, &statistics, &byte_count) != 0) return -1;
  return statistics.tp_drops;
}

/// A frame that was received: where it begins in the buffer, its length, also where that is more than there was room
/// for, and when the kernel had it, in nanoseconds since 1970.
struct platform_packet {
  size_t offset;
  size_t byte_count;
  int64_t timestamp;
};

/// Receives a frame into a buffer of more than 16 bytes, with its 802.1Q tag back in its place. Returns 0, or -1 with
/// errno set.
static inline int platform_receive_packet(
    int socket, unsigned char *buffer, size_t byte_count, struct platform_packet *packet) {
  const size_t addresses = 12, tag = 4;
  struct iovec parts[2] = {{buffer, addresses}, {buffer + addresses + tag, byte_count - addresses - tag}};
  union {
    struct cmsghdr alignment;
    char bytes[CMSG_SPACE(sizeof(struct timespec)) + CMSG_SPACE(sizeof(struct tpacket_auxdata))];
  } control;
  struct msghdr message = {
      .msg_iov = parts, .msg_iovlen = 2, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  ssize_t received = recvmsg(socket, &message, MSG_TRUNC | MSG_DONTWAIT);
  if (received < 0) return -1;
  struct tpacket_auxdata auxiliary = {0};
  struct timespec time = {0};
  for (struct cmsghdr *entry = CMSG_FIRSTHDR(&message); entry != 0; entry = CMSG_NXTHDR(&message, entry)) {
    if (entry->cmsg_level == SOL_SOCKET && entry->cmsg_type == SO_TIMESTAMPNS)
      memcpy(&time, CMSG_DATA(entry), sizeof time);
    if (entry->cmsg_level == SOL_PACKET && entry->cmsg_type == PACKET_AUXDATA)
      memcpy(&auxiliary, CMSG_DATA(entry), sizeof auxiliary);
  }
  packet->timestamp = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
  if (auxiliary.tp_status & TP_STATUS_VLAN_VALID) {
    uint16_t type = htons(auxiliary.tp_status & TP_STATUS_VLAN_TPID_VALID ? auxiliary.tp_vlan_tpid : ETH_P_8021Q);
    uint16_t control_information = htons(auxiliary.tp_vlan_tci);
    memcpy(buffer + addresses, &type, sizeof type);
    memcpy(buffer + addresses + sizeof type, &control_information, sizeof control_information);
    packet->offset = 0;
    packet->byte_count = (size_t)received + tag;
  } else {
    memmove(buffer + tag, buffer, addresses);
    packet->offset = tag;
    packet->byte_count = (size_t)received;
  }
  return 0;
}

/// Opens the driver of TAP interfaces. Returns a descriptor or -1 with errno set.
static inline int platform_open_tap_driver(void) { return open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK); }

static inline struct ifreq platform_interface_request(const char *name) {
  struct ifreq request = {0};
  strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
  return request;
}

/// Attaches it to the TAP interface of that name, which is made where there is none, with a header in front of frames.
/// Returns 0, or -1 with errno set. An interface that was there keeps what its last program asked for: another size of the
/// header, and frames that are cut and summed by whoever reads them.
static inline int platform_attach_tap(int driver, const char *name) {
  struct ifreq request = platform_interface_request(name);
  request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
  if (ioctl(driver, TUNSETIFF, &request) != 0) return -1;
  int header_byte_count = sizeof(struct virtio_net_hdr);
  if (ioctl(driver, TUNSETVNETHDRSZ, &header_byte_count) != 0) return -1;
  return ioctl(driver, TUNSETOFFLOAD, 0ul);
}

/// What the system is told of a TCP packet that stands for several: its headers' places in the frame, and how much payload
/// each has of them.
struct platform_large_frame {
  int is_ipv6;
  uint16_t tcp_offset;
  uint16_t payload_offset;
  uint16_t segment_byte_count;
};

/// Writes a frame, a long one if `large` is not NULL. Returns -1 with errno set where it is not taken.
static inline ssize_t platform_write_tap(
    int tap, const void *bytes, size_t byte_count, const struct platform_large_frame *large) {
  struct virtio_net_hdr header = {0};
  if (large) {
    header.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
    header.gso_type = large->is_ipv6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
    header.hdr_len = large->payload_offset;
    header.gso_size = large->segment_byte_count;
    header.csum_start = large->tcp_offset;
    header.csum_offset = 16;
  }
  struct iovec parts[2] = {{&header, sizeof header}, {(void *)bytes, byte_count}};
  return writev(tap, parts, 2);
}

/// Reads a frame. Returns its length, or -1 with errno set.
static inline ssize_t platform_read_tap(int tap, void *buffer, size_t byte_count) {
  struct virtio_net_hdr header;
  struct iovec parts[2] = {{&header, sizeof header}, {buffer, byte_count}};
  ssize_t result = readv(tap, parts, 2);
  return result < 0 ? result : result - (ssize_t)sizeof header;
}

/// Asks any socket about an interface. Returns 0, or -1 with errno set.
static inline int platform_ask_interface(unsigned long question, struct ifreq *request) {
  int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (any < 0) return -1;
  int result = ioctl(any, question, request);
  close(any);
  return result;
}

/// Whether it is up, and whether it has a carrier: bits 0 and 1; -1 with errno set.
static inline int platform_interface_state(const char *name) {
  struct ifreq request = platform_interface_request(name);
  if (platform_ask_interface(SIOCGIFFLAGS, &request) != 0) return -1;
  return (request.ifr_flags & IFF_UP ? 1 : 0) | (request.ifr_flags & IFF_RUNNING ? 2 : 0);
}

/// Brings it up. Returns 0, or -1 with errno set.
static inline int platform_bring_up_interface(const char *name) {
  struct ifreq request = platform_interface_request(name);
  if (platform_ask_interface(SIOCGIFFLAGS, &request) != 0) return -1;
  request.ifr_flags |= IFF_UP;
  return platform_ask_interface(SIOCSIFFLAGS, &request);
}

/// Whether its frames are those of Ethernet: 1 or 0; -1 with errno set.
static inline int platform_interface_is_ethernet(const char *name) {
  struct ifreq request = platform_interface_request(name);
  if (platform_ask_interface(SIOCGIFHWADDR, &request) != 0) return -1;
  return request.ifr_hwaddr.sa_family == ARPHRD_ETHER || request.ifr_hwaddr.sa_family == ARPHRD_LOOPBACK;
}

/// Puts the calling thread, and those that it starts, into a network of their own. Returns 0, or -1 with errno set.
static inline int platform_leave_network(void) { return (int)syscall(SYS_unshare, CLONE_NEWNET); }

#endif
