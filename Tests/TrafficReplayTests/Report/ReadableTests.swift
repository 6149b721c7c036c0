import Testing
import TrafficReplay

@Suite("Numbers for people")
struct ReadableTests {
  @Test(
    "have their digits in threes",
    arguments: [
      (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"),
      (.max, "18,446,744,073,709,551,615"),
    ] as [(UInt64, String)])
  func counts(value: UInt64, text: String) {
    #expect(Readable.count(value) == text)
  }

  @Test("agree with their nouns")
  func amounts() {
    #expect(Readable.amount(1, of: "packet") == "1 packet")
    #expect(Readable.amount(0, of: "packet") == "0 packets")
    #expect(Readable.amount(2000, of: "packet") == "2,000 packets")
  }

  @Test(
    "have three digits and a unit as rates",
    arguments: [
      (0, "0 pps"), (0.5, "0.50 pps"), (9.99, "9.99 pps"), (9.996, "10.0 pps"), (99.96, "100 pps"), (999.4, "999 pps"),
      (999.6, "1.00 kpps"), (12_345, "12.3 kpps"), (999_600, "1.00 Mpps"), (12_345_678, "12.3 Mpps"),
      (1.5e9, "1.50 Gpps"), (2.5e12, "2500 Gpps"), (.infinity, "inf Gpps"),
    ])
  func rates(value: Double, text: String) {
    #expect(Readable.packetRate(value) == text)
  }

  @Test(
    "have four digits and no unit of their own as figures",
    arguments: [
      (0, "0.000"), (0.0005, "0.001"), (0.999, "0.999"), (9.9994, "9.999"), (9.9996, "10.00"), (99.996, "100.0"),
      (999.94, "999.9"), (999.96, "1,000"), (12_345.6, "12,346"), (.infinity, "inf"), (-1, "-1.0"),
    ])
  func figures(value: Double, text: String) {
    #expect(Readable.number(value) == text)
  }

  @Test("have units of their own as bits")
  func bits() {
    #expect(Readable.bitRate(4.5e9) == "4.50 Gbit/s")
  }

  @Test(
    "tell durations as one would say them",
    arguments: [
      (0, "0 ns"), (999, "999 ns"), (1000, "1.00 µs"), (12_345, "12.3 µs"), (1_500_000, "1.50 ms"),
      (59_000_000_000, "59.0 s"), (60_000_000_000, "1 min 00 s"), (185_000_000_000, "3 min 05 s"),
      (7_380_000_000_000, "2 h 03 min"), (.max, "5124095 h 34 min"),
    ] as [(UInt64, String)])
  func durations(nanoseconds: UInt64, text: String) {
    #expect(Readable.duration(nanoseconds) == text)
  }

  @Test("tell times as a clock does")
  func clock() {
    #expect(Readable.clock(7_900_000_000) == "0:07")
    #expect(Readable.clock(3_723_000_000_000) == "1:02:03")
  }

  @Test("have all their hexadecimal digits")
  func hexadecimal() {
    #expect(Readable.hexadecimal(0xab) == "0x00000000000000ab")
    #expect(Readable.hexadecimal(.max) == "0xffffffffffffffff")
  }
}
