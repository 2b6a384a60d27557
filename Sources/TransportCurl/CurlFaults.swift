internal import CLibcurl
internal import Exchange

extension TransportFault {
    /// Tells what libcurl's code means for any errand.
    ///
    /// Codes are trusted, texts only shown.
    init(_ code: CURLcode, errand: any Errand, cause: String) {
        let place = errand.place
        self =
            switch code {
            case CURLE_UNSUPPORTED_PROTOCOL: .schemeRefused(place: place)
            case CURLE_URL_MALFORMAT: .malformed("\(place) is not a URL; write SCHEME://HOST[:PORT]")
            case CURLE_COULDNT_RESOLVE_HOST: .nameUnknown(place: place)
            case CURLE_COULDNT_CONNECT: .unreachable(place: place, cause: cause)
            case CURLE_OPERATION_TIMEDOUT: .timedOut(place: place, limit: errand.totalMax)
            case CURLE_FILESIZE_EXCEEDED: .tooLarge(place: place, bodyBytesMax: errand.bodyBytesMax)
            case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION,
                CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND,
                CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS,
                CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
                .tls(place: place, cause: cause)
            // A server that refuses a client certificate under TLS 1.3 ends here too (codes 55 and 56).
            default: .interrupted(place: place, cause: "\(cause), curl code \(code.rawValue)")
            }
    }
}
