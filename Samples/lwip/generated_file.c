#include "generated_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/// 2^64 divided by the golden ratio, whose multiples spread.
static const uint64_t step = 0x9E3779B97F4A7C15u;

/// What the words of a block begin with: its number, mixed with the seed.
static uint64_t block_start(uint64_t seed, uint64_t block) {
  uint64_t value = seed + (block + 1) * step;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

void generated_file_read(uint64_t seed, uint64_t block, unsigned char bytes[GENERATED_FILE_BLOCK]) {
  uint64_t value = block_start(seed, block);
  for (size_t offset = 0; offset < GENERATED_FILE_BLOCK; offset += sizeof value) {
    memcpy(bytes + offset, &value, sizeof value);
    value += step;
  }
}

bool generated_file_parse_size(const char *text, uint64_t *byte_count) {
  static const struct {
    const char *name;
    unsigned shift;
  } units[] = {{"", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
  char *end;
  if (*text < '0' || *text > '9') return false;
  errno = 0;
  uint64_t count = strtoull(text, &end, 10);
  if (errno != 0) return false;
  for (size_t index = 0; index < sizeof units / sizeof units[0]; index++) {
    if (strcmp(end, units[index].name) != 0) continue;
    *byte_count = count << units[index].shift;
    return *byte_count >> units[index].shift == count;
  }
  return false;
}
