/// Text in columns: the first on the left, the others on the right of theirs.
struct TextTable {
    private var rows: [[String]] = []

    /// - Parameter header: the names of the columns; the first is the table's.
    init(header: [String]) { rows.append(header) }

    /// Adds a row, which is indented.
    mutating func add(_ row: [String]) { rows.append(["  " + (row.first ?? "")] + row.dropFirst()) }

    /// The lines. Columns are as wide as they must be, and at least as told: a table that is shown again and again,
    /// with growing numbers, should stand still.
    func lines(firstColumn: Int = 0, otherColumns: Int = 0) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            let widest = rows.lazy.filter { $0.count > column }.map { TerminalText.width($0[column]) }.max() ?? 0
            return max(widest, column == 0 ? firstColumn : otherColumns)
        }
        return rows.map { row in
            guard let label = row.first, row.count > 1 else { return row.joined() }
            return TerminalText.padded(label, widths[0])
                + zip(row, widths).dropFirst().map { cell, width in
                    "  " + String(repeating: " ", count: width - TerminalText.width(cell)) + cell
                }.joined()
        }
    }
}
