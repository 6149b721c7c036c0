import VMBusRing
import WireFormats

/// A few writers, a reader that sleeps when there is nothing to read, and the smallest ring that they can share.
struct RingScene: Sendable, CustomStringConvertible {
  let kind: ProducerKind
  let writerCount: Int
  let messagesPerWriter: Int
  /// Two messages and the eight bytes that stay free.
  var dataByteCount: UInt32 = 56
  /// The shortest packet: a descriptor and a trailer.
  static let messageByteCount: UInt32 = 24
  /// Four messages from here cross the end of the ring twice, and two of them share a mark.
  static let start: UInt32 = 24

  var description: String { "\(kind), \(writerCount) × \(messagesPerWriter) in \(dataByteCount) bytes" }

  /// The real ring code on a model in which `weakened` orders nothing.
  func scene(weakened: OrderingEdge? = nil) throws(RingError) -> Scene {
    let port = ModelPort(weakened: weakened)
    let ring = ModelRing(port: port, dataByteCount: dataByteCount, start: Self.start)
    let bells = RingBells(port: port, writerCount: writerCount)
    var programs: [ThreadProgram] = []
    var reserved: Int?
    var close: () -> Void = {}
    switch kind {
    case .exclusive:
      let messages = (0..<messagesPerWriter).map { RingRules.Message(writer: 0, number: $0) }
      programs = [
        ThreadProgram(
          "writer 0",
          parts: [
            {
              let writer = RingWriter(try ExclusiveProducer(ring, keeper: port), number: 0, bells: bells)
              for message in messages { try writer.send(message) }
            }
          ])
      ]
    case .ordered:
      reserved = port.names.count
      let shared = try OrderedRing(ring, keeper: port)
      close = { shared.close() }
      for number in 0..<writerCount {
        let writer = RingWriter(OrderedProducer(shared), number: number, bells: bells)
        programs.append(program(of: writer))
      }
    case .cooperative:
      reserved = port.names.count
      let shared = try CooperativeRing(ring, writerLimit: writerCount, keeper: port)
      close = { shared.close() }
      for number in 0..<writerCount {
        let writer = RingWriter(try CooperativeProducer(shared), number: number, bells: bells)
        programs.append(program(of: writer))
      }
    }
    programs.append(RingReader(ring: ring, bells: bells).program)
    return Scene(
      port: port, programs: programs, dataByteCount: dataByteCount,
      rules: RingRules(
        writerCount: writerCount, messagesPerWriter: messagesPerWriter, messageByteCount: Self.messageByteCount,
        dataByteCount: dataByteCount, start: Self.start, reserved: reserved,
        writeIndex: ring.writeIndex.word.number),
      close: close)
  }

  /// A writer that keeps nothing between two messages.
  private func program<Producer: ~Copyable>(of writer: RingWriter<Producer>) -> ThreadProgram {
    ThreadProgram(
      "writer \(writer.number)",
      parts: (0..<messagesPerWriter).map { number in
        { try writer.send(RingRules.Message(writer: writer.number, number: number)) }
      },
      // Of several that wait for another, the first by name is woken.
      isLikeTheOneBefore: writer.number > 0 && (!Producer.canAsk || writerCount == 2))
  }
}
