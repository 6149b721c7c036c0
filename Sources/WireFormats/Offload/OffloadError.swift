/// Why a host cannot do what the info of a packet asks for.
package enum OffloadError: Error, Equatable, Sendable {
  /// Not even an Ethernet header. In bytes.
  case frameTooShort(Int)
  /// The frame holds no packet of the IP version that is named, or not all of it.
  case noPacket(FrameLayout.IPVersion)
  /// The packet's own headers do not lead to a header of this protocol, or lead to another place than is named; 0 names
  /// none.
  case noHeader(IPProtocol, offset: UInt32)
  /// A transport header ends behind its packet, or says that it is shorter than any.
  case headerOutOfBounds(IPProtocol, byteCount: Int)
  /// A large send of version 1, which nobody offers.
  case largeSendVersion
  /// No bytes a segment, or more than the link takes in a packet.
  case segmentByteCount(UInt32)
  /// More segments of one packet than anybody has a use for.
  case segmentCount(Int)
}
