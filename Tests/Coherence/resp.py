"""Redis's protocol, both versions: commands to bytes, bytes to replies whose form doesn't depend on the version."""

import socket

INCOMPLETE = object()
# What clients who ask Redis itself call themselves there, to be told from the sidecars' connections.
OWN_NAME = b"coherence"


class ReplyError(bytes):
    """An error reply; the bytes are its text."""


class Push(list):
    """An out-of-band message, which nobody here asked for."""


def command(*words):
    parts = [b"*%d\r\n" % len(words)]
    parts += [b"$%d\r\n%s\r\n" % (len(word), word) for word in words]
    return b"".join(parts)


def pipeline(commands):
    return b"".join([command(*words) for words in commands])


def parse(buffer, position):
    """The reply that starts at `position`, and where it ends; INCOMPLETE if it isn't all there.

    Strings, doubles and verbatim strings become bytes, every null None, maps flat lists, sets lists."""
    end = buffer.find(b"\r\n", position)
    if end < 0:
        return INCOMPLETE, position
    kind = buffer[position]
    line = buffer[position + 1 : end]
    after = end + 2
    if kind == 36 or kind == 61:  # $ and =
        length = int(line)
        if length < 0:
            return None, after
        end = after + length
        if len(buffer) < end + 2:
            return INCOMPLETE, position
        return buffer[after + 4 if kind == 61 else after : end], end + 2
    if kind == 58 or kind == 40:  # : and (
        return int(line), after
    if kind == 43 or kind == 44:  # + and ,
        return line, after
    if kind == 42 or kind == 126 or kind == 37 or kind == 62:  # * ~ % >
        count = int(line)
        if count < 0:
            return None, after
        items = Push() if kind == 62 else []
        for _ in range(count * 2 if kind == 37 else count):
            item, after = parse(buffer, after)
            if item is INCOMPLETE:
                return INCOMPLETE, position
            items.append(item)
        return items, after
    if kind == 45:  # -
        return ReplyError(line), after
    if kind == 95:  # _
        return None, after
    if kind == 35:  # #
        return int(line == b"t"), after
    raise ValueError(f"not a reply: {bytes(buffer[position : position + 80])!r}")


class Connection:
    """A connection that waits for its replies."""

    def __init__(self, port, timeout=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.buffer = b""

    def ask(self, *words):
        """Sends one command and returns its reply, an error too; raises OSError if the connection breaks."""
        self.socket.sendall(command(*words))
        return self.receive(1)[0]

    def receive(self, count):
        """So many replies."""
        replies, position = [], 0
        while len(replies) < count:
            reply, position = parse(self.buffer, position) if position < len(self.buffer) else (INCOMPLETE, position)
            if reply is not INCOMPLETE:
                replies.append(reply)
                continue
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionResetError("the server closed the connection")
            self.buffer, position = self.buffer[position:] + data, 0
        self.buffer = self.buffer[position:]
        return replies

    def close(self):
        self.socket.close()
