/// Data of `OID.tcpOffloadParameters`: which work on frames the guest wants its host to do from now on. Work that has no
/// field here stays as it is.
package struct NDISOffloadParameters: OIDValue {
  /// The end of the last field of each revision, and of the structure.
  private static let fieldByteCounts = [20, 22, 26]
  private static let byteCounts = [20, 22, 28]

  /// Which way of frames a checksum is the host's work on.
  package struct Checksum: WireCode {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let unchanged = Self(rawValue: 0)
    package static let off = Self(rawValue: 1)
    package static let transmit = Self(rawValue: 2)
    package static let receive = Self(rawValue: 3)
    package static let both = Self(rawValue: 4)

    package var name: String? {
      switch self {
      case .unchanged: "unchanged"
      case .off: "off"
      case .transmit: "transmit"
      case .receive: "receive"
      case .both: "both"
      default: nil
      }
    }
  }

  /// Whether the host cuts packets.
  package struct LargeSend: WireCode {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let unchanged = Self(rawValue: 0)
    package static let off = Self(rawValue: 1)
    package static let on = Self(rawValue: 2)

    package var name: String? {
      switch self {
      case .unchanged: "unchanged"
      case .off: "off"
      case .on: "on"
      default: nil
      }
    }
  }

  package let revision: UInt8
  package var ipv4Header = Checksum.unchanged
  package var tcpIPv4 = Checksum.unchanged
  package var udpIPv4 = Checksum.unchanged
  package var tcpIPv6 = Checksum.unchanged
  package var udpIPv6 = Checksum.unchanged
  package var largeSendVersion1 = LargeSend.unchanged
  package var largeSendIPv4 = LargeSend.unchanged
  package var largeSendIPv6 = LargeSend.unchanged

  package var encodedSize: Int { Self.byteCounts[Int(revision) - 1] }

  /// Parameters of revision 1, 2 or 3 that change nothing.
  package init(revision: UInt8) {
    precondition((1...3).contains(revision), "there are three revisions")
    self.revision = revision
  }

  package init(parsing bytes: RawSpan) throws(WireError) {
    let header = try NDISObjectHeader(parsing: bytes, kind: .standard, minimumByteCounts: Self.fieldByteCounts)
    self.init(revision: min(header.revision, 3))
    ipv4Header = Checksum(rawValue: bytes.loadLittleEndian(at: 4))
    tcpIPv4 = Checksum(rawValue: bytes.loadLittleEndian(at: 5))
    udpIPv4 = Checksum(rawValue: bytes.loadLittleEndian(at: 6))
    tcpIPv6 = Checksum(rawValue: bytes.loadLittleEndian(at: 7))
    udpIPv6 = Checksum(rawValue: bytes.loadLittleEndian(at: 8))
    largeSendVersion1 = LargeSend(rawValue: bytes.loadLittleEndian(at: 9))
    largeSendIPv4 = LargeSend(rawValue: bytes.loadLittleEndian(at: 11))
    largeSendIPv6 = LargeSend(rawValue: bytes.loadLittleEndian(at: 12))
  }

  @_lifetime(out: copy out)
  package func emit(into out: inout MutableRawSpan) {
    precondition(out.byteCount >= encodedSize, "a structure fits its space")
    out.zeroFill()
    NDISObjectHeader(kind: .standard, revision: revision, structureByteCount: UInt16(encodedSize)).emit(into: &out)
    for (offset, checksum) in zip(4..., [ipv4Header, tcpIPv4, udpIPv4, tcpIPv6, udpIPv6]) {
      out.storeLittleEndian(checksum.rawValue, at: offset)
    }
    out.storeLittleEndian(largeSendVersion1.rawValue, at: 9)
    out.storeLittleEndian(largeSendIPv4.rawValue, at: 11)
    out.storeLittleEndian(largeSendIPv6.rawValue, at: 12)
  }
}
