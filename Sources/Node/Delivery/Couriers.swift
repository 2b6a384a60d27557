import Exchange
import Synchronization

/// Hands messages over in each of the ways that a destination may ask for, and tells what was answered.
final class Couriers: Sendable {
    private let surroundings: Surroundings
    private let networks: AllowedNetworks
    private let relay: MailRelay?
    private let exchangeKey: [UInt8]
    private let key: DropKey
    private let contentLimits = ContentLimits()
    /// The message that was written last, and when.
    private let written = Mutex<(message: PushMessage, time: Timestamp, body: [UInt8])?>(nil)

    /// For how long a message that was written is sent to others as it is.
    private static let bodyMax = Duration.seconds(1)

    init(_ surroundings: Surroundings, networks: AllowedNetworks, relay: MailRelay?, exchangeKey: [UInt8]) {
        self.surroundings = surroundings
        self.networks = networks
        self.relay = relay
        self.exchangeKey = exchangeKey
        key = DropKey(exchangeKey: exchangeKey)
    }

    /// Whether the exchange sends mail.
    var sendsMail: Bool { relay != nil }

    /// What whoever has files dropped authorises.
    var dropKeyLine: String { key.publicLine }

    /// What is kept of where a member wants its feed.
    func sealed(_ wanted: Destination.Wanted) -> Destination.Address {
        wanted.sealed(exchangeKey: exchangeKey, nonce: surroundings.randomBytes(12))
    }

    /// The secrets that sign for a destination, the newest first.
    func secrets(of destination: Destination, at now: Timestamp) -> [WebhookSecret] {
        destination.secrets(at: now, exchangeKey: exchangeKey)
    }

    /// The code that confirms a mailbox.
    func code(of destination: Destination) -> MailCode { MailCode(of: destination.id, exchangeKey: exchangeKey) }

    /// Hands a message over.
    /// - Parameter terms: how another exchange is reached; nil for a member's own destination.
    func send(_ message: PushMessage, to destination: Destination, by terms: PeerTerms? = nil) async -> PushAnswer {
        let (now, id) = (surroundings.clock(), message.id(for: destination.id))
        switch destination.address {
        case .webhook(let url):
            return await post(body(of: message, at: now), id: id, to: url, of: destination, at: now)
        case .taxii(let collection, let secret):
            return await post(message, to: TAXIIPlace(collection: collection, secret: secret, terms: terms))
        case .mail(let mailbox):
            return await mail(MailDigest(message), id: id, to: mailbox, at: now)
        case .sftp(let folder):
            return await drop(message.body(at: now), as: message.fileName, in: folder)
        }
    }

    /// The body of a message, which mostly goes to many at about the same time.
    private func body(of message: PushMessage, at now: Timestamp) -> [UInt8] {
        written.withLock { last in
            if let last, last.message == message, last.time.advanced(by: Self.bodyMax) > now, last.time <= now {
                return last.body
            }
            let body = message.body(at: now)
            last = (message, now, body)
            return body
        }
    }

    /// Sends what says nothing; of a TAXII collection it is asked whether it may be written to.
    func ping(_ destination: Destination) async -> PushAnswer {
        let now = surroundings.clock()
        let (id, body) = ("msg_\(surroundings.uuid().text)", #"{"type":"ping","timestamp":"\#(now.text)","data":{}}"#)
        switch destination.address {
        case .webhook(let url):
            return await post(Array(body.utf8), id: id, to: url, of: destination, at: now)
        case .taxii(let collection, let secret):
            return await ping(TAXIIPlace(collection: collection, secret: secret, terms: nil))
        case .mail(let mailbox):
            let isConfirmed = !destination.isUnconfirmed
            return await mail(isConfirmed ? .ping : .confirmation(code(of: destination)), id: id, to: mailbox, at: now)
        case .sftp(let folder):
            return await drop(Array(body.utf8), as: "caveat-ping.json", in: folder)
        }
    }

    // MARK: Webhooks

    private func post(
        _ body: [UInt8],
        id: String,
        to url: PushURL,
        of destination: Destination,
        at now: Timestamp
    ) async -> PushAnswer {
        let signatures = secrets(of: destination, at: now).map { $0.signature(of: body, id: id, at: now) }
        var request = request(.post, url.text, isPlain: url.isPlain)
        request.headers = [
            ("Content-Type", "application/json"), ("webhook-id", id),
            ("webhook-timestamp", String(WebhookSecret.seconds(now))),
            ("webhook-signature", signatures.joined(separator: " ")),
        ]
        request.body = body
        do throws(TransportFault) {
            return PushAnswer(try await surroundings.carrier.perform(request))
        } catch {
            return PushAnswer(error)
        }
    }

    private func request(_ method: WebRequest.Method, _ url: String, isPlain: Bool) -> WebRequest {
        var request = WebRequest(method, url)
        request.schemes = isPlain ? [.http] : [.https]
        request.networks = networks
        request.totalMax = Pushing.messageMax
        request.connectMax = Pushing.connectMax
        request.bodyBytesMax = Pushing.answerBytesMax
        return request
    }

    // MARK: TAXII

    private static let mediaType = "application/taxii+json;version=2.1"

    /// A collection, what lets the exchange in there, and how another exchange is reached.
    private struct TAXIIPlace {
        let collection: CollectionURL
        let secret: SealedSecret
        let terms: PeerTerms?
    }

    private func post(_ message: PushMessage, to place: TAXIIPlace) async -> PushAnswer {
        let collection = place.collection
        let body = message.envelope
        let now = surroundings.clock()
        var bytesMax = contentLimits.bytesMax(of: collection, at: now)
        if bytesMax == nil {
            switch await ask(.get, collection.root, place) {
            case .failure(let answer): return answer.value
            case .success(let response):
                guard let root = (try? JSON(parsing: response.body))?.root,
                    let length = root["max_content_length"],
                    let bytes = Int(String(decoding: length.compact(), as: UTF8.self))
                else { return .failed(PushFault(.answer), wait: nil) }
                contentLimits.keep(bytes, of: collection, at: now)
                bytesMax = bytes
            }
        }
        // As it would be answered.
        guard body.count <= bytesMax ?? body.count else { return .refused(PushFault(.status, status: 413)) }
        switch await ask(.post, collection.objects, place, body) {
        case .failure(let answer):
            // It may have been made smaller since it was asked for.
            if answer.value.isTooLarge { contentLimits.forget(collection) }
            return answer.value
        case .success(let response):
            return EnvelopeStatus(response.body)?.answer(to: message.items)
                ?? .failed(PushFault(.answer), wait: nil)
        }
    }

    /// Looks at what became of what a TAXII server has.
    func look(
        at status: String,
        of items: [PushMessage.Item],
        _ destination: Destination,
        by terms: PeerTerms? = nil
    ) async -> PushAnswer {
        guard case .taxii(let collection, let secret) = destination.address else { return .accepted }
        let place = TAXIIPlace(collection: collection, secret: secret, terms: terms)
        switch await ask(.get, collection.status(status), place) {
        // What it no longer knows it cannot be asked for again.
        case .failure(let answer) where answer.value == .failed(PushFault(.status, status: 404), wait: nil):
            return .refused(PushFault(.status, status: 404))
        case .failure(let answer): return answer.value
        case .success(let response):
            return EnvelopeStatus(response.body)?.answer(to: items) ?? .failed(PushFault(.answer), wait: nil)
        }
    }

    private func ping(_ place: TAXIIPlace) async -> PushAnswer {
        switch await ask(.get, place.collection.text, place) {
        case .failure(let answer): return answer.value
        case .success(let response):
            // Anything but a collection that says so may not be written to.
            let isWritable = (try? JSON(parsing: response.body))?.root["can_write"]?.boolean == true
            return isWritable ? .accepted : .failed(PushFault(.login), wait: nil)
        }
    }

    /// An answer that is no success.
    private struct Refusal: Error {
        let value: PushAnswer
    }

    private func ask(
        _ method: WebRequest.Method,
        _ url: String,
        _ place: TAXIIPlace,
        _ body: [UInt8]? = nil
    ) async -> Result<WebResponse, Refusal> {
        guard let authorization = place.secret.text(for: place.collection.text, exchangeKey: exchangeKey) else {
            return .failure(Refusal(value: .failed(PushFault(.sealed), wait: nil)))
        }
        var request = request(method, url, isPlain: place.collection.isPlain)
        if let terms = place.terms {
            request.networks = .publicOr(terms.networks.compactMap { Network($0) })
            request.authorities = terms.authorities
            if let certificate = terms.certificate, let key = terms.key {
                request.identity = WebRequest.Identity(certificate: certificate, key: key)
            }
        }
        request.bodyBytesMax = Pushing.statusBytesMax
        request.headers = [("Accept", Self.mediaType)]
        // Where nothing was sealed, the certificate lets it in.
        if !authorization.isEmpty { request.headers.append(("Authorization", authorization)) }
        if let body {
            request.headers.append(("Content-Type", Self.mediaType))
            request.body = body
        }
        do throws(TransportFault) {
            let response = try await surroundings.carrier.perform(request)
            let answer = PushAnswer(response)
            return answer == .accepted ? .success(response) : .failure(Refusal(value: answer))
        } catch {
            return .failure(Refusal(value: PushAnswer(error)))
        }
    }

    // MARK: Mail and files

    private func mail(
        _ digest: MailDigest,
        id: String,
        to mailbox: MailboxAddress,
        at now: Timestamp
    ) async -> PushAnswer {
        guard let relay else { return .failed(PushFault(.noMail), wait: nil) }
        let message = digest.message(from: relay.sender, to: mailbox.address, id: id, at: now)
        var mail = relay.mail(to: mailbox.address, message)
        mail.totalMax = Pushing.messageMax
        mail.connectMax = Pushing.connectMax
        do throws(TransportFault) {
            try await surroundings.mail.send(mail)
            return .accepted
        } catch {
            return PushAnswer(error)
        }
    }

    private func drop(_ bytes: [UInt8], as name: String, in folder: DropFolder) async -> PushAnswer {
        var file = RemoteFile(
            host: folder.host,
            path: "\(folder.path)/\(name)",
            user: folder.user,
            login: .privateKey(key.privateText),
            knownHosts: .lines(folder.knownHosts)
        )
        file.port = folder.port
        file.networks = networks
        file.totalMax = Pushing.messageMax
        file.connectMax = Pushing.connectMax
        do throws(TransportFault) {
            try await surroundings.files.upload(bytes, to: file)
            return .accepted
        } catch {
            return PushAnswer(error)
        }
    }
}

/// What TAXII servers said that an envelope may be long.
private final class ContentLimits: Sendable {
    /// How long that is believed.
    private static let lifetime = Duration.seconds(3_600)
    /// How many are remembered.
    private static let countMax = 10_000

    private let known = Mutex<[CollectionURL: (bytes: Int, until: Timestamp)]>([:])

    func bytesMax(of collection: CollectionURL, at now: Timestamp) -> Int? {
        known.withLock { known in known[collection].flatMap { $0.until > now ? $0.bytes : nil } }
    }

    func keep(_ bytes: Int, of collection: CollectionURL, at now: Timestamp) {
        known.withLock { known in
            if known.count >= Self.countMax { known.removeAll() }
            known[collection] = (bytes, now.advanced(by: Self.lifetime))
        }
    }

    func forget(_ collection: CollectionURL) { known.withLock { _ = $0.removeValue(forKey: collection) } }
}

extension PushAnswer {
    fileprivate init(_ response: WebResponse) {
        self.init(status: response.status, retryAfter: response.header("retry-after"))
    }
}
