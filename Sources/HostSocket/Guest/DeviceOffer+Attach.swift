public import VMBusRing

extension DeviceOffer {
  /// The device that a host in another process offers, which listens at `path`: that of `netvsc host`, or a `HostServer`.
  ///
  /// The guest is attached for as long as somebody has the offer, or a device that was opened with it. All that frames pass
  /// through is memory that both processes share; the socket carries what a hypervisor would. One thread listens to it
  /// meanwhile, in the place of a hypervisor's interrupt.
  ///
  /// When the host's process ends, all its channels are taken away at once. From then on the thread looks for another
  /// host at the path, so that `Device.reopen` goes on as soon as there is one. Memory that was allocated stays as it is.
  ///
  /// A host takes so much of a guest and no more: 1,024 memories (the device itself has two for each channel, and three),
  /// 16 GiB together, rings of 64 MiB each; fewer memories where the host's process may not have the descriptors for them.
  /// It sends away who goes beyond, with a line that says so.
  public static func attach(path: String) throws(SocketError) -> DeviceOffer {
    let host = try RemoteHost(path: path)
    return DeviceOffer(bus: host.link.bus, host: host)
  }

  /// What the host counted since the guest was attached to it; nil where the host is in this process, which can be asked
  /// itself, or is gone. One that came after it is asked once it has opened the device.
  public func report() -> HostReport? { (host as? RemoteHost)?.link.report() }
}
