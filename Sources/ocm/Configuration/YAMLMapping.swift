import CYaml

/// A YAML document that holds scalars by name, as libyaml reads it. JSON is YAML too.
///
/// Foundation would bring 30 MB of character tables into the program, and there is no Swift library for YAML without
/// it.
struct YAMLMapping {
    /// Why a text isn't such a document.
    struct ParsingError: Error, CustomStringConvertible {
        let description: String
    }

    /// The names and what stands there, in the order of the document; nil for what isn't a scalar.
    let entries: [(name: String?, value: String?)]

    /// Reads `text`.
    ///
    /// - Returns: nil if the document is anything but a mapping. One that is empty is a mapping without entries.
    /// - Throws: a ``ParsingError`` if `text` isn't YAML, or more than one document.
    init?(_ text: String) throws {
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else { throw ParsingError(description: "out of memory") }
        defer { yaml_parser_delete(&parser) }
        // The parser keeps the pointer; the 0 at the end isn't part of the text.
        let text = text.utf8CString
        let first = try text.withUnsafeBytes { bytes in
            let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
            yaml_parser_set_input_string(&parser, start, bytes.count - 1)
            let first = try Self.document(&parser)
            if first != nil, try Self.document(&parser) != nil {
                throw ParsingError(description: "there is more than one document")
            }
            return first
        }
        switch first {
        case nil: entries = []
        case .mapping(let entries): self.entries = entries
        case .other: return nil
        }
    }

    private enum Document {
        case mapping([(name: String?, value: String?)])
        case other
    }

    /// The next document; nil if there is none.
    private static func document(_ parser: inout yaml_parser_t) throws -> Document? {
        var document = yaml_document_t()
        guard yaml_parser_load(&parser, &document) == 1 else { throw ParsingError(parser) }
        defer { yaml_document_delete(&document) }
        guard let root = yaml_document_get_root_node(&document) else { return nil }
        guard root.pointee.type == YAML_MAPPING_NODE else { return .other }
        let pairs = root.pointee.data.mapping.pairs
        let entries = UnsafeBufferPointer(start: pairs.start, count: pairs.top - pairs.start).map { pair in
            (name: scalar(pair.key, in: &document), value: scalar(pair.value, in: &document))
        }
        return .mapping(entries)
    }

    private static func scalar(_ index: CInt, in document: inout yaml_document_t) -> String? {
        guard let node = yaml_document_get_node(&document, index), node.pointee.type == YAML_SCALAR_NODE else {
            return nil
        }
        let scalar = node.pointee.data.scalar
        let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        // Null is no text, unless it is quoted. (YAML 1.2, 10.3.2)
        return scalar.style == YAML_PLAIN_SCALAR_STYLE && nulls.contains(text) ? nil : text
    }

    private static let nulls = ["", "~", "null", "Null", "NULL"]
}

extension YAMLMapping.ParsingError {
    /// What stopped `parser`, and where.
    fileprivate init(_ parser: yaml_parser_t) {
        let problem = parser.problem.map { String(cString: $0) } ?? "it can't be read"
        let context = parser.context.map { " " + String(cString: $0) } ?? ""
        // It tells of lines only where it has divided the text into words.
        let mark = parser.problem_mark
        let isPlaced = parser.error == YAML_SCANNER_ERROR || parser.error == YAML_PARSER_ERROR
        description = problem + context + (isPlaced ? " in line \(mark.line + 1), column \(mark.column + 1)" : "")
    }
}
