"""What the server does at the paths that stay HTTP: documents, refusals, redirects, and what a proxy does."""

import base64

from situations import SITUATIONS, upgrade

DOCUMENTS = {}


def at(path):
    def remember(function):
        DOCUMENTS[path] = function
        return function

    return remember


def respond(wire, status="200 OK", body=b"", headers="", length=True):
    """A response after which the connection ends."""
    head = f"HTTP/1.1 {status}\r\nConnection: close\r\n{headers}"
    if length:
        head += f"Content-Length: {len(body)}\r\n"
    wire.send(head.encode("latin-1") + b"\r\n" + body)
    wire.finish()


def plain(path, *arguments, **named):
    DOCUMENTS[path] = lambda wire, request: respond(wire, *arguments, **named)


for refused in ("200 OK", "403 Forbidden", "404 Not Found", "500 Oops"):
    plain(f"/refuse-{refused[:3]}", refused, b"no")
plain("/hello", body=b"hello")
plain("/headers", body=b"12345", headers="Content-Type: text/plain\r\nX-Twice: one\r\nX-Twice: two\r\n")
plain("/until-end", body=b"to the end", length=False)
plain("/204", "204 No Content", length=False)
plain("/304", "304 Not Modified", headers="Content-Length: 5\r\n", length=False)
plain("/chunked", body=b"3\r\none\r\n5;x=y\r\nthree\r\n0\r\n\r\n", headers="Transfer-Encoding: chunked\r\n", length=False)
plain("/digest", "401 Unauthorized", headers='WWW-Authenticate: Digest realm="r", nonce="n"\r\n')
plain("/to-echo", "302 Found", headers="Location: /echo\r\n")
plain("/to-hello", "302 Found", headers="Location: /hello\r\n")
plain("/loop", "302 Found", headers="Location: /loop\r\n")


@at("/hops")
def hops(wire, request):
    """So many redirects, and then a document."""
    left = int(request.query["left"])
    respond(wire, "302 Found", headers="Location: /hello\r\n" if left == 1 else f"Location: /hops?left={left - 1}\r\n")


@at("/307")
def kept_307(wire, request):
    moved(wire, request, "307 Temporary Redirect")


@at("/308")
def kept_308(wire, request):
    moved(wire, request, "308 Permanent Redirect")


def moved(wire, request, status):
    """To a path that the client names, or to one that shows the request."""
    respond(wire, status, headers=f"Location: {request.query.get('to', '/request')}\r\n")


@at("/elsewhere")
def elsewhere(wire, request):
    """To the same server under another name, which is another origin."""
    port = request.get("Host").rpartition(":")[2]
    respond(wire, "302 Found", headers=f"Location: http://localhost:{port}/request\r\n")


@at("/hello-head")
def head_only(wire, request):
    """What HEAD gets: a length, and no body."""
    respond(wire, headers="Content-Length: 5\r\n", length=False)


@at("/request")
def shows_request(wire, request):
    """The request itself as the body: its line, its headers, and its own body."""
    body = read_body(wire, request)
    text = f"{request.method} {request.target}\n" + "".join(f"{name}: {value}\n" for name, value in request.headers)
    respond(wire, body=text.encode("latin-1") + b"\n" + body)


def read_body(wire, request):
    if "chunked" in request.get("Transfer-Encoding").lower():
        while b"0\r\n\r\n" not in wire.ahead:
            wire.fill()
        return wire.ahead
    return wire.read(int(request.get("Content-Length") or 0))


@at("/early")
def early(wire, request):
    """Answers before the body is there, and takes no more of it."""
    respond(wire, "413 Too Large", b"too large")


@at("/basic")
def basic(wire, request):
    given = request.get("Authorization")
    if given == "Basic " + base64.b64encode(b"user:secret").decode():
        return shows_request(wire, request)
    return respond(wire, "401 Unauthorized", b"who?", 'WWW-Authenticate: Basic realm="r"\r\n')


@at("/garbage")
def garbage(wire, request):
    wire.send(b"this is no response\r\n\r\n")
    wire.finish()


@at("/nothing")
def nothing(wire, request):
    wire.finish()


@at("/never")
def never(wire, request):
    """Answers when it is released."""
    wire.log.wait_for_release()
    respond(wire, body=b"at last")


@at("/always-101")
def always_101(wire, request):
    """Answers 101 to a request that did not ask for it."""
    upgrade(wire, request)
    wire.serve()


def find(path):
    return SITUATIONS.get(path) or DOCUMENTS.get(path)
