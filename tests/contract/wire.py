"""One connection of the server: its bytes, its frames of RFC 6455, and the log of what the client sent."""

import base64
import hashlib
import socket
import struct
import threading

# No step of a situation takes longer, unless it hangs.
PATIENCE = 15

OPCODES = {0: "cont", 1: "text", 2: "bin", 8: "close", 9: "ping", 10: "pong"}


def frame(opcode, payload=b"", fin=True, rsv=0, mask=None, length=None):
    """The bytes of a frame. `length` is what its head announces instead of the true length."""
    announced = len(payload) if length is None else length
    head = bytes([(0x80 if fin else 0) | rsv | opcode])
    bit = 0x80 if mask else 0
    if announced < 126:
        head += bytes([bit | announced])
    elif announced < 65536:
        head += bytes([bit | 126]) + struct.pack(">H", announced)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", announced)
    if mask:
        return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    return head + payload


def close_frame(status=None, reason=b""):
    return frame(8, b"" if status is None else struct.pack(">H", status) + reason)


class Log:
    """What came over one connection that the program marked with a number, as words."""

    def __init__(self):
        self.words = []
        self.over = False
        self.released = False
        self.changed = threading.Condition()

    def add(self, word):
        with self.changed:
            self.words.append(word)
            self.changed.notify_all()

    def end(self):
        with self.changed:
            self.over = True
            self.changed.notify_all()

    def release(self):
        with self.changed:
            self.released = True
            self.changed.notify_all()

    def wait_for_release(self):
        with self.changed:
            self.changed.wait_for(lambda: self.released, PATIENCE)

    def wait_for_words(self, count):
        """The words, once there are so many or the connection is over; -1 means all."""
        with self.changed:
            came = self.changed.wait_for(lambda: self.over or 0 <= count <= len(self.words), PATIENCE)
            words = self.words[:count] if count > 0 else self.words
            return " ".join(words or ["-"]) + ("" if came else " timeout")


class Gone(Exception):
    """The client has ended its direction, or has reset the connection, which systems do not tell apart in the same way."""


class Wire:
    """A socket, or what TLS makes of one. `ahead` holds bytes that were read and not used."""

    def __init__(self, sock):
        self.sock = sock
        self.ahead = b""
        self.log = Log()
        self.has_closed = False

    def fill(self):
        try:
            more = self.sock.recv(65536)
        except OSError:
            raise Gone from None
        if not more:
            raise Gone
        self.ahead += more

    def read(self, count):
        # A large payload is collected in pieces, not copied for each.
        pieces, have = [self.ahead], len(self.ahead)
        while have < count:
            self.ahead = b""
            self.fill()
            pieces.append(self.ahead)
            have += len(self.ahead)
        whole = b"".join(pieces)
        self.ahead = whole[count:]
        return whole[:count]

    def read_head(self):
        while b"\r\n\r\n" not in self.ahead:
            self.fill()
        head, self.ahead = self.ahead.split(b"\r\n\r\n", 1)
        return head.decode("latin-1")

    def send(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            pass

    def read_frame(self):
        first, second = self.read(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", self.read(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self.read(8))
        masked = second & 0x80
        mask = self.read(4) if masked else b"\0\0\0\0"
        data = self.read(length)
        # Long payloads are unmasked as one number, which is quick.
        whole = (mask * (length // 4 + 1))[:length]
        payload = (int.from_bytes(data, "big") ^ int.from_bytes(whole, "big")).to_bytes(length, "big")
        self.log.add(("" if masked else "unmasked ") + word_of(first, payload))
        return first & 0x0F, bool(first & 0x80), payload

    def serve(self, echo=False, answer=True):
        """Reads frames until the client goes. Echoes messages if asked, and answers the first close frame with the same payload."""
        try:
            while True:
                opcode, fin, payload = self.read_frame()
                if opcode < 8 and echo:
                    self.send(frame(opcode, payload, fin))
                elif opcode == 8 and answer:
                    if not self.has_closed:
                        self.send(frame(8, payload))
                        self.has_closed = True
                    self.finish()
        except Gone:
            self.log.add("end")

    def finish(self):
        """Ends the direction of the server."""
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def reset(self):
        """Ends the connection with a reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_of_zero())
        self.sock.close()


def linger_of_zero():
    # The two numbers have two bytes on Windows.
    return struct.pack("hh" if hasattr(socket, "SO_EXCLUSIVEADDRUSE") else "ii", 1, 0)


def word_of(first, payload):
    """A frame as a word: `text:hello`, `bin-:one` without FIN, `close:1000:bye`, `bin[200000]` for a long one."""
    opcode = first & 0x0F
    name = OPCODES.get(opcode, str(opcode)) + ("" if first & 0x80 else "-")
    if first & 0x70:
        name += "+rsv"
    if opcode == 8 and len(payload) >= 2:
        return f"{name}:{struct.unpack('>H', payload[:2])[0]}:{shown(payload[2:])}"
    return f"{name}:{shown(payload)}" if len(payload) < 130 else f"{name}[{len(payload)}]"


def shown(payload):
    return "".join(chr(byte) if 0x21 <= byte < 0x7F and byte != 0x5C else f"\\x{byte:02x}" for byte in payload)


def accept_of(key):
    digest = hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    return base64.b64encode(digest).decode()
