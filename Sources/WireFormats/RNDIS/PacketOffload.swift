/// What a guest asks of the host for one packet, as it travels in the packet's info.
@usableFromInline
package struct PacketOffload: Equatable, Sendable, BitwiseCopyable {
  /// The work on the transport header. A large send fills the checksums as well, so there is never more than one.
  @usableFromInline
  package enum Transport: Equatable, Sendable, BitwiseCopyable {
    case none
    case checksum(TransmitChecksumInfo)
    case largeSend(LargeSendInfo)
  }

  @usableFromInline package var transport: Transport
  /// The tag to put behind the frame's addresses.
  @usableFromInline package var vlanTag: VLANTagInfo?
  /// What the host may steer by; it asks for no work.
  @usableFromInline package var flowHash: UInt32?

  @inlinable
  package init(transport: Transport = .none, vlanTag: VLANTagInfo? = nil, flowHash: UInt32? = nil) {
    self.transport = transport
    self.vlanTag = vlanTag
    self.flowHash = flowHash
  }

  /// How many bytes of info it takes: a multiple of 16, at most 48.
  @inlinable @inline(__always)
  package var encodedSize: UInt32 {
    var count: UInt32 = (flowHash == nil ? 0 : 1) + (vlanTag == nil ? 0 : 1)
    // Matched, not compared: that is done in place, in other modules too.
    if case .none = transport {} else { count += 1 }
    return count * PerPacketInfo.encodedSize
  }

  /// How many bytes of the frame travel here and not in it.
  @inlinable package var tagByteCount: UInt32 { vlanTag == nil ? 0 : UInt32(VLANTagInfo.tagByteCount) }

  /// Its elements. Their order means nothing to a host; this is the one of common guests.
  @inlinable @inline(__always)
  package var elements: InlineArray<3, PerPacketInfo?> {
    let work: PerPacketInfo? =
      switch transport {
      case .none: nil
      case .checksum(let info): .checksum(info)
      case .largeSend(let info): .largeSend(info)
      }
    return [flowHash.map(PerPacketInfo.hashValue), vlanTag.map(PerPacketInfo.vlanTag), work]
  }

  /// Whether the frame cannot go on as it is.
  @inlinable
  package var asksForWork: Bool {
    switch transport {
    case .none: vlanTag != nil
    case .checksum(let info): vlanTag != nil || !info.work.isDisjoint(with: .computed)
    case .largeSend: true
    }
  }

  /// Writes its elements from `offset` on, `encodedSize` bytes and no other.
  @inlinable @inline(__always)
  @_lifetime(out: copy out)
  package func emit(into out: inout MutableRawSpan, at offset: Int = 0) {
    var offset = offset
    let elements = elements
    for index in elements.indices {
      guard let element = elements[index] else { continue }
      element.emit(into: &out, at: offset)
      offset += Int(PerPacketInfo.encodedSize)
    }
  }

  /// Reads the info of a packet, which `bytes` hold and nothing else. Of several elements of a type the last one counts,
  /// a large send wins over checksums, and unknown elements are skipped.
  ///
  /// Throws when an element is not inside the bytes, or too short for its type.
  package init(parsing bytes: RawSpan) throws(WireError) {
    self.init()
    var checksum: TransmitChecksumInfo?
    var largeSend: LargeSendInfo?
    var elements = PerPacketInfoList(parsing: bytes)
    while let element = try elements.next() {
      switch element.type {
      case .checksum: checksum = TransmitChecksumInfo(rawValue: element.value)
      case .largeSend: largeSend = LargeSendInfo(rawValue: element.value)
      case .vlanTag: vlanTag = VLANTagInfo(rawValue: element.value)
      case .hashValue: flowHash = element.value
      default: break
      }
    }
    if let largeSend {
      transport = .largeSend(largeSend)
    } else if let checksum {
      transport = .checksum(checksum)
    }
  }
}
