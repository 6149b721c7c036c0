// Files whose bytes follow from a seed and from their place alone, so that anybody can make them again.
#ifndef SAMPLE_GENERATED_FILE_H
#define SAMPLE_GENERATED_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How many bytes are made at a time.
enum { GENERATED_FILE_BLOCK = 4096 };

/// Writes the bytes of one block of the file, counted from 0.
void generated_file_read(uint64_t seed, uint64_t block, unsigned char bytes[GENERATED_FILE_BLOCK]);

/// Reads a size: "1000", "64KiB", "100MiB", "1GiB". Returns whether it is one, and nothing follows.
bool generated_file_parse_size(const char *text, uint64_t *byte_count);

#endif
