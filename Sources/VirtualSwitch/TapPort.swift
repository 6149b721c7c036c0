public import NetVSP
package import NetworkInterface
internal import SharedMemory
internal import Synchronization

/// A TAP interface as both ends of a host's traffic: frames of guests arrive at it, and what the system sends through it
/// goes to the guest.
///
/// ```swift
/// let port = try TapPort("tap0")
/// var configuration = HostConfiguration(sink: .frames(port))
/// configuration.source = port
/// ```
///
/// It can join TCP segments that follow each other within one step of the host: the system gets them as one long frame, as
/// it does from network cards that coalesce, at a fraction of the work. Only segments whose checksums are right are joined,
/// and none behind a gap. Who looks at the interface's frames sees the long ones.
///
/// Any thread may deliver; one at a time receives. The interface is there for as long as this object, unless it was there
/// before.
public final class TapPort: FrameSink, FrameSource {
  /// How long a frame waits for room in the interface by default, in nanoseconds.
  public static let usualPatience: UInt64 = 1_000_000_000

  /// The interface's name.
  public let name: String
  private let port: PatientPort<TapDevice>
  private let joinsSegments: Bool
  private let joined = Mutex(JoinedSegments())

  /// Attaches to the TAP interface of that name, or makes it and brings it up. A frame for which there is no room waits
  /// `patience` nanoseconds at most; then its message fails.
  public init(
    _ name: String, joinsSegments: Bool = false, patience: UInt64 = TapPort.usualPatience
  ) throws(PortError) {
    guard let interface = InterfaceName(name) else {
      throw PortError("tap:\(name): this can be no interface's name; give 1 to 15 bytes", isForbidden: false)
    }
    self.name = name
    self.joinsSegments = joinsSegments
    do throws(InterfaceError) {
      port = PatientPort(try TapDevice(interface), patience: patience)
    } catch {
      throw PortError("tap:\(name): \(error.advice)", isForbidden: error == .notPermitted)
    }
  }

  /// The same, of an interface that is open already.
  package init(_ device: TapDevice, patience: UInt64 = TapPort.usualPatience) {
    name = device.name.description
    joinsSegments = false
    port = PatientPort(device, patience: patience)
  }

  /// How many frames found no room in the interface at once.
  public var waitCount: UInt64 { port.waitCount }

  public func deliver(_ frame: RawSpan, timestamp: Int64) throws(SinkError) {
    do throws(InterfaceError) {
      guard joinsSegments else { return try port.send(frame) }
      try joined.withLock { (joined: inout JoinedSegments) throws(InterfaceError) in try joined.add(frame, to: send) }
    } catch {
      throw SinkError("tap:\(name): \(error.advice)")
    }
  }

  public func flush() throws(SinkError) {
    guard joinsSegments else { return }
    do throws(InterfaceError) {
      try joined.withLock { (joined: inout JoinedSegments) throws(InterfaceError) in try joined.flush(to: send) }
    } catch {
      throw SinkError("tap:\(name): \(error.advice)")
    }
  }

  private func send(_ frame: RawSpan, _ large: LargeFrame?) throws(InterfaceError) {
    guard let large else { return try port.send(frame) }
    try port.trySending { () throws(InterfaceError) in try port.port.send(frame, standingFor: large) }
  }

  public func receive(into buffer: inout MutableRawSpan) throws(SourceError) -> Int? {
    do throws(InterfaceError) {
      return try port.port.receive(into: &buffer)?.byteCount
    } catch {
      throw SourceError("tap:\(name): \(error.advice)")
    }
  }

  public func wait(timeout: UInt64) -> Bool { port.port.wait(timeout: timeout) }
}

/// Why a port cannot be opened.
public struct PortError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, where, and what to do, in one line.
  public let description: String
  /// Whether it is a matter of permission.
  public let isForbidden: Bool

  package init(_ description: String, isForbidden: Bool) {
    self.description = description
    self.isForbidden = isForbidden
  }
}
