import NetVSC
import SharedMemory
import Synchronization
import TestSupport
import Testing

@Suite("A completion mailbox")
struct CompletionMailboxStressTests {
  @Test("gives out what was put in, in that order, and takes no more than it has room for", arguments: [1, 2, 5, 64])
  func order(capacity: Int) {
    let mailbox = CompletionMailbox(capacity: capacity)
    #expect(mailbox.isEmpty)
    #expect(mailbox.take() == nil)
    var (put, taken) = (0 as UInt64, 0 as UInt64)
    for round in 0..<200 {
      for _ in 0..<(round % (capacity + 1)) {
        let fits = mailbox.put(MailedCompletion(transactionID: put, word: ~put))
        #expect(fits)
        put += 1
      }
      while let completion = mailbox.take() {
        #expect(completion == MailedCompletion(transactionID: taken, word: ~taken))
        taken += 1
      }
      #expect(mailbox.isEmpty)
    }
    #expect(taken == put)
    var room = 0
    while room < 1000, mailbox.put(MailedCompletion(transactionID: 1, word: 1)) { room += 1 }
    #expect(room >= capacity && room < 2 * max(capacity, 2))
    #expect(!mailbox.isEmpty)
  }

  @Test("hands every completion on from one thread to another")
  func threads() throws {
    let count: UInt64 = 200_000
    let mailbox = CompletionMailbox(capacity: 64)
    let problems = Mutex<[String]>([])
    try runConcurrently(2) { thread in
      for number in 0..<count {
        if thread == 0 {
          while !mailbox.put(MailedCompletion(transactionID: number, word: number &* 3)) { Processors.pause() }
        } else {
          var completion = mailbox.take()
          while completion == nil {
            Processors.pause()
            completion = mailbox.take()
          }
          guard completion == MailedCompletion(transactionID: number, word: number &* 3) else {
            return problems.withLock { $0.append("\(number): \(String(describing: completion))") }
          }
        }
      }
    }
    #expect(problems.withLock { $0 } == [])
  }
}
