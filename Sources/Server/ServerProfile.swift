/// What a server says of itself, and how large its pages are.
public struct ServerProfile: Hashable, Sendable {
    /// What discovery and the API root call it.
    public var title: String
    /// Whom to write to.
    public var contact: String?
    /// The most objects that one page has.
    public var pageObjectsMax: Int

    /// Puts it together from its parts.
    public init(title: String, contact: String?, pageObjectsMax: Int = 1_000) {
        self.title = title
        self.contact = contact
        self.pageObjectsMax = pageObjectsMax
    }
}
