import Exchange

/// What each of some actors gets of one action in each of some states, printed with equal columns and lines as one.
struct ActionGrid {
    /// Somebody by what sets it apart.
    struct Actor: Hashable {
        let role: Role
        /// How it stands to what it acts on.
        let who: String
    }

    /// A state, of one sort of things.
    struct Line: Hashable {
        let state: String
        let sort: String
    }

    /// What an action comes to: the state that follows, or the name of the refusal.
    enum Cell: Hashable {
        case state(String)
        case refusal(String)

        var text: String {
            switch self {
            case .state(let state): "**\(state)**"
            case .refusal(let name): name
            }
        }
    }

    let action: String
    let actors: [Actor]
    let lines: [Line]
    /// By line, then by actor.
    let cells: [[Cell]]

    init(_ action: String, _ actors: [Actor], _ lines: [Line], _ cell: (Int, Actor) throws -> Cell) rethrows {
        let cells = try lines.indices.map { line in try actors.map { try cell(line, $0) } }
        self.init(action: action, actors: actors, lines: lines, cells: cells)
    }

    private init(action: String, actors: [Actor], lines: [Line], cells: [[Cell]]) {
        self.action = action
        self.actors = actors
        self.lines = lines
        self.cells = cells
    }

    /// The same without the lines of sorts that others stand for.
    func keeping(_ sorts: Set<String>) -> ActionGrid {
        let kept = lines.indices.filter { sorts.contains(lines[$0].sort) }
        return ActionGrid(
            action: action,
            actors: actors,
            lines: kept.map { lines[$0] },
            cells: kept.map { cells[$0] }
        )
    }

    /// All that it says of one sort.
    func cells(of sort: String) -> [String: [Cell]] {
        let own = lines.indices.filter { lines[$0].sort == sort }
        return Dictionary(uniqueKeysWithValues: own.map { (lines[$0].state, cells[$0]) })
    }

    var printed: String {
        var refused: [String] = []
        var columns: [(actors: [Actor], cells: [Cell])] = []
        for (column, cells) in Self.grouped(actors.indices.map { at in lines.indices.map { self.cells[$0][at] } }) {
            let alike = column.map { actors[$0] }
            if case .refusal(let name) = cells[0], Set(cells).count == 1 {
                refused.append("\(name) to \(label(alike))")
            } else {
                columns.append((alike, cells))
            }
        }
        var text = "\n## \(action)\n"
        if !refused.isEmpty { text += "In every state \(refused.joined(separator: "; ")).\n" }
        guard !columns.isEmpty else { return text }
        text += "\n| | \(columns.map { label($0.actors) }.joined(separator: " | ")) |\n"
        text += "|---|\(columns.map { _ in "---|" }.joined())\n"
        for (alike, cells) in Self.grouped(lines.indices.map { line in columns.map { $0.cells[line] } }) {
            text += "| \(label(alike.map { lines[$0] })) | \(cells.map(\.text).joined(separator: " | ")) |\n"
        }
        return text
    }

    /// Equal ones together, in the order of the first of each.
    private static func grouped(_ all: [[Cell]]) -> [(places: [Int], cells: [Cell])] {
        var groups: [(places: [Int], cells: [Cell])] = []
        for (place, cells) in all.enumerated() {
            if let at = groups.firstIndex(where: { $0.cells == cells }) {
                groups[at].places.append(place)
            } else {
                groups.append(([place], cells))
            }
        }
        return groups
    }

    /// Roles, and those who stand alike with them.
    private func label(_ alike: [Actor]) -> String {
        let everybody = Self.unique(actors.map(\.who))
        let own = everybody.filter { !$0.hasPrefix("another") }
        var parts: [(roles: [Role], who: [String])] = []
        for who in everybody {
            let roles = alike.filter { $0.who == who }.map(\.role)
            guard !roles.isEmpty else { continue }
            if let at = parts.firstIndex(where: { $0.roles == roles }) {
                parts[at].who.append(who)
            } else {
                parts.append((roles, [who]))
            }
        }
        return parts.map { part in
            let roles =
                part.roles.count == Role.allCases.count ? "" : part.roles.map(\.rawValue).joined(separator: ", ")
            if part.who == everybody {
                return !roles.isEmpty ? roles : everybody.count == 1 ? everybody[0] : "anybody"
            }
            let who = part.who == own ? "anybody of the member" : part.who.joined(separator: ", ")
            return roles.isEmpty ? who : "\(roles) (\(who))"
        }.joined(separator: "; ")
    }

    /// States, and the sorts of each where they are not all that there are in it.
    private func label(_ alike: [Line]) -> String {
        var parts: [(sorts: [String], states: [String])] = []
        for state in Self.unique(alike.map(\.state)) {
            let all = lines.filter { $0.state == state }.map(\.sort)
            let here = alike.filter { $0.state == state }.map(\.sort)
            let sorts = here == all ? [] : here
            if let at = parts.firstIndex(where: { $0.sorts == sorts }) {
                parts[at].states.append(state)
            } else {
                parts.append((sorts, [state]))
            }
        }
        return parts.map { part in
            let states = shortened(part.states).joined(separator: ", ")
            return part.sorts.isEmpty ? states : "\(states) (\(part.sorts.joined(separator: ", ")))"
        }.joined(separator: "; ")
    }

    /// `a/*` for all that there is of a, with what stands behind a stroke and without; `a/+` for all with.
    private func shortened(_ states: [String]) -> [String] {
        let all = Self.unique(lines.map(\.state))
        func family(_ state: String) -> String { String(state.prefix { $0 != "/" }) }
        return Self.unique(
            states.map { state in
                let first = family(state)
                let with = all.filter { $0.hasPrefix(first + "/") }
                guard !with.isEmpty, Set(with).isSubset(of: states) else { return state }
                return states.contains(first) ? first + "/\\*" : first + "/+"
            }
        )
    }

    private static func unique(_ all: [String]) -> [String] {
        all.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

extension [ActionGrid] {
    /// The sorts that are alike in every cell of all of them, the first of each standing for the others.
    var sorts: [(first: String, others: [String])] {
        var classes: [(first: String, others: [String])] = []
        for sort in flatMap({ $0.lines.map(\.sort) }) {
            guard !classes.contains(where: { $0.first == sort || $0.others.contains(sort) }) else { continue }
            let like = classes.firstIndex { known in
                allSatisfy { $0.cells(of: known.first) == $0.cells(of: sort) }
            }
            if let like { classes[like].others.append(sort) } else { classes.append((sort, [])) }
        }
        return classes
    }

    /// All of them, with one sort for all that are alike, and a legend that says which.
    var printed: String {
        let sorts = sorts
        let kept = Set(sorts.map(\.first))
        let legend = sorts.filter { !$0.others.isEmpty }
            .map { "\($0.first) stands for \($0.others.joined(separator: ", ")) too" }
        let text = legend.isEmpty ? "" : "\nAlike throughout: \(legend.joined(separator: "; ")).\n"
        return text + map { $0.keeping(kept).printed }.joined()
    }
}
