import Testing
import TrafficReplay

@Suite("Ranges of packets")
struct PacketRangesTests {
  @Test(
    "are read in any order, and joined where they touch",
    arguments: [
      ("7", [7...7], "7"), ("1-100,205,1000-", [1...100, 205...205, 1000...UInt64.max], "1-100,205,1000-"),
      ("9,1-3,4", [1...4, 9...9], "1-4,9"), ("5-,1-9,7-8", [1...UInt64.max], "1-"),
      ("18446744073709551615,3-", [3...UInt64.max], "3-"), ("1-1,1,1-1", [1...1], "1"), ("007", [7...7], "7"),
    ] as [(String, [ClosedRange<UInt64>], String)])
  func read(text: String, ranges: [ClosedRange<UInt64>], written: String) throws {
    let parsed = try PacketRanges(text)
    #expect(parsed.ranges == ranges)
    #expect(parsed.description == written)
    #expect(try PacketRanges(parsed.description) == parsed)
  }

  @Test(
    "are told what is wrong with them",
    arguments: [
      ("0", "'0': packets are counted from 1"), ("0-5", "'0-5': packets are counted from 1"),
      ("1,9-3", "'9-3' ends before it begins"), ("", "'' is no packet number"), ("1,,2", "'' is no packet number"),
      ("-5", "'-5' is no packet number"), ("-", "'-' is no packet number"), ("1-2-3", "'1-2-3' is no packet number"),
      ("+1", "'+1' is no packet number"), ("1 - 2", "'1 - 2' is no packet number"),
      ("all", "'all' is no packet number"),
      ("18446744073709551616", "is no packet number"), ("٣", "is no packet number"), ("0x10", "is no packet number"),
    ])
  func mistakes(text: String, reason: String) {
    do {
      _ = try PacketRanges(text)
      Issue.record("'\(text)' should be refused")
    } catch {
      #expect(error.description.contains(reason))
    }
  }
}
