internal import CNetVSCInterface
internal import Glibc
internal import HostSocket
internal import NetVSC
internal import NetVSP
internal import VirtualSwitch

/// Why a call failed, as it is told to C.
enum Failure: Error {
  /// What the code says is all that there is to say.
  case plain(netvsc_result)
  /// An argument that cannot be: which, and what it should be.
  case argument(String)
  /// This device, or its host, cannot do that.
  case unsupported(StaticString)
  case device(DeviceError)
  case queue(SenderError)
  case system(SystemError)
  case socket(SocketError)
  case port(PortError)

  var code: netvsc_result {
    switch self {
    case .plain(let code): code
    case .argument: NETVSC_ERROR_ARGUMENT
    case .unsupported: NETVSC_ERROR_UNSUPPORTED
    case .device(let error): error.code
    case .queue(.rescinded): NETVSC_ERROR_GONE
    case .queue(.hostViolation): NETVSC_ERROR_VIOLATION
    case .system, .port: NETVSC_ERROR_SYSTEM
    case .socket(let error): error.code
    }
  }

  /// The value of errno, where the system refused something.
  var systemCode: Int32 {
    switch self {
    case .system(let error), .device(.system(let error)), .socket(.failed(_, let error)): error.code
    case .socket(.notPermitted): EACCES
    case .port(let error) where error.isForbidden: EPERM
    default: 0
    }
  }

  /// One line.
  var text: String {
    switch self {
    case .plain(let code): "\(code.text)"
    case .argument(let what): what
    case .unsupported(let what): "\(what)"
    case .device(let error): error.description
    case .queue(let error): error.description
    case .system(let error): error.description
    case .socket(let error): error.description
    case .port(let error): error.description
    }
  }

  /// That of an argument that is NULL.
  @inline(never)
  static func null(_ name: StaticString) -> Failure { .argument("\(name) is NULL, or its size too large") }
  static let badRanges = Failure.argument("a range lies outside of the bytes that it is of, or the ranges are NULL")
  static let badOptions = Failure.argument("options: not initialised, or set that this version does not know")
}

/// Does something with a device, whose errors are told to C.
func withDeviceErrors<Value: ~Copyable>(_ body: () throws(DeviceError) -> Value) throws(Failure) -> Value {
  do throws(DeviceError) {
    return try body()
  } catch {
    throw .device(error)
  }
}

extension DeviceError {
  fileprivate var code: netvsc_result {
    switch self {
    case .badConfiguration: NETVSC_ERROR_ARGUMENT
    case .system: NETVSC_ERROR_SYSTEM
    case .refused: NETVSC_ERROR_REFUSED
    case .noAnswer: NETVSC_ERROR_TIMEOUT
    case .rescinded: NETVSC_ERROR_GONE
    case .queueTaken: NETVSC_ERROR_TAKEN
    case .closing: NETVSC_ERROR_CLOSING
    }
  }
}

extension SocketError {
  fileprivate var code: netvsc_result {
    switch self {
    case .nobodyListens: NETVSC_ERROR_GONE
    case .refused: NETVSC_ERROR_REFUSED
    case .isInUse, .isNoSocket, .notPermitted, .failed: NETVSC_ERROR_SYSTEM
    }
  }
}

extension netvsc_result {
  /// What it means, in general.
  var text: StaticString {
    switch self {
    case NETVSC_OK: "done"
    case NETVSC_WOULD_BLOCK: "it would block: flush, poll or wait, and do it again"
    case NETVSC_ERROR_ARGUMENT: "an argument is NULL that must not be, or out of range"
    case NETVSC_ERROR_TOO_LARGE: "the frame is longer than the device carries"
    case NETVSC_ERROR_TOO_SHORT: "the frame is shorter than an Ethernet header"
    case NETVSC_ERROR_CLOSING: "the device is closed, or about to be"
    case NETVSC_ERROR_FINISHED: "the sender is finished"
    case NETVSC_ERROR_BUSY: "the sender is in a call already: this is one of its callbacks"
    case NETVSC_ERROR_GONE: "the host took the channel away"
    case NETVSC_ERROR_VIOLATION: "the host broke the rules of the rings"
    case NETVSC_ERROR_REFUSED: "the host refused a step of the set-up"
    case NETVSC_ERROR_TIMEOUT: "there was no answer in time"
    case NETVSC_ERROR_TAKEN: "there is no such queue or place, or another sender has it"
    case NETVSC_ERROR_SYSTEM: "the system refused something"
    case NETVSC_ERROR_UNSUPPORTED: "this device, or its host, cannot do that"
    default: "unknown result"
    }
  }
}
