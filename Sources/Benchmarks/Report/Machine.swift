/// Where figures were measured: they mean little elsewhere.
package struct Machine: Encodable, Sendable {
  package let processor: String
  package let coreCount: Int
  package let kernel: String
  /// Whether this build was optimised: the figures of one that was not say nothing.
  package let isOptimised: Bool

  package init(processor: String, coreCount: Int, kernel: String) {
    self.processor = processor
    self.coreCount = coreCount
    self.kernel = kernel
    #if DEBUG
      isOptimised = false
    #else
      isOptimised = true
    #endif
  }

  private enum CodingKeys: String, CodingKey {
    case processor = "cpu"
    case coreCount = "cores"
    case kernel
    case optimisation
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(processor, forKey: .processor)
    try container.encode(coreCount, forKey: .coreCount)
    try container.encode(kernel, forKey: .kernel)
    try container.encode(isOptimised ? "release" : "debug", forKey: .optimisation)
  }
}
