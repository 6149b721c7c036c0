internal import CPcap

// The door to libpcap's filters: every call that takes or gives a pointer is made here.

/// Why an expression is no filter, in libpcap's words.
package struct PacketFilterError: Error, Equatable, CustomStringConvertible {
  package let description: String
}

/// A filter expression (`man pcap-filter`), made ready for packets of one link type.
@safe
package struct PacketFilter: ~Copyable, @unchecked Sendable {
  // `@unchecked`: owned by this value alone, and only read once it is made.
  private var program: bpf_program

  package init(_ expression: String, linkType: LinkType) throws(PacketFilterError) {
    guard let capture = unsafe pcap_open_dead(linkType.rawValue, Int32(CaptureWriter.longestSnapLength)) else {
      throw PacketFilterError(description: "there is no memory for it")
    }
    defer { unsafe pcap_close(capture) }
    var program = unsafe bpf_program()
    guard unsafe pcap_compile(capture, &program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0 else {
      throw PacketFilterError(description: unsafe String(cString: pcap_geterr(capture)))
    }
    unsafe self.program = unsafe program
  }

  deinit {
    var program = unsafe program
    unsafe pcap_freecode(&program)
  }

  /// Whether the packet is one of those that the expression describes.
  package func matches(_ packet: CapturedPacket) -> Bool {
    var header = pcap_pkthdr()
    header.caplen = UInt32(packet.bytes.byteCount)
    header.len = UInt32(clamping: packet.originalByteCount)
    return unsafe withUnsafePointer(to: program) { program in
      unsafe packet.bytes.withUnsafeBytes { bytes in
        // SAFETY: libpcap reads `caplen` bytes at most, and reads the program only.
        unsafe pcap_offline_filter(program, &header, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)) != 0
      }
    }
  }
}
