import Exchange
import Foundation
import Node
import Store
import TestSupport
import Testing

@Suite("Authentication")
struct AuthenticationTests {
    @Test("lets tokens and passwords in, and a token as a password", arguments: Engine.both)
    func ways(engine: Engine) async throws {
        let exchange = try await TestExchange(engine)
        let token = try await exchange.join("ann")
        let password = try #require(
            try await exchange.node.administration.addCredential(.password, for: "ann", expires: nil).secret
        )
        let authentication = exchange.node.authentication
        for presented in [
            Presented.bearer(token), .basic(user: "ann", password: password), .basic(user: "anything", password: token),
            .basic(user: "ann", password: password),
        ] {
            #expect(try await authentication.session(for: presented, from: "here").principal.name.text == "ann")
        }
        for presented in [
            Presented.nothing, .bearer("cvt_no"), .bearer(""), .basic(user: "ann", password: "no"),
            .basic(user: "bob", password: password), .basic(user: "", password: ""),
        ] {
            await #expect(throws: AuthenticationFault.self) {
                try await authentication.session(for: presented, from: "here")
            }
        }
        await exchange.close()
    }

    @Test("is over at once when a credential is revoked or ends, or its principal is suspended", arguments: Engine.both)
    func endings(engine: Engine) async throws {
        let exchange = try await TestExchange(engine)
        let administration = exchange.node.administration
        _ = try await exchange.join("ann")
        let ends = exchange.clock.now.advanced(by: .seconds(60))
        let brief = try await administration.addCredential(.token, for: "ann", expires: ends)
        let word = try await administration.addCredential(.password, for: "ann", expires: nil)
        let basic = Presented.basic(user: "ann", password: try #require(word.secret))
        let bearer = Presented.bearer(try #require(brief.secret))
        for presented in [basic, bearer] {
            _ = try await exchange.node.authentication.session(for: presented, from: "x")
        }
        _ = try await administration.changeCredential(word.credential.id.text) { $0.isRevoked = true }
        await #expect(throws: AuthenticationFault.self) {
            try await exchange.node.authentication.session(for: basic, from: "x")
        }
        _ = try await administration.changePrincipal("ann") { $0.standing = .suspended }
        await #expect(throws: AuthenticationFault.self) {
            try await exchange.node.authentication.session(for: bearer, from: "x")
        }
        _ = try await administration.changePrincipal("ann") { $0.standing = .active }
        _ = try await exchange.node.authentication.session(for: bearer, from: "x")
        exchange.clock.advance(by: .seconds(60))
        await #expect(throws: AuthenticationFault.self) {
            try await exchange.node.authentication.session(for: bearer, from: "x")
        }
        await exchange.close()
    }

    @Test("of a client certificate goes by fingerprint or URI, and ends with the certificate")
    func certificates() async throws {
        let exchange = try await TestExchange()
        _ = try await exchange.join("ann")
        _ = try await exchange.join("bob")
        let fingerprint = [UInt8](repeating: 7, count: 32)
        _ = try await exchange.node.administration.addCredential(
            .certificate(fingerprint: fingerprint),
            for: "ann",
            expires: nil
        )
        _ = try await exchange.node.administration.addCredential(.uri("urn:member:bob"), for: "bob", expires: nil)
        let until = exchange.clock.now.advanced(by: .seconds(10))
        func name(_ fingerprint: [UInt8], _ uris: [String]) async -> String? {
            let shown = Presented.certificate(fingerprint: fingerprint, uris: uris, notAfter: until)
            return try? await exchange.node.authentication.session(for: shown, from: "x").principal.name.text
        }
        let other = [UInt8](repeating: 8, count: 32)
        #expect(await name(fingerprint, []) == "ann")
        #expect(await name(other, ["urn:other", "urn:member:bob"]) == "bob")
        #expect(await name(other, ["urn:member:eve"]) == nil)
        exchange.clock.advance(by: .seconds(10))
        #expect(await name(fingerprint, []) == nil)
        await exchange.close()
    }

    @Test("stops guessing, per source and per account, and goes on after a minute")
    func limits() async throws {
        let exchange = try await TestExchange(failuresPerMinute: 3)
        let token = try await exchange.join("ann")
        let authentication = exchange.node.authentication
        func attempt(_ user: String, from source: String) async -> String {
            do {
                _ = try await authentication.session(for: .basic(user: user, password: "guess"), from: source)
                return "in"
            } catch AuthenticationFault.limited {
                return "limited"
            } catch {
                return "unknown"
            }
        }
        for source in ["a", "b", "c"] { #expect(await attempt("ann", from: source) == "unknown") }
        #expect(await attempt("ann", from: "d") == "limited")  // The account.
        for user in ["u", "v"] { #expect(await attempt(user, from: "a") == "unknown") }
        #expect(await attempt("w", from: "a") == "limited")  // The source.
        #expect(await attempt("w", from: "e") == "unknown")
        _ = try await authentication.session(for: .bearer(token), from: "a")  // A good token is no guess.
        exchange.clock.advance(by: .seconds(60))
        #expect(await attempt("ann", from: "a") == "unknown")
        await exchange.close()
    }

    @Test("counts each of many guesses that come at once, and hashes a good password once for all who bring it")
    func together() async throws {
        let exchange = try await TestExchange(failuresPerMinute: 3)
        _ = try await exchange.join("ann")
        let authentication = exchange.node.authentication
        let secret = try #require(
            try await exchange.node.administration.addCredential(.password, for: "ann", expires: nil).secret
        )
        func outcomes(_ user: String, _ password: String, _ source: String) async -> [String: Int] {
            await withTaskGroup(of: String.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            let shown = Presented.basic(user: user, password: password)
                            _ = try await authentication.session(for: shown, from: source)
                            return "in"
                        } catch AuthenticationFault.limited {
                            return "limited"
                        } catch {
                            return "unknown"
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
        }
        #expect(await outcomes("bob", "guess", "a") == ["unknown": 3, "limited": 17])
        #expect(await outcomes("ann", secret, "b") == ["in": 20])
        await exchange.close()
    }

    @Test("lets each principal make so many requests a second, and a burst")
    func rate() throws {
        let rate = RequestRate(perSecond: 2, burst: 5)
        let (ann, bob) = (ID<Principal>(Samples.uuid(1)), ID<Principal>(Samples.uuid(2)))
        var now = Timestamp(microseconds: 1_000_000)
        #expect((0..<7).map { _ in rate.take(ann, at: now) == nil } == [true, true, true, true, true, false, false])
        #expect(rate.take(ann, at: now) == .milliseconds(500))
        #expect(rate.take(bob, at: now) == nil)
        now = now.advanced(by: .seconds(1))
        #expect((0..<3).map { _ in rate.take(ann, at: now) == nil } == [true, true, false])
        #expect(RequestRate(perSecond: 0, burst: 1).take(ann, at: now) == nil)
    }
}

extension Presented {
    fileprivate static func basic(user: String, password: String) -> Presented {
        .basic(Data("\(user):\(password)".utf8).base64EncodedString())
    }
}
