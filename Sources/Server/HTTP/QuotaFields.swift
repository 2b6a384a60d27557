import Exchange
import NIOHTTP1

extension HTTPHeaders {
    /// Says how much there is of a quota, and how much of it is left: `RateLimit-Policy` and `RateLimit`
    /// (draft-ietf-httpapi-ratelimit-headers-10).
    mutating func add(_ allowance: Allowance, at now: Timestamp) {
        let name = allowance.quota.rawValue
        let window = allowance.window.components.seconds
        add(name: "RateLimit-Policy", value: "\"\(name)\";q=\(allowance.limit);w=\(window)")
        add(name: "RateLimit", value: "\"\(name)\";r=\(allowance.left);t=\(allowance.seconds(from: now))")
    }
}

extension Allowance {
    /// In how many seconds it is whole again, at least 1.
    fileprivate func seconds(from now: Timestamp) -> Int64 {
        max(1, (renews.nanoseconds - now.nanoseconds + 999_999_999) / 1_000_000_000)
    }
}

extension HTTPFault {
    /// More is asked than is left of a quota.
    static func overQuota(_ allowance: Allowance, asked: Int, at now: Timestamp) -> HTTPFault {
        let hint =
            switch allowance.quota {
            case .screenings:
                " Official lists are not counted: ask with over_quota=official for an answer from those alone."
            case .requests: ""
            }
        var fault = HTTPFault(
            .tooManyRequests,
            "Quota used up",
            "\(allowance.left) of \(allowance.limit) \(allowance.quota.rawValue) are left to your ownership group (tier "
                + "\(allowance.tier.code)), and this call asks for \(asked); all are there again at \(allowance.renews.text)."
                + hint
        )
        fault.headers.add(name: "Retry-After", value: String(allowance.seconds(from: now)))
        fault.headers.add(allowance, at: now)
        return fault
    }
}

/// What is left of a quota.
struct QuotaResource: Encodable {
    let quota, tier, renews: String
    let limit, left: Int

    init(_ allowance: Allowance) {
        (quota, tier, renews) = (allowance.quota.rawValue, allowance.tier.code, allowance.renews.text)
        (limit, left) = (allowance.limit, allowance.left)
    }
}
