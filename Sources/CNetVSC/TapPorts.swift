internal import VirtualSwitch

/// The TAP interfaces of one host: that which is its sink and its source as well is opened once.
struct TapPorts {
  /// Whether they get TCP segments joined.
  let joinsSegments: Bool
  private var ports: [TapPort] = []

  init(joinsSegments: Bool) { self.joinsSegments = joinsSegments }

  /// That of a name such as "tap:NAME"; nil where it is no such name.
  mutating func open(_ name: String) throws(Failure) -> TapPort? {
    guard name.hasPrefix("tap:") else { return nil }
    let interface = String(name.dropFirst("tap:".count))
    if let port = ports.first(where: { $0.name == interface }) { return port }
    do throws(PortError) {
      let port = try TapPort(interface, joinsSegments: joinsSegments)
      ports.append(port)
      return port
    } catch {
      throw .port(error)
    }
  }
}
