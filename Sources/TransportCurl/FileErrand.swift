internal import CLibcurl
internal import Exchange

/// What is done with a file on another host.
struct FileErrand: Errand {
    enum Action: Sendable {
        case upload([UInt8])
        case download(to: String)
        case list
    }

    let file: RemoteFile
    let action: Action
    /// The key and the known hosts, where they stand in no file.
    private let key, known: MemoryFile?

    /// What a list of names may be long.
    private static let listBytesMax = 4 << 20
    /// What an uploaded file's group may do is read it; others may do nothing.
    private static let permissions = 0o640

    init(_ file: RemoteFile, _ action: Action) throws(TransportFault) {
        (self.file, self.action) = (file, action)
        switch file.login {
        case .privateKey(let text): key = try MemoryFile(text)
        case .key, .password: key = nil
        }
        switch file.knownHosts {
        case .lines(let text): known = try MemoryFile(text)
        case .file: known = nil
        }
    }

    var place: String { file.place }
    var networks: AllowedNetworks { file.networks }
    var socketPath: String? { nil }
    var totalMax: Duration { file.totalMax }
    var connectMax: Duration { file.connectMax }

    var bodyBytesMax: Int {
        switch action {
        case .list: Self.listBytesMax
        case .upload, .download: file.bodyBytesMax
        }
    }

    var bodyFile: String? {
        if case .download(let path) = action { path } else { nil }
    }

    var upload: [UInt8]? {
        if case .upload(let bytes) = action { bytes } else { nil }
    }

    func configure(_ options: Options) {
        options.set(CURLOPT_PROTOCOLS_STR, "sftp")
        options.set(CURLOPT_USERNAME, file.user)
        switch file.login {
        case .key(let path):
            options.set(CURLOPT_SSH_AUTH_TYPES, Int(CURLSSH_AUTH_PUBLICKEY))
            options.set(CURLOPT_SSH_PRIVATE_KEYFILE, path)
        case .privateKey:
            options.set(CURLOPT_SSH_AUTH_TYPES, Int(CURLSSH_AUTH_PUBLICKEY))
            if let key { options.set(CURLOPT_SSH_PRIVATE_KEYFILE, key.path) }
        case .password(let password):
            options.set(CURLOPT_SSH_AUTH_TYPES, Int(CURLSSH_AUTH_PASSWORD))
            options.set(CURLOPT_PASSWORD, password)
        }
        switch file.knownHosts {
        case .file(let path): options.set(CURLOPT_SSH_KNOWNHOSTS, path)
        case .lines: if let known { options.set(CURLOPT_SSH_KNOWNHOSTS, known.path) }
        }
        options.neverShareConnection()
        switch action {
        case .upload:
            options.set(CURLOPT_URL, file.url + ".part")
            options.set(CURLOPT_NEW_FILE_PERMS, Self.permissions)
            // A rename does not replace a file in the version of SFTP that servers speak.
            let (aside, name) = (quoted(file.path + ".part"), quoted(file.path))
            options.set(CURLOPT_POSTQUOTE, ["*rm \(name)", "rename \(aside) \(name)"])
        case .download:
            options.set(CURLOPT_URL, file.url)
        case .list:
            options.set(CURLOPT_URL, file.url.hasSuffix("/") ? file.url : file.url + "/")
            options.set(CURLOPT_DIRLISTONLY, 1)
        }
    }

    func fault(_ code: CURLcode, _ seen: Seen) -> TransportFault? {
        switch code {
        case CURLE_LOGIN_DENIED: .loginRefused(place: place)
        case CURLE_PEER_FAILED_VERIFICATION:
            seen.isHostKeyOther ? .hostKeyChanged(place: place) : .hostKeyUnknown(place: place)
        case CURLE_QUOTE_ERROR, CURLE_REMOTE_FILE_NOT_FOUND, CURLE_REMOTE_ACCESS_DENIED, CURLE_REMOTE_DISK_FULL,
            CURLE_REMOTE_FILE_EXISTS:
            .fileRefused(place: place, path: file.path, cause: seen.cause)
        default: nil
        }
    }

    private func quoted(_ path: String) -> String {
        "\"" + path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

extension Options {
    /// Uses a connection of its own and closes it.
    ///
    /// libcurl compares neither the authorities of STARTTLS nor the known hosts of two requests when it looks for a
    /// connection to share.
    func neverShareConnection() {
        set(CURLOPT_FRESH_CONNECT, 1)
        set(CURLOPT_FORBID_REUSE, 1)
    }
}
