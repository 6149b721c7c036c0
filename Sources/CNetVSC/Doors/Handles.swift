internal import CNetVSCInterface
internal import NetVSC
internal import NetVSP

// Handles are pointers that C passes back: to objects, whose one reference they are, and to senders, which have a place
// of their own in memory, so that a call for a packet counts no reference and checks no access.
//
// SAFETY: that a handle was not freed, and is of its type, is the caller's part, as the header says; and that no two
// threads use one sender.

/// Something that C holds a reference to: its handle is the object's address.
func handle(_ object: AnyObject) -> OpaquePointer { OpaquePointer(unsafe Unmanaged.passRetained(object).toOpaque()) }

/// The object behind a handle; nil for NULL.
func object<Object: AnyObject>(_ handle: OpaquePointer?, as type: Object.Type = Object.self) -> Object? {
  unsafe handle.map { unsafe Unmanaged<Object>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
}

/// Takes back the reference that C held; nil for NULL.
func release<Object: AnyObject>(_ handle: OpaquePointer?, as type: Object.Type = Object.self) -> Object? {
  unsafe handle.map { unsafe Unmanaged<Object>.fromOpaque(UnsafeRawPointer($0)).takeRetainedValue() }
}

/// What a handle of a sender points to.
struct SenderPlace: ~Copyable {
  /// Whether a call is under way that may call back. It lies beside the sender, which that call has for itself.
  var isCalling = false
  var held: HeldSender

  init(_ sender: consuming Sender) { held = HeldSender(sender) }
}

/// Does something with a sender, for a call that calls nobody back.
@inline(__always)
func use(_ sender: OpaquePointer?, _ body: (inout HeldSender) -> netvsc_result) -> netvsc_result {
  guard let place = unsafe UnsafeMutablePointer<SenderPlace>(sender) else { return NETVSC_ERROR_ARGUMENT }
  guard unsafe !place.pointee.isCalling else { return NETVSC_ERROR_BUSY }
  return unsafe body(&place.pointee.held)
}

/// The same for a call that may call back.
@inline(__always)
func useCalling(_ sender: OpaquePointer?, _ body: (inout HeldSender) -> netvsc_result) -> netvsc_result {
  guard let place = unsafe UnsafeMutablePointer<SenderPlace>(sender) else { return NETVSC_ERROR_ARGUMENT }
  guard unsafe !place.pointee.isCalling else { return NETVSC_ERROR_BUSY }
  unsafe place.pointee.isCalling = true
  defer { unsafe place.pointee.isCalling = false }
  return unsafe body(&place.pointee.held)
}

/// Asks a sender something; `otherwise` is the answer where there is none, or it is busy.
func ask<Answer>(_ sender: OpaquePointer?, otherwise: Answer, _ body: (borrowing HeldSender) -> Answer) -> Answer {
  guard let place = unsafe UnsafeMutablePointer<SenderPlace>(sender) else { return otherwise }
  return unsafe place.pointee.isCalling ? otherwise : body(place.pointee.held)
}

/// A place for a sender, which is its handle.
func handle(_ sender: consuming Sender) -> OpaquePointer {
  let place = UnsafeMutablePointer<SenderPlace>.allocate(capacity: 1)
  unsafe place.initialize(to: SenderPlace(sender))
  return OpaquePointer(place)
}
