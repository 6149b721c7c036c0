internal import NetVSC
internal import WireFormats

/// What is done about long frames and tags: as far as the options ask for it, and the host does its part.
struct FrameTerms: Sendable {
  /// The longest frame that goes as it is.
  let frameLimit: Int
  /// Whether tags travel beside their frames.
  let takesTags: Bool
  private let segmentByteCount: Int?
  private let largeSendIPv4: DeviceOffloads.LargeSend?
  private let largeSendIPv6: DeviceOffloads.LargeSend?

  init(_ options: ReplayOptions, on device: Device) {
    frameLimit = device.maximumFrameByteCount
    takesTags = options.vlanOffload && device.offloads.takesVLANTags
    segmentByteCount = options.segmentByteCount
    largeSendIPv4 = device.offloads.largeSendIPv4
    largeSendIPv6 = device.offloads.largeSendIPv6
  }

  /// The payload of the segments that the host is to cut a frame of `byteCount` bytes into, whose headers take
  /// `headerByteCount` of a segment; nil where it does not cut such a frame.
  func segmentByteCount(for frame: LargeSendFrame, byteCount: Int, headerByteCount: Int) -> Int? {
    guard let largeSend = frame.version == .v4 ? largeSendIPv4 : largeSendIPv6 else { return nil }
    let room = frameLimit - headerByteCount
    guard room > 0 else { return nil }
    let segment = min(segmentByteCount ?? room, room)
    let segmentCount = (byteCount - frame.payloadOffset + segment - 1) / segment
    guard byteCount - frame.ipOffset <= largeSend.maximumByteCount, segmentCount >= largeSend.minimumSegmentCount else {
      return nil
    }
    return segment
  }
}
