internal import ArgumentParser
internal import PacketCapture

extension TrafficPlan.AddressFamilies: ExpressibleByArgument {}
extension TrafficPlan.Transports: ExpressibleByArgument {}
