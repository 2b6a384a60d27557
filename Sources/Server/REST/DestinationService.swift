import Exchange
import NIOHTTP1
import Node
import Store

/// `/v1/destinations`: where a member has its feed brought to (docs/DESTINATIONS.md).
struct DestinationService: Sendable {
    static let routes = RouteTable([
        ["destinations"]: [.GET, .POST], ["destinations", RouteTable.name]: [.GET, .DELETE],
        ["destinations", RouteTable.name, "pause"]: [.POST], ["destinations", RouteTable.name, "resume"]: [.POST],
        ["destinations", RouteTable.name, "rotate"]: [.POST], ["destinations", RouteTable.name, "ping"]: [.POST],
        ["destinations", RouteTable.name, "dead-letters"]: [.GET],
        ["destinations", RouteTable.name, "replay"]: [.POST], ["destinations", RouteTable.name, "confirm"]: [.POST],
    ])

    let node: Node

    private var desk: DestinationDesk { node.destinations }

    func answer(_ request: Request, _ parts: [String], _ session: Session) async throws -> Response {
        guard parts.count > 1 else {
            return request.method == .POST ? try await make(request, session) : try await list(session)
        }
        // What is no id names none.
        guard let id = ID<Destination>(parsing: parts[1]) else { throw HTTPFault.absent }
        guard parts.count > 2 else {
            if request.method == .DELETE {
                try await desk.remove(id, by: session)
                return .done
            }
            return .json(DestinationResource(try await desk.destination(id, of: session)), MediaType.json)
        }
        if parts[2] == "dead-letters" { return try await deadLetters(request, id, session) }
        if parts[2] == "replay" { return try await replay(request, id, session) }
        if parts[2] == "confirm" { return try await confirm(request, id, session) }
        try await request.fields().finish()
        if let change = DestinationDesk.Change(rawValue: parts[2]) {
            return .json(DestinationResource(try await desk.change(id, change, by: session)), MediaType.json)
        }
        return .json(PushAnswerResource(try await desk.ping(id, by: session)), MediaType.json)
    }

    private func make(_ request: Request, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let url = try BodyFields.needed("url", try fields.text("url"))
        let (token, user) = (try fields.text("token"), try fields.text("user"))
        let (password, hostKey) = (try fields.text("password"), try fields.text("host_key"))
        try fields.finish()
        let wanted: Destination.Wanted
        do throws(PlaceFault) {
            wanted = try Destination.Wanted(url: url, token: token, user: user, password: password, hostKey: hostKey)
        } catch {
            throw AdvisoryFault.invalid(field: error.field, rule: error.rule)
        }
        let made = try await desk.make(wanted, by: session, as: try node.call(request, fields, by: session))
        return .json(DestinationResource(made), status: .created, MediaType.json)
    }

    private func list(_ session: Session) async throws -> Response {
        let found = try await desk.destinations(of: session)
        return .json(DestinationList(destinations: found.map(DestinationResource.init)), MediaType.json)
    }

    private func deadLetters(
        _ request: Request,
        _ id: ID<Destination>,
        _ session: Session
    ) async throws -> Response {
        let after = Tick(microseconds: try request.after())
        let letters = try await desk.deadLetters(of: id, after: after, for: session)
        let isFull = letters.count == DestinationRows.lettersMax
        return .json(
            DeadLetterList(
                dead_letters: letters.map(DeadLetterResource.init),
                next: isFull ? letters.last.map { String($0.number.microseconds) } : nil
            ),
            MediaType.json
        )
    }

    private func confirm(_ request: Request, _ id: ID<Destination>, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let code = try BodyFields.needed("code", try fields.text("code"))
        try fields.finish()
        return .json(DestinationResource(try await desk.confirm(id, code, by: session)), MediaType.json)
    }

    private func replay(_ request: Request, _ id: ID<Destination>, _ session: Session) async throws -> Response {
        var fields = try await request.fields()
        let text = try BodyFields.needed("dead_letter", try fields.text("dead_letter"))
        try fields.finish()
        guard let number = Int64(text), String(number) == text, number > 0 else {
            throw HTTPFault.malformed("dead_letter", "must be the id of a dead letter, as their list has it")
        }
        let answer = try await desk.replay(Tick(microseconds: number), of: id, by: session)
        return .json(PushAnswerResource(answer), MediaType.json)
    }
}

private struct DestinationList: Encodable {
    let destinations: [DestinationResource]
}

/// A destination as its owner sees it.
private struct DestinationResource: Encodable {
    let id, kind, url, purpose, created, state, circuit, delivered: String
    let authorised: Bool
    let dead_letters: Int
    let failures: Int?
    let next_attempt, fault, paused_since, paused_because, secret, key: String?
    let mailed: PushAnswerResource?

    init(_ sight: DestinationDesk.Sight) {
        let destination = sight.destination
        id = destination.id.text
        kind = destination.address.kind.rawValue
        url = destination.address.text
        purpose = destination.purpose.rawValue
        created = Tick(microseconds: destination.number).text
        delivered = destination.delivery.cursor.text
        circuit = sight.circuit.rawValue
        authorised = sight.isAuthorised
        dead_letters = sight.deadLetterCount
        secret = sight.secret
        key = sight.key
        mailed = sight.mailed.map(PushAnswerResource.init)
        switch destination.delivery.phase {
        case .flowing:
            (state, failures, next_attempt, fault) = ("flowing", nil, nil, nil)
            (paused_since, paused_because) = (nil, nil)
        case .retrying(let count, _, let until, let cause):
            (state, failures, next_attempt, fault) = ("retrying", count, until.text, cause.description)
            (paused_since, paused_because) = (nil, nil)
        case .awaiting(let awaited):
            (state, failures, next_attempt, fault) = ("awaiting", nil, awaited.until.text, nil)
            (paused_since, paused_because) = (nil, nil)
        case .paused(let pause, let since):
            (state, failures, next_attempt, fault) = ("paused", nil, nil, nil)
            (paused_since, paused_because) = (since.text, pause.rawValue)
        }
    }
}

/// What a receiver answered.
private struct PushAnswerResource: Encodable {
    let accepted: Bool
    let fault: String?

    init(_ answer: PushAnswer) {
        switch answer {
        case .accepted, .pending: (accepted, fault) = (true, nil)
        case .gone: (accepted, fault) = (false, "is gone for good, or is no such mailbox")
        case .partly(_, let cause), .refused(let cause), .failed(let cause, _):
            (accepted, fault) = (false, cause.description)
        }
    }
}

private struct DeadLetterList: Encodable {
    let dead_letters: [DeadLetterResource]
    let next: String?
}

private struct DeadLetterResource: Encodable {
    let id, put_aside, after, through, fault: String

    init(_ letter: DeadLetter) {
        id = String(letter.number.microseconds)
        put_aside = letter.number.text
        after = letter.after.text
        through = letter.through.text
        fault = letter.fault.description
    }
}
