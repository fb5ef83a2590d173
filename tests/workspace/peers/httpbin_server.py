"""httpbin of PyPI over the server of Werkzeug: httpbin_server.py VERSION [CERTIFICATE KEY]. It prints its port.

Over HTTP/1.1 a body without a length is sent in chunks, over HTTP/1.0 it lasts until the connection ends."""

import logging
import ssl
import sys

# It would say that it has no pages about itself, and each request.
logging.disable()

from httpbin import app
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler


class Handler(WSGIRequestHandler):
    protocol_version = sys.argv[1]

class Server(ThreadedWSGIServer):
    def shutdown_request(self, request):
        # Without this word nobody knows whether a body without a length has come to its end (RFC 9112 section 9.8).
        if isinstance(request, ssl.SSLSocket):
            try:
                request.unwrap()
            except OSError:
                pass
        super().shutdown_request(request)


context = None
if sys.argv[2:]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*sys.argv[2:])
server = Server("127.0.0.1", 0, app, Handler, ssl_context=context)
print(server.port, flush=True)
server.serve_forever()
