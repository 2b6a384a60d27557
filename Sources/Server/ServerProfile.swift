/// What a server says of itself, and how large its pages are.
public struct ServerProfile: Hashable, Sendable {
    public var title: String
    public var contact: String?
    /// The most objects that one page has.
    public var pageObjectsMax: Int

    public init(title: String, contact: String?, pageObjectsMax: Int = 1_000) {
        self.title = title
        self.contact = contact
        self.pageObjectsMax = pageObjectsMax
    }
}
