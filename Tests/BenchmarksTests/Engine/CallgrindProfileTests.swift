import Benchmarks
import Testing

@Suite("A profile of callgrind")
struct CallgrindProfileTests {
  /// One function of the program that calls the Swift runtime and one of its own, and what the runtime calls itself.
  private static let text = """
    # callgrind format
    version: 1
    cmd:  /p/netvsc bench packets
    desc: I1 cache:
    positions: line
    events: Ir
    summary: 1200

    ob=/p/netvsc
    fl=???
    fn=sends
    0 100
    cob=/lib/libswiftCore.so
    cfi=???
    cfn=swift_retain
    calls=3 0
    0 30
    cfn=frames
    calls=5 0
    0 500
    cob=/lib/libswiftCore.so
    cfi=???
    cfn=swift_retain
    calls=4 0
    0 40
    cob=/p/netvsc
    cfn=frames
    calls=1 0
    0 10

    fn=frames
    0 300
    cob=/lib/libc.so.6
    cfi=???
    cfn=memcpy
    calls=7 +3
    0 70

    ob=/lib/libswiftCore.so
    fl=???
    fn=swift_retain
    0 50
    cob=/lib/libc.so.6
    cfi=???
    cfn=malloc
    calls=9 0
    0 90

    totals: 1200
    """

  @Test("tells how much was executed, and what the program called")
  func parsing() throws {
    let profile = try #require(CallgrindProfile(parsing: Self.text, of: "/p/netvsc"))
    #expect(profile.instructionCount == 1200)
    #expect(profile.calls == ["frames": 6, "swift_retain": 7, "memcpy": 7, "malloc": 9])
    #expect(profile.foreignCalls == ["swift_retain": 7, "memcpy": 7])
  }

  @Test("is none without its end, or with a count that is no number")
  func damaged() {
    let cut = Self.text.replacing("totals: 1200", with: "")
    #expect(CallgrindProfile(parsing: cut, of: "/p/netvsc") == nil)
    #expect(CallgrindProfile(parsing: Self.text.replacing("calls=5", with: "calls=x"), of: "/p/netvsc") == nil)
    #expect(CallgrindProfile(parsing: "", of: "/p/netvsc") == nil)
  }

  @Test("counts for a packet what a run of twice as many has more")
  func difference() throws {
    let once = try #require(CallgrindProfile(parsing: Self.text, of: "/p/netvsc"))
    let more = Self.text.replacing("totals: 1200", with: "totals: 2000").replacing("calls=7 +3", with: "calls=15 +3")
    let twice = try #require(CallgrindProfile(parsing: more, of: "/p/netvsc"))
    let counts = EngineCounts(once: once, twice: twice, packetCount: 16)
    #expect(counts.instructionsPerPacket == 50)
    #expect(counts.foreignCallsPerPacket == ["memcpy": 0.5])
    #expect(counts.callsPerPacket == ["memcpy": 0.5])
  }
}
