import NetVSC
import NetVSP
import Testing

/// This file imports the two public libraries and nothing below them, as their users do.
@Suite("The public libraries by themselves")
struct PublicInterfaceTests {
  @Test("name the clock of a device")
  func clock() {
    var configuration = DeviceConfiguration()
    configuration.clock = MonotonicClock { 7 }
    #expect(configuration.clock.now() == 7)
    configuration.clock = .monotonic
    let first = configuration.clock.now()
    #expect(configuration.clock.now() >= first)
  }

  @Test("name the error of a system that has nothing left")
  func systemError() throws {
    do throws(SystemError) {
      _ = try Host(HostConfiguration(execution: .inline))
    } catch {
      Issue.record("\(error.description)")
    }
  }

  @Test("name what a host offers")
  func offer() throws {
    func open(_ offer: DeviceOffer) throws -> Device { try Device.open(offer) }
    #expect(try open(try Host().offer).queueCount == 1)
  }
}
