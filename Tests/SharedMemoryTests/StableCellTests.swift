import SharedMemory
import TestSupport
import Testing

@Suite("A stable cell")
struct StableCellTests {
  @Test("keeps its value")
  func value() {
    let cell = StableCell(UInt64(5))
    #expect(cell.value == 5)
    cell.value = .max
    #expect(cell.value == .max)
  }

  @Test("sees what a reference to it left")
  func reference() {
    let cell = StableCell(1)
    do {
      let reference = cell.reference()
      #expect(reference.value == 1)
      reference.value = 2
    }
    #expect(cell.value == 2)
  }

  @Test("keeps its address when it moves")
  func move() {
    let cell = StableCell(1)
    let moved = cell
    do {
      let reference = moved.reference()
      reference.value = 3
    }
    #expect(moved.value == 3)
  }
}
