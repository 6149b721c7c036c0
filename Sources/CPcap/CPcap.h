#ifndef NETVSC_CPCAP_H
#define NETVSC_CPCAP_H

#include <pcap/pcap.h>

#endif
