import Exchange
import Foundation

/// What writes itself as JSON straight into bytes: answers of hundreds of records, of whose time `JSONEncoder` takes a
/// quarter.
protocol JSONWritable {
    func write(to json: inout JSONBytes)
}

/// JSON in the making; members are in the order of their names, like those that `JSONEncoder` writes here.
struct JSONBytes {
    private(set) var bytes: [UInt8] = []
    private var isFirst = true

    init(_ value: some JSONWritable) { value.write(to: &self) }

    mutating func object(_ members: (inout JSONBytes) -> Void) {
        open(UInt8(ascii: "{"))
        members(&self)
        close(UInt8(ascii: "}"))
    }

    /// Nothing for nil.
    mutating func member(_ name: String, _ text: String?) {
        guard let text else { return }
        key(name)
        JSON.append(text, to: &bytes)
    }

    mutating func member(_ name: String, _ number: Int) { literal(name, "\(number)") }

    /// - Parameter number: finite.
    mutating func member(_ name: String, _ number: Double) { literal(name, "\(number)") }

    mutating func member(_ name: String, _ flag: Bool) { literal(name, flag ? "true" : "false") }

    mutating func member(_ name: String, _ texts: [String]) {
        key(name)
        array(texts) { $0.element($1) }
    }

    /// By name.
    mutating func member(_ name: String, _ texts: [String: [String]]) {
        key(name)
        object { json in
            for (property, values) in texts.sorted(by: { $0.key < $1.key }) { json.member(property, values) }
        }
    }

    /// Nothing for nil.
    mutating func member(_ name: String, _ value: (some JSONWritable)?) {
        guard let value else { return }
        key(name)
        value.write(to: &self)
    }

    mutating func member(_ name: String, _ values: [some JSONWritable]) {
        key(name)
        array(values) { json, value in
            json.part()
            value.write(to: &json)
        }
    }

    /// By name.
    mutating func member(_ name: String, _ values: [String: some JSONWritable]) {
        key(name)
        object { json in
            for (id, value) in values.sorted(by: { $0.key < $1.key }) { json.member(id, value) }
        }
    }

    /// What an answer has one of: nothing for nil.
    mutating func member(_ name: String, encoded value: (some Encodable)?) {
        guard let value else { return }
        key(name)
        bytes += Response.encoded(value)
    }

    private mutating func literal(_ name: String, _ text: String) {
        key(name)
        bytes += text.utf8
    }

    private mutating func key(_ name: String) {
        part()
        JSON.append(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func element(_ text: String) {
        part()
        JSON.append(text, to: &bytes)
    }

    /// Another part of what is open.
    private mutating func part() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    private mutating func array<Element>(_ elements: [Element], _ write: (inout JSONBytes, Element) -> Void) {
        open(UInt8(ascii: "["))
        for element in elements { write(&self, element) }
        close(UInt8(ascii: "]"))
    }

    private mutating func open(_ byte: UInt8) {
        bytes.append(byte)
        isFirst = true
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        isFirst = false
    }
}
