#ifndef NETVSC_CCOMPRESSION_H
#define NETVSC_CCOMPRESSION_H

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#endif
