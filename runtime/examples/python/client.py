"""A client of winhttp.h in Python, by ctypes: it connects, says hello, shows the answer, and closes.

    LD_LIBRARY_PATH=PREFIX/lib python3 client.py 127.0.0.1 9001 /chat

A wchar_t has four bytes where ctypes runs here, so functions with strings have names that end in _w32. The constants are those
of winhttp.h; the site lists them.
"""

import ctypes
import sys
from ctypes import c_char, c_uint16, c_uint32, c_void_p, c_wchar_p

UPGRADE_TO_WEB_SOCKET = 114
NO_PROXY = 1
UTF8_MESSAGE = 2

winws = ctypes.CDLL("libwinws.so.0")


def declare(name, result, *parameters):
    function = getattr(winws, name)
    function.restype, function.argtypes = result, parameters
    return function


last_error = declare("winws_get_last_error", c_uint32)
open_session = declare("WinHttpOpen_w32", c_void_p, c_wchar_p, c_uint32, c_wchar_p, c_wchar_p, c_uint32)
connect = declare("WinHttpConnect_w32", c_void_p, c_void_p, c_wchar_p, c_uint16, c_uint32)
open_request = declare(
    "WinHttpOpenRequest_w32", c_void_p, c_void_p, c_wchar_p, c_wchar_p, c_wchar_p, c_wchar_p, c_void_p, c_uint32
)
set_option = declare("WinHttpSetOption_w32", c_uint32, c_void_p, c_uint32, c_void_p, c_uint32)
send_request = declare(
    "WinHttpSendRequest_w32", c_uint32, c_void_p, c_wchar_p, c_uint32, c_void_p, c_uint32, c_uint32, ctypes.c_size_t
)
receive_response = declare("WinHttpReceiveResponse", c_uint32, c_void_p, c_void_p)
complete_upgrade = declare("WinHttpWebSocketCompleteUpgrade", c_void_p, c_void_p, ctypes.c_size_t)
send = declare("WinHttpWebSocketSend", c_uint32, c_void_p, c_uint32, c_void_p, c_uint32)
receive = declare("WinHttpWebSocketReceive", c_uint32, c_void_p, c_void_p, c_uint32, c_void_p, c_void_p)
close = declare("WinHttpWebSocketClose", c_uint32, c_void_p, c_uint16, c_void_p, c_uint32)
query_close_status = declare(
    "WinHttpWebSocketQueryCloseStatus", c_uint32, c_void_p, c_void_p, c_void_p, c_uint32, c_void_p
)
close_handle = declare("WinHttpCloseHandle", c_uint32, c_void_p)


def check(value):
    """A handle or TRUE. Both say failure with 0, and the thread's last error says more."""
    if not value:
        raise OSError(f"the call failed with {last_error()}")
    return value


def check_code(code):
    """Functions of WebSockets return their error."""
    if code != 0:
        raise OSError(f"the call failed with {code}")


def main(host, port, path):
    session = check(open_session("client.py/1.0", NO_PROXY, None, None, 0))
    connection = check(connect(session, host, int(port), 0))
    request = check(open_request(connection, None, path, None, None, None, 0))
    check(set_option(request, UPGRADE_TO_WEB_SOCKET, None, 0))
    check(send_request(request, None, 0, None, 0, 0, 0))
    check(receive_response(request, None))
    socket = check(complete_upgrade(request, 0))
    for handle in (request, connection, session):
        check(close_handle(handle))

    hello = b"hello"
    check_code(send(socket, UTF8_MESSAGE, hello, len(hello)))
    answer, length, kind = (c_char * 1024)(), c_uint32(), c_uint32()
    check_code(receive(socket, answer, len(answer), ctypes.byref(length), ctypes.byref(kind)))
    print(answer.raw[: length.value].decode())

    check_code(close(socket, 1000, None, 0))
    status, reason = c_uint16(), (c_char * 123)()
    check_code(query_close_status(socket, ctypes.byref(status), reason, len(reason), ctypes.byref(length)))
    print(f'closed with {status.value} "{reason.raw[: length.value].decode()}"')
    check(close_handle(socket))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: client.py HOST PORT PATH")
    main(*sys.argv[1:])
