// An HTTP server on lwIP's raw interface: `GET /100MiB` gives a generated file of that size.
#ifndef SAMPLE_HTTP_SERVER_H
#define SAMPLE_HTTP_SERVER_H

#include <stdint.h>

#include "lwip/err.h"

/// Serves files of that seed, at that port, to as many clients as come. With lwIP's core lock held.
err_t http_server_start(uint16_t port, uint64_t seed);

#endif
