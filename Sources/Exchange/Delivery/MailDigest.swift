internal import Crypto

/// What is said by mail of a message: content where its label allows that, and otherwise that there is something.
public struct MailDigest: Hashable, Sendable {
    /// How many characters a title and a text may have before they are cut off.
    public static let titleCharactersMax = 256, textCharactersMax = 4_000
    /// The shortest time between two: what comes meanwhile goes with the next, but recalls go at once.
    public static let interval = Duration.seconds(300)

    /// Says nothing of content.
    public let subject: String
    /// What it says.
    public let text: String

    /// Whether what bears a label may stand in a mail, which passes through others' hands: TLP:CLEAR and TLP:GREEN, of
    /// a pool's whole readership, with no further restriction.
    public static func mayShow(_ label: Label) -> Bool {
        guard label.marking <= .green, label.scope == nil, label.cohort == 0 else { return false }
        guard let terms = label.terms else { return true }
        return terms.caveats.isEmpty && terms.compartment == nil && !terms.isProtected && !terms.isWeak
    }

    /// Of a message in which what may not be shown has no bytes.
    public init(_ message: PushMessage) {
        let withheld = message.items.count { $0.bytes.isEmpty && $0.watch == nil }
        let recalls = message.items.count { $0.recall != nil }
        let new = message.items.count
        subject = recalls > 0 ? "Caveat: \(recalls) recalled, to be acknowledged" : "Caveat: \(new) new"
        var text = "\(new) new for you at the exchange.\n"
        if withheld > 0 {
            text += "\(withheld) of them may not be sent by mail: sign in to read what it is.\n"
        }
        for item in message.items {
            if let recall = item.recall {
                text += "\nRecalled on \(recall.recalled.text): \(recall.report)\n"
                text += "Acknowledge it until \(recall.due.text).\n"
            }
            if let watch = item.watch {
                text += "\n\(item.tick.text)  \(Self.cut(watch.line, Self.textCharactersMax))\n"
            }
            if !item.bytes.isEmpty { text += "\n" + Self.text(of: item) }
        }
        self.text = text
    }

    private init(subject: String, text: String) {
        self.subject = subject
        self.text = text
    }

    /// Says nothing, to see whether it arrives.
    public static let ping = MailDigest(
        subject: "Caveat: a test",
        text: "This says nothing. Somebody who has your feed mailed here wanted to see whether mail arrives.\n"
    )

    /// Brings the code that its recipient enters, or does not.
    public static func confirmation(_ code: MailCode) -> MailDigest {
        MailDigest(
            subject: "Caveat: confirm this address",
            text: """
                Somebody wants to be told at this address of what is new at an exchange of advisories.

                If that was you, enter this code within a day: \(code.text)
                If it was not, do nothing: nothing more will be sent.

                """
        )
    }

    /// The message after RFC 5322 with this text, in UTF-8.
    /// - Parameter id: the same whenever the same is sent again.
    public func message(from sender: String, to recipient: String, id: String, at now: Timestamp) -> [UInt8] {
        let domain = sender.split(separator: "@").last ?? "localhost"
        let header = [
            "From: <\(sender)>", "To: <\(recipient)>", "Subject: \(subject)", "Date: \(now.mailDate)",
            "Message-ID: <\(id)@\(domain)>", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64", "Auto-Submitted: auto-generated", "",
        ]
        var lines = header
        var rest = Substring(Array(text.replacing("\n", with: "\r\n").utf8).base64)
        while !rest.isEmpty {
            lines.append(String(rest.prefix(76)))
            rest = rest.dropFirst(76)
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }

    private static func text(of item: PushMessage.Item) -> String {
        // An object of the exchange's is JSON; if ever it were not, its arrival is still told.
        let pool = item.pool?.text ?? ""
        guard let object = (try? JSON(parsing: item.bytes))?.root else { return "an object in \(pool)\n" }
        func line(_ key: String, _ charactersMax: Int) -> String? {
            object[key]?.string.map { cut($0, charactersMax) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        let id = line("id", titleCharactersMax) ?? ""
        let head = "\(item.tick.text)  \(pool)  \(id)"
        let texts = [
            line("name", titleCharactersMax), line("pattern", titleCharactersMax), line("value", titleCharactersMax),
            line("description", textCharactersMax),
        ]
        return ([head] + texts.compactMap { $0 }).joined(separator: "\n") + "\n"
    }

    /// Without what would steer a terminal, and not too long.
    private static func cut(_ text: String, _ charactersMax: Int) -> String {
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format: scalar == "\n" ? scalar : " "
            default: scalar
            }
        }
        let plain = scalars.prefix(charactersMax).reduce(into: "") { $0.unicodeScalars.append($1) }
        return scalars.count > charactersMax ? plain + "…" : plain
    }
}

/// The code that shows that whoever has mail sent to an address reads it there.
///
/// 50 bits that follow from the exchange's own key: with so many it cannot be tried out by calls.
public struct MailCode: Hashable, Sendable {
    /// How long it may be entered.
    public static let lifetime = Duration.seconds(86_400)
    /// How many a day one principal, and one address, may be mailed.
    public static let mailsPerDayMax = 5
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// Ten letters and digits, without those that are taken for others.
    public let text: String

    /// The code of one destination.
    public init(of destination: ID<Destination>, exchangeKey: [UInt8]) {
        let name = Array("mail-code/\(destination.text)".utf8)
        let code = HMAC<SHA256>.authenticationCode(for: name, using: SymmetricKey(data: exchangeKey))
        text = String(Array(code).prefix(10).map { Self.alphabet[Int($0) % Self.alphabet.count] })
    }

    /// Whether a text is it, however it is written.
    public func matches(_ entered: String) -> Bool {
        String(entered.uppercased().filter { $0.isLetter || $0.isNumber }) == text
    }
}

extension Timestamp {
    /// As RFC 5322 §3.3 has it.
    var mailDate: String {
        let days = Int(microseconds / 1_000_000 / 86_400)
        let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.split { !$0.isNumber }
        let month = months[(Int(parts[1]) ?? 1) - 1]
        return "\(names[days % 7]), \(parts[2]) \(month) \(parts[0]) \(parts[3]):\(parts[4]):\(parts[5]) +0000"
    }
}
