import Foundation
import TestSupport
import Testing

@Suite("The public declarations", .peer("swift-symbolgraph-extract"))
struct PublicDeclarationTests {
  @Test("are documented, each of them", arguments: SymbolGraph.publicModules)
  func documented(module: String) throws {
    let symbols = try SymbolGraph(ofModule: module).symbols
    #expect(!symbols.isEmpty)
    for symbol in symbols where !symbol.isDocumented {
      Issue.record("\(module): \(symbol.path.joined(separator: ".")) says nothing of itself")
    }
  }

  /// A type has its place on the landing page; what it declares, on its own page, if there is one, and otherwise in the
  /// order of its kinds.
  @Test("have their places in the catalogue")
  func curated() throws {
    let catalogue = PackageFolders.root.appending(path: "Sources/NetVSC/NetVSC.docc")
    let landingPage = try String(contentsOf: catalogue.appending(path: "NetVSC.md"), encoding: .utf8)
    for symbol in try SymbolGraph(ofModule: "NetVSC").symbols {
      switch symbol.path.count {
      case 1: #expect(landingPage.contains("- ``\(symbol.path[0])``\n"), "\(symbol.path[0]) is not on the landing page")
      case 2:
        let page = try? String(contentsOf: catalogue.appending(path: "\(symbol.path[0]).md"), encoding: .utf8)
        // One of several of the same name has its types behind it.
        let isThere = page.map { page in
          ["``\n", "-("].contains { page.contains("- ``\(symbol.path[1])\($0)") }
        }
        #expect(isThere != false, "\(symbol.path[1]) is not on the page of \(symbol.path[0])")
      default: break
      }
    }
  }
}
