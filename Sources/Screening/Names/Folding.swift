/// What is left of a word where spellings of the same sounds differ.
enum Folding {
    /// The word as most transliterations agree on it: letters that stand for one sound are one, and none is twice.
    static func folded(_ letters: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(letters.count)
        var place = 0
        func next(_ offset: Int) -> UInt8 { place + offset < letters.count ? letters[place + offset] : 0 }
        func put(_ letter: UInt8) { if out.last != letter || isDigit(letter) { out.append(letter) } }
        while place < letters.count {
            let letter = letters[place]
            switch letter {
            case c("k") where next(1) == c("h"), c("g") where next(1) == c("h"):
                put(letter == c("k") ? c("h") : c("g"))
                place += 1
            case c("z") where next(1) == c("h"):
                put(c("z"))
                place += 1
            case c("s") where next(1) == c("h") || next(1) == c("z"):
                put(c("s"))
                place += 1
            case c("c") where next(1) == c("h"), c("c") where next(1) == c("z"), c("t") where next(1) == c("z"),
                c("t") where next(1) == c("s"):
                put(c("c"))
                place += 1
            case c("c"): put(next(1) == c("e") || next(1) == c("i") || next(1) == c("y") ? c("s") : c("k"))
            case c("p") where next(1) == c("h"):
                put(c("f"))
                place += 1
            case c("t") where next(1) == c("h"):
                put(c("t"))
                place += 1
            case c("d") where next(1) == c("z") && next(2) != c("h"), c("d") where next(1) == c("j"):
                put(next(1) == c("z") ? c("d") : c("j"))
                place += 1
            case c("x"):
                put(c("k"))
                put(c("s"))
            case c("q"): put(c("k"))
            case c("w"): put(c("v"))
            // Of Belarusian and Ukrainian names: -au, -eu and -ou are -av, -ev and -ov.
            case c("u") where place == letters.count - 1 && letters.count > 4 && isVowel(letters[place - 1]):
                put(c("v"))
            case c("o") where next(1) == c("u") && place + 2 == letters.count && letters.count > 4: put(letter)
            case c("o") where next(1) == c("u") || next(1) == c("o"):
                put(c("u"))
                place += 1
            case c("e") where next(1) == c("e"):
                put(c("i"))
                place += 1
            // Ia, ya, ja, iu, yu, ie, ye, io, yo: one sound, written by two letters.
            case c("i"), c("y"):
                if isVowel(next(1)), next(1) != c("i"), next(1) != c("y") { break }
                put(c("i"))
            case c("j") where place > 0 && isVowel(next(1)) && !isVowel(letters[place - 1]): break
            default: put(letter)
            }
            place += 1
        }
        return out.isEmpty ? letters : out
    }

    /// The sounds that are left without vowels, by groups of which one is often written for another.
    /// - Parameter isWeak: without those, too, that are vowels in some scripts and consonants in others.
    static func skeleton(_ folded: [UInt8], isWeak: Bool = false) -> [UInt8] {
        var out: [UInt8] = []
        for (place, letter) in folded.enumerated() {
            let sound: UInt8
            switch letter {
            case c("a"), c("e"), c("i"), c("o"), c("y"): continue
            case c("u"):
                // Of Belarusian and Ukrainian names: -au, -eu, -ou are -ov and -ev; Ul- is Vl-.
                let isConsonant =
                    place > 0 && isVowel(folded[place - 1]) || place == 0 && folded.count > 2 && folded[1] == c("l")
                guard isConsonant else { continue }
                sound = c("v")
            case c("h"), c("g"):
                if letter == c("h"), isWeak { continue }
                sound = c("g")
            case c("j"): sound = c("z")
            default: sound = letter
            }
            if isWeak, sound == c("v") { continue }
            if out.last != sound || isDigit(sound) { out.append(sound) }
        }
        return out
    }

    static func isVowel(_ letter: UInt8) -> Bool {
        letter == c("a") || letter == c("e") || letter == c("i") || letter == c("o") || letter == c("u")
            || letter == c("y")
    }

    static func isDigit(_ letter: UInt8) -> Bool { letter >= 0x30 && letter <= 0x39 }

    @inline(__always) private static func c(_ letter: Unicode.Scalar) -> UInt8 { UInt8(ascii: letter) }
}
