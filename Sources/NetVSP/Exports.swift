// What the public interface takes from below, so that its users need to import nothing else. An alias would not do: it
// names a type, but not its members to users who have member import visibility on.
@_exported public import struct SharedMemory.MonotonicClock
@_exported public import struct SharedMemory.SystemError
@_exported public import struct VMBusRing.DeviceOffer
