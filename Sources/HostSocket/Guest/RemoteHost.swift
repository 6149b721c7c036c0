internal import SharedMemory
internal import VMBusRing

/// A host in another process, as its guest calls it. It is attached for as long as this object is there.
final class RemoteHost: HostEndpoint {
  let link: HostLink
  private let listener: WorkerThread

  init(path: String) throws(SocketError) {
    let (greeting, link) = try HostLink.open(path)
    self.link = link
    do throws(SystemError) {
      listener = try WorkerThread { link.listen(greeting.connection) }
    } catch {
      throw .failed(path: path, error)
    }
  }

  deinit {
    link.end()
    listener.join()
  }

  var runsInline: Bool { false }

  func open(_ channel: Channel, rings: ChannelRings) throws(ChannelError) {
    guard let answer = link.open(channel, rings: rings) else {
      throw .rescinded(channel.rescindReason ?? "the host went away")
    }
    if let problem = answer.problem { throw .refused(problem) }
  }

  func close(_ channel: Channel) { link.close(channel) }

  func attend(_ channel: Channel, timeout: UInt64) {
    channel.toGuest.wait(timeout: timeout) { channel.isRescinded }
  }

  func awaitOffers() { link.awaitOffers() }
}
