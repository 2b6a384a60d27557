internal import CLibcurl
internal import Exchange

extension Mail: Errand {
    var socketPath: String? { nil }
    var bodyFile: String? { nil }
    var upload: [UInt8]? { message }
    /// A mail server's answers are lines of text.
    var bodyBytesMax: Int { 64 << 10 }

    func configure(_ options: Options) {
        options.set(CURLOPT_URL, "\(place)/\(domain)")
        options.set(CURLOPT_PROTOCOLS_STR, "smtp")
        options.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        if let authorities { options.trust(authorities) }
        if let login {
            options.set(CURLOPT_USERNAME, login.user)
            options.set(CURLOPT_PASSWORD, login.password)
        }
        options.set(CURLOPT_MAIL_FROM, sender)
        options.set(CURLOPT_MAIL_RCPT, recipients)
        options.neverShareConnection()
    }

    func fault(_ code: CURLcode, _ seen: Seen) -> TransportFault? {
        switch code {
        case CURLE_LOGIN_DENIED: .loginRefused(place: place)
        case CURLE_USE_SSL_FAILED: .tls(place: place, cause: "STARTTLS is not offered there")
        case _ where seen.status >= 400:
            if let recipient = seen.recipient {
                .recipientRefused(place: place, recipient: recipient, status: seen.status)
            } else {
                .mailRefused(place: place, status: seen.status)
            }
        default: nil
        }
    }
}
