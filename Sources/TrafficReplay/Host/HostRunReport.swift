internal import HostSocket

/// The machine-readable account of a host: schema `netvsc.host/1`. Keys may be added; none is renamed or removed.
package struct HostRunReport: Encodable, Sendable {
  private let result: HostResult

  package init(_ result: HostResult) { self.result = result }

  private enum CodingKeys: String, CodingKey {
    case schema
    case socket
    case sink
    case guests
    case refusedGuests = "refused_guests"
    case host
    case digest
    case interrupted
    case failure
    case exitCode = "exit_code"
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode("netvsc.host/1", forKey: .schema)
    try container.encode(result.options.socketPath, forKey: .socket)
    try container.encode(result.options.sink.description, forKey: .sink)
    try container.encode(result.guestCount, forKey: .guests)
    try container.encode(result.refusedGuestCount, forKey: .refusedGuests)
    var account = HostAccount(result.report)
    account.sinkWaits = result.sinkWaits
    try container.encode(HostSection(account: account), forKey: .host)
    let digest = result.options.sink == .verify ? Readable.hexadecimal(result.report.digest) : nil
    try container.encode(digest, forKey: .digest)
    try container.encode(result.interrupted, forKey: .interrupted)
    try container.encode(result.failure?.text, forKey: .failure)
    try container.encode(result.status.rawValue, forKey: .exitCode)
  }
}
