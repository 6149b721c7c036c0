/// The network that a thread sees: interfaces, addresses, routes.
package enum NetworkNamespace {
  /// Puts the calling thread, and the threads and programs that it starts from now on, into a network of their own, with
  /// nothing but a loopback interface. It is gone when the last of them is.
  package static func leave() throws(InterfaceError) {
    try SystemCalls.leaveNetwork()
    // It begins down, and libraries talk to themselves through it.
    if let loopback = InterfaceName("lo") { try SystemCalls.bringUp(loopback) }
  }
}
