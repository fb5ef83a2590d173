"""Certificates for the rows of TLS, made by openssl, and the listeners that show them."""

import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading

CONFIGURATION = """
[ca]
default_ca = own
[own]
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
prompt = no
[name]
CN = localhost
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectAltName = DNS:localhost, IP:127.0.0.1
[server]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = {usage}
subjectAltName = {names}
{more}
"""

# Of nobody's, and whoever does not know it must refuse the certificate.
STRANGE = "1.2.3.4 = critical, DER:05:00"

# What is wrong with each: the names in it, its usage, its days, and what else is in it.
GOOD_NAMES = "DNS:localhost, IP:127.0.0.1"
PAST = ("20200101000000Z", "20200201000000Z")
FUTURE = ("20480101000000Z", "20490101000000Z")
NOW = ("20200101000000Z", "20490101000000Z")
KINDS = {
    "good": (GOOD_NAMES, "serverAuth", NOW, ""),
    "expired": (GOOD_NAMES, "serverAuth", PAST, ""),
    "expired-later": (GOOD_NAMES, "serverAuth", PAST, ""),
    "future": (GOOD_NAMES, "serverAuth", FUTURE, ""),
    "other-name": ("DNS:other.test", "serverAuth", NOW, ""),
    "usage": (GOOD_NAMES, "clientAuth", NOW, ""),
    "strange": (GOOD_NAMES, "serverAuth", NOW, STRANGE),
    "several": ("DNS:other.test", "serverAuth", PAST, ""),
}


class Certificates:
    """The files. `there` says whether openssl could make them."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="winws-contract-")
        self.there = shutil.which("openssl") is not None
        if not self.there:
            return
        self.write(GOOD_NAMES, "serverAuth", "")
        open(self.path("index.txt"), "w").close()
        with open(self.path("serial"), "w") as file:
            file.write("01\n")
        # Two certificates of one authority: the first is older than all others, the second is made now.
        authority = ("-subj", "/CN=winws contract test")
        self.openssl("req", "-new", "-nodes", "-newkey", "rsa:2048", *authority, "-keyout", "ca.key", "-out", "ca-request.pem")
        self.openssl("ca", "-batch", "-notext", "-selfsign", "-in", "ca-request.pem", "-startdate", "20190101000000Z", "-enddate",
                     "20491201000000Z", "-extensions", "authority", "-out", "ca.pem")
        self.openssl("req", "-new", "-x509", "-key", "ca.key", *authority, "-days", "9000", "-extensions", "authority", "-out",
                     "ca-later.pem")
        self.openssl("req", "-new", "-nodes", "-newkey", "rsa:2048", "-keyout", "key.pem", "-out", "request.pem")
        for kind, (names, usage, (start, end), more) in KINDS.items():
            self.write(names, usage, more)
            self.openssl("ca", "-batch", "-notext", "-in", "request.pem", "-startdate", start, "-enddate", end,
                         "-extensions", "server", "-out", f"{kind}.pem")
            # With the authority behind it, so that its chain has an end, which nobody trusts.
            self.append(f"{kind}.pem", "ca-later.pem" if kind == "expired-later" else "ca.pem")

    def append(self, name, other):
        with open(self.path(name), "a") as file, open(self.path(other)) as more:
            file.write(more.read())

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, names, usage, more):
        folder = self.folder.replace(os.sep, "/")
        with open(self.path("openssl.cnf"), "w") as file:
            file.write(CONFIGURATION.format(folder=folder, names=names, usage=usage, more=more))

    def openssl(self, *arguments):
        subprocess.run(["openssl", arguments[0], "-config", "openssl.cnf", *arguments[1:]], cwd=self.folder, check=True,
                       capture_output=True)

    def context(self, kind):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if kind == "wants-client":
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.path("ca.pem"))
        if kind == "authority":
            context.load_cert_chain(self.path("ca.pem"), self.path("ca.key"))
        else:
            name = kind if os.path.exists(self.path(f"{kind}.pem")) else "good"
            context.load_cert_chain(self.path(f"{name}.pem"), self.path("key.pem"))
        return context

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class CloseNotify:
    """A socket of TLS whose direction can end with close_notify while it reads on, which ssl.SSLSocket cannot."""

    def __init__(self, sock, context):
        self.sock = sock
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        self.run(self.tls.do_handshake)

    def run(self, step, *arguments):
        while True:
            try:
                result = step(*arguments)
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                data = self.sock.recv(65536)
                if not data:
                    raise OSError("the client has gone") from None
                self.incoming.write(data)

    def flush(self):
        data = self.outgoing.read()
        if data:
            self.sock.sendall(data)

    def recv(self, count):
        try:
            return self.run(self.tls.read, count)
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    def sendall(self, data):
        self.run(self.tls.write, data)

    def shutdown(self, how):
        """close_notify, without waiting for that of the client."""
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        self.flush()

    def close(self):
        self.sock.close()


def listen(handle):
    """A listener on a port that the system chooses, whose connections go to `handle` in threads of their own."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)

    def loop():
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=handle, args=(sock,), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()
    return listener.getsockname()[1]
