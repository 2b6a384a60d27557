import Exchange
import Testing

@Suite("What goes out, checked before it goes")
struct TransportCheckTests {
    private func mail(
        host: String = "mail.example.org",
        from sender: String = "a@example.com",
        to recipients: [String] = ["b@example.org"],
        _ text: String = "Subject: x\r\n\r\n"
    ) -> Mail {
        Mail(host: host, sender: sender, recipients: recipients, message: Array(text.utf8))
    }

    private func file(host: String = "drop.example.org", _ path: String) -> RemoteFile {
        RemoteFile(host: host, path: path, user: "a", login: .password("hush"), knownHosts: .file("/known"))
    }

    @Test("a host is a name or an address", arguments: ["a", "mail-1.example.org", "192.0.2.1", "[2001:db8::1]"])
    func hosts(host: String) throws {
        try mail(host: host).check()
        try file(host: host, "/a").check()
    }

    @Test(
        "what would change the address is no host",
        arguments: [
            "", "a b", "a/b", "a:25", "a@b", "a?b", "a#b", "a%2F", "[::1", "[a]", "[]", "späte", "a\r\nb", "a\0",
        ]
    )
    func noHosts(host: String) {
        #expect(throws: TransportFault.self) { try mail(host: host).check() }
        #expect(throws: TransportFault.self) { try file(host: host, "/a").check() }
    }

    @Test(
        "what could break out of a mail command is no address",
        arguments: [
            "", "a", "@b", "a@", "a@b@c", "a@b\r\nRCPT TO:<c@d>", "a b@c", "<a@b>", "a@b>", "\"a\"@b", "a@b,c@d", "ä@b",
            "a@b\0",
        ]
    )
    func addresses(address: String) {
        #expect(throws: TransportFault.self) { try mail(from: address).check() }
        #expect(throws: TransportFault.self) { try mail(to: ["a@b", address]).check() }
    }

    @Test("a message has one to a hundred recipients")
    func recipients() throws {
        #expect(throws: TransportFault.self) { try mail(to: []).check() }
        try mail(to: Array(repeating: "a@b", count: 100)).check()
        #expect(throws: TransportFault.self) { try mail(to: Array(repeating: "a@b", count: 101)).check() }
    }

    @Test(
        "each line of a message ends with CR LF",
        arguments: ["", "a", "a\n", "a\r", "a\r\nb", "a\nb\r\n", "a\rb\r\n", "a\r\r\n", "a\0\r\n"]
    )
    func lines(text: String) throws {
        #expect(throws: TransportFault.self) { try mail(text).check() }
        try mail("a\r\n\r\nb\r\n").check()
    }

    @Test("a path is absolute, and its address holds nothing else")
    func paths() throws {
        let file = file("/in box/a%b?c#d;e\"späte")
        try file.check()
        #expect(file.url == "sftp://drop.example.org:22/in%20box/a%25b%3Fc%23d%3Be%22sp%C3%A4te")
    }

    @Test(
        "a path that is relative, climbs or holds a control character is refused",
        arguments: ["", "a", "~/a", "/~/a", "/a/../b", "/./a", "/..", "/a\nb", "/a\0", "/a\u{7F}"]
    )
    func noPaths(path: String) {
        #expect(throws: TransportFault.self) { try file(path).check() }
    }

    @Test("neither what goes out nor its fault says a secret when it is written down")
    func secrets() {
        var mail = mail()
        mail.login = .init(user: "a", password: "hush\0")
        #expect { try mail.check() } throws: { !String(reflecting: $0).contains("hush") }
        let file = RemoteFile(host: "a", path: "/a", user: "a", login: .password("hush\0"), knownHosts: .file("/known"))
        #expect { try file.check() } throws: { !String(reflecting: $0).contains("hush") }
        var request = WebRequest(.get, "https://a.example/path?token=hush")
        request.headers = [("Authorization", "Bearer hush")]
        request.body = Array("hush".utf8)
        for text in [
            "\(mail)", "\(file)", "\(request)", String(reflecting: mail), String(reflecting: file),
            String(reflecting: request),
        ] {
            #expect(!text.contains("hush"))
        }
    }
}
