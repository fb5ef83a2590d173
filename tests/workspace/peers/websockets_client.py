"""A client of PyPI's websockets against a server that echoes: websockets_client.py URL [AUTHORITIES]."""

import ssl
import sys

from websockets.sync.client import connect

address = sys.argv[1]
context = ssl.create_default_context(cafile=sys.argv[2]) if sys.argv[2:] else None
long = bytes(range(256)) * 4096

# It offers permessage-deflate unless it is told not to; the server declines.
for compression in ("deflate", None):
    with connect(address, compression=compression, max_size=None, ssl=context, proxy=None) as socket:
        assert socket.protocol.extensions == [], socket.protocol.extensions
        for message in ("", "zwölf \N{CRAB}", b"", b"\0\xff", long, "ö" * 100_000):
            socket.send(message)
            assert socket.recv(timeout=30) == message
        socket.send(["in ", "", "pieces"])
        assert socket.recv(timeout=30) == "in pieces"
        assert socket.ping(b"are you there").wait(30)
        # An answer to a ping goes between the frames of a message.
        socket.send(iter([b"one", b"two"]))
        assert socket.ping().wait(30)
        assert socket.recv(timeout=30) == b"onetwo"
        socket.close(4001, "enough")
    assert (socket.close_code, socket.close_reason) == (4001, "enough"), (socket.close_code, socket.close_reason)

print("two connections, eight messages each, closed with 4001")
