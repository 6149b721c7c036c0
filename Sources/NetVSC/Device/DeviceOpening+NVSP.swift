internal import SharedMemory
internal import VMBusRing
internal import WireFormats

extension DeviceOpening {
  /// As much as the send buffer of other guests may be at most.
  private static let sendBufferLimit = 16 << 20
  /// The size of a section that common hosts have, whatever the size of frames.
  private static let commonSectionByteCount = 6144
  /// What the host is told about frames beside their size. Tags stay in the frame unless somebody offloads them.
  private static let capabilities: SendNDISConfiguration.Capabilities = .ieee8021Q

  /// Tries one version after the other, the newest first.
  func negotiateVersion(_ control: inout ControlChannel) throws(DeviceError) -> NVSPVersion {
    for version in NVSPVersion.tryOrder where version.rawValue <= configuration.newestVersion {
      let answer: NVSPInitializeComplete = try control.request(
        NVSPInitialize(version: version), step: "\(version)")
      if answer.status == .success { return version }
    }
    throw .refused(step: "every version of NVSP", reason: "none up to the newest that was tried is known to it")
  }

  /// Tells the host what there is no answer to.
  func announce(_ control: inout ControlChannel) throws(DeviceError) {
    if control.version >= .v2 {
      try control.post(
        SendNDISConfiguration(
          frameByteCount: UInt32(configuration.frameByteCount), capabilities: Self.capabilities))
    }
    try control.post(control.version.ndisVersion)
  }

  /// Lends the host memory for what it sends.
  func lendReceiveBuffer(_ control: inout ControlChannel) throws(DeviceError) -> ReceiveBuffer {
    let step = "the receive buffer"
    let buffer = try allocate(configuration.receiveBufferByteCount)
    let answer: SendReceiveBufferComplete = try control.request(
      SendReceiveBuffer(gpadl: establishGPADL(buffer)), step: step)
    guard answer.status == .success else { throw .refused(step: step, reason: "\(answer.status)") }
    do {
      let section = try answer.validatedSection(bufferByteCount: UInt64(buffer.region.byteCount))
      return ReceiveBuffer(
        bytes: buffer.region.bytes, subAllocationByteCount: section.subAllocationByteCount,
        subAllocationCount: Int(section.subAllocationCount), keepsFrames: configuration.receivesFrames)
    } catch {
      throw .refused(step: step, reason: "\(error)")
    }
  }

  /// Lends the host memory that frames are copied into. Returns it with the size of the sections it is cut into.
  func lendSendBuffer(_ control: inout ControlChannel) throws(DeviceError)
    -> (bytes: SharedBytes, sectionByteCount: Int)
  {
    let step = "the send buffer"
    // A host's sections are about a frame long, and never shorter than those of common hosts; more is not used.
    let section = max(configuration.frameByteCount + 256, Self.commonSectionByteCount)
    let spare = configuration.queueCount * configuration.sendersPerQueue > 1 ? configuration.spareSections : 0
    let wanted = (configuration.queueCount * configuration.sectionsPerQueue + spare) * section
    let buffer = try allocate(min(wanted, Self.sendBufferLimit))
    let answer: SendSendBufferComplete = try control.request(
      SendSendBuffer(gpadl: establishGPADL(buffer)), step: step)
    guard answer.status == .success else { throw .refused(step: step, reason: "\(answer.status)") }
    do {
      let byteCount = try answer.validatedSectionByteCount(bufferByteCount: UInt64(buffer.region.byteCount))
      return (buffer.region.bytes, Int(byteCount))
    } catch {
      throw .refused(step: step, reason: "\(error)")
    }
  }
}
