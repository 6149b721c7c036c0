internal import SharedMemory
internal import Synchronization
public import VMBusRing
internal import WireFormats

/// A network device as its guest sees it: opened, with its queues ready for their senders.
///
/// The device starts no threads: its owner's threads send, poll and wait. Opening and closing are for one thread; the
/// senders may be anywhere meanwhile.
public final class Device: Sendable {
  /// How many queues there are: as many as were asked for, or fewer where the host granted or opened fewer.
  public let queueCount: Int
  /// The longest frame that is carried, from the destination address on, in bytes.
  public let maximumFrameByteCount: Int
  /// The version of the protocol that was agreed, such as "NVSP 6.1".
  public let protocolVersion: String
  /// The device's Ethernet address, such as "00:15:5d:01:02:03".
  public let address: String
  /// The same as its six bytes, in the order they are sent.
  public let addressBytes: InlineArray<6, UInt8>
  /// The work on frames that the host agreed to do.
  public let offloads: DeviceOffloads
  /// Whether the host spreads the frames that it delivers over all queues.
  public let scalesReceives: Bool
  /// Whether private bytes can be lent: the host is in this process, and was made to read them. Where they cannot,
  /// `Sender.submit` copies them.
  public let lendsPrivateMemory: Bool
  /// How frames find their queue by flow: by the newest table of the host's.
  ///
  /// A host may send another one at any time; it is taken in when a sender of the primary queue polls, and holds for whoever
  /// asks from then on. A flow keeps its order as long as its frames are steered by one table, so ask once for a run of
  /// frames, and again when none of them is in flight.
  public var flowSteering: FlowSteering { steering.current }

  let addressSpace: DeviceAddressSpace
  private let offer: DeviceOffer
  private let openSenders: OpenSenders
  private let processorMap: ProcessorMap
  private let queues: [DeviceQueue]
  private let link: LinkState
  private let steering: SteeringTable
  private let clock: MonotonicClock
  /// What `close` needs; taken by the first one.
  private let farewell: Mutex<Farewell?>

  /// Opens the device that a host offers: agrees on a version, lends the buffers, begins the RNDIS dialogue, and opens a
  /// channel per queue.
  ///
  /// Runs on the calling thread until the device is ready; each answer of the host is waited for no longer than
  /// `configuration.answerTimeout`.
  public static func open(_ offer: DeviceOffer, _ configuration: DeviceConfiguration = DeviceConfiguration())
    throws(DeviceError) -> Device
  {
    try DeviceOpening(offer, configuration).open()
  }

  init(
    queues: [DeviceQueue], version: NVSPVersion, address: EthernetAddress, offloads: DeviceOffloads,
    scalesReceives: Bool, link: LinkState, steering: SteeringTable, clock: MonotonicClock, farewell: Farewell
  ) {
    queueCount = queues.count
    maximumFrameByteCount = queues[0].terms.maximumFrameByteCount
    lendsPrivateMemory = queues[0].lendsPrivateMemory
    self.offloads = offloads
    self.scalesReceives = scalesReceives
    self.link = link
    protocolVersion = version.name ?? "\(version)"
    self.address = "\(address)"
    addressBytes = address.bytes
    offer = farewell.offer
    addressSpace = offer.bus.addressSpace
    openSenders = queues[0].terms.openSenders
    processorMap = ProcessorMap(queueCount: queues.count)
    self.queues = queues
    self.steering = steering
    self.clock = clock
    self.farewell = Mutex(farewell)
  }

  deinit { close() }

  /// Whether the link is up, as far as the host has told: at the start, and in what the primary queue's sender has polled
  /// since.
  public var isLinkUp: Bool { link.isUp }

  /// How many times the host told of a change, of the link or of something else.
  public var statusIndicationCount: UInt64 { link.indicationCount }

  /// A sender of one queue: of any of its places that is free, or of that number, from 0. There are as many at a time as
  /// `DeviceConfiguration.sendersPerQueue`; `Sender.finish` gives a place back.
  public func makeSender(queue index: Int, number: Int? = nil) throws(DeviceError) -> Sender {
    guard openSenders.enter() else { throw .closing }
    do {
      return try makeEnteredSender(queue: index, number: number)
    } catch {
      openSenders.leave()
      throw error
    }
  }

  private func makeEnteredSender(queue index: Int, number: Int?) throws(DeviceError) -> Sender {
    guard queues.indices.contains(index), let place = queues[index].takePlace(number) else {
      throw .queueTaken(index)
    }
    do throws(RingError) {
      if let sender = try Sender(on: queues[index], at: place, clock: clock) { return sender }
    } catch {
      place.leave()
      throw .refused(step: "a sender of queue \(index)", reason: "\(error)")
    }
    place.leave()
    throw .queueTaken(index)
  }

  /// A sender for a thread that runs on a processor, of the queue that the processor is mapped to.
  /// `Sender.shouldMove` tells when that changes.
  public func makeSender(forProcessor processor: Int) throws(DeviceError) -> Sender {
    var sender = try makeSender(queue: queue(forProcessor: processor))
    sender.processor = (processor, processorMap)
    return sender
  }

  /// The queue that a processor is mapped to: at first its number, counted around the queues.
  public func queue(forProcessor processor: Int) -> Int { processorMap[processor] }

  /// Maps a processor to another queue. Its senders go on as they are until their threads look. Traps where there is no
  /// such queue, or the processor is negative.
  public func map(processor: Int, toQueue queue: Int) { processorMap[processor] = queue }

  /// Says farewell to the host, closes the channels and gives the memory back. Later calls do nothing.
  ///
  /// Senders that are not finished find that their channels were taken away. Where the primary queue has such a one the
  /// host cannot be told: it sees the channels close, as when a guest dies.
  public func close() { close(answerTimeout: nil) }

  /// The host may take so long for an answer; nil: as long as for one of the set-up. The first one that does not come in
  /// time is the last that is waited for.
  private func close(answerTimeout: UInt64?) {
    guard var farewell = farewell.withLock({ $0.take() }) else { return }
    if let answerTimeout { farewell.configuration.answerTimeout = answerTimeout }
    openSenders.beginClosing()
    if let ends = queues[0].open.takeEnds() { farewell.speak(over: ends, channel: queues[0].channel) }
    for queue in queues.reversed() {
      if queue.retire() {
        farewell.offer.close(queue.channel)
      } else {
        farewell.offer.abandon(queue.channel, because: "the device was closed")
      }
    }
    farewell.releaseMemory()
  }

  /// Asks all senders to finish, and closes. Waits for them, and for the host's answers to the farewell, no longer than
  /// `timeout` nanoseconds each. Returns whether all had finished; the others lose what is in flight, and count it. A host
  /// in another process that says nothing at all is given up after 6 seconds more.
  ///
  /// A sender is told by `SendOutcome.closing`, and by `Sender.isClosing` after each flush and poll.
  @discardableResult
  public func close(timeout: UInt64) -> Bool {
    openSenders.beginClosing()
    for queue in queues { queue.wakeAll() }
    let areFinished = openSenders.waitForAll(timeout: timeout, clock)
    close(answerTimeout: timeout)
    return areFinished
  }

  /// Closes the device, as `close(timeout:)` does, and opens it again with another configuration: with more or fewer
  /// queues, another frame size, or at all, after its host went away. Waits, for what is left of `timeout` nanoseconds,
  /// until a host that went away has come back.
  ///
  /// Memory that was allocated stays as it is, and can be sent from by the senders of the device that is returned. Where
  /// this throws, other than for a configuration that cannot be, the device is closed.
  public func reopen(_ configuration: DeviceConfiguration, timeout: UInt64) throws(DeviceError) -> Device {
    try configuration.validate()
    let start = clock.now()
    close(timeout: timeout)
    while true {
      // The one that is tried: another may be on offer when that fails.
      let primary = offer.bus.channels[0]
      do {
        return try Device.open(offer, configuration)
      } catch {
        let elapsed = clock.now() &- start
        guard primary.isRescinded, elapsed < timeout else { throw error }
        offer.bus.offers.wait(timeout: timeout - elapsed)
      }
    }
  }
}
