"""Reads responses with http.client: a JSON list of [method, bytes] on standard input, where each character is a byte. Prints
what each came to: null where http.client refuses it."""

import http.client
import io
import json
import sys


class Stream:
    """A socket that has received all it ever will."""

    def __init__(self, data):
        self.data = data

    def makefile(self, mode):
        return io.BytesIO(self.data)


def read(method, data):
    response = http.client.HTTPResponse(Stream(data), method=method)
    try:
        response.begin()
        body = response.read()
    except (http.client.HTTPException, ValueError):
        return None
    # http.client leaves folds as they are, and the blanks behind a value. RFC 9112 sections 5.1 and 5.2 have neither in it.
    headers = [
        [name, " ".join(part for part in map(str.strip, value.splitlines()) if part)]
        for name, value in response.headers.items()
    ]
    return {
        "status": response.status,
        "minor_version": response.version - 10,
        "reason": response.reason,
        "headers": headers,
        "body": body.decode("latin-1"),
    }


responses = json.load(sys.stdin)
json.dump([read(method, data.encode("latin-1")) for method, data in responses], sys.stdout)
