import Exchange

extension TrialPopulation {
    /// The fact that the trial's partners hold.
    static let partnership = "partnership:trial"

    /// The one legal gateway of a trial: between partners in it, whatever they are and wherever.
    ///
    /// No law is like it; `config/gateways` has those that are.
    static var gateways: Gateways {
        guard let name = Name("trial-partnership"), let fact = Name("partnership") else { return .none }
        let anybody = Party(kinds: Set(MemberKind.allCases))
        let gateway = Gateway(
            name: name,
            title: "Partners in the trial",
            about: "Invented: members that hold \(partnership) let each other have what names somebody.",
            origin: anybody,
            reader: anybody,
            relation: .any,
            shared: [fact],
            modes: Set(Mode.allCases),
            purposes: Purpose.usual.subtracting([.strategic])
        )
        return Gateways([gateway]) ?? .none
    }
}
