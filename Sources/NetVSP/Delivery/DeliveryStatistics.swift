/// What a host did with the frames of its source.
///
/// `offered = delivered + refused by the filter + too long + without a guest + without room + lost`, once the host is shut
/// down. Until then up to 64 frames more can be offered: those that wait for room in the ring.
public struct DeliveryStatistics: Equatable, Sendable {
  /// Frames that the source gave.
  public package(set) var offeredPackets: UInt64 = 0
  /// Their bytes.
  public package(set) var offeredBytes: UInt64 = 0
  /// Frames that were put into a guest's receive buffer, and told it.
  public package(set) var deliveredPackets: UInt64 = 0
  /// Their bytes.
  public package(set) var deliveredBytes: UInt64 = 0
  /// Frames to addresses that the guest does not listen to.
  public package(set) var filteredPackets: UInt64 = 0
  /// Frames that are longer than the guest takes, or shorter than an Ethernet header.
  public package(set) var misfitPackets: UInt64 = 0
  /// Frames that came while no guest had opened the device.
  public package(set) var unheardPackets: UInt64 = 0
  /// Frames for which the ring to the guest had no room, until the end where they could wait.
  public package(set) var roomlessPackets: UInt64 = 0
  /// Frames that a fault made away with.
  public package(set) var lostPackets: UInt64 = 0
  /// Packets of the rings in which frames were told; several share one.
  public package(set) var messages: UInt64 = 0

  /// Nothing counted.
  public init() {}
}
