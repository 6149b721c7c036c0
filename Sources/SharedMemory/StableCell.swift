/// A value at an address that does not move, so that a token handed out by its owner can leave a word there.
@safe
@usableFromInline
package struct StableCell<Value: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  // `@unchecked`: owned by this value alone.
  @usableFromInline let address: UnsafeMutablePointer<Value>

  package init(_ value: Value) {
    unsafe address = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    unsafe address.initialize(to: value)
  }

  @inlinable
  deinit { unsafe address.deallocate() }

  @inlinable
  package var value: Value {
    get { unsafe address.pointee }
    nonmutating set { unsafe address.pointee = newValue }
  }

  /// A reference that lives no longer than an access to this cell's owner.
  @_lifetime(borrow self)
  package func reference() -> StableReference<Value> {
    unsafe _overrideLifetime(StableReference(address), borrowing: self)
  }
}

/// A reference to a `StableCell`.
@safe
package struct StableReference<Value: BitwiseCopyable>: ~Escapable {
  private let address: UnsafeMutablePointer<Value>

  @_lifetime(immortal)
  fileprivate init(_ address: UnsafeMutablePointer<Value>) { unsafe self.address = unsafe address }

  package var value: Value {
    get { unsafe address.pointee }
    nonmutating set { unsafe address.pointee = newValue }
  }
}
