"""What the server does at the paths that become a WebSocket. Each function is one situation."""

from wire import Gone, accept_of, close_frame, frame

SITUATIONS = {}


def at(path):
    def remember(function):
        SITUATIONS[path] = function
        return function

    return remember


def upgrade(wire, request, extra="", lines=None, ahead=b""):
    """The 101. `lines` stands instead of its usual headers, `ahead` are bytes in the same segment."""
    key = accept_of(request.get("Sec-WebSocket-Key"))
    if lines is None:
        lines = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n"
    head = "HTTP/1.1 101 Switching Protocols\r\n" + lines.format(accept=key) + extra + "\r\n"
    wire.send(head.encode("latin-1") + ahead)


def saying(path, *sent):
    """A situation that sends these bytes behind the 101, and then reads."""

    def situation(wire, request):
        upgrade(wire, request)
        for data in sent:
            wire.send(data)
            wire.has_closed = wire.has_closed or data[0] & 0x0F == 8
        wire.serve()

    SITUATIONS[path] = situation


def answering(path, lines, extra=""):
    """A situation whose 101 has these headers."""

    def situation(wire, request):
        upgrade(wire, request, extra, lines)
        wire.serve(echo=True)

    SITUATIONS[path] = situation


GOOD = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
ACCEPT = "Sec-WebSocket-Accept: {accept}\r\n"

answering("/echo", None)
answering("/accept-missing", GOOD)
answering("/accept-wrong", GOOD + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n")
answering("/no-upgrade", "Connection: Upgrade\r\n" + ACCEPT)
answering("/no-connection", "Upgrade: websocket\r\n" + ACCEPT)
answering("/other-case", "UPGRADE: WebSocket\r\ncOnnection: UPGRADE\r\nsec-websocket-accept: {accept}\r\n")
answering("/tokens", "Upgrade: websocket\r\nConnection: keep-alive, upgrade\r\n" + ACCEPT)
answering("/lines", "Upgrade: websocket\r\nConnection: keep-alive\r\nConnection: x, UPGRADE\r\n" + ACCEPT)
answering("/protocol-chat", None, "Sec-WebSocket-Protocol: chat\r\n")
answering("/extension", None, "Sec-WebSocket-Extensions: permessage-deflate\r\n")
answering("/folded", None, "X-Folded: one\r\n two\r\n")

saying("/one-close", frame(1, b"one"), close_frame(1000, b"bye"))
saying("/text-10", frame(1, b"0123456789"))
saying("/binary-10", frame(2, b"0123456789"))
saying("/binary-10-more", frame(2, b"0123456789"), frame(2, b"more"))
saying("/three-frames", frame(1, b"one", False), frame(0, b"two", False), frame(0, b"six"))
saying("/two-of-four", frame(2, b"abcd", False), frame(0, b"efgh"))
saying("/empty", frame(2), frame(1, b"", False), frame(0, b"", False), frame(0))
saying("/ping-empty", frame(9), frame(1, b"after"))
saying("/ping", frame(9, b"payload"), frame(1, b"after"))
saying("/ping-between", frame(1, b"one", False), frame(9, b"x"), frame(0, b"two"))
saying("/pong", frame(10, b"nobody asked"), frame(1, b"after"))
saying("/split-character", frame(1, b"\xe2\x82", False), frame(0, b"\xac"))
saying("/whole-character", frame(1, b"\xe2\x82\xac"))
saying("/bad-byte", frame(1, b"\xff"))
saying("/bad-end", frame(1, b"\xe2\x82"))
saying("/bad-surrogate", frame(1, b"\xed\xa0\x80"))
saying("/masked", frame(1, b"masked", mask=b"\1\2\3\4"))
saying("/reserved-bit", frame(1, b"reserved", rsv=0x40))
saying("/opcode-3", frame(3, b"three"))
saying("/opcode-11", frame(11, b"eleven"))
saying("/no-start", frame(0, b"no start"))
saying("/new-text-inside", frame(1, b"", False), frame(1, b"new"))
saying("/new-binary-inside", frame(1, b"", False), frame(2, b"new"))
saying("/ping-fragment", frame(9, b"ping", False))
saying("/ping-126", frame(9, b"p" * 126))
saying("/long-form", b"\x82\x7e\x00\x05" + b"short", b"\x82\x7f" + bytes(7) + b"\x05" + b"short")
saying("/length-40", frame(2, b"0123456789", length=1 << 40))
saying("/length-top", frame(2, b"", length=1 << 63))
saying("/close-1000", close_frame(1000, b"bye"))
saying("/close-ten", close_frame(1001, b"ten bytes!"))
saying("/close-empty", close_frame())
saying("/close-zero", close_frame(1000, b"success\0"))
saying("/close-4001", close_frame(4001, b"mine"))
saying("/close-one-byte", frame(8, b"\x03"))
saying("/close-126", frame(8, b"\x03\xe8" + b"r" * 124))
saying("/close-not-utf8", close_frame(1000, b"\xff"))
saying("/close-no-fin", frame(8, b"\x03\xe8", False))
for status in (0, 999, 1004, 1005, 1006, 1015, 2999, 3000, 4999, 5000, 65535):
    saying(f"/close-status-{status}", close_frame(status))


@at("/same-segment")
def same_segment(wire, request):
    upgrade(wire, request, ahead=frame(1, b"first"))
    wire.serve()


@at("/1xx")
def intermediate(wire, request):
    wire.send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
    upgrade(wire, request)
    wire.serve(echo=True)


@at("/silent")
def silent(wire, request):
    """Sends and answers nothing, and reads all."""
    upgrade(wire, request)
    wire.serve(answer=False)


@at("/stall")
def stall(wire, request):
    """Reads nothing before it is released."""
    upgrade(wire, request)
    wire.log.wait_for_release()
    wire.serve()


@at("/after-release")
def after_release(wire, request):
    """Sends a message when it is released."""
    upgrade(wire, request)
    wire.log.wait_for_release()
    wire.send(frame(1, b"late"))
    wire.serve()


@at("/ping-then-release")
def ping_then_release(wire, request):
    upgrade(wire, request)
    wire.send(frame(9, b"early"))
    wire.log.add("pinged")
    wire.log.wait_for_release()
    wire.send(frame(1, b"late"))
    wire.serve()


@at("/begun")
def begun(wire, request):
    """Says when the first bytes of a frame are there, and reads the others when it is released."""
    upgrade(wire, request)
    wire.fill()
    wire.log.add("begun")
    wire.log.wait_for_release()
    wire.serve()


@at("/close-on-release")
def close_on_release(wire, request):
    """Answers a close frame when it is released."""
    upgrade(wire, request)
    try:
        _, _, payload = wire.read_frame()
        wire.log.wait_for_release()
        wire.send(frame(8, payload))
        wire.finish()
        wire.serve(answer=False)
    except Gone:
        wire.log.add("end")


@at("/answer-4001")
def answer_another(wire, request):
    answer_with(wire, request, close_frame(4001, b"mine"))


@at("/answer-empty")
def answer_empty(wire, request):
    answer_with(wire, request, close_frame())


@at("/answer-end")
def answer_end(wire, request):
    answer_with(wire, request, b"")


@at("/data-then-close")
def data_then_close(wire, request):
    """Has said something before the close frame of the client comes."""
    upgrade(wire, request)
    wire.send(frame(1, b"unread") + frame(2, b"0123456789"))
    wire.serve()


def answer_with(wire, request, answer):
    """Answers a close frame with something else."""
    upgrade(wire, request)
    try:
        while wire.read_frame()[0] != 8:
            pass
        wire.send(answer)
        wire.finish()
        wire.serve(answer=False)
    except Gone:
        wire.log.add("end")


@at("/answer-reset")
def answer_reset(wire, request):
    upgrade(wire, request)
    wire.read_frame()
    wire.reset()
    wire.log.add("reset by server")


@at("/end")
def end(wire, request):
    """Ends its direction without a close frame, and reads on."""
    upgrade(wire, request)
    wire.finish()
    wire.log.add("ended")
    wire.serve()


@at("/end-on-release")
def end_on_release(wire, request):
    upgrade(wire, request)
    wire.log.wait_for_release()
    wire.finish()
    wire.log.add("ended")
    wire.serve()


@at("/gone")
def gone(wire, request):
    """Ends both directions without a close frame."""
    upgrade(wire, request)
    wire.finish()
    wire.sock.close()
    wire.log.add("gone")


@at("/reset")
def reset(wire, request):
    upgrade(wire, request)
    wire.log.wait_for_release()
    wire.reset()
    wire.log.add("reset by server")


@at("/half-head")
def half_head(wire, request):
    upgrade(wire, request)
    wire.send(b"\x82")
    wire.finish()
    wire.serve()


@at("/ten-of-hundred")
def ten_of_hundred(wire, request):
    upgrade(wire, request)
    wire.send(frame(2, b"0123456789", length=100))
    wire.finish()
    wire.serve()


@at("/close-and-drop")
def close_and_drop(wire, request):
    upgrade(wire, request)
    wire.send(close_frame(1000, b"bye"))
    wire.finish()
    wire.sock.close()
    wire.log.add("gone")


@at("/close-stay")
def close_stay(wire, request):
    """Closes, and never ends the TCP connection."""
    upgrade(wire, request)
    wire.send(close_frame(1000, b"bye"))
    wire.serve(answer=False)
