public import CNetVSCInterface
internal import HostSocket
internal import NetVSP
internal import VirtualSwitch

@c @implementation
public func netvsc_server_create(
  _ path: UnsafePointer<CChar>?, _ guest_limit: UInt32, _ options: UnsafePointer<netvsc_host_options>?,
  _ listener: netvsc_guest_listener?, _ context: UnsafeMutableRawPointer?,
  _ server: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<netvsc_error>?
) -> netvsc_result {
  unsafe make(server, error) { () throws(Failure) in
    guard let path = unsafe path else { throw .null("path") }
    guard guest_limit > 0 else { throw .argument("guest_limit: 1 or more, not 0") }
    let configuration = unsafe try netvsc_host_options.configuration(options)
    guard configuration.execution == .threads else {
      throw .argument("runs_inline: a guest in another process cannot step its host")
    }
    guard !configuration.readsPrivateMemory else {
      throw .argument("reads_private_memory: a guest in another process has none of this one's to lend")
    }
    let listener = unsafe listener.map { unsafe CallbackListener($0, context) }
    do throws(SocketError) {
      return unsafe handle(
        try HostServer(path: String(cString: path), guestLimit: Int(guest_limit), configuration) { event in
          listener?.hear(event)
        })
    } catch {
      throw .socket(error)
    }
  }
}

@c @implementation
public func netvsc_server_run(_ server: OpaquePointer?, _ only_one: Bool) -> netvsc_result {
  attempt(nil) { () throws(Failure) in
    let server: HostServer = unsafe try needed(server, "server")
    server.run(onlyOne: only_one)
  }
}

@c @implementation
public func netvsc_server_stop(_ server: OpaquePointer?) -> netvsc_result {
  attempt(nil) { () throws(Failure) in
    let server: HostServer = unsafe try needed(server, "server")
    server.stop()
  }
}

@c @implementation
public func netvsc_server_get_statistics(
  _ server: OpaquePointer?, _ statistics: UnsafeMutablePointer<netvsc_host_statistics>?, _ size: Int
) -> netvsc_result {
  attempt(nil) { () throws(Failure) in
    let server: HostServer = unsafe try needed(server, "server")
    let counted = netvsc_host_statistics(server.report())
    guard unsafe write(counted, to: statistics, size) else { throw .null("statistics") }
  }
}

@c @implementation
public func netvsc_server_guest_count(_ server: OpaquePointer?) -> Int {
  let server: HostServer? = unsafe object(server)
  return server?.guestCount ?? 0
}

@c @implementation
public func netvsc_server_guest_limit(_ server: OpaquePointer?) -> UInt32 {
  let server: HostServer? = unsafe object(server)
  return UInt32(server?.guestLimit ?? 0)
}

@c @implementation
public func netvsc_server_free(_ server: OpaquePointer?) {
  let server: HostServer? = unsafe release(server)
  server?.stop()
}
