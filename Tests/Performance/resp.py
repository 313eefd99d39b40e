"""A client that pipelines, for filling a server, reading it back and asking it for its INFO."""


class Client:
    """One connection; commands are tuples of bytes."""

    def __init__(self, server):
        self.socket = server.connect()
        self.socket.settimeout(60)
        self.stream = self.socket.makefile("rb", 1 << 18)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.socket.close()

    def pipeline(self, commands):
        """The replies: bytes, or None for a null. An error ends the run, whatever else was asked."""
        self.socket.sendall(b"".join(map(encoded, commands)))
        return [self.reply() for _ in commands]

    def info(self):
        """The lines of `INFO ocm`, by name; numbers as such."""
        text = self.pipeline([(b"INFO", b"ocm")])[0].decode()
        fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        return {name: int(value) if value.isdigit() else value for name, value in fields.items()}

    def reply(self):
        line = self.stream.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"$":
            return None if rest == b"-1" else self.stream.read(int(rest) + 2)[:-2]
        if kind not in (b"+", b":"):
            raise SystemExit(f"unexpected reply: {line!r}")
        return rest


def encoded(words):
    return b"*%d\r\n%s" % (len(words), b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))


def key(number):
    """As redis-benchmark writes it: 16 bytes."""
    return b"key:%012d" % number
