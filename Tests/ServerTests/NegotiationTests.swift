import Exchange
import NIOHTTP1
import TestSupport
import Testing

@testable import Server

@Suite("Negotiation")
struct NegotiationTests {
    @Test(
        "lets TAXII through where the Accept header does",
        arguments: [
            (nil, true), ("", true), ("*/*", true), ("application/*", true), ("application/taxii+json", true),
            ("application/taxii+json;version=2.1", true), ("APPLICATION/TAXII+JSON; Version=\"2.1\"", true),
            ("text/html, application/taxii+json; version=2.1; q=0.5", true),
            ("application/taxii+json;version=2.1,application/stix+json;version=2.1", true),
            ("application/stix+json;version=2.1", true), ("application/taxii+json;version=2.1;charset=utf-8", true),
            ("application/taxii+json;version=2.0", false), ("text/html", false), ("application/json", false),
            ("application/taxii+json;q=0", false), ("nonsense", false),
            ("application/taxii+json;version=\"2,1\"", false),
            ("application/taxii+json;version=2.1;q=1;ext", true),
        ] as [(String?, Bool)]
    )
    func accept(header: String?, accepted: Bool) {
        #expect(MediaType.isTAXIIAccepted(by: header) == accepted)
    }

    @Test(
        "reads bodies of TAXII 2.1 and of nothing else",
        arguments: [
            ("application/taxii+json", true), ("application/taxii+json;version=2.1", true),
            ("application/taxii+json; version=2.1; charset=UTF-8", true),
            ("Application/Taxii+Json;version=\"2.1\"", true),
            ("application/taxii+json;version=2.0", false), ("application/json", false), ("text/plain", false),
            ("application/taxii+json;charset=latin1", false), ("", false), ("application/stix+json;version=2.1", false),
        ]
    )
    func contentType(header: String, isTAXII: Bool) {
        #expect(MediaType.isTAXII(header) == isTAXII)
    }

    @Test(
        "finds resources by their path",
        arguments: [
            ("/taxii2/", Route.discovery), ("/caveat/", .apiRoot), ("/caveat/status/x/", .status("x")),
            ("/caveat/collections/", .collections), ("/caveat/collections/a%20b/", .collection("a b")),
            ("/caveat/collections/a/manifest/", .manifest("a")), ("/caveat/collections/a/objects/", .objects("a")),
            ("/caveat/collections/a/objects/i/", .object("a", id: "i")),
            ("/caveat/collections/a/objects/i/versions/", .versions("a", id: "i")), ("/taxii2", nil), ("/", nil),
            ("", nil),
            ("//", nil), ("/other/", nil), ("/caveat/collections//", nil), ("/caveat/collections/%ff/", nil),
            ("/caveat/collections/a/objects/i/other/", nil), ("/caveat/status/", nil), ("/taxii2/x/", nil),
        ] as [(String, Route?)]
    )
    func routes(path: String, route: Route?) {
        #expect(Route(path: path[...]) == route)
    }

    @Test(
        "refuses malformed parameters by their name",
        arguments: [
            ("added_after=yesterday", "added_after"), ("added_after=", "added_after"), ("limit=0", "limit"),
            ("added_after=2026-01-01T00:00:00Z&added_after=2026-01-01T00:00:00Z", "added_after"), ("limit=-1", "limit"),
            ("limit=1.5", "limit"), ("limit=", "limit"), ("limit=1&limit=1", "limit"), ("match[id]=x", "match[id]"),
            ("match[type]=", "match[type]"), ("match[type]=a,,b", "match[type]"), ("match[type]=A", "match[type]"),
            ("match[version]=newest", "match[version]"), ("match[version]=all,last", "match[version]"),
            ("match[version]=last,last", "match[version]"), ("match%5Bversion%5D=first,first", "match[version]"),
            ("match[version]=2026-01-01T00:00:00Z,2026-01-01T00:00:00.0Z", "match[version]"),
            ("match[spec_version]=two", "match[spec_version]"), ("match[type]=a&match[type]=b", "match[type]"),
            ("next=", "next"), ("limit=%zz", "limit"),
        ]
    )
    func malformed(query: String, field: String) {
        let fault = #expect(throws: HTTPFault.self) { try ReadQuery(query[...], limitMax: 100) }
        #expect(fault?.status == .badRequest && fault?.field == field)
    }

    @Test("reads the parameters that there are, and passes over what it does not know")
    func parameters() throws {
        let query = try ReadQuery(
            "added_after=2026-01-01T02:00:00%2B02:00&limit=9999999999999999999999&match[type]=tool,indicator"
                + "&match[version]=first,last&match[colour]=red&x=y&next=abc",
            limitMax: 100
        )
        #expect(query.addedAfter?.text == "2026-01-01T00:00:00.000000Z")
        #expect(query.limit == 100 && query.next == "abc")
        #expect(query.filter.types == ["tool", "indicator"])
        #expect(query.filter.versions == VersionFilter(last: true, first: true))
        #expect(try ReadQuery("added_after=2026-01-01T02:00:00+02:00", limitMax: 9).addedAfter == query.addedAfter)
        #expect(try ReadQuery(nil, limitMax: 7).limit == 7)
    }

    @Test("writes the date as HTTP does")
    func date() {
        let text = DateHeader().text
        #expect(
            text.wholeMatch(of: /[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} 20[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT/)
                != nil
        )
        #expect(DateHeader.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")  // RFC 9110 §5.6.7.
    }
}
