import Crypto
import Exchange
import NIOCore
import NIOHTTP1

/// The description of `/v1` for programs: openapi.json (OpenAPI 3.1).
enum OpenAPI {
    /// Where it is; there it needs no credentials.
    static let path = "/openapi.json"

    static let bytes = ByteBuffer(bytes: PackageResources.openapi_json)
    private static let tag = SHA256.hash(data: PackageResources.openapi_json).prefix(16).hexadecimal

    static func answer(_ request: Request) throws -> Response {
        do {
            try request.allow([.GET])
        } catch let error where request.method == .OPTIONS {
            return try options(error)
        }
        return Response(.ok, MediaType.json, bytes).tagged(tag, for: request)
    }

    /// The answer to OPTIONS (RFC 9110 §9.3.7), where a resource has refused that method with those it has.
    static func options(_ fault: HTTPFault) throws(HTTPFault) -> Response {
        guard let methods = fault.headers.first(name: "Allow") else { throw fault }
        var response = Response.done
        response.headers.add(name: "Allow", value: methods)
        return response
    }
}
