import Screening
import Testing

@Suite("What names sound like")
struct NameSoundTests {
    @Test(
        "is one however an organisation is spelt",
        arguments: [
            "Tidewater Freight", "Tidewater Freight B.V.", "TIDEWATER FREIGHT LIMITED", "Freight, Tidewater",
            "Tidewatr Freight", "Tide-water Freight BV", "Tіdewater Freight", "Tidewater  Fréight GmbH",
        ]
    )
    func organisations(spelling: String) {
        #expect(
            NameSound.key(of: spelling, isPerson: false) == NameSound.key(of: "Tidewater Freight BV", isPerson: false)
        )
    }

    @Test(
        "is one of a person whatever the script and the order, and another of another",
        arguments: [
            ("Михаил Зарубов", "Zarubov, Mikhail", true), ("Ana Marin", "Ina Moran", false), ("Li Wei", "Lu Wa", false),
            ("Ottoline Brack", "Brack Ottoline Q.", true), ("Ottoline Brack", "Otto Brack", false),
        ]
    )
    func persons(one: String, other: String, isSame: Bool) {
        #expect((NameSound.key(of: one, isPerson: true) == NameSound.key(of: other, isPerson: true)) == isSame)
    }

    @Test(
        "is another of other organisations",
        arguments: [("Blue Anchor", "Red Anchor"), ("Ede", "Oda"), ("A1", "A2")]
    )
    func others(one: String, other: String) {
        #expect(NameSound.key(of: one, isPerson: false) != NameSound.key(of: other, isPerson: false))
    }
}
