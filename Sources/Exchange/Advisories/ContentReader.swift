/// Reads one JSON object strictly: a field that it does not know is refused by name.
struct ContentReader {
    private struct Field: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Where the object is in the document.
    let path: String
    private let fields: KeyedDecodingContainer<Field>

    init(_ decoder: any Decoder, knows names: [String]) throws(ContentFault) {
        path = decoder.codingPath.text
        do {
            fields = try decoder.container(keyedBy: Field.self)
        } catch {
            throw ContentFault(path, .form("must be a JSON object"))
        }
        for field in fields.allKeys.map(\.stringValue).sorted() where !names.contains(field) {
            throw ContentFault(String(field.prefix(80)), .unknown(known: names)).within(path)
        }
    }

    /// The value of a field; nil where it is absent or null.
    /// - Parameter form: what it must be, for the fault's text.
    func value<Value: Decodable>(_ name: String, _ form: String) throws(ContentFault) -> Value? {
        do {
            return try fields.decodeIfPresent(Value.self, forKey: Field(stringValue: name))
        } catch let fault as ContentFault {
            throw fault
        } catch let DecodingError.typeMismatch(_, context) {
            throw fault(context, name, form)
        } catch let DecodingError.dataCorrupted(context) {
            throw fault(context, name, form)
        } catch {
            throw ContentFault(name, .form(form)).within(path)
        }
    }

    /// The value of a field that must be there.
    func needed<Value: Decodable>(_ name: String, _ form: String) throws(ContentFault) -> Value {
        guard let value: Value = try value(name, form) else { throw ContentFault(name, .missing).within(path) }
        return value
    }

    /// A word of a closed vocabulary; nil where it is absent or null.
    func word<Word: CaseIterable & RawRepresentable & Decodable>(_ name: String) throws(ContentFault) -> Word? {
        try value(name, "must be one of \(Word.allCases.map { "\($0.rawValue)" }.joined(separator: ", "))")
    }

    /// A word of a closed vocabulary that must be there.
    func neededWord<Word: CaseIterable & RawRepresentable & Decodable>(_ name: String) throws(ContentFault) -> Word {
        guard let word: Word = try word(name) else { throw ContentFault(name, .missing).within(path) }
        return word
    }

    /// Words of a closed vocabulary, each once; none where it is absent or null.
    func words<Word: CaseIterable & RawRepresentable & Decodable & Hashable>(
        _ name: String
    ) throws(ContentFault) -> [Word] {
        let all = Word.allCases.map { "\($0.rawValue)" }.joined(separator: ", ")
        let words: [Word] = try value(name, "must be a list of words of \(all)") ?? []
        do throws(ContentFault) {
            try ContentRule.list(words, name, countMax: Word.allCases.count)
        } catch {
            throw error.within(path)
        }
        return words
    }

    private func fault(_ context: DecodingError.Context, _ name: String, _ form: String) -> ContentFault {
        let found = context.codingPath.text
        return found.isEmpty
            ? ContentFault(name, .form(form)).within(path) : ContentFault(found, .form(form))
    }
}

extension [any CodingKey] {
    /// As people write a path: `subjects[0].kind`.
    var text: String {
        reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }
}
