import Exchange
import Foundation
import Testing
import TransportCurl

@Suite("Transport of mail", .timeLimit(.minutes(5)))
struct MailTests {
    let server: ScriptProcess
    let transport = Transport()

    init() async throws {
        server = try await ScriptProcess("smtp.py") { folder in
            try await ScriptProcess.makeCertificate(named: "test", in: folder, "cert.pem", "key.pem")
        }
    }

    private enum Port: Int { case starttls, clear, silent }

    private func mail(
        to recipients: [String] = ["desk@example.org"],
        from sender: String = "caveat@example.com",
        _ text: String = "Subject: 2 new\r\n\r\nSign in.\r\n",
        port: Port = .starttls
    ) throws -> Mail {
        var mail = Mail(host: "127.0.0.1", sender: sender, recipients: recipients, message: Array(text.utf8))
        mail.port = try #require(UInt16(server.words[port.rawValue]))
        mail.networks = .any
        mail.authorities = server.folder.appending(path: "cert.pem").path
        return mail
    }

    private func fault(of mail: Mail) async -> TransportFault? {
        do throws(TransportFault) {
            try await transport.send(mail)
            return nil
        } catch {
            return error
        }
    }

    private struct Taken: Decodable, Equatable {
        var hello = "example.com"
        var from = "caveat@example.com"
        var to = ["desk@example.org"]
        var message = "Subject: 2 new\r\n\r\nSign in.\r\n"
        var `private` = true
        var known = false
    }

    private var taken: [Taken] {
        get throws {
            let names = try FileManager.default.contentsOfDirectory(atPath: server.folder.path)
            return try names.filter { $0.hasSuffix(".json") }.sorted().map { name in
                try JSONDecoder().decode(Taken.self, from: Data(contentsOf: server.folder.appending(path: name)))
            }
        }
    }

    @Test("a message arrives as it is, for each recipient, over a private connection")
    func sends() async throws {
        let text = "Subject: dots\r\n\r\n.\r\n..two\r\nspäter\r\n.\r\n"
        try await transport.send(try mail())
        try await transport.send(try mail(to: ["a@example.org", "b@example.net"], text))
        let latin = try #require(String(data: Data(text.utf8), encoding: .isoLatin1))
        #expect(try taken == [Taken(), Taken(to: ["a@example.org", "b@example.net"], message: latin)])
    }

    @Test("a login is used where there is one, and a wrong password is a fault without it")
    func login() async throws {
        var mail = try mail()
        mail.login = .init(user: "caveat", password: "hush-right")
        try await transport.send(mail)
        #expect(try taken == [Taken(known: true)])
        mail.login = .init(user: "caveat", password: "hush-wrong")
        let fault = try #require(await fault(of: mail))
        #expect(fault == .loginRefused(place: mail.place))
        #expect(!"\(fault)".contains("hush") && !String(reflecting: fault).contains("hush"))
        #expect(try taken.count == 1)
    }

    @Test("a server without STARTTLS gets neither the message nor the password")
    func clearText() async throws {
        var mail = try mail(port: .clear)
        mail.login = .init(user: "caveat", password: "hush-right")
        #expect(await fault(of: mail) == .tls(place: mail.place, cause: "STARTTLS is not offered there"))
        mail.login = nil
        #expect(await fault(of: mail) == .tls(place: mail.place, cause: "STARTTLS is not offered there"))
        #expect(try taken.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: server.folder.appending(path: "leak").path))
    }

    @Test("a server that no trusted authority vouches for gets nothing, also after one that did")
    func trust() async throws {
        var mail = try mail()
        try await transport.send(mail)
        mail.authorities = nil
        guard case .tls = await fault(of: mail) else {
            Issue.record("trusted without its authority")
            return
        }
        #expect(try taken.count == 1)
    }

    @Test("a refused recipient is named, says whether it may pass, and nobody gets the message")
    func recipients() async throws {
        let refused = try mail(to: ["a@example.org", "refused@example.org", "c@example.org"])
        let recipient = TransportFault.recipientRefused(
            place: refused.place,
            recipient: "refused@example.org",
            status: 550
        )
        #expect(await fault(of: refused) == recipient)
        #expect(!recipient.isPassing)
        let later = try mail(to: ["later@example.org"])
        let passing = TransportFault.recipientRefused(place: later.place, recipient: "later@example.org", status: 451)
        #expect(await fault(of: later) == passing)
        #expect(passing.isPassing)
        #expect(try taken.isEmpty)
    }

    @Test("a refused sender and a refused message are faults with the server's status")
    func refused() async throws {
        let sender = try mail(from: "refused@example.com")
        #expect(await fault(of: sender) == .mailRefused(place: sender.place, status: 550))
        let content = try mail("Subject: x\r\n\r\nrefuse this\r\n")
        #expect(await fault(of: content) == .mailRefused(place: content.place, status: 554))
    }

    @Test("this machine is refused unless it is named")
    func addresses() async throws {
        var mail = try mail()
        mail.networks = .publicOnly
        #expect(await fault(of: mail) == .addressRefused(place: mail.place, network: "127.0.0.0/8, loopback"))
        #expect(try taken.isEmpty)
    }

    @Test("a silent server is left at the time limit, and at once when the task is cancelled")
    func silent() async throws {
        var mail = try mail(port: .silent)
        mail.totalMax = .milliseconds(200)
        #expect(await fault(of: mail) == .timedOut(place: mail.place, limit: .milliseconds(200)))
        mail.totalMax = .seconds(60)
        await withTaskGroup(of: Void.self) { [mail] group in
            group.addTask { #expect(await fault(of: mail) == .cancelled) }
            group.cancelAll()
        }
    }

    @Test("a server that never says goodbye holds up nothing")
    func goodbye() async throws {
        let clock = ContinuousClock()
        let duration = try await clock.measure {
            for _ in 0..<5 { try await transport.send(try mail()) }
        }
        // Waiting for one takes minutes; a busy machine takes seconds.
        #expect(duration < .seconds(60))
        #expect(try taken.count == 5)
    }
}
