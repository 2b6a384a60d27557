/// What a name sounds like: by it two that tell of one name are found to, however each spells it.
public enum NameSound {
    /// Consonants from which on those of an organisation's name stand for it: fewer are many names'.
    private static let consonantsMin = 5

    /// The sounds of a name's words, in whatever order, without legal forms.
    ///
    /// Of a person's name vowels count too, since names without them are many people's. It decides of no person, and
    /// scores nothing.
    public static func key(of name: String, isPerson: Bool) -> String {
        var words = Romanisation.words(name)
        if !isPerson { words = Lexicon.shared.withoutLegalForms(words).words }
        let long = words.filter { $0.letters.count > 1 }
        let folded = (long.isEmpty ? words : long).map { Folding.folded($0.letters) }
        let consonants = folded.map { Folding.skeleton($0) }
        let isEnough = !isPerson && consonants.reduce(0) { $0 + $1.count } >= consonantsMin
        let sounds = (isEnough ? consonants : folded).map { String(decoding: $0, as: UTF8.self) }.sorted()
        // An organisation's words are written apart or together.
        return sounds.joined(separator: isPerson ? " " : "")
    }
}
