/// Why something could not be done with an interface.
package enum InterfaceError: Error, Equatable, Sendable {
  case notPermitted
  case missing
  /// It exists, and is no TAP interface; or its frames are not those of Ethernet.
  case isNoTAP, isNoEthernet
  /// Another program has the TAP interface.
  case inUse
  /// The kernel has no TAP interfaces.
  case noTAPDriver
  case down
  case noCarrier
  /// It has no room at the moment.
  case busy
  /// The frame is longer than its MTU allows.
  case frameTooLong
  /// A call into the system failed for another reason, in the system's own words.
  case failed(call: String, reason: String)

  /// What is wrong, and what to do, in a part of a line.
  package var advice: String {
    switch self {
    case .notPermitted: "not permitted; run it as root (sudo), or with CAP_NET_RAW and, for a TAP, CAP_NET_ADMIN"
    case .missing: "there is no such interface; 'ip link' lists those that are there"
    case .isNoTAP: "it exists and is no TAP interface; send to it with interface:NAME, or choose another name"
    case .isNoEthernet: "it carries no Ethernet frames; choose another one"
    case .inUse: "another program has this TAP interface; end that, or choose another name"
    case .noTAPDriver: "/dev/net/tun is missing; load its driver with 'modprobe tun'"
    case .down: "it is down; bring it up with 'ip link set NAME up'"
    case .noCarrier: "it has no carrier; plug it in, or bring its other end up"
    case .busy: "it has no room for frames"
    case .frameTooLong: "a frame is longer than its MTU allows; raise that with 'ip link set NAME mtu BYTES'"
    case .failed(let call, let reason): "\(call): \(reason)"
    }
  }
}
