/// A list that is emptied and filled again and again: it keeps its memory, and costs no reference count.
@safe @frozen
@usableFromInline
package struct PrivateList<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  // `@unchecked`: owned by this value alone.
  @usableFromInline var start: UnsafeMutablePointer<Element>
  @usableFromInline var capacity: Int
  @usableFromInline package internal(set) var count = 0

  /// An empty list with room for so many elements, at least one; it makes more room when it needs it.
  package init(capacity: Int) {
    precondition(capacity > 0)
    unsafe start = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  @inlinable
  deinit { unsafe start.deallocate() }

  @inlinable @inline(__always)
  package mutating func append(_ element: Element) {
    if count == capacity { grow() }
    unsafe (start + count).initialize(to: element)
    count &+= 1
  }

  /// The element at the end; nil when the list is empty.
  @inlinable @inline(__always)
  package var last: Element? { count > 0 ? self[count - 1] : nil }

  /// Takes the element at the end. There must be one.
  @inlinable @inline(__always)
  package mutating func removeLast() -> Element {
    precondition(count > 0, "an element is taken from a list that has one")
    count &-= 1
    return unsafe start[count]
  }

  /// The elements in `range`.
  @inlinable @inline(__always)
  @_lifetime(borrow self)
  package func span(_ range: Range<Int>) -> Span<Element> {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "a part lies inside its list")
    // SAFETY: checked above; self owns the elements and is borrowed.
    let span = unsafe Span(_unsafeStart: start + range.lowerBound, count: range.count)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// Empties the list; its elements need no ending.
  @inlinable @inline(__always)
  package mutating func removeAll() { count = 0 }

  /// The element at `index`, below `count`.
  @inlinable @inline(__always)
  package subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "an element lies inside its list")
      return unsafe start[index]
    }
    _modify {
      precondition(index >= 0 && index < count, "an element lies inside its list")
      yield unsafe &start[index]
    }
  }

  @inline(never)
  @usableFromInline
  mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: 2 * capacity)
    unsafe larger.moveInitialize(from: start, count: count)
    unsafe start.deallocate()
    unsafe start = larger
    capacity *= 2
  }
}
