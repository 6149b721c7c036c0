/// The bytes of a capture file in the making: words of either byte order, and where the parts of it begin.
package struct CaptureImage {
  package let isBigEndian: Bool
  package private(set) var bytes: [UInt8] = []
  /// Where headers and what follows them begin.
  package private(set) var borders: [Int] = []

  package init(isBigEndian: Bool = false) { self.isBigEndian = isBigEndian }

  package mutating func append(_ words: UInt32...) {
    for word in words {
      withUnsafeBytes(of: isBigEndian ? word.bigEndian : word.littleEndian) { bytes.append(contentsOf: $0) }
    }
  }

  package mutating func append(_ data: [UInt8]) { bytes += data }

  package mutating func markBorder() { borders.append(bytes.count) }
}

/// A capture in the original pcap format.
package struct PcapImage {
  package private(set) var file: CaptureImage
  package var bytes: [UInt8] { file.bytes }

  package init(
    isBigEndian: Bool = false, magic: UInt32 = 0xa1b2_3c4d, snapLength: UInt32 = 262_144, linkType: UInt32 = 1
  ) {
    file = CaptureImage(isBigEndian: isBigEndian)
    file.markBorder()
    file.append(magic, isBigEndian ? 0x0002_0004 : 0x0004_0002, 0, 0)
    file.markBorder()
    file.append(snapLength, linkType)
  }

  package mutating func appendRecord(
    seconds: UInt32, fraction: UInt32, capturedByteCount: UInt32? = nil, originalByteCount: UInt32? = nil,
    _ data: [UInt8]
  ) {
    file.markBorder()
    file.append(seconds, fraction)
    file.markBorder()
    file.append(capturedByteCount ?? UInt32(data.count), originalByteCount ?? UInt32(data.count))
    file.markBorder()
    file.append(data)
  }
}

/// A capture in the format pcapng: a section, with interfaces and packets.
package struct PcapngImage {
  package private(set) var file: CaptureImage
  package var bytes: [UInt8] { file.bytes }

  package init(isBigEndian: Bool = false) {
    file = CaptureImage(isBigEndian: isBigEndian)
    appendBlock(type: 0x0a0d_0d0a) { $0.append(0x1a2b_3c4d, isBigEndian ? 0x0001_0000 : 0x0000_0001, .max, .max) }
  }

  /// Adds an interface, whose time stamps count units of 10 to the power of `-digits` seconds.
  package mutating func appendInterface(linkType: UInt16 = 1, digits: UInt8 = 6) {
    let isBigEndian = file.isBigEndian
    appendBlock(type: 1) { file in
      file.append(isBigEndian ? UInt32(linkType) << 16 : UInt32(linkType), 0)
      // Option 9 with one byte; and the end of options.
      file.append(isBigEndian ? 0x0009_0001 : 0x0001_0009)
      file.append([digits, 0, 0, 0])
      file.append(0)
    }
  }

  package mutating func appendPacket(
    interface: UInt32 = 0, timestamp: UInt64, originalByteCount: UInt32? = nil, _ data: [UInt8]
  ) {
    appendBlock(type: 6) { file in
      file.append(interface, UInt32(timestamp >> 32), UInt32(truncatingIfNeeded: timestamp))
      file.markBorder()
      file.append(UInt32(data.count), originalByteCount ?? UInt32(data.count))
      file.markBorder()
      file.append(data + Self.padding(after: data))
    }
  }

  /// Adds a packet that has neither a time stamp nor an interface, but the first.
  package mutating func appendSimplePacket(_ data: [UInt8]) {
    appendBlock(type: 3) { file in
      file.append(UInt32(data.count))
      file.append(data + Self.padding(after: data))
    }
  }

  /// Adds a block: its length stands at both ends.
  package mutating func appendBlock(type: UInt32, _ body: (inout CaptureImage) -> Void) {
    var inner = CaptureImage(isBigEndian: file.isBigEndian)
    body(&inner)
    let byteCount = UInt32(inner.bytes.count + 12)
    file.markBorder()
    file.append(type, byteCount)
    file.markBorder()
    body(&file)
    file.markBorder()
    file.append(byteCount)
  }

  private static func padding(after data: [UInt8]) -> [UInt8] { Array(repeating: 0, count: -data.count & 3) }
}
