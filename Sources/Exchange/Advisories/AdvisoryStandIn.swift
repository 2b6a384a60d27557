extension Advisory {
    /// What stands for another exchange's advisory once that was taken back, so that those who hold it are told and
    /// acknowledge it as they do a recall of this exchange: it says nothing, and nothing happens to it any more.
    /// - Parameters:
    ///   - member: the member that stands for the exchange that released it.
    ///   - author: the principal that stands for it.
    ///   - reason: why it was recalled; nil where it was withdrawn or expired, which nobody acknowledges.
    ///   - reference: what the other exchange calls it; nil where its copies do not say.
    public init(
        standIn id: ID<Advisory>,
        in pool: ID<Pool>,
        of member: ID<Member>,
        by author: ID<Principal>,
        recalled reason: RecallReason?,
        reference: AdvisoryReference?,
        at now: Timestamp
    ) {
        let reference = reference ?? Self.noReference
        let release = AdvisoryRelease(reference: reference, first: now, last: now, review: nil, isRatified: true)
        self.id = id
        self.pool = pool
        self.member = member
        kind = .method
        stage = reason.map { .recalled($0, release, at: now) } ?? .expired(release, at: now)
        version = AdvisoryVersion(
            1,
            Self.nothing.content,
            on: Self.nothing.terms,
            by: Attribution(author, unit: nil, at: now),
            change: nil
        )
        approvals = []
        changes = []
        retired = []
    }

    /// No advisory is known by it: references are kept beside advisories, and this one is not.
    private static let noReference: AdvisoryReference = {
        let years = AdvisoryReference.years
        guard let reference = AdvisoryReference(year: years.lowerBound, serial: AdvisoryReference.serials.lowerBound)
        else { preconditionFailure("the first year and serial number make a reference") }
        return reference
    }()

    private static let nothing: (content: AdvisoryContent, terms: AdvisoryTerms) = {
        do throws(ContentFault) {
            let category = try AdvisoryContent.categories(["FRD-CGO"])
            let content = try AdvisoryContent(
                title: "-",
                facts: "-",
                categories: category,
                severity: .routine,
                action: .internalOnly
            )
            return (content, try AdvisoryTerms())
        } catch {
            preconditionFailure("a dash is a text")
        }
    }()
}
