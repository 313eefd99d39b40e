/// Text in columns: the first on the left, the others on the right of theirs.
struct TextTable {
    private var rows: [[String]] = []
    private let indent: String

    /// - Parameter header: the names of the columns; the first is the table's.
    init(header: [String], indent: String = "  ") {
        self.indent = indent
        rows.append(header)
    }

    mutating func add(_ row: [String]) { rows.append(row) }

    /// The lines. The first column is `width` wide, or as wide as it must be.
    func lines(firstColumn width: Int = 0) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            let widest = rows.lazy.filter { $0.count > column }.map { TerminalText.width($0[column]) }.max() ?? 0
            return column == 0 ? max(widest + indent.count, width) : widest
        }
        return rows.enumerated().map { index, row in
            let label = (index == 0 ? "" : indent) + (row.first ?? "")
            if row.count == 1 { return label }
            return TerminalText.padded(label, widths[0])
                + zip(row, widths).dropFirst().map { cell, width in
                    "  " + String(repeating: " ", count: width - TerminalText.width(cell)) + cell
                }.joined()
        }
    }
}
