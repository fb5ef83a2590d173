//! Status callbacks in synchronous mode, set and called as C does it.

use std::ffi::c_void;
use std::net::TcpListener;
use std::ptr;
use std::slice;
use std::sync::Mutex;
use std::thread;

use winws::ffi::winhttp::{
    HINTERNET, WinHttpCloseHandle, WinHttpConnect, WinHttpOpen, WinHttpOpenRequest, WinHttpQueryHeaders,
    WinHttpQueryOption, WinHttpReceiveResponse, WinHttpSendRequest, WinHttpSetOption, WinHttpSetStatusCallback,
};
use winws_api::winhttp::sys;

use super::c::wide;

/// What a callback was told: the handle, the status, and the information as a text.
type Told = (usize, u32, String);

/// Writes down what it is told, into the list that its context is the address of.
unsafe extern "system" fn record(
    handle: HINTERNET,
    context: usize,
    status: u32,
    information: *mut c_void,
    length: u32,
) {
    let length = usize::try_from(length).unwrap();
    let text = match status {
        sys::WINHTTP_CALLBACK_STATUS_HANDLE_CREATED | sys::WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING => {
            assert_eq!(length, size_of::<HINTERNET>());
            // SAFETY: the page says that it is a pointer to a handle.
            format!("{:x}", unsafe { *information.cast::<usize>() })
        }
        sys::WINHTTP_CALLBACK_STATUS_RESOLVING_NAME
        | sys::WINHTTP_CALLBACK_STATUS_NAME_RESOLVED
        | sys::WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER
        | sys::WINHTTP_CALLBACK_STATUS_CONNECTED_TO_SERVER
        | sys::WINHTTP_CALLBACK_STATUS_REDIRECT => {
            // SAFETY: the page says that it is a wide string of this length, the zero counted (b2.2.18).
            let units = unsafe { slice::from_raw_parts(information.cast::<u16>(), length) };
            String::from_utf16(units.strip_suffix(&[0]).expect("a zero")).unwrap()
        }
        _ if information.is_null() => String::new(),
        _ => {
            assert_eq!(length, 4);
            // SAFETY: the page says that it is a DWORD.
            unsafe { *information.cast::<u32>() }.to_string()
        }
    };
    // SAFETY: the context is the address of the list, which outlives the handles.
    let told = unsafe { &*ptr::with_exposed_provenance::<Mutex<Vec<Told>>>(context) };
    told.lock().unwrap().push((handle.addr(), status, text));
}

#[test]
fn b9_14_a_callback_in_synchronous_mode_is_told_of_each_step_in_the_thread_of_the_call() {
    use std::io::{Read as _, Write as _};
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        for answer in [
            format!("HTTP/1.1 302 Found\r\nLocation: http://localhost:{port}/there\r\nContent-Length: 0\r\n\r\n"),
            "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n".to_owned(),
        ] {
            let mut peer = listener.accept().unwrap().0;
            assert!(peer.read(&mut [0; 4096]).unwrap() > 0);
            peer.write_all(answer.as_bytes()).unwrap();
        }
    });
    let told = Mutex::new(Vec::<Told>::new());
    let context = ptr::from_ref(&told).expose_provenance();
    let (host, target) = (wide("127.0.0.1"), wide("/here"));
    // SAFETY: all pointers lead to what the pages say, and outlive the calls; the list outlives the handles.
    let (session, connection, request) = unsafe {
        let session = WinHttpOpen(ptr::null(), sys::WINHTTP_ACCESS_TYPE_NO_PROXY, ptr::null(), ptr::null(), 0);
        let option = sys::WINHTTP_OPTION_CONTEXT_VALUE;
        let size = u32::try_from(size_of::<usize>()).unwrap();
        assert_eq!(WinHttpSetOption(session, option, ptr::from_ref(&context).cast_mut().cast(), size), 1);
        let former = WinHttpSetStatusCallback(session, Some(record), sys::WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0);
        assert!(former.is_none());
        let connection = WinHttpConnect(session, host.as_ptr(), port, 0);
        let none = ptr::null();
        let request = WinHttpOpenRequest(connection, none, target.as_ptr(), none, none, ptr::null_mut(), 0);
        assert_eq!(WinHttpSendRequest(request, none, 0, ptr::null_mut(), 0, 0, context), 1);
        assert_eq!(WinHttpReceiveResponse(request, ptr::null_mut()), 1);
        let (mut read, mut length) = (0_usize, size);
        assert_eq!(WinHttpQueryOption(request, option, ptr::from_mut(&mut read).cast(), &raw mut length), 1);
        assert_eq!(read, context, "the context of the connection was taken over");
        for handle in [request, connection, session] {
            assert_eq!(WinHttpCloseHandle(handle), 1);
        }
        (session.addr(), connection.addr(), request.addr())
    };
    server.join().unwrap();
    let told = told.into_inner().unwrap();
    let of = |status: u32| -> Vec<(usize, &str)> {
        told.iter().filter(|told| told.1 == status).map(|told| (told.0, told.2.as_str())).collect()
    };
    let hex = |handle: usize| format!("{handle:x}");
    assert_eq!(
        of(sys::WINHTTP_CALLBACK_STATUS_HANDLE_CREATED),
        [(session, &hex(connection)[..]), (connection, &hex(request)[..])],
        "in the name of the parent (b2.2.3)"
    );
    assert_eq!(
        of(sys::WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING),
        [(request, &hex(request)[..]), (connection, &hex(connection)[..]), (session, &hex(session)[..])]
    );
    let steps: Vec<u32> = told.iter().filter(|told| told.0 == request).map(|told| told.1).collect();
    let connect = [
        sys::WINHTTP_CALLBACK_STATUS_RESOLVING_NAME,
        sys::WINHTTP_CALLBACK_STATUS_NAME_RESOLVED,
        sys::WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER,
        sys::WINHTTP_CALLBACK_STATUS_CONNECTED_TO_SERVER,
        sys::WINHTTP_CALLBACK_STATUS_SENDING_REQUEST,
        sys::WINHTTP_CALLBACK_STATUS_REQUEST_SENT,
        sys::WINHTTP_CALLBACK_STATUS_RECEIVING_RESPONSE,
        sys::WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED,
    ];
    assert_eq!(steps[..8], connect, "b2.1.3 and b2.1.4 have this order");
    assert_eq!(steps[8], sys::WINHTTP_CALLBACK_STATUS_REDIRECT);
    assert_eq!(steps[9..16], connect[..7]);
    let url = format!("http://localhost:{port}/there");
    assert_eq!(of(sys::WINHTTP_CALLBACK_STATUS_REDIRECT), [(request, &url[..])]);
    assert_eq!(of(sys::WINHTTP_CALLBACK_STATUS_RESOLVING_NAME)[1], (request, "localhost"));
    assert_eq!(of(sys::WINHTTP_CALLBACK_STATUS_CONNECTED_TO_SERVER)[0], (request, "127.0.0.1"));
    assert_eq!(of(sys::WINHTTP_CALLBACK_STATUS_INTERMEDIATE_RESPONSE), [(request, "103")]);
}

#[test]
fn a_callback_is_told_what_its_flags_choose_and_nothing_once_it_is_gone() {
    let told = Mutex::new(Vec::<Told>::new());
    let context = ptr::from_ref(&told).expose_provenance();
    let host = wide("127.0.0.1");
    // SAFETY: as above.
    unsafe {
        let session = WinHttpOpen(ptr::null(), sys::WINHTTP_ACCESS_TYPE_NO_PROXY, ptr::null(), ptr::null(), 0);
        let size = u32::try_from(size_of::<usize>()).unwrap();
        let context = ptr::from_ref(&context).cast_mut().cast();
        assert_eq!(WinHttpSetOption(session, sys::WINHTTP_OPTION_CONTEXT_VALUE, context, size), 1);
        let set = |callback: sys::WINHTTP_STATUS_CALLBACK, flags| WinHttpSetStatusCallback(session, callback, flags, 0);
        assert!(set(Some(record), sys::WINHTTP_CALLBACK_STATUS_HANDLE_CREATED).is_none());
        let connection = WinHttpConnect(session, host.as_ptr(), 80, 0);
        assert_eq!(WinHttpCloseHandle(connection), 1);
        assert!(set(None, 0).is_some(), "the former callback is given back");
        let connection = WinHttpConnect(session, host.as_ptr(), 80, 0);
        for handle in [connection, session] {
            assert_eq!(WinHttpCloseHandle(handle), 1);
        }
    }
    let statuses: Vec<u32> = told.into_inner().unwrap().iter().map(|told| told.1).collect();
    assert_eq!(statuses, [sys::WINHTTP_CALLBACK_STATUS_HANDLE_CREATED]);
}

/// What a callback does when it is told that there is a redirect.
#[derive(Clone, Copy)]
enum Act {
    Close,
    Unset,
}

/// How often a callback was told, and what it does.
struct Acting {
    act: Act,
    /// The status at which it does that.
    at: u32,
    told: Mutex<Vec<u32>>,
}

/// Writes down what it is told, and acts when its time has come.
unsafe extern "system" fn act(handle: HINTERNET, context: usize, status: u32, _: *mut c_void, _: u32) {
    // SAFETY: the context is the address of the list, which outlives the handles.
    let acting = unsafe { &*ptr::with_exposed_provenance::<Acting>(context) };
    acting.told.lock().unwrap().push(status);
    if status == acting.at {
        let is_done = match acting.act {
            // SAFETY: any handle is fine.
            Act::Close => unsafe { WinHttpCloseHandle(handle) == 1 },
            // SAFETY: any handle is fine, and so is no callback.
            Act::Unset => unsafe { WinHttpSetStatusCallback(handle, None, 0, 0) }.is_some(),
        };
        assert!(is_done, "it was open, and had a callback");
    }
}

/// The page of WINHTTP_STATUS_CALLBACK: HANDLE_CLOSING is the last notification. The page of WinHttpSetStatusCallback: `NULL`
/// removes the callback, so it may be gone before the call is over.
#[test]
fn a_callback_that_ends_itself_is_told_no_more_in_the_call_under_way() {
    use std::io::{Read as _, Write as _};
    for (action, last) in
        [(Act::Close, sys::WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING), (Act::Unset, sys::WINHTTP_CALLBACK_STATUS_REDIRECT)]
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers: &[&[u8]] = match action {
            Act::Close => &[b"HTTP/1.1 302 Found\r\nLocation: /there\r\n\r\n"],
            Act::Unset => &[b"HTTP/1.1 302 Found\r\nLocation: /there\r\n\r\n", b"HTTP/1.1 204 No Content\r\n\r\n"],
        };
        let at = sys::WINHTTP_CALLBACK_STATUS_REDIRECT;
        let acting = Acting { act: action, at, told: Mutex::default() };
        let context = ptr::from_ref(&acting).expose_provenance();
        let (host, target) = (wide("127.0.0.1"), wide("/here"));
        thread::scope(|scope| {
            scope.spawn(|| {
                for answer in answers {
                    let mut peer = listener.accept().unwrap().0;
                    assert!(peer.read(&mut [0; 4096]).unwrap() > 0);
                    peer.write_all(answer).unwrap();
                }
            });
            let none = ptr::null();
            // SAFETY: all pointers lead to what the pages say, and outlive the calls; the list outlives the handles.
            unsafe {
                let session = WinHttpOpen(none, sys::WINHTTP_ACCESS_TYPE_NO_PROXY, none, none, 0);
                let connection = WinHttpConnect(session, host.as_ptr(), port, 0);
                let request = WinHttpOpenRequest(connection, none, target.as_ptr(), none, none, ptr::null_mut(), 0);
                let flags = sys::WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS;
                assert!(WinHttpSetStatusCallback(request, Some(act), flags, 0).is_none());
                assert_eq!(WinHttpSendRequest(request, none, 0, ptr::null_mut(), 0, 0, context), 1);
                let is_closed = matches!(action, Act::Close);
                assert_eq!(WinHttpReceiveResponse(request, ptr::null_mut()), i32::from(!is_closed));
                assert_eq!(WinHttpCloseHandle(request), i32::from(!is_closed));
                for handle in [connection, session] {
                    assert_eq!(WinHttpCloseHandle(handle), 1);
                }
            }
        });
        assert_eq!(acting.told.into_inner().unwrap().last(), Some(&last));
    }
}

/// A call whose handle is closed meanwhile is cancelled (b1.8.6), in its last step too.
#[test]
fn a_callback_that_closes_the_request_in_the_last_step_of_a_call_cancels_it() {
    use std::io::{Read as _, Write as _};
    for at in [sys::WINHTTP_CALLBACK_STATUS_REQUEST_SENT, sys::WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let acting = Acting { act: Act::Close, at, told: Mutex::default() };
        let context = ptr::from_ref(&acting).expose_provenance();
        let (host, none) = (wide("127.0.0.1"), ptr::null());
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut peer = listener.accept().unwrap().0;
                // It may have gone already.
                if peer.read(&mut [0; 4096]).is_ok_and(|count| count > 0) {
                    peer.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").ok();
                }
            });
            // SAFETY: all pointers lead to what the pages say, and outlive the calls; the list outlives the handles.
            unsafe {
                let session = WinHttpOpen(none, sys::WINHTTP_ACCESS_TYPE_NO_PROXY, none, none, 0);
                let connection = WinHttpConnect(session, host.as_ptr(), port, 0);
                let request = WinHttpOpenRequest(connection, none, none, none, none, ptr::null_mut(), 0);
                let flags = sys::WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS;
                assert!(WinHttpSetStatusCallback(request, Some(act), flags, 0).is_none());
                let mut done = WinHttpSendRequest(request, none, 0, ptr::null_mut(), 0, 0, context);
                if at == sys::WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED {
                    assert_eq!(done, 1);
                    done = WinHttpReceiveResponse(request, ptr::null_mut());
                }
                assert_eq!((done, winws::ffi::last_error()), (0, 12017));
                assert_eq!(WinHttpCloseHandle(request), 0);
                for handle in [connection, session] {
                    assert_eq!(WinHttpCloseHandle(handle), 1);
                }
            }
        });
    }
}

/// What a callback has asked at a redirect: the headers of the response that redirects, a header of the next request, and the URL.
type Asked = Mutex<Vec<String>>;

/// At a redirect, asks what programs ask there, and puts the answers down.
unsafe extern "system" fn ask(handle: HINTERNET, context: usize, status: u32, _: *mut c_void, _: u32) {
    if status != sys::WINHTTP_CALLBACK_STATUS_REDIRECT {
        return;
    }
    let of_request = sys::WINHTTP_QUERY_FLAG_REQUEST_HEADERS;
    let levels = [sys::WINHTTP_QUERY_SET_COOKIE, sys::WINHTTP_QUERY_STATUS_CODE, sys::WINHTTP_QUERY_HOST | of_request];
    let mut text = [0_u16; 512];
    for level in levels {
        let mut length = 1024;
        // SAFETY: the buffer has so many bytes, and all other pointers may be null.
        let is_there = unsafe {
            WinHttpQueryHeaders(handle, level, ptr::null(), text.as_mut_ptr().cast(), &raw mut length, ptr::null_mut())
        };
        assert_eq!(is_there, 1);
        let units = &text[..usize::try_from(length).unwrap() / 2];
        // SAFETY: the context is the address of the list, which outlives the handles.
        let asked = unsafe { &*ptr::with_exposed_provenance::<Asked>(context) };
        asked.lock().unwrap().push(String::from_utf16(units).unwrap());
    }
}

/// The cookies of a redirect are read in its callback by programs that keep cookies themselves.
#[test]
fn b9_6_a_callback_reads_the_headers_of_the_redirect() {
    use std::io::{Read as _, Write as _};
    let (first, second) = (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    let (port, there) = (first.local_addr().unwrap().port(), second.local_addr().unwrap().port());
    let asked = Asked::default();
    let context = ptr::from_ref(&asked).expose_provenance();
    let (host, none) = (wide("127.0.0.1"), ptr::null());
    let redirect = format!(
        "HTTP/1.1 302 Found\r\nSet-Cookie: a=b\r\nLocation: http://127.0.0.1:{there}/\r\nContent-Length: 0\r\n\r\n"
    );
    thread::scope(|scope| {
        scope.spawn(|| {
            for (listener, answer) in [(&first, &*redirect), (&second, "HTTP/1.1 204 No Content\r\n\r\n")] {
                let mut peer = listener.accept().unwrap().0;
                assert!(peer.read(&mut [0; 4096]).unwrap() > 0);
                peer.write_all(answer.as_bytes()).unwrap();
            }
        });
        // SAFETY: all pointers lead to what the pages say, and outlive the calls; the list outlives the handles.
        unsafe {
            let session = WinHttpOpen(none, sys::WINHTTP_ACCESS_TYPE_NO_PROXY, none, none, 0);
            let connection = WinHttpConnect(session, host.as_ptr(), port, 0);
            let request = WinHttpOpenRequest(connection, none, none, none, none, ptr::null_mut(), 0);
            let flags = sys::WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS;
            assert!(WinHttpSetStatusCallback(request, Some(ask), flags, 0).is_none());
            assert_eq!(WinHttpSendRequest(request, none, 0, ptr::null_mut(), 0, 0, context), 1);
            assert_eq!(WinHttpReceiveResponse(request, ptr::null_mut()), 1);
            for handle in [request, connection, session] {
                assert_eq!(WinHttpCloseHandle(handle), 1);
            }
        }
    });
    assert_eq!(asked.into_inner().unwrap(), ["a=b".to_owned(), "302".to_owned(), format!("127.0.0.1:{there}")]);
}
