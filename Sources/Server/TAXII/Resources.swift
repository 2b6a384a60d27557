import Exchange

/// TAXII 2.1 §4.1.1.
struct DiscoveryResource: Encodable {
    let title: String
    let description: String
    let contact: String?
    let `default`: String
    let api_roots: [String]
}

/// TAXII 2.1 §4.2.1.
struct APIRootResource: Encodable {
    let title: String
    let description: String
    let versions: [String]
    let max_content_length: Int
}

/// TAXII 2.1 §5.2.1, for one reader.
struct CollectionResource: Encodable {
    let id: String
    let title: String
    let description: String?
    let alias: String
    let can_read: Bool
    let can_write: Bool
    let media_types: [String]
    /// `official-list` or `inbox` where it is one; absent for any other pool.
    let x_caveat_kind: String?

    init(_ pool: Pool, _ rights: PoolRights) {
        id = pool.id.text
        title = pool.terms.title
        description = pool.terms.about.isEmpty ? nil : pool.terms.about
        alias = pool.name.text
        can_read = rights.reads
        can_write = rights.writes
        media_types = [MediaType.stix]
        x_caveat_kind =
            switch pool.kind {
            case .officialList, .inbox: pool.kind.rawValue
            case .sharing: nil
            }
    }
}

/// TAXII 2.1 §5.1.1.
///
/// An empty list is left out.
struct CollectionsResource: Encodable {
    let collections: [CollectionResource]?
}
