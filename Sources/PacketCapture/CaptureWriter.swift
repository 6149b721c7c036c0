/// Writes an Ethernet capture: a pcap file with nanosecond time stamps.
///
/// Packets are gathered in a large buffer, so a failure to store one may show only later; `close` tells whether all of
/// them arrived. A writer that is dropped closes its file and cannot tell.
package struct CaptureWriter: ~Copyable, Sendable {
  /// The longest packet libpcap lets an Ethernet capture hold, in bytes.
  package static let longestSnapLength = 262_144
  /// What the file holds before its first packet, and before each of them.
  package static let fileHeaderByteCount = 24
  package static let recordHeaderByteCount = 16
  /// The path that stands for standard output.
  package static let standardOutputPath = "-"

  /// What errors name: the path, or what it stands for.
  package let path: String
  /// The most bytes kept of a packet.
  package let snapLength: Int
  private var file: DumpFile
  private var failure: CaptureError?

  /// Creates the file, replacing one of that name, or writes to standard output. Throws `writeFailed`.
  package init(path: String, snapLength: Int = longestSnapLength) throws(CaptureError) {
    precondition((1...Self.longestSnapLength).contains(snapLength), "a snap length is 1 to 262144 bytes")
    self.path = path == Self.standardOutputPath ? "standard output" : path
    self.snapLength = snapLength
    do {
      file = try DumpFile(path: path, linkType: LinkType.ethernet.rawValue, snapLength: snapLength)
    } catch {
      throw .writeFailed(path: self.path, reason: error.reason)
    }
  }

  /// Adds a packet; of a frame longer than the snap length, its beginning.
  ///
  /// `timestamp` is in nanoseconds since 1970; a pcap file holds times until February 2106, and the nearest of them is
  /// written. `originalByteCount` is the length on the wire, at least that of `frame`.
  /// Throws `writeFailed`, and then the same again at each further call.
  package mutating func append(_ frame: RawSpan, timestamp: Int64, originalByteCount: Int) throws(CaptureError) {
    precondition(originalByteCount >= frame.byteCount && originalByteCount <= UInt32.max)
    if let failure { throw failure }
    do {
      try file.append(
        frame.extracting(first: snapLength), timestamp: timestamp, originalByteCount: originalByteCount)
    } catch {
      throw fail(error)
    }
  }

  /// Adds a packet that was as long on the wire as `frame` is.
  package mutating func append(_ frame: [UInt8], timestamp: Int64) throws(CaptureError) {
    try append(frame.rawSpan, timestamp: timestamp, originalByteCount: frame.count)
  }

  /// Hands all packets so far to the system. Throws `writeFailed`.
  package mutating func flush() throws(CaptureError) {
    if let failure { throw failure }
    do { try file.flush() } catch { throw fail(error) }
  }

  /// Completes the file. Throws `writeFailed` if any packet since its creation did not reach the system.
  package consuming func close() throws(CaptureError) {
    if let failure { throw failure }
    do { try file.close() } catch { throw .writeFailed(path: path, reason: error.reason) }
  }

  private mutating func fail(_ error: StreamError) -> CaptureError {
    let failure = CaptureError.writeFailed(path: path, reason: error.reason)
    self.failure = failure
    return failure
  }
}
