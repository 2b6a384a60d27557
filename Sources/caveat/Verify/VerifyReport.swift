import Exchange

/// What was found of the objects of a file, for people and for machines.
struct VerifyReport {
    let audit: ReleaseAudit
    /// What is no STIX, each with its reason.
    let unread: [String]
    let keys: KeyRing

    /// Objects and notes that were looked at.
    var count: Int { audit.findings.count + audit.told.count + audit.malformed.count + unread.count }

    /// How many of them are not good.
    var faultCount: Int {
        let objects = audit.findings.count { $0.verdict != .good }
        return objects + audit.told.count { !$0.isGood } + audit.malformed.count + unread.count
    }

    // MARK: For people

    /// An object with what is known of it, then the releases with what is wrong with them.
    var lines: [String] {
        var lines: [String] = []
        for finding in audit.findings {
            let object = finding.object
            let version = object.version.map { " \($0.text)" } ?? ""
            lines.append("\(finding.verdict.rawValue.padded(to: 8))  \(object.id)\(version)")
            lines += finding.faults.map { "          \($0)" }
            for told in finding.told { lines += words(told.signed).map { "          \($0)" } }
            if finding.told.isEmpty { lines.append("          no note names it as it is here") }
        }
        for told in audit.told where !told.isGood {
            lines.append("wrong     \(told.note)")
            lines += told.faults.map { "          \(named($0, in: told.signed))" }
            if !told.isNotice { lines += told.objects.map { "          \($0.id) \($0)" } }
        }
        for (note, fault) in audit.malformed { lines += ["wrong     \(note)", "          \(fault)"] }
        lines += unread.map { "unread    \($0)" }
        return lines.map(\.printable)
    }

    private func words(_ signed: SignedRelease) -> [String] {
        let release = signed.release
        let by: String =
            switch (release.signer, release.member) {
            case (.member, _): "signed by it"
            case (.exchange, nil):
                "a member of exchange \(name(.exchange(release.exchange))), which signed on its behalf"
            case (.exchange, _): "signed on its behalf by exchange \(name(.exchange(release.exchange)))"
            }
        let who = release.member.map { "\(name(.member($0, of: release.exchange))), \(by)" } ?? by
        let marking = release.marking.label
        let hops = signed.custody.map { signed in
            let hop = signed.content
            let to = hop.to.map { " for \(name(.exchange($0))) alone" } ?? ""
            let onward = hop.terms.onward ? "" : ", not to be passed on"
            return "through exchange \(name(.exchange(hop.exchange))) at \(hop.released), \(hop.terms.marking.label)"
                + to + onward
        }
        return ["\(release.purpose.rawValue) \(release.number) of \(who), \(release.released), \(marking)"] + hops
    }

    /// A fault, with the names of exchanges in place of their ids.
    private func named(_ fault: CustodyFault, in signed: SignedRelease) -> String {
        signed.custody.reduce(fault.description) { text, hop in
            let exchange = hop.content.exchange
            return text.replacing(exchange.text, with: name(.exchange(exchange)))
        }
    }

    /// What people call a holder; its id where no key of its is known.
    private func name(_ holder: KeyHolder) -> String {
        keys.name(of: holder)
            ?? {
                switch holder {
                case .exchange(let exchange): exchange.text
                case .member(let member, _): member.text
                }
            }()
    }

    // MARK: For machines

    /// The same, one value a line.
    func json() throws(CommandFault) -> [[UInt8]] {
        let findings = audit.findings.map { finding in
            FindingLine(
                object: finding.object.id.text,
                version: finding.object.version?.text,
                verdict: finding.verdict.rawValue,
                notes: finding.told.map(\.note.text),
                faults: finding.faults.map(\.description)
            )
        }
        let told = audit.told.map(ReleaseLine.init)
        let malformed = audit.malformed.map {
            FindingLine(object: $0.note.text, version: nil, verdict: "wrong", notes: [], faults: ["\($0.fault)"])
        }
        let unread = unread.map {
            FindingLine(object: nil, version: nil, verdict: "unread", notes: [], faults: [$0])
        }
        var lines: [[UInt8]] = []
        for line in findings { lines.append(try line.json()) }
        for line in told { lines.append(try line.json()) }
        for line in malformed + unread { lines.append(try line.json()) }
        return lines
    }
}

/// What is found of an object.
private struct FindingLine: Encodable {
    let object: String?
    let version: String?
    let verdict: String
    let notes: [String]
    let faults: [String]
}

/// What is found of a release.
private struct ReleaseLine: Encodable {
    struct Way: Encodable {
        let exchange: String
        let released: String
        let marking: String
        let onward: Bool
        let to: String?
    }

    let note: String
    let verdict: String
    let release: String
    let number: Int
    let purpose: String
    let exchange: String
    let member: String?
    let signer: String
    let released: String
    let marking: String
    let hops: [Way]
    let faults: [String]

    init(_ told: ReleaseAudit.Told) {
        let content = told.signed.release
        note = told.note.text
        verdict = told.isGood ? "good" : "wrong"
        release = content.id.text
        number = content.number
        purpose = content.purpose.rawValue
        exchange = content.exchange.text
        member = content.member?.text
        signer = content.signer.rawValue
        released = content.released.text
        marking = content.marking.code
        hops = told.signed.custody.map { signed in
            let hop = signed.content
            return Way(
                exchange: hop.exchange.text,
                released: hop.released.text,
                marking: hop.terms.marking.code,
                onward: hop.terms.onward,
                to: hop.to?.text
            )
        }
        faults = told.faults.map(\.description) + (told.isNotice ? [] : told.objects.map { "\($0.id) \($0)" })
    }
}
