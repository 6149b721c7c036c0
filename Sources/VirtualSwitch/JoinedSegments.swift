package import NetworkInterface
internal import SharedMemory
internal import WireFormats

/// TCP segments that follow each other, gathered into one long frame. The system takes that as it would take them one by
/// one, for a fraction of the work.
///
/// ```
///  | headers of the first | its payload | that of the second | … | that of the last, which may be shorter
/// ```
/// What is gathered goes on when a frame comes that does not follow, or none do for now.
package struct JoinedSegments: ~Copyable {
  /// How many segments go alone behind one that is missing or comes again: the receiver answers each of them, and by the
  /// number of its answers senders tell a loss.
  private static let aloneLimit = 64
  private static let headerByteCountLimit = JoinableSegment.headerByteCountLimit

  private var bytes = PrivateBytes(byteCount: 0x10000 + JoinedSegments.headerByteCountLimit)
  private var byteCount = 0
  /// nil where nothing is gathered.
  private var first: JoinableSegment?
  private var count = 0
  private var endsPushed = false

  /// The headers of the stream that was seen last, without what differs from segment to segment, and where it goes on.
  private var streamHeaders = PrivateBytes(byteCount: JoinedSegments.headerByteCountLimit)
  private var streamHeaderByteCount = 0
  private var nextSequenceNumber: UInt32 = 0
  private var aloneCount = 0
  private var headers = PrivateBytes(byteCount: JoinedSegments.headerByteCountLimit)

  package init() {}

  /// Takes the next frame: keeps it for those that follow it, or sends it on, behind what was gathered before it.
  package mutating func add<Failure: Error>(
    _ frame: RawSpan, to send: (RawSpan, LargeFrame?) throws(Failure) -> Void
  ) throws(Failure) {
    guard let segment = JoinableSegment(parsing: frame) else {
      try flush(to: send)
      return try send(frame, nil)
    }
    let isNext = follow(segment, of: frame)
    if let first {
      let fits = segment.payload.count <= first.payload.count && first.fits(byteCount + segment.payload.count)
      if !isNext || !fits { try flush(to: send) }
    }
    // Longer than any packet: what long frames there are go alone as well.
    guard aloneCount == 0, segment.fits(frame.byteCount) else {
      aloneCount -= min(aloneCount, 1)
      return try send(frame, nil)
    }
    append(segment, of: frame)
    // Behind one that is to be handed on at once, or is shorter, none follows.
    if endsPushed || segment.payload.count < (first ?? segment).payload.count { try flush(to: send) }
  }

  /// Sends on what was gathered, if anything was: there are no more frames for now. It is gone whatever becomes of it.
  package mutating func flush<Failure: Error>(
    to send: (RawSpan, LargeFrame?) throws(Failure) -> Void
  ) throws(Failure) {
    guard let first else { return }
    let (frameByteCount, isPushed) = (byteCount, endsPushed)
    var large: LargeFrame?
    if count > 1 {
      var frame = bytes.mutableSpan(frameByteCount)
      first.finish(&frame, isPushed: isPushed)
      large = LargeFrame(
        isIPv6: first.version == .v6, tcpOffset: first.tcpOffset, payloadOffset: first.payload.lowerBound,
        segmentByteCount: first.payload.count)
    }
    self.first = nil
    try send(bytes.span(frameByteCount), large)
  }

  private mutating func append(_ segment: JoinableSegment, of frame: RawSpan) {
    if first == nil {
      bytes.write(frame, at: 0)
      byteCount = frame.byteCount
      first = segment
      count = 1
    } else {
      bytes.write(frame.extracting(segment.payload), at: byteCount)
      byteCount += segment.payload.count
      count += 1
    }
    endsPushed = segment.isPushed
  }

  /// Notes where the segment's stream goes on. Returns whether the segment is the next of the stream seen last.
  private mutating func follow(_ segment: JoinableSegment, of frame: RawSpan) -> Bool {
    let headerByteCount = segment.payload.lowerBound
    headers.write(frame.extracting(0..<headerByteCount), at: 0)
    Self.clearOwn(of: segment, in: &headers)
    let isOfStream =
      headerByteCount == streamHeaderByteCount
      && Self.areEqual(headers.span(headerByteCount), streamHeaders.span(headerByteCount))
    let isNext = isOfStream && segment.sequenceNumber == nextSequenceNumber
    if !isOfStream {
      swap(&headers, &streamHeaders)
      streamHeaderByteCount = headerByteCount
      aloneCount = 0
    } else if !isNext {
      aloneCount = Self.aloneLimit
    }
    nextSequenceNumber = segment.sequenceNumber &+ UInt32(segment.payload.count)
    return isNext
  }

  private static func clearOwn(of segment: JoinableSegment, in headers: inout PrivateBytes) {
    var span = headers.mutableSpan(segment.payload.lowerBound)
    segment.clearOwn(in: &span)
  }

  private static func areEqual(_ one: RawSpan, _ other: RawSpan) -> Bool {
    var offset = 0
    while one.byteCount - offset >= 8 {
      let word: UInt64 = one.loadLittleEndian(at: offset)
      guard word == other.loadLittleEndian(at: offset) else { return false }
      offset += 8
    }
    while offset < one.byteCount {
      let byte: UInt8 = one.loadLittleEndian(at: offset)
      guard byte == other.loadLittleEndian(at: offset) else { return false }
      offset += 1
    }
    return true
  }
}
