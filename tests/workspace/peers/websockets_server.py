"""A server of PyPI's websockets that echoes: websockets_server.py [CERTIFICATE KEY]. It prints its port."""

import ssl
import sys

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

context = None
if sys.argv[1:]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*sys.argv[1:])


def echo(socket):
    try:
        for message in socket:
            socket.send(message)
    except ConnectionClosed:
        # Each status but 1000 and 1001 counts as an error.
        pass


with serve(echo, "127.0.0.1", 0, max_size=None, ssl=context) as server:
    print(server.socket.getsockname()[1], flush=True)
    server.serve_forever()
