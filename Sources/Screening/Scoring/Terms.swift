/// The figures of the scorer, in thousandths, tuned on public lists (docs/SCREENING.md); a change of any is another
/// version of the scorer.
enum Terms {
    // MARK: What a word tells

    static let weightMin = 1_500
    static let numberWeight = 8_000
    static let initialWeight = 1_500
    static let particleWeight = 300
    static let wordClassWeight = 2_200
    /// Of the weight of a name by the father.
    static let patronymicShare = 350

    // MARK: How like two words are

    static let folded = 970
    static let nickname = 940
    static let abjad = 900
    static let abjadShort = 820
    static let skeleton = 960
    static let skeletonTypo = 850
    /// What each vowel that differs takes, of a word of one letter.
    static let vowels = 350
    static let vowelsStrict = 900
    static let typo = 1_100
    static let abjadTypo = 760
    static let initial = 900
    static let prefix = 700
    static let joined = 970
    static let wordClass = 900

    // MARK: What is left over

    /// What counts against it where both have words that the other has not, and where one has more words.
    static let contradictionPerson = 1_500
    static let contradictionOther = 2_200
    static let omissionPerson = 330
    static let omissionOther = 400
    /// Where a word that tells much is asked for, and what is known has not.
    static let omissionRare = 800
    static let rareWeight = 7_000
    /// Where one of two persons is called by one word alone.
    static let oneWord = 800
    /// Where nothing goes together but two words and one without vowels.
    static let guessed = 600
    static let truncated = 920

    // MARK: Facts beside the name

    static let birthEqual = 450
    /// From how alike names on a day of birth counts in full.
    static let birthWhole = 450
    static let birthYear = 200
    static let birthNear = 970
    static let birthOther = 880
    static let birthYearNear = 850
    static let birthYearFar = 450
    static let countryEqual = 80
    static let countryOther = 950
    static let identifierEqual = 960
    static let identifierOther = 300
    static let weakAlias = 900
    static let legalFormOther = 985
    /// Of addresses with other numbers.
    static let numberOther = 700
    /// Of vessels one of which is called by a word more: most of them have names of one word or two.
    static let vesselOther = 600

    // MARK: What the score means

    /// From what is found to the score, along straight lines, so that 700 means the same for all kinds: there as much
    /// is missed as is wrongly found.
    private static let scale = [(0, 0), (300, 470), (460, 620), (560, 700), (700, 810), (850, 910), (1_000, 1_000)]

    static func score(_ share: Int) -> Int {
        guard let end = scale.firstIndex(where: { $0.0 >= share }), end > 0 else { return max(0, min(share, 1_000)) }
        let (from, to) = (scale[end - 1], scale[end])
        return from.1 + (share - from.0) * (to.1 - from.1) / (to.0 - from.0)
    }
}
