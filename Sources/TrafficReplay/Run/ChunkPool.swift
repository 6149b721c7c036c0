internal import NetVSC
internal import SharedMemory
internal import Synchronization

/// What a chunk is made of: memory for frames, and the lists of where they lie in it, one for each lane.
struct ChunkParts: Sendable {
  var memory: ChunkMemory
  var lanes: [LaneFrames]
}

/// Gives chunks what they are made of, from chunks that were sent where it can.
///
/// Fresh memory costs the system a fault for every page, which together take longer than the sending of what is in it.
final class ChunkPool: Sendable {
  /// How many spare ones are kept: as many as a feed holds at once.
  private static let spareLimit = 8

  private let laneCount: Int
  /// Where frames are lent: the device that the memory is of.
  private let device: Device?
  private let spare = Mutex<[ChunkParts]>([])

  /// For chunks of so many lanes, in memory of `device` where frames are lent.
  init(laneCount: Int, device: Device?) {
    self.laneCount = laneCount
    self.device = device
  }

  /// Parts with at least `byteCount` bytes, whose lists are empty.
  func take(byteCount: Int) throws(DeviceError) -> ChunkParts {
    if var parts = takeSpare(byteCount) {
      for lane in parts.lanes.indices { parts.lanes[lane].removeAll() }
      return parts
    }
    let memory: ChunkMemory =
      if let device {
        .device(try device.allocate(byteCount: byteCount))
      } else {
        .own(SharedBytes(allocating: byteCount))
      }
    return ChunkParts(memory: memory, lanes: Array(repeating: LaneFrames(), count: laneCount))
  }

  private func takeSpare(_ byteCount: Int) -> ChunkParts? {
    spare.withLock { spare in
      for index in spare.indices where spare[index].memory.byteCount >= byteCount && spare[index].memory.isFree() {
        return spare.remove(at: index)
      }
      return nil
    }
  }

  /// Takes back what a chunk was made of that nobody sends any more. Frames that are in flight keep the memory until
  /// they are completed.
  func giveBack(_ parts: ChunkParts) {
    spare.withLock { spare in
      if spare.count < Self.spareLimit { spare.append(parts) }
    }
  }
}
