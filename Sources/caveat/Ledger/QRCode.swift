internal import CLibqrencode

/// A text as a QR code (ISO/IEC 18004), with the least error correction: it is shown on a screen or printed whole.
struct QRCode {
    /// Modules of a side.
    let width: Int
    private let dark: [Bool]

    /// Nil for a text that fits in none: 2,953 bytes do.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        // The library copies the bytes, and what it returns is ours to free.
        guard let code = unsafe QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_L) else { return nil }
        defer { unsafe QRcode_free(code) }
        width = unsafe Int(code.pointee.width)
        let modules = unsafe UnsafeBufferPointer(start: code.pointee.data, count: width * width)
        // The lowest bit is the colour; the others say what a module is there for.
        dark = unsafe modules.map { $0 & 1 == 1 }
    }

    /// Whether a module is dark; those around it are light.
    func isDark(_ column: Int, _ row: Int) -> Bool {
        (0..<width).contains(column) && (0..<width).contains(row) && dark[row * width + column]
    }

    /// Two rows of modules a line, black on white whatever the terminal's colours are; ends without a line break.
    ///
    /// The margin is narrower than the standard's four modules, so that it fits in 80 columns.
    var terminal: String {
        let margin = 2
        let range = -margin..<(width + margin)
        let lines = stride(from: -margin, to: width + margin, by: 2).map { row in
            let cells = range.map { column in
                switch (isDark(column, row), isDark(column, row + 1)) {
                case (true, true): "\u{2588}"
                case (true, false): "\u{2580}"
                case (false, true): "\u{2584}"
                case (false, false): " "
                }
            }
            return "\u{1B}[38;5;16;48;5;231m\(cells.joined())\u{1B}[0m"
        }
        return lines.joined(separator: "\n")
    }

    /// As a picture of any size, for paper: SVG 1.1 with the standard's margin.
    var svg: String {
        let margin = 4
        var runs = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                let start = column
                while isDark(column, row) { column += 1 }
                if column > start {
                    runs += "M\(start + margin) \(row + margin)h\(column - start)v1h-\(column - start)z"
                }
                column += 1
            }
        }
        let side = width + 2 * margin
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" shape-rendering="crispEdges">
            <rect width="\(side)" height="\(side)" fill="#fff"/>
            <path d="\(runs)" fill="#000"/>
            </svg>

            """
    }
}
