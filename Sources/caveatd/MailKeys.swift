import Exchange
import Foundation

/// `push.mail`: the server that takes the mail for members' mailboxes, by STARTTLS.
struct MailKeys: Equatable, Sendable {
    /// `push.mail.host`: its name or address.
    let host: String
    /// `push.mail.port`: 1 to 65535.
    var port = 587
    /// `push.mail.sender`: whom the mail is from.
    let sender: String
    /// `push.mail.ca`: PEM file of the authorities that are trusted; the system's by default.
    var authorities: String?
    /// `push.mail.user`, `push.mail.password_file`: the login, both or neither.
    var user: String?
    var passwordFile: String?

    /// Nil where the file has none of the keys.
    init?(_ keys: inout ConfigurationKeys) throws(ConfigurationFault) {
        let (host, sender) = (try keys.text("push.mail.host"), try keys.text("push.mail.sender"))
        let port = try keys.number("push.mail.port", 1...65_535)
        let (authorities, user) = (try keys.text("push.mail.ca"), try keys.text("push.mail.user"))
        let passwordFile = try keys.text("push.mail.password_file")
        let all = [host, sender, authorities, user, passwordFile]
        if all.allSatisfy({ $0 == nil }), port == nil { return nil }
        guard let host else { throw ConfigurationFault(key: "push.mail.host", rule: "is needed where mail is sent") }
        guard let sender else {
            throw ConfigurationFault(key: "push.mail.sender", rule: "is needed where mail is sent")
        }
        guard (user == nil) == (passwordFile == nil) else {
            throw ConfigurationFault(
                key: user == nil ? "push.mail.user" : "push.mail.password_file",
                rule: "push.mail.user and push.mail.password_file come together; set both"
            )
        }
        (self.host, self.sender, self.port) = (host, sender, port ?? 587)
        (self.authorities, self.user, self.passwordFile) = (authorities, user, passwordFile)
        do throws(TransportFault) {
            try MailRelay(host: host, sender: sender).mail(to: sender, Array("\r\n".utf8)).check()
        } catch {
            throw ConfigurationFault(key: "push.mail", rule: "\(error)")
        }
    }

    /// The server, with the password that is in the file now.
    func relay() throws(ConfigurationFault) -> MailRelay {
        var relay = MailRelay(host: host, sender: sender)
        relay.port = UInt16(port)
        relay.authorities = authorities
        guard let user, let passwordFile else { return relay }
        guard let data = FileManager.default.contents(atPath: passwordFile) else {
            throw ConfigurationFault(key: "push.mail.password_file", rule: "\(passwordFile) cannot be read")
        }
        let password = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !password.isEmpty else {
            throw ConfigurationFault(key: "push.mail.password_file", rule: "the file must hold the password")
        }
        relay.login = Mail.Login(user: user, password: password)
        return relay
    }
}
