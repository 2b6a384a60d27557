/// An advisory.
public struct Advisory: Sendable {}
