"""The server beside contract.c: one path for each situation. It prints its port, and serves until its standard input ends.

    python server.py

It needs Python 3.8 and nothing else; with openssl in the PATH it has certificates for the rows of TLS.

The program marks a connection with `?tag=N`, and asks on another one what the server saw:

    GET /seen?tag=N&count=K     the frames of connection N, once there are K; -1 waits for the end of the connection
    GET /release?tag=N          lets a situation go on that waits
    GET /tls?kind=NAME          the port where this certificate is shown, or "none"
    GET /closed-port            a port where nobody listens
"""

import socket
import ssl
import sys
import threading
from urllib.parse import parse_qsl, urlsplit

import documents
from certificates import Certificates, CloseNotify, listen
from documents import respond
from wire import Gone, Log, Wire

# Those of CONNECT.
targets = []
logs = {}
logs_lock = threading.Lock()


class Request:
    def __init__(self, head):
        lines = head.split("\r\n")
        self.method, self.target, _ = lines[0].split(" ", 2)
        self.headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:] if ":" in line]
        parts = urlsplit(self.target)
        self.path, self.query = parts.path, dict(parse_qsl(parts.query))

    def get(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def log_of(tag):
    with logs_lock:
        return logs.setdefault(tag, Log())


def seen(wire, request):
    words = log_of(request.query["tag"]).wait_for_words(int(request.query.get("count", "-1")))
    respond(wire, body=words.encode())


def release(wire, request):
    log_of(request.query["tag"]).release()
    respond(wire, body=b"released")


def closed_port(wire, request):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        respond(wire, body=str(unused.getsockname()[1]).encode())


def tls_port(wire, request):
    respond(wire, body=str(tls.port(request.query["kind"])).encode())


def forget(wire, request):
    with logs_lock:
        logs.clear()
    respond(wire, body=b"forgotten")


def connected(wire, request):
    """What the last CONNECT asked for."""
    respond(wire, body=" ".join(targets[-1:]).encode())


CONTROL = {"/seen": seen, "/release": release, "/closed-port": closed_port, "/tls": tls_port, "/forget": forget,
           "/connected": connected}


class Tls:
    """The listeners of TLS, each made when it is first asked for."""

    def __init__(self):
        self.certificates = Certificates()
        self.ports = {}
        self.lock = threading.Lock()

    def port(self, kind):
        with self.lock:
            if kind not in self.ports:
                self.ports[kind] = self.listen(kind)
            return self.ports[kind]

    def listen(self, kind):
        if kind == "silent":
            # Nobody answers the first message.
            return listen(lambda sock: sock.recv(65536) and held.append(sock))
        if kind == "ends":
            return listen(lambda sock: (sock.recv(65536), sock.close()))
        if kind == "alert":
            # A fatal alert, handshake_failure.
            return listen(lambda sock: (sock.recv(65536), sock.sendall(b"\x15\x03\x03\x00\x02\x02\x28"), sock.close()))
        if not self.certificates.there:
            return "none"
        context = self.certificates.context(kind)

        def handle(sock):
            try:
                if kind == "close-notify":
                    secure = CloseNotify(sock, context)
                else:
                    secure = context.wrap_socket(sock, server_side=True)
            except (ssl.SSLError, OSError):
                sock.close()
                return
            serve(Wire(secure))

        return listen(handle)


def proxy(wire, request):
    """A proxy that leads to this server. What it is asked for is in the name of the host."""
    host = request.target.split("//")[-1].split("/")[0]
    if request.method == "CONNECT":
        targets.append(request.target)
    if "asks" in host and not request.get("Proxy-Authorization"):
        body = b"4\r\nwho?\r\n0\r\n\r\n" if "chunks" in host else b"who?"
        framing = "Transfer-Encoding: chunked" if "chunks" in host else "Content-Length: 4"
        wire.send(b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"p\"\r\n" + framing.encode() + b"\r\n\r\n" + body)
        return serve(wire)
    if request.method != "CONNECT":
        return documents.shows_request(wire, request)
    if "refuses" in host:
        return respond(wire, "403 No", b"no tunnel")
    status = "204 Fine" if "204" in host else "200 Connected"
    head = f"HTTP/1.1 {status}\r\n\r\n".encode()
    if "ahead" in host:
        # The answer of the server is in the same segment as that of the proxy.
        wire.send(head + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nahead")
        wire.read_head()
        return wire.finish()
    wire.send(head)
    port = int(host.rpartition(":")[2])
    return tunnel(wire, port) if port in tls.ports.values() else serve(wire)


def tunnel(wire, port):
    """Passes bytes on to a listener of TLS, in both directions."""
    with socket.create_connection(("127.0.0.1", port)) as other:

        def back():
            while data := other.recv(65536):
                wire.send(data)
            wire.finish()

        threading.Thread(target=back, daemon=True).start()
        try:
            while True:
                other.sendall(wire.ahead)
                wire.ahead = b""
                wire.fill()
        except Gone:
            other.shutdown(socket.SHUT_WR)


def serve(wire):
    """One request. A connection has no second one, except behind a proxy's answer."""
    try:
        request = Request(wire.read_head())
        if request.path in CONTROL:
            return CONTROL[request.path](wire, request)
        if request.method == "CONNECT" or request.target.startswith("http://"):
            return proxy(wire, request)
        if "tag" in request.query:
            wire.log = log_of(request.query["tag"])
        situation = documents.find(request.path)
        if situation is None:
            return respond(wire, "404 Not Found", b"there is no such situation")
        return situation(wire, request)
    except (Gone, ValueError, OSError):
        return None
    finally:
        drain(wire)


def drain(wire):
    """Reads what comes until the client goes, because a close beside unread bytes is a reset."""
    try:
        while True:
            wire.ahead = b""
            wire.fill()
    except Gone:
        pass
    wire.log.end()
    wire.sock.close()


held = []
tls = Tls()


def main():
    port = listen(lambda sock: serve(Wire(sock)))
    print(f"port {port}", flush=True)
    try:
        sys.stdin.buffer.read()
    finally:
        tls.certificates.remove()


if __name__ == "__main__":
    main()
