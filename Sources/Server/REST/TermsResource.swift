import Exchange
import Node

/// The terms of a ledger.
struct TermsResource: Encodable {
    /// Where terms stand.
    enum State: String, Encodable {
        /// Others count since.
        case over
        case inForce = "in-force"
        /// They are to count.
        case announced
        /// They were withdrawn, or others took their place, before they counted.
        case withdrawn
    }

    struct Version: Encodable {
        let version, epoch: Int
        let date: String?
        let state: State
        /// What differs from the defaults.
        let figures: [String: Int]
        let proposed, ended: String?
    }

    let pool: String
    let epoch: Int
    let terms: [Version]

    /// What counts, and what is to count.
    init(_ view: LedgerTerms) {
        self.init(view, view.stages.map { Version($0, in: view) })
    }

    /// All that ever counted or was proposed.
    init(allOf view: LedgerTerms) {
        let counting = view.history.stages(from: 1)
        let versions = view.history.versions.map { version in
            Version(version.stage, proposed: version.proposed, ended: version.ended, in: view)
        }
        self.init(view, counting.filter { $0.version == 0 }.map { Version($0, in: view) } + versions)
    }

    private init(_ view: LedgerTerms, _ terms: [Version]) {
        pool = view.pool.text
        epoch = view.epoch
        self.terms = terms
    }
}

extension TermsResource.Version {
    fileprivate init(
        _ stage: TermsHistory.Stage,
        proposed: Timestamp? = nil,
        ended: Timestamp? = nil,
        in view: LedgerTerms
    ) {
        version = stage.version
        epoch = stage.epoch
        date = view.opening(of: stage.epoch)
        figures = stage.terms.changes
        self.proposed = proposed?.text
        self.ended = ended?.text
        if ended != nil {
            state = .withdrawn
        } else if stage.epoch > view.epoch {
            state = .announced
        } else {
            state = stage.version == view.now.version ? .inForce : .over
        }
    }
}
