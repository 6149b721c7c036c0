// Unix sockets that pass descriptors along: the structures and macros that Swift cannot import. No logic lives here.
#ifndef NETVSC_UNIX_SOCKETS_H
#define NETVSC_UNIX_SOCKETS_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/// How many descriptors are received with one message at most; the kernel closes those beyond.
enum { platform_descriptor_limit = 8 };

/// A socket for whole messages. Returns a descriptor or -1 with errno set.
static inline int platform_message_socket(void) { return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0); }

/// Fills an address. Returns its size, or 0 with errno set where the path is too long.
static inline socklen_t platform_socket_address(const char *path, struct sockaddr_un *address) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  size_t length = strlen(path);
  if (length == 0 || length >= sizeof address->sun_path) {
    errno = length == 0 ? ENOENT : ENAMETOOLONG;
    return 0;
  }
  memcpy(address->sun_path, path, length);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
}

/// Gives a socket a path, for its owner alone, and has it listen. Returns 0, or -1 with errno set.
static inline int platform_listen_at(int socket, const char *path, int backlog) {
  struct sockaddr_un address;
  socklen_t byte_count = platform_socket_address(path, &address);
  if (byte_count == 0) return -1;
  // The file gets the mode of the socket that is bound to it.
  if (fchmod(socket, S_IRUSR | S_IWUSR) != 0) return -1;
  if (bind(socket, (struct sockaddr *)&address, byte_count) != 0) return -1;
  return listen(socket, backlog);
}

/// Connects to whoever listens there. Returns 0, or -1 with errno set.
static inline int platform_connect_to(int socket, const char *path) {
  struct sockaddr_un address;
  socklen_t byte_count = platform_socket_address(path, &address);
  if (byte_count == 0) return -1;
  return connect(socket, (struct sockaddr *)&address, byte_count);
}

static inline int platform_accept(int socket) { return (int)syscall(SYS_accept4, socket, 0, 0, SOCK_CLOEXEC); }

/// How long sending, or receiving, may take; 0 is for ever. Returns 0, or -1 with errno set.
static inline int platform_limit_time(int socket, int option, int64_t nanoseconds) {
  struct timeval limit = {.tv_sec = nanoseconds / 1000000000, .tv_usec = nanoseconds % 1000000000 / 1000};
  return setsockopt(socket, SOL_SOCKET, option, &limit, sizeof limit);
}

/// Sends a message with descriptors, and waits for room where there is none, or not. Returns 0, or -1 with errno set.
static inline int platform_send_message(
    int socket, const void *bytes, size_t byte_count, const int *descriptors, size_t descriptor_count,
    int waits) {
  struct iovec part = {(void *)bytes, byte_count};
  union {
    struct cmsghdr alignment;
    char bytes[CMSG_SPACE(platform_descriptor_limit * sizeof(int))];
  } control;
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (descriptor_count > platform_descriptor_limit) {
    errno = EINVAL;
    return -1;
  }
  if (descriptor_count > 0) {
    memset(&control, 0, sizeof control);
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(descriptor_count * sizeof(int));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptor_count * sizeof(int));
    memcpy(CMSG_DATA(header), descriptors, descriptor_count * sizeof(int));
  }
  return sendmsg(socket, &message, MSG_NOSIGNAL | (waits ? 0 : MSG_DONTWAIT)) < 0 ? -1 : 0;
}

/// A message that was received: its size (0 at the end), its descriptors, and whether some of either was cut off.
struct platform_message {
  size_t byte_count;
  size_t descriptor_count;
  int descriptors[platform_descriptor_limit];
  int is_cut;
};

/// Receives a message. Returns 0, or -1 with errno set.
static inline int platform_receive_message(
    int socket, void *buffer, size_t byte_count, struct platform_message *received) {
  struct iovec part = {buffer, byte_count};
  union {
    struct cmsghdr alignment;
    char bytes[CMSG_SPACE(platform_descriptor_limit * sizeof(int))];
  } control;
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  ssize_t result = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (result < 0) return -1;
  received->byte_count = (size_t)result;
  received->descriptor_count = 0;
  received->is_cut = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
  for (struct cmsghdr *entry = CMSG_FIRSTHDR(&message); entry != 0; entry = CMSG_NXTHDR(&message, entry)) {
    if (entry->cmsg_level != SOL_SOCKET || entry->cmsg_type != SCM_RIGHTS) continue;
    size_t count = (entry->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t index = 0; index < count && received->descriptor_count < platform_descriptor_limit; index++)
      memcpy(&received->descriptors[received->descriptor_count++], CMSG_DATA(entry) + index * sizeof(int), sizeof(int));
  }
  return 0;
}

/// Whether there is a socket at the path: 1 or 0; -1 with errno set where there is nothing.
static inline int platform_is_socket(const char *path) {
  struct stat status;
  if (lstat(path, &status) != 0) return -1;
  return S_ISSOCK(status.st_mode) ? 1 : 0;
}

/// Which file a path leads to: its number and that of its device. Returns 0, or -1 with errno set.
static inline int platform_file_identity(const char *path, uint64_t *device, uint64_t *number) {
  struct stat status;
  if (lstat(path, &status) != 0) return -1;
  *device = status.st_dev;
  *number = status.st_ino;
  return 0;
}

#endif
