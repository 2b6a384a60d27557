import Exchange
import Foundation
import NIOHTTP1
import Node

private struct Members: Encodable { let members: [MemberResource] }
private struct Principals: Encodable { let principals: [PrincipalResource] }

extension AdminServer {
    func members(_ call: AdminCall) async throws -> Response {
        let directory = node.administration.directory
        switch (call.method, call.name, call.rest.isEmpty) {
        case ("GET", nil, true):
            let all = directory.members.values.sorted { $0.name < $1.name }.map(MemberResource.init)
            return .json(Members(members: all), MediaType.json)
        case ("GET", let name?, true):
            guard let member = Name(name).flatMap({ directory.member(named: $0) }) else {
                throw AdministrationFault.absent("no member is called \(name)")
            }
            return .json(MemberResource(member), MediaType.json)
        case ("POST", nil, true):
            let member = try await node.administration.add(try Self.newMember(call.bytes))
            return .json(MemberResource(member), status: .created, MediaType.json)
        case ("PATCH", let name?, true):
            var fields = try BodyFields(call.bytes)
            let (title, sector, group) = (try fields.text("title"), try fields.text("sector"), try fields.name("group"))
            let jurisdiction = try Self.jurisdiction(&fields)
            let standing: Standing? = try fields.code("state")
            let size: SizeClass? = try fields.code("size")
            let facts: EndsChange<Precondition> = try fields.endsChange(
                adding: "add_facts",
                removing: "remove_facts",
                "fact"
            )
            let links: [Subject]? = try fields.value("add_links")
            try fields.finish()
            if let links { try await node.administration.link(name, to: links) }
            let member = try await node.administration.changeMember(name) { member in
                member.title = title ?? member.title
                member.sector = sector ?? member.sector
                member.jurisdiction = jurisdiction ?? member.jurisdiction
                member.group = group ?? member.group
                member.size = size ?? member.size
                member.standing = standing ?? member.standing
                facts.apply(to: &member.facts)
            }
            return .json(MemberResource(member), MediaType.json)
        default: throw HTTPFault.absent
        }
    }

    private static func newMember(_ bytes: [UInt8]) throws(AdministrationFault) -> Administration.NewMember {
        var fields = try BodyFields(bytes)
        let name = try BodyFields.needed("name", try fields.name("name"))
        let new = Administration.NewMember(
            name: name,
            title: try fields.text("title") ?? name.text,
            kind: try BodyFields.needed("kind", try fields.code("kind", MemberKind.self)),
            sector: try fields.text("sector") ?? "",
            jurisdiction: try BodyFields.needed("jurisdiction", try jurisdiction(&fields)),
            group: try fields.name("group"),
            size: try fields.code("size") ?? .medium
        )
        try fields.finish()
        return new
    }

    private static func jurisdiction(_ fields: inout BodyFields) throws(AdministrationFault) -> String? {
        guard let code = try fields.text("jurisdiction") else { return nil }
        guard code.utf8.count == 2, code.utf8.allSatisfy({ (65...90).contains($0) }) else {
            throw .invalid(field: "jurisdiction", rule: "must be two capital letters (ISO 3166-1 alpha-2)")
        }
        return code
    }

    func principals(_ call: AdminCall) async throws -> Response {
        let directory = node.administration.directory
        switch (call.method, call.name, call.rest.isEmpty) {
        case ("GET", nil, true):
            let all = directory.principals.values.sorted { $0.name < $1.name }
            return .json(Principals(principals: all.map { PrincipalResource($0, directory) }), MediaType.json)
        case ("GET", let name?, true):
            guard let principal = Name(name).flatMap({ directory.principal(named: $0) }) else {
                throw AdministrationFault.absent("no principal is called \(name)")
            }
            return .json(PrincipalResource(principal, directory), MediaType.json)
        case ("POST", nil, true):
            var fields = try BodyFields(call.bytes)
            let name = try BodyFields.needed("name", try fields.name("name"))
            let member = try BodyFields.needed("member", try fields.text("member"))
            let roles = try fields.roles("roles") ?? [.reader]
            let unit = try fields.name("unit")
            let clearances: [Name: Timestamp?] = try fields.ends("clearances", "compartment")
            try fields.finish()
            let principal = try await node.administration.addPrincipal(
                name,
                of: member,
                roles: roles,
                unit: unit,
                clearances: clearances
            )
            return .json(
                PrincipalResource(principal, node.administration.directory),
                status: .created,
                MediaType.json
            )
        case ("PATCH", let name?, true):
            var fields = try BodyFields(call.bytes)
            let roles = try fields.roles("roles")
            let standing: Standing? = try fields.code("state")
            let unit = Setting(try fields.name("unit"), isNull: fields.isNull("unit"))
            let clearances: EndsChange<Name> = try fields.endsChange(
                adding: "add_clearances",
                removing: "remove_clearances",
                "compartment"
            )
            try fields.finish()
            let principal = try await node.administration.changePrincipal(name) { principal in
                principal.roles = roles ?? principal.roles
                principal.standing = standing ?? principal.standing
                unit.apply(to: &principal.unit)
                clearances.apply(to: &principal.clearances)
            }
            return .json(PrincipalResource(principal, node.administration.directory), MediaType.json)
        default: throw HTTPFault.absent
        }
    }
}
