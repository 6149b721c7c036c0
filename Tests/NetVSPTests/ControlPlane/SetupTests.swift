import NetVSP
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite struct SetupTests {
  @Test("a host capped at each version takes that one and none above", arguments: HostProtocolVersion.allCases)
  func versionCap(cap: HostProtocolVersion) throws {
    var configuration = HostConfiguration(execution: .inline)
    configuration.highestProtocolVersion = cap
    let guest = try ScriptedGuest(try Host(configuration).offer)
    for version in NVSPVersion.tryOrder where version.rawValue > cap.rawValue {
      let answer = try guest.request(NVSPInitialize(version: version)).message(NVSPInitializeComplete.self)
      #expect(answer.status == .none)
    }
    let version = NVSPVersion(rawValue: cap.rawValue)
    let answer = try guest.request(NVSPInitialize(version: version)).message(NVSPInitializeComplete.self)
    #expect(answer.status == .success)
    #expect(answer.negotiatedVersion == (version == .v1 ? 2 : .max))
  }

  @Test("every version's set-up leads to frames, and completions have its size", arguments: NVSPVersion.tryOrder)
  func wholeSetup(version: NVSPVersion) throws {
    let host = try Host(HostConfiguration(execution: .inline, sink: .verify))
    let guest = try ScriptedGuest(settingUp: host.offer, version: version)
    guest.fill(section: 5, GoldenVectors.sectionImage.bytes)
    try guest.send(section: 5, byteCount: 120)
    let completion = try #require(try guest.primary.await())
    #expect(completion.status == .success)
    #expect(completion.payload.count == (version == .v6_1 ? 40 : 32))
    #expect(host.statistics().total.receivedPackets == 1)
    #expect(host.statistics().problem == nil)
  }

  @Test("the answer to the first INIT is the golden one, byte for byte", arguments: HostVariant.all)
  func goldenInitialize(variant: HostVariant) throws {
    let guest = try ScriptedGuest(try variant.host().offer)
    guest.primary.publish(words: GoldenVectors.initializePacket.words)
    #expect(try guest.primary.await() != nil)
    let golden = GoldenVectors.initializeCompletePacket.words
    #expect(golden.indices.map { guest.primary.fromHost.loadWord(at: UInt32(8 * $0)) } == golden)
  }

  @Test("a version that no protocol has, or a range of versions, is refused")
  func oddVersions() throws {
    let guest = try ScriptedGuest(try Host(HostConfiguration(execution: .inline)).offer)
    for bytes in [[1, 0, 0, 0, 0, 0, 3, 0, 0, 0, 3, 0], [1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 6, 0]] as [[UInt8]] {
      try guest.primary.send(.dataInBand, bytes, id: 1)
      let answer = try #require(try guest.primary.await()).message(NVSPInitializeComplete.self)
      #expect(answer.status == .none)
    }
    try guest.negotiate(.v6_1)
  }

  @Test("the receive buffer is cut by the frame size that was asked for", arguments: [1514, 1515, 9216] as [UInt32])
  func receiveBufferCut(frameByteCount: UInt32) throws {
    let guest = try ScriptedGuest(try Host(HostConfiguration(execution: .inline)).offer)
    try guest.negotiate(.v6_1)
    try guest.configure(frameByteCount: frameByteCount)
    let answer = try guest.lendReceiveBuffer(byteCount: 1 << 20)
    let section = try answer.validatedSection(bufferByteCount: 1 << 20)
    #expect(section.subAllocationByteCount == 256 + frameByteCount + 36)
    #expect(section.subAllocationCount == (1 << 20) / (256 + frameByteCount + 36))
    #expect(section.endOffset == section.subAllocationCount * section.subAllocationByteCount)
  }

  @Test(
    "a frame size that no guest may ask for is replaced by the usual one", arguments: [0, 1513, 9217, .max] as [UInt32])
  func oddFrameSize(frameByteCount: UInt32) throws {
    let guest = try ScriptedGuest(
      settingUp: try Host(HostConfiguration(execution: .inline)).offer, frameByteCount: frameByteCount)
    let answer = try guest.dialogue(RNDISQuery(requestID: 7, oid: .maximumFrameSize))
    let query = try answer.message(RNDISQueryComplete.self)
    #expect(Array(answer.bytes[query.information]) == [0xDC, 0x05, 0, 0])
  }

  @Test("sections are as common hosts have them, or large enough for one frame, or as configured")
  func sectionSize() throws {
    func sectionByteCount(frame: UInt32, configured: Int? = nil) throws -> UInt32 {
      var configuration = HostConfiguration(execution: .inline)
      configuration.sectionByteCount = configured
      return try ScriptedGuest(settingUp: try Host(configuration).offer, frameByteCount: frame).sectionByteCount
    }
    #expect(try sectionByteCount(frame: 1514) == 6144)
    #expect(try sectionByteCount(frame: 9216) == 9344)
    #expect(try sectionByteCount(frame: 9216, configured: 2048) == 2048)
  }

  @Test("buffers that are no memory, or too small, are refused, and others are taken later")
  func refusedBuffers() throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(host.offer)
    try guest.negotiate(.v6_1)
    try guest.configure(frameByteCount: 1514)
    try guest.announceNDISVersion()
    let addressSpace = host.offer.bus.addressSpace
    let (first, second) = (try addressSpace.allocate(byteCount: 1 << 18), try addressSpace.allocate(byteCount: 1 << 18))
    let gap = host.offer.bus.establishGPADL(first.pages.lowerBound..<second.pages.upperBound)
    for gpadl in [0, 0xFFFF_FFFF, gap] {
      let receive = try guest.request(SendReceiveBuffer(gpadl: gpadl)).message(SendReceiveBufferComplete.self)
      #expect(receive.status == .failure)
      #expect(receive.sectionCount == 0)
      let send = try guest.request(SendSendBuffer(gpadl: gpadl)).message(SendSendBufferComplete.self)
      #expect(send.status == .failure)
    }
    #expect(try guest.lendReceiveBuffer(byteCount: 4096).status == .failure)
    #expect(try guest.lendSendBuffer(byteCount: 4096).status == .failure)
    #expect(try guest.lendReceiveBuffer(byteCount: 1 << 18).status == .success)
    #expect(try guest.lendSendBuffer(byteCount: 1 << 18).status == .success)
    try guest.initializeRNDIS()
  }

  @Test("without a send buffer frames come by page ranges")
  func noSendBuffer() throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer, sendBufferByteCount: nil)
    try guest.send(ranges: [guest.lend(rndisPacket(GoldenVectors.frame.bytes))])
    #expect(try guest.primary.await()?.status == .success)
  }

  @Test("messages without an answer of their own are completed empty when that is asked for")
  func emptyCompletions() throws {
    let guest = try ScriptedGuest(try Host(HostConfiguration(execution: .inline)).offer)
    try guest.negotiate(.v6_1)
    #expect(try guest.request(SendNDISConfiguration(frameByteCount: 1514, capabilities: [])).payload.isEmpty)
    #expect(try guest.request(NVSPVersion.v6_1.ndisVersion).payload.isEmpty)
    try guest.lendReceiveBuffer(byteCount: 1 << 18)
    try guest.initializeRNDIS()
    #expect(try guest.request(SwitchDataPath(active: .synthetic)).payload.isEmpty)
  }

  @Test("a request that asks for no completion gets none")
  func noCompletionAsked() throws {
    let guest = try ScriptedGuest(try Host(HostConfiguration(execution: .inline)).offer)
    try guest.primary.send(NVSPInitialize(version: .v6_1), id: 9, completionRequested: false)
    #expect(try guest.primary.awaitAll().isEmpty)
    try guest.configure(frameByteCount: 1514)
    #expect(try guest.lendReceiveBuffer(byteCount: 1 << 18).status == .success)
  }

  @Test("after a revocation the channel stays unread, and is not taken away", arguments: [true, false])
  func revocation(ofReceiveBuffer: Bool) throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer)
    guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
    let before = try guest.send(section: 0, byteCount: 120)
    if ofReceiveBuffer {
      try guest.primary.send(RevokeReceiveBuffer(), id: 0, completionRequested: false)
    } else {
      try guest.primary.send(RevokeSendBuffer(), id: 0, completionRequested: false)
    }
    try guest.send(section: 0, byteCount: 120)
    guest.primary.attend()
    #expect(try guest.primary.awaitAll().map(\.transactionID) == [before])
    #expect(!guest.primary.channel.isRescinded)
    #expect(host.statistics().total.violations == 0)
    guest.primary.close()
  }
}
