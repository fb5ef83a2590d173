"""Records what PyPI's wsproto makes of bytes: record_wsproto.py > tests/runtime/fixtures/wsproto.json

Each stream is for a server or a client whose handshake is complete, made of frames that keep to RFC 6455 for the most
part and break it now and then. What wsproto makes of it is put into words that any implementation can be held to:
whole messages, pings, pongs, the close frame, and `error` with its status where it refuses.
"""

import json
import random
import struct
import sys

import wsproto
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage
from wsproto.utilities import RemoteProtocolError

SEED, COUNT = 6455, 400
TEXTS = ["", "a", "zwölf", "\N{CRAB}", "tab\tnul\0", "e\u0301", "\U0010ffff", "x" * 130]
BAD_TEXTS = [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"ok\xc0\xaf", b"\xf0\x9f\xa6"]
# 1014 is not among them: IANA has it, wsproto does not know it.
CODES = [1000, 1001, 1002, 1003, 1007, 1011, 1012, 3000, 4001, 4999]
BAD_CODES = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535]


def frame(rng, masked, opcode, payload, final=True, reserved=0):
    """The bytes of one frame, with the shortest length: of longer ones wsproto takes none, and tungstenite all."""
    size = len(payload)
    head = bytes([final << 7 | reserved << 4 | opcode])
    flag = masked << 7
    if size < 126:
        head += bytes([flag | size])
    elif size < 65536:
        head += bytes([flag | 126]) + struct.pack(">H", size)
    else:
        head += bytes([flag | 127]) + struct.pack(">Q", size)
    if not masked:
        return head + payload
    key = rng.randbytes(4)
    return head + key + bytes(byte ^ key[at % 4] for at, byte in enumerate(payload))


def close_payload(rng):
    kind = rng.randrange(8)
    if kind == 0:
        return b""
    if kind == 1:
        return b"\x03"
    code = rng.choice(BAD_CODES if kind == 2 else CODES)
    reason = rng.choice(BAD_TEXTS) if kind == 3 else rng.choice(TEXTS[:7]).encode()
    return struct.pack(">H", code) + reason


def stream(rng, masked):
    """Some frames."""
    out, open_message = b"", None
    for _ in range(rng.randint(1, 6)):
        odd = rng.randrange(60)
        if odd == 0:  # a reserved opcode
            out += frame(rng, masked, rng.choice([3, 7, 11, 15]), b"")
        elif odd == 1:  # a reserved bit
            out += frame(rng, masked, 2, b"x", reserved=rng.choice([1, 2, 4]))
        elif odd == 2:  # masked where it must not be, or not where it must
            out += frame(rng, not masked, 2, b"x")
        elif odd == 3:  # a frame of which the last byte is missing: what follows is taken for it
            out += frame(rng, masked, 2, rng.randbytes(126))[:-1]
        elif odd == 4:  # a control frame in pieces, or too long
            out += frame(rng, masked, 9, b"p", final=False) if rng.random() < 0.5 else frame(rng, masked, 9, b"p" * 126)
        elif odd == 5:  # a continuation of nothing, or a message within a message
            out += frame(rng, masked, 0 if open_message is None else 1, b"x")
        elif odd < 14:
            out += frame(rng, masked, rng.choice([9, 10]), rng.randbytes(rng.choice([0, 1, 125])))
        elif odd < 20:
            out += frame(rng, masked, 8, close_payload(rng))
        else:
            final = rng.random() < 0.6
            if open_message is None:
                opcode = rng.choice([1, 2])
                text = rng.choice(TEXTS).encode() if rng.random() < 0.93 else rng.choice(BAD_TEXTS)
                data = text if opcode == 1 else rng.randbytes(rng.choice([0, 1, 125, 126]))
                cut = len(data) if final else rng.randint(0, len(data))
                out += frame(rng, masked, opcode, data[:cut], final)
                open_message = None if final else data[cut:]
            else:
                cut = len(open_message) if final else rng.randint(0, len(open_message))
                out += frame(rng, masked, 0, open_message[:cut], final)
                open_message = None if final else open_message[cut:]
    return out


def outcome(role, data):
    """What wsproto makes of the bytes."""
    connection = Connection(ConnectionType.SERVER if role == "server" else ConnectionType.CLIENT)
    out, message = [], None
    try:
        connection.receive_data(data)
        for event in connection.events():
            if isinstance(event, (TextMessage, BytesMessage)):
                message = event.data if message is None else message + event.data
                if event.message_finished:
                    is_text = isinstance(event, TextMessage)
                    out.append({"text": message} if is_text else {"binary": bytes(message).hex()})
                    message = None
            elif isinstance(event, Ping):
                out.append({"ping": bytes(event.payload).hex()})
            elif isinstance(event, Pong):
                out.append({"pong": bytes(event.payload).hex()})
            elif isinstance(event, CloseConnection):
                # A violation comes as an event of the same kind, but only a close frame changes the state.
                closed = connection.state is ConnectionState.REMOTE_CLOSING
                out.append({"close": [int(event.code), event.reason or ""]} if closed else {"error": int(event.code)})
                break
    except RemoteProtocolError as error:
        out.append({"error": int(error.event_hint.code)})
    return out


def main():
    rng = random.Random(SEED)
    streams = []
    for number in range(COUNT):
        role = "server" if number % 2 == 0 else "client"
        data = stream(rng, masked=role == "server")
        streams.append({"role": role, "bytes": data.hex(), "events": outcome(role, data)})
    lines = ",\n".join(json.dumps(stream) for stream in streams)
    print(f'{{"wsproto": {json.dumps(wsproto.__version__)}, "streams": [\n{lines}\n]}}')


sys.exit(main())
