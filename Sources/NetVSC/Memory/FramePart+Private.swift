internal import SharedMemory

extension FramePart {
  /// Bytes of this process that no device knows: a stack's own buffers. Traps where there are none, or 4 GiB of them.
  ///
  /// SAFETY: nothing keeps them. Whoever sends them lets them be, unchanged: for `send`, until it returns; for `submit`,
  /// where the frame is taken, until it is given back by its cookie, and, where it is given back as lost, until the device
  /// is closed.
  public init(privateBytes bytes: UnsafeRawBufferPointer) {
    unsafe self.init(private: MappedBytes(ofThisProcess: bytes))
  }
}
