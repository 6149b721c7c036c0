/// Byte vectors that agree with other implementations of both ends; each names where in its ring it lies.
package enum GoldenVectors {
  /// The frame all vectors carry: 60 bytes, TCP over IPv4, its checksum field holding the pseudo-header sum.
  package static let frame = HexVector(
    """
    0000  00 15 5d 01 02 03 00 15 5d 0a 0b 0c 08 00 45 00 00 2e 12 34 40 00 40 06 a4 92 c0 00 02 01 c0 00
    0020  02 02 c0 00 00 50 01 02 03 04 05 06 07 08 50 18 ff f0 84 24 00 00 53 57 49 46 54 21
    """)

  /// `frame` as it leaves the host that was asked for its TCP checksum.
  package static let finishedFrame = HexVector(
    """
    0000  00 15 5d 01 02 03 00 15 5d 0a 0b 0c 08 00 45 00 00 2e 12 34 40 00 40 06 a4 92 c0 00 02 01 c0 00
    0020  02 02 c0 00 00 50 01 02 03 04 05 06 07 08 50 18 ff f0 6a ae 00 00 53 57 49 46 54 21
    """)

  /// RNDIS message of `frame` with one checksum element, as it lies in section 5 of the send buffer.
  package static let sectionImage = HexVector(
    """
    0000  01 00 00 00 78 00 00 00 34 00 00 00 3c 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 24 00 00 00
    0020  10 00 00 00 00 00 00 00 00 00 00 00 10 00 00 00 00 00 00 00 0c 00 00 00 05 00 22 00 00 15 5d 01
    0040  02 03 00 15 5d 0a 0b 0c 08 00 45 00 00 2e 12 34 40 00 40 06 a4 92 c0 00 02 01 c0 00 02 02 c0 00
    0060  00 50 01 02 03 04 05 06 07 08 50 18 ff f0 84 24 00 00 53 57 49 46 54 21
    """)

  /// Ring packet for `sectionImage`: transaction 1 at 0x40, a message of 40 bytes.
  package static let sectionPacket = HexVector(
    """
    0040  06 00 02 00 07 00 01 00 01 00 00 00 00 00 00 00 6b 00 00 00 00 00 00 00 05 00 00 00 78 00 00 00
    0060  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 40 00 00 00
    """)

  /// The same with the message of 28 bytes that versions before 6.1 have, padded to 32.
  package static let sectionPacketLegacy = HexVector(
    """
    0040  06 00 02 00 06 00 01 00 01 00 00 00 00 00 00 00 6b 00 00 00 00 00 00 00 05 00 00 00 78 00 00 00
    0060  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 40 00 00 00
    """)

  /// Ring packet with header and frame in two page ranges: transaction 2 at 0x80.
  package static let twoRangePacket = HexVector(
    """
    0080  09 00 07 00 0c 00 01 00 02 00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 3c 00 00 00 00 01 00 00
    00a0  45 23 01 00 00 00 00 00 3c 00 00 00 00 02 00 00 56 34 02 00 00 00 00 00 6b 00 00 00 00 00 00 00
    00c0  ff ff ff ff 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00e0  00 00 00 00 80 00 00 00
    """)

  /// Ring packet with the header in section 5 and the frame in a page range: transaction 3 at 0xE8.
  package static let mixedPacket = HexVector(
    """
    00e8  09 00 05 00 0a 00 01 00 03 00 00 00 00 00 00 00 00 00 00 00 01 00 00 00 3c 00 00 00 00 02 00 00
    0108  56 34 02 00 00 00 00 00 6b 00 00 00 00 00 00 00 05 00 00 00 3c 00 00 00 00 00 00 00 00 00 00 00
    0128  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 e8 00 00 00
    """)

  /// Ring packet whose second range crosses a page: transaction 4 at 0x140.
  package static let crossingPacket = HexVector(
    """
    0140  09 00 08 00 0d 00 01 00 04 00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 3c 00 00 00 00 01 00 00
    0160  45 23 01 00 00 00 00 00 3c 00 00 00 e0 0f 00 00 56 34 02 00 00 00 00 00 57 34 02 00 00 00 00 00
    0180  6b 00 00 00 00 00 00 00 ff ff ff ff 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    01a0  00 00 00 00 00 00 00 00 00 00 00 00 40 01 00 00
    """)

  /// Two RNDIS packets in one section, the first (a frame of 61 bytes) padded to 128 bytes.
  package static let aggregateImage = HexVector(
    """
    0000  01 00 00 00 80 00 00 00 34 00 00 00 3d 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 24 00 00 00
    0020  10 00 00 00 00 00 00 00 00 00 00 00 10 00 00 00 00 00 00 00 0c 00 00 00 05 00 22 00 00 15 5d 01
    0040  02 03 00 15 5d 0a 0b 0c 08 00 45 00 00 2f 12 35 40 00 40 06 a4 90 c0 00 02 01 c0 00 02 02 c0 00
    0060  00 50 01 02 03 04 05 06 07 08 50 18 ff f0 84 25 00 00 53 57 49 46 54 21 3f 00 00 00 00 00 00 00
    0080  01 00 00 00 78 00 00 00 34 00 00 00 3c 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 24 00 00 00
    00a0  10 00 00 00 00 00 00 00 00 00 00 00 10 00 00 00 00 00 00 00 0c 00 00 00 05 00 22 00 00 15 5d 01
    00c0  02 03 00 15 5d 0a 0b 0c 08 00 45 00 00 2e 12 34 40 00 40 06 a4 92 c0 00 02 01 c0 00 02 02 c0 00
    00e0  00 50 01 02 03 04 05 06 07 08 50 18 ff f0 84 24 00 00 53 57 49 46 54 21
    """)

  /// Ring packet for `aggregateImage`: transaction 5 at 0x1C0.
  package static let aggregatePacket = HexVector(
    """
    01c0  06 00 02 00 07 00 01 00 05 00 00 00 00 00 00 00 6b 00 00 00 00 00 00 00 05 00 00 00 f8 00 00 00
    01e0  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 c0 01 00 00
    """)

  /// The host's completion of `sectionPacket`, at 0 of the other ring.
  package static let completion = HexVector(
    """
    0000  0b 00 02 00 07 00 00 00 01 00 00 00 00 00 00 00 6c 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00
    0020  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    """)

  /// The guest's completion of a receive packet: transaction 0x11 at 0x100, a message of 8 bytes.
  package static let acknowledgement = HexVector(
    """
    0100  0b 00 02 00 03 00 00 00 11 00 00 00 00 00 00 00 6c 00 00 00 01 00 00 00 00 00 00 00 00 01 00 00
    """)

  /// A receive packet with two ranges: transaction 0x21 at 0x200.
  package static let transferPagePacket = HexVector(
    """
    0200  07 00 05 00 0a 00 01 00 21 00 00 00 00 00 00 00 fe ca 00 00 02 00 00 00 78 00 00 00 00 00 00 00
    0220  78 00 00 00 c0 06 00 00 6b 00 00 00 00 00 00 00 ff ff ff ff 00 00 00 00 00 00 00 00 00 00 00 00
    0240  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 00 00
    """)

  /// The first packet of a channel, NVSP INIT for version 6.1: transaction 6 at 0.
  package static let initializePacket = HexVector(
    """
    0000  06 00 02 00 07 00 01 00 06 00 00 00 00 00 00 00 01 00 00 00 01 00 06 00 01 00 06 00 00 00 00 00
    0020  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    """)

  /// The answer to `initializePacket`, a message of 28 bytes padded to 32.
  package static let initializeCompletePacket = HexVector(
    """
    0000  0b 00 02 00 06 00 00 00 06 00 00 00 00 00 00 00 02 00 00 00 ff ff ff ff 22 00 00 00 01 00 00 00
    0020  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    """)

  /// RNDIS INITIALIZE with request id 1.
  package static let rndisInitialize = HexVector(
    """
    0000  02 00 00 00 18 00 00 00 01 00 00 00 01 00 00 00 00 00 00 00 00 40 00 00
    """)

  /// Ring packet for `rndisInitialize`, in one range: transaction 7 at 0x40.
  package static let rndisInitializePacket = HexVector(
    """
    0040  09 00 05 00 0a 00 01 00 07 00 00 00 00 00 00 00 00 00 00 00 01 00 00 00 18 00 00 00 00 00 00 00
    0060  00 00 03 00 00 00 00 00 6b 00 00 00 01 00 00 00 ff ff ff ff 00 00 00 00 00 00 00 00 00 00 00 00
    0080  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 40 00 00 00
    """)

  /// The indirection table for four channels, without a wish for a completion: transaction 0 at 0.
  package static let indirectionTablePacket = HexVector(
    """
    0000  06 00 02 00 0c 00 00 00 00 00 00 00 00 00 00 00 86 00 00 00 10 00 00 00 0c 00 00 00 00 00 00 00
    0020  01 00 00 00 02 00 00 00 03 00 00 00 00 00 00 00 01 00 00 00 02 00 00 00 03 00 00 00 00 00 00 00
    0040  01 00 00 00 02 00 00 00 03 00 00 00 00 00 00 00 01 00 00 00 02 00 00 00 03 00 00 00 00 00 00 00
    0060  00 00 00 00 00 00 00 00
    """)

  /// `sectionPacket` with transaction 8 at 0xFE8 of a ring of 4096 bytes: its last 40 bytes are at 0.
  package static let wrappedPacket = HexVector(
    """
    0fe8  06 00 02 00 07 00 01 00 08 00 00 00 00 00 00 00 6b 00 00 00 00 00 00 00
    0000  05 00 00 00 78 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    0020  00 00 00 00 e8 0f 00 00
    """)
}
