/// How many letters two words differ by.
enum EditDistance {
    /// Longer words are compared by their beginnings alone.
    static let lettersMax = 63

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment); nil for more than `max`.
    static func between(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>, max: Int) -> Int? {
        let (rows, columns) = (left.count, right.count)
        guard abs(rows - columns) <= max, rows <= lettersMax, columns <= lettersMax else { return nil }
        if rows == 0 || columns == 0 { return rows + columns }
        // Three rows of one table, which no search has to ask memory for.
        var before2 = InlineArray<64, UInt8>(repeating: 0)
        var before = InlineArray<64, UInt8> { UInt8($0) }
        var now = before
        for row in 1...rows {
            // Beyond this far from the diagonal there are more than `max` edits.
            let (first, last) = (Swift.max(1, row - max), Swift.min(columns, row + max))
            guard first <= last else { return nil }
            now[0] = UInt8(row)
            if first > 1 { now[first - 1] = far }
            var least = first > 1 ? far : UInt8(row)
            let letter = left[left.startIndex + row - 1]
            for column in first...last {
                let other = right[right.startIndex + column - 1]
                var cost = before[column - 1] + (letter == other ? 0 : 1)
                cost = Swift.min(cost, now[column - 1] + 1)
                if column < row + max { cost = Swift.min(cost, before[column] + 1) }
                if row > 1, column > 1, letter == right[right.startIndex + column - 2],
                    left[left.startIndex + row - 2] == other
                {
                    cost = Swift.min(cost, before2[column - 2] + 1)
                }
                now[column] = cost
                least = Swift.min(least, cost)
            }
            if least > max { return nil }
            (before2, before) = (before, now)
        }
        let edits = Int(before[columns])
        return edits <= max ? edits : nil
    }

    private static let far: UInt8 = 64
}
