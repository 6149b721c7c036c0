/// Which checksums the host computes for a frame, in the checksum element of a guest's packet.
@usableFromInline
package struct TransmitChecksumInfo: Equatable, Sendable, BitwiseCopyable {
  /// What the frame is, and what is to be computed.
  @usableFromInline
  package struct Work: OptionSet, Sendable {
    @usableFromInline package let rawValue: UInt32
    @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

    @inlinable package static var isIPv4: Self { Self(rawValue: 1 << 0) }
    @inlinable package static var isIPv6: Self { Self(rawValue: 1 << 1) }
    @inlinable package static var tcp: Self { Self(rawValue: 1 << 2) }
    @inlinable package static var udp: Self { Self(rawValue: 1 << 3) }
    @inlinable package static var ipv4Header: Self { Self(rawValue: 1 << 4) }
    /// What is to be computed; the rest says what the frame is.
    @inlinable package static var computed: Self { [.tcp, .udp, .ipv4Header] }
    @usableFromInline static var all: Self { computed.union([.isIPv4, .isIPv6]) }
  }

  /// Offsets of headers have ten bits, here and in large sends.
  @inlinable package static var offsetLimit: UInt32 { 0x3FF }

  @usableFromInline package let rawValue: UInt32
  @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// `transportHeaderOffset` is in bytes from the frame's first, at most 1023.
  @inlinable
  package init(_ work: Work, transportHeaderOffset: UInt32) {
    precondition(transportHeaderOffset < 1 << 10, "the offset has ten bits")
    rawValue = work.rawValue | transportHeaderOffset << 16
  }

  @inlinable package var work: Work { Work(rawValue: rawValue).intersection(.all) }
  /// Of both versions the fourth wins, and it stands for neither.
  @inlinable package var isIPv6: Bool { work.contains(.isIPv6) && !work.contains(.isIPv4) }
  /// In bytes from the frame's first.
  @inlinable package var transportHeaderOffset: UInt32 { rawValue >> 16 & 0x3FF }
}

/// How the host cuts a TCP frame that is longer than the link takes, in the large-send element (version 2).
@usableFromInline
package struct LargeSendInfo: Equatable, Sendable, BitwiseCopyable {
  @usableFromInline package let rawValue: UInt32
  @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// `segmentByteCount` is the TCP payload of each segment, below 2^20; the header's offset is in bytes from the
  /// frame's first, at most 1023.
  @inlinable
  package init(segmentByteCount: UInt32, tcpHeaderOffset: UInt32, isIPv6: Bool) {
    precondition(segmentByteCount > 0 && segmentByteCount < 1 << 20, "the segment size has twenty bits")
    precondition(tcpHeaderOffset < 1 << 10, "the offset has ten bits")
    rawValue = segmentByteCount | tcpHeaderOffset << 20 | 1 << 30 | (isIPv6 ? 1 << 31 : 0)
  }

  /// The TCP payload of each segment, in bytes.
  @inlinable package var segmentByteCount: UInt32 { rawValue & 0xF_FFFF }
  /// In bytes from the frame's first.
  @inlinable package var tcpHeaderOffset: UInt32 { rawValue >> 20 & 0x3FF }
  /// Version 1 is another layout, which nobody sends.
  @inlinable package var isVersion2: Bool { rawValue & 1 << 30 != 0 }
  @inlinable package var isIPv6: Bool { rawValue & 1 << 31 != 0 }
}

/// An 802.1Q tag that travels beside its frame.
@usableFromInline
package struct VLANTagInfo: Equatable, Sendable, BitwiseCopyable {
  /// What the tag takes inside a frame.
  @inlinable package static var tagByteCount: Int { 4 }

  @usableFromInline package let rawValue: UInt32
  @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The tag whose control information a frame has: priority, drop eligibility, VLAN id, from the highest bit down.
  @inlinable
  package init(tagControlInformation tag: UInt16) {
    let tag = UInt32(tag)
    rawValue = tag >> 13 | (tag >> 12 & 1) << 3 | (tag & 0xFFF) << 4
  }

  /// `priority` is below 8, `vlanID` below 4096.
  @inlinable
  package init(priority: UInt8 = 0, isDropEligible: Bool = false, vlanID: UInt16) {
    precondition(priority < 1 << 3 && vlanID < 1 << 12, "a priority has three bits, a VLAN id twelve")
    rawValue = UInt32(priority) | (isDropEligible ? 1 << 3 : 0) | UInt32(vlanID) << 4
  }

  @inlinable package var priority: UInt8 { UInt8(truncatingIfNeeded: rawValue & 0x7) }
  /// The bit once called canonical format.
  @inlinable package var isDropEligible: Bool { rawValue & 1 << 3 != 0 }
  @inlinable package var vlanID: UInt16 { UInt16(truncatingIfNeeded: rawValue >> 4 & 0xFFF) }

  /// The 16 bits behind 0x8100 in a tagged frame.
  @inlinable
  package var tagControlInformation: UInt16 {
    UInt16(priority) << 13 | (isDropEligible ? 1 << 12 : 0) | vlanID
  }
}

/// What a host found of the checksums of a frame that it delivers.
package struct ReceiveChecksumInfo: Equatable, Sendable, BitwiseCopyable {
  private static let transportBad: UInt32 = 0b11
  private static let ipv4HeaderBad: UInt32 = 1 << 2
  private static let transportGood: UInt32 = 0b11 << 3
  private static let ipv4HeaderGood: UInt32 = 1 << 5

  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Whether the checksum of TCP or UDP is right; nil where the host did not look.
  package var transport: Bool? { verdict(bad: Self.transportBad, good: Self.transportGood) }
  /// Whether that of the header of IPv4 is; nil where the host did not look.
  package var ipv4Header: Bool? { verdict(bad: Self.ipv4HeaderBad, good: Self.ipv4HeaderGood) }

  /// Whoever says both is believed the worse.
  private func verdict(bad: UInt32, good: UInt32) -> Bool? {
    if rawValue & bad != 0 { return false }
    return rawValue & good != 0 ? true : nil
  }
}
