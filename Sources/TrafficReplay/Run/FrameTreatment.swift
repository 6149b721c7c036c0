internal import NetVSC
internal import WireFormats

/// What is done to a frame before it is sent, and what is left to the host: only tags and large sends, where the terms
/// say so.
struct FrameTreatment {
  /// How many bytes the tag takes that travels beside the frame, behind the addresses; 0 without one.
  private let tagByteCount: Int
  private let largeSend: LargeSendFrame?
  /// nil for a frame that is sent as it is.
  let offload: FrameOffload?
  /// Whether another host would have cut the frame, and this one does not.
  let isUncut: Bool

  /// The treatment of a frame, which is `isWhole` unless the capture cut it.
  init(_ frame: RawSpan, isWhole: Bool, _ terms: FrameTerms) {
    var offload = FrameOffload.none
    if terms.takesTags, frame.byteCount >= TransmitWork.ethernetHeaderByteCount + VLANTagInfo.tagByteCount,
      frame.loadBigEndian(at: TransmitWork.addressesByteCount) == EtherType.vlanTag.rawValue
    {
      tagByteCount = VLANTagInfo.tagByteCount
      let tag = VLANTagInfo(tagControlInformation: frame.loadBigEndian(at: TransmitWork.addressesByteCount + 2))
      offload.vlanTag = FrameOffload.VLANTag(
        priority: tag.priority, isDropEligible: tag.isDropEligible, vlanID: tag.vlanID)
    } else {
      tagByteCount = 0
    }
    let isLong = frame.byteCount - tagByteCount > terms.frameLimit
    let candidate = isLong && isWhole ? LargeSendFrame(parsing: frame) : nil
    if let candidate,
      let segmentByteCount = terms.segmentByteCount(
        for: candidate, byteCount: frame.byteCount, headerByteCount: candidate.payloadOffset - tagByteCount)
    {
      var whole = FrameOffload(
        segmentByteCount: segmentByteCount, of: candidate.version == .v4 ? .v4 : .v6,
        tcpHeaderOffset: candidate.tcpOffset - tagByteCount)
      whole.vlanTag = offload.vlanTag
      offload = whole
      largeSend = candidate
    } else {
      largeSend = nil
    }
    isUncut = candidate != nil && largeSend == nil
    self.offload = offload == .none ? nil : offload
  }

  /// How many bytes of the frame are sent.
  func byteCount(of frame: RawSpan) -> Int { frame.byteCount - tagByteCount }

  /// Makes of a copy of the frame what is sent. The tag's bytes, if it has one, stay in front.
  @_lifetime(copy: copy copy)
  func apply(to copy: inout MutableRawSpan) {
    largeSend?.prepare(&copy)
    guard tagByteCount > 0 else { return }
    let front: UInt64 = copy.bytes.loadLittleEndian(at: 0)
    let back: UInt32 = copy.bytes.loadLittleEndian(at: 8)
    copy.storeLittleEndian(front, at: tagByteCount)
    copy.storeLittleEndian(back, at: tagByteCount + 8)
  }

  /// Where in its copy the frame begins.
  var frameOffset: Int { tagByteCount }
}
