#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The terminal while a program has it for itself: nothing that was on it is lost, keys come one by one and aren't
/// shown.
final class FullScreen {
    private var original: termios?
    private var isEntered = false

    /// How many columns and rows it has.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Shows lines from the top, each cut to the width; takes the terminal if it hasn't been yet.
    func show(_ lines: [TopFrame.Line]) throws(OutputError) {
        try enter()
        let (columns, rows) = size
        let texts = lines.prefix(rows).map { line in
            let text = TerminalText.fitted(line.text, columns)
            return line.isBold ? "\u{1B}[1m\(text)\u{1B}[0m\u{1B}[K" : "\(text)\u{1B}[K"
        }
        try FileOutput.standard.write(Array(("\u{1B}[H" + texts.joined(separator: "\n") + "\u{1B}[J").utf8))
    }

    /// Gives the terminal back as it was, if it was taken. If it has gone, there is nothing to give back.
    func leave() {
        guard isEntered else { return }
        isEntered = false
        try? FileOutput.standard.write(Array("\u{1B}[?25h\u{1B}[?1049l".utf8))
        guard var settings = original else { return }
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        original = nil
    }

    private func enter() throws(OutputError) {
        guard !isEntered else { return }
        var settings = termios()
        if tcgetattr(STDIN_FILENO, &settings) == 0 {
            original = settings
            // Ctrl-C and Ctrl-Z come as keys, too: whoever is killed by a signal can't clean up.
            settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
            tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        }
        isEntered = true
        try FileOutput.standard.write(Array("\u{1B}[?1049h\u{1B}[?25l".utf8))
    }
}
