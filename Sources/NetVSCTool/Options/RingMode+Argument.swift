// The type is public in its module, and so is a conformance of it.
public import ArgumentParser
public import NetVSC

extension RingMode: ExpressibleByArgument {}
