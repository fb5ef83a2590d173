//! The handshake: the headers of both sides, what is chosen, and what is refused.

use std::ptr;

use winws::ffi::websocket as c_api;
use winws::protocol::http::ResponseReader;
use winws_api::HResult;
use winws_api::websocket::{BufferType, HttpHeader, Property};

use super::allocations::freed;
use super::c::{Handle, Lent, Pairs, allocated, create_client, create_server};
use super::{FORMAT, INVALID_ARG, OK, OPERATION, REQUEST, feed, frame, receive, refs};

const EXTENSIONS: i32 = HResult::E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED.0;
const SUBPROTOCOL: i32 = HResult::E_SUBPROTOCOL_NOT_SUPPORTED.0;
const VERSION: i32 = HResult::E_PROTOCOL_VERSION_NOT_SUPPORTED.0;

fn value<'h>(headers: &'h Pairs, name: &str) -> Option<&'h str> {
    headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

fn names(headers: &Pairs) -> Vec<&str> {
    headers.iter().map(|(name, _)| name.as_str()).collect()
}

/// The request with one header changed, or left out.
fn request_with(name: &str, value: Option<&'static str>) -> Vec<(&'static str, &'static str)> {
    let changed = REQUEST.iter().map(|&(other, old)| (other, if other == name { value } else { Some(old) }));
    changed.filter_map(|(name, value)| value.map(|value| (name, value))).collect()
}

/// A good response to the headers of a request.
fn answer(request: &Pairs) -> Pairs {
    let key = value(request, "Sec-WebSocket-Key").unwrap();
    let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
    [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", &accept)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

/// What a client says of a good response with one change.
fn check_response(change: impl Fn(&mut Pairs), expected: i32) {
    let client = create_client(&[]).unwrap();
    let request = client.begin_client(&["chat", "superchat"], &["a", "b; x=1"], &[]).unwrap();
    let mut response = answer(&request);
    change(&mut response);
    assert_eq!(client.end_client(&refs(&response)), expected, "{response:?}");
    assert_eq!(client.receive(0), if expected == OK { OK } else { OPERATION }, "open on success only");
}

fn set(headers: &mut Pairs, name: &str, value: &str) {
    match headers.iter_mut().find(|(other, _)| other == name) {
        Some((_, old)) => value.clone_into(old),
        None => headers.push((name.to_owned(), value.to_owned())),
    }
}

fn remove(headers: &mut Pairs, name: &str) {
    headers.retain(|(other, _)| other != name);
}

#[test]
fn b5_2_the_headers_of_a_request_are_those_of_the_page_and_not_host() {
    let client = create_client(&[]).unwrap();
    let request = client.begin_client(&[], &[], &[("Host", "example.com")]).unwrap();
    assert_eq!(names(&request), ["Upgrade", "Connection", "Sec-WebSocket-Version", "Sec-WebSocket-Key"]);
    assert_eq!(value(&request, "Upgrade"), Some("websocket"));
    assert_eq!(value(&request, "Connection"), Some("Upgrade"));
    assert_eq!(value(&request, "Sec-WebSocket-Version"), Some("13"));
    assert_eq!(value(&request, "Sec-WebSocket-Key").unwrap().len(), 24);
}

#[test]
fn headers_of_the_application_take_no_place_in_the_array() {
    let client = create_client(&[]).unwrap();
    let initial = [("Host", "example.com"), ("upgrade", "h2c"), ("Sec-WebSocket-Key", "mine"), ("Cookie", "a=b")];
    let request = client.begin_client(&[], &[], &initial).unwrap();
    assert_eq!(names(&request), ["Upgrade", "Connection", "Sec-WebSocket-Version", "Sec-WebSocket-Key"]);
    assert_eq!(value(&request, "Upgrade"), Some("websocket"));
    // The key that counts is the one of the array.
    assert_eq!(client.end_client(&refs(&answer(&request))), OK);
}

#[test]
fn b5_2_subprotocols_and_extensions_are_offered_in_order() {
    let client = create_client(&[]).unwrap();
    let request = client.begin_client(&["chat", "superchat"], &["a", "b; x=1"], &[]).unwrap();
    assert_eq!(value(&request, "Sec-WebSocket-Protocol"), Some("chat, superchat"));
    assert_eq!(value(&request, "Sec-WebSocket-Extensions"), Some("a, b; x=1"));
}

#[test]
fn every_handshake_has_a_key_of_its_own() {
    let key = || {
        let request = create_client(&[]).unwrap().begin_client(&[], &[], &[]).unwrap();
        value(&request, "Sec-WebSocket-Key").unwrap().to_owned()
    };
    assert_ne!(key(), key());
}

#[test]
fn b5_2_what_no_header_can_have_is_not_offered() {
    let refused = |protocols: &[&str], extensions: &[&str]| {
        let client = create_client(&[]).unwrap();
        assert_eq!(client.begin_client(protocols, extensions, &[]).map(drop), Err(INVALID_ARG), "{protocols:?}");
        assert!(client.begin_client(&[], &[], &[]).is_ok(), "nothing has begun");
    };
    refused(&[""], &[]);
    refused(&["a b"], &[]);
    refused(&["a,b"], &[]);
    refused(&["a", "a"], &[]);
    refused(&["a\r\nX: y"], &[]);
    refused(&[], &[""]);
    refused(&[], &["a\r\nX: y"]);
    refused(&[], &["a, b"]);
    refused(&[], &["; x=1"]);
}

#[test]
fn a_client_begins_once() {
    let client = create_client(&[]).unwrap();
    let request = client.begin_client(&[], &[], &[]).unwrap();
    assert_eq!(client.begin_client(&[], &[], &[]).map(drop), Err(OPERATION));
    assert_eq!(client.end_client(&refs(&answer(&request))), OK);
    assert_eq!(client.begin_client(&[], &[], &[]).map(drop), Err(OPERATION));
}

#[test]
fn a_client_ends_after_it_began_and_once() {
    let client = create_client(&[]).unwrap();
    assert_eq!(client.end_client(&[]), OPERATION);
    let request = client.begin_client(&[], &[], &[]).unwrap();
    let response = answer(&request);
    assert_eq!(client.end_client(&refs(&response)), OK);
    assert_eq!(client.end_client(&refs(&response)), OPERATION);
}

#[test]
fn no_message_before_the_end_of_the_handshake() {
    let client = create_client(&[]).unwrap();
    let check = || {
        assert_eq!(client.send(BufferType::Utf8Message, b"x", 0), OPERATION);
        assert_eq!(client.receive(0), OPERATION);
    };
    check();
    client.begin_client(&[], &[], &[]).unwrap();
    check();
}

#[test]
fn b5_2_handles_of_the_other_role() {
    let (client, server) = (create_client(&[]).unwrap(), create_server(&[]).unwrap());
    assert_eq!(client.begin_server(None, &[], &REQUEST).map(drop), Err(INVALID_ARG));
    assert_eq!(client.end_server(), INVALID_ARG);
    assert_eq!(server.begin_client(&[], &[], &[]).map(drop), Err(INVALID_ARG));
    assert_eq!(server.end_client(&[]), INVALID_ARG);
}

#[test]
fn a_response_that_agrees() {
    check_response(|_| {}, OK);
    check_response(|headers| set(headers, "Upgrade", "WebSocket"), OK);
    check_response(|headers| set(headers, "Connection", "keep-alive, Upgrade"), OK);
    check_response(|headers| headers[0].0 = "uPGRADE".to_owned(), OK);
    check_response(|headers| set(headers, "Sec-WebSocket-Version", "8, 13"), OK);
    check_response(|headers| set(headers, "Server", "any"), OK);
    // What was chosen comes back to nobody here.
    check_response(|headers| set(headers, "Sec-WebSocket-Protocol", "chat"), OK);
    check_response(|headers| set(headers, "Sec-WebSocket-Extensions", "a"), OK);
}

#[test]
fn a_response_without_a_header_that_the_handshake_needs() {
    for name in ["Upgrade", "Connection", "Sec-WebSocket-Accept"] {
        check_response(|headers| remove(headers, name), FORMAT);
        check_response(|headers| set(headers, name, "wrong"), FORMAT);
    }
    check_response(|headers| headers.push(headers[2].clone()), FORMAT);
    check_response(|headers| set(headers, "Sec-WebSocket-Version", "8"), FORMAT);
}

#[test]
fn b5_10_a_response_with_what_was_not_offered() {
    check_response(|headers| set(headers, "Sec-WebSocket-Protocol", "other"), SUBPROTOCOL);
    check_response(|headers| set(headers, "Sec-WebSocket-Protocol", "chat, superchat"), SUBPROTOCOL);
    check_response(|headers| set(headers, "Sec-WebSocket-Extensions", "other"), EXTENSIONS);
    check_response(|headers| set(headers, "Sec-WebSocket-Extensions", "a, a"), EXTENSIONS);
}

#[test]
fn b5_2_what_was_chosen_comes_as_indices() {
    let check = |protocol: Option<&str>, extensions: Option<&str>, expected: (Vec<u32>, Option<u32>)| {
        let client = create_client(&[]).unwrap();
        let request = client.begin_client(&["chat", "superchat"], &["a", "b; x=1"], &[]).unwrap();
        let mut response = answer(&request);
        if let Some(protocol) = protocol {
            set(&mut response, "Sec-WebSocket-Protocol", protocol);
        }
        if let Some(extensions) = extensions {
            set(&mut response, "Sec-WebSocket-Extensions", extensions);
        }
        assert_eq!(client.end_client_choices(&refs(&response), 2), Ok(expected));
    };
    check(None, None, (vec![], None));
    check(Some("superchat"), None, (vec![], Some(1)));
    check(Some("chat"), Some("b; x=2"), (vec![1], Some(0)));
    check(None, Some("b, a"), (vec![1, 0], None));
}

#[test]
fn b5_2_an_array_for_extensions_that_is_too_small() {
    let begun = || {
        let client = create_client(&[]).unwrap();
        let response = answer(&client.begin_client(&[], &["a", "b"], &[]).unwrap());
        (client, response)
    };
    let (client, response) = begun();
    assert_eq!(client.end_client_choices(&refs(&response), 1), Err(INVALID_ARG));
    // One without elements is one that nobody wants.
    assert_eq!(client.end_client_choices(&refs(&response), 0), Ok((vec![], None)));
    let (client, mut response) = begun();
    set(&mut response, "Sec-WebSocket-Extensions", "b");
    assert_eq!(client.end_client(&refs(&response)), OK, "nobody has to know");
}

#[test]
fn b5_2_an_array_for_extensions_without_a_count() {
    let client = create_client(&[]).unwrap();
    let mut response = answer(&client.begin_client(&[], &["a"], &[]).unwrap());
    set(&mut response, "Sec-WebSocket-Extensions", "a");
    let mut extensions = [u32::MAX; 2];
    assert_eq!(client.end_client_uncounted(&refs(&response), &mut extensions), INVALID_ARG);
    assert_eq!(client.end_client_uncounted(&refs(&response), &mut []), INVALID_ARG, "there is an array, if an odd one");
    assert_eq!(extensions, [u32::MAX; 2]);
    assert_eq!(client.end_client_choices(&refs(&response), 1), Ok((vec![0], None)), "nothing has changed");
}

#[test]
fn null_where_a_pointer_is_needed() {
    let (client, server) = (create_client(&[]).unwrap(), create_server(&[]).unwrap());
    let (mut headers, mut count) = (ptr::null_mut(), 0);
    let header = HttpHeader { name: ptr::null_mut(), name_length: 0, value: ptr::null_mut(), value_length: 0 };
    let null = ptr::null_mut();
    // SAFETY: null is refused, and so is a count without an array.
    unsafe {
        let begin = c_api::WebSocketBeginClientHandshake;
        assert_eq!(begin(client.0, null, 0, null, 0, null.cast(), 0, ptr::null_mut(), &raw mut count), INVALID_ARG);
        assert_eq!(begin(client.0, null, 0, null, 0, null.cast(), 0, &raw mut headers, ptr::null_mut()), INVALID_ARG);
        assert_eq!(begin(client.0, null, 1, null, 0, null.cast(), 0, &raw mut headers, &raw mut count), INVALID_ARG);
        assert_eq!(begin(client.0, null, 0, null, 1, null.cast(), 0, &raw mut headers, &raw mut count), INVALID_ARG);
        assert_eq!(begin(client.0, null, 0, null, 0, null.cast(), 1, &raw mut headers, &raw mut count), INVALID_ARG);
        let begin = c_api::WebSocketBeginServerHandshake;
        let nothing = ptr::null();
        assert_eq!(begin(server.0, nothing, null, 0, nothing.cast(), 5, &raw mut headers, &raw mut count), INVALID_ARG);
        assert_eq!(begin(server.0, nothing, null, 1, nothing.cast(), 0, &raw mut headers, &raw mut count), INVALID_ARG);
        let (request, n) = ((&raw const header).cast(), 1);
        assert_eq!(begin(server.0, nothing, null, 0, request, n, ptr::null_mut(), &raw mut count), INVALID_ARG);
        assert_eq!(begin(server.0, nothing, null, 0, request, n, &raw mut headers, ptr::null_mut()), INVALID_ARG);
        let end = c_api::WebSocketEndClientHandshake;
        let nobody = ptr::null_mut();
        assert_eq!(end(client.0, nothing.cast(), 1, nobody, nobody, nobody), INVALID_ARG);
    }
    assert!(headers.is_null() && count == 0);
    assert!(client.begin_client(&[], &[], &[]).is_ok() && server.begin_server(None, &[], &REQUEST).is_ok());
}

#[test]
fn b5_2_the_response_of_a_server_has_the_headers_of_the_page() {
    let server = create_server(&[]).unwrap();
    let response = server.begin_server(None, &[], &REQUEST).unwrap();
    assert_eq!(names(&response), ["Upgrade", "Connection", "Sec-WebSocket-Accept"]);
    // The example of RFC 6455 section 1.3.
    assert_eq!(value(&response, "Sec-WebSocket-Accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
}

#[test]
fn b5_2_a_server_chooses_of_what_the_request_offers() {
    let mut request = REQUEST.to_vec();
    request.push(("Sec-WebSocket-Protocol", "chat, superchat"));
    request.push(("Sec-WebSocket-Extensions", "a; x=1, b"));
    let begin =
        |protocol, extensions: &[&str]| create_server(&[]).unwrap().begin_server(protocol, extensions, &request);
    let response = begin(Some("superchat"), &["b", "a; y"]).unwrap();
    assert_eq!(value(&response, "Sec-WebSocket-Protocol"), Some("superchat"));
    assert_eq!(value(&response, "Sec-WebSocket-Extensions"), Some("b, a; y"));
    assert_eq!(begin(Some("other"), &[]), Err(INVALID_ARG));
    assert_eq!(begin(None, &["c"]), Err(INVALID_ARG));
    assert_eq!(begin(None, &["a\r\nX: y"]), Err(INVALID_ARG));
    // An array can offer what no line of a request could.
    let request = [&REQUEST[..], &[("Sec-WebSocket-Protocol", "a\r\nX: y")]].concat();
    let server = create_server(&[]).unwrap();
    assert_eq!(server.begin_server(Some("a\r\nX: y"), &[], &request).map(drop), Err(INVALID_ARG));
    let server = create_server(&[]).unwrap();
    assert_eq!(server.begin_server(Some("chat"), &[], &REQUEST).map(drop), Err(INVALID_ARG), "none was offered");
}

#[test]
fn b5_2_a_request_without_a_header_that_the_handshake_needs() {
    for (name, wrong) in [
        ("Host", None),
        ("Upgrade", Some("websockets")),
        ("Connection", Some("close")),
        ("Sec-WebSocket-Key", Some("dGhlIHNhbXBsZSBub25jZQ")),
        ("Sec-WebSocket-Key", Some("dGhlIHNhbXBsZSBub25jZQ==x")),
        ("Sec-WebSocket-Key", Some("dGhlIHNhbXBsZSBub25jZ???")),
    ] {
        let server = create_server(&[]).unwrap();
        for value in [None, wrong.filter(|_| wrong.is_some())] {
            let code = server.begin_server(None, &[], &request_with(name, value)).map(drop);
            assert_eq!(code, Err(FORMAT), "{name}: {value:?}");
        }
        assert!(server.begin_server(None, &[], &REQUEST).is_ok(), "another request can be checked");
    }
    let without_version = request_with("Sec-WebSocket-Version", None);
    assert_eq!(create_server(&[]).unwrap().begin_server(None, &[], &without_version).map(drop), Err(FORMAT));
    let twice = [&REQUEST[..], &REQUEST[4..]].concat();
    assert_eq!(create_server(&[]).unwrap().begin_server(None, &[], &twice).map(drop), Err(FORMAT));
}

#[test]
fn origin_and_authentication_are_up_to_the_application() {
    let others = [("Origin", "null"), ("Authorization", "Basic ?"), ("Cookie", "=")];
    let request = [&REQUEST[..], &others].concat();
    assert!(create_server(&[]).unwrap().begin_server(None, &[], &request).is_ok());
}

#[test]
fn b5_10_a_request_for_another_version() {
    for version in ["8", "12", "14", "013"] {
        let request = request_with("Sec-WebSocket-Version", Some(version));
        assert_eq!(create_server(&[]).unwrap().begin_server(None, &[], &request).map(drop), Err(VERSION), "{version}");
    }
}

#[test]
fn names_of_headers_are_compared_without_regard_to_case() {
    let request: Vec<_> = REQUEST.iter().map(|(name, value)| (name.to_uppercase(), *value)).collect();
    let request: Vec<_> = request.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    assert!(create_server(&[]).unwrap().begin_server(None, &[], &request).is_ok());
}

#[test]
fn a_server_begins_and_ends_once() {
    let server = create_server(&[]).unwrap();
    assert_eq!(server.end_server(), OPERATION);
    server.begin_server(None, &[], &REQUEST).unwrap();
    assert_eq!(server.begin_server(None, &[], &REQUEST).map(drop), Err(OPERATION));
    assert_eq!(server.end_server(), OK);
    assert_eq!(server.end_server(), OPERATION);
}

#[test]
fn the_end_of_a_server_s_handshake_can_be_left_out() {
    let begun = || {
        let server = create_server(&[]).unwrap();
        server.begin_server(None, &[], &REQUEST).unwrap();
        server
    };
    assert_eq!(begun().receive(0), OK);
    assert_eq!(begun().send(BufferType::Utf8Message, b"x", 0), OK);
    let server = begun();
    super::idle(&server, winws_api::websocket::ActionQueue::ALL);
    assert_eq!(server.end_server(), OPERATION, "that was the end");
}

#[test]
fn b5_2_headers_that_were_lent_stay_until_the_end() {
    let client = create_client(&[]).unwrap();
    let lent = client.begin_client_lent(&["chat"], &[], &[]).unwrap();
    let request = lent.read();
    // Calls that fail end nothing, and other handles have their own.
    assert_eq!(client.end_client(&[]), FORMAT);
    assert_eq!(client.begin_client(&[], &[], &[]).map(drop), Err(OPERATION));
    client.abort();
    create_client(&[]).unwrap().begin_client(&["other"], &[], &[]).unwrap();
    assert_eq!(lent.read(), request);
    assert_eq!(client.end_client(&refs(&answer(&request))), OK);

    let server = create_server(&[]).unwrap();
    let lent = server.begin_server_lent(None, &[], &REQUEST).unwrap();
    let response = lent.read();
    assert_eq!(server.begin_server(None, &[], &REQUEST).map(drop), Err(OPERATION));
    server.abort();
    assert_eq!(lent.read(), response);
    assert_eq!(server.end_server(), OK);
}

#[test]
fn b5_13_headers_end_with_a_zero_and_live_until_the_handle_is_deleted() {
    // In memory of the application, so that there are no buffers to be allocated.
    let protocol = "x".repeat(20_000);
    let created = |create: fn(&[Property]) -> Result<Handle, i32>| create(&[allocated(9000, 0)]).unwrap();
    let deleted = |handle: Handle| assert!(freed(|| drop(handle)).1 > protocol.len());
    let client = created(create_client);
    let lent = client.begin_client_lent(&[&protocol], &[], &[]).unwrap();
    let request = lent.read();
    assert_eq!(lent.strings(), request);
    assert_eq!(client.end_client(&refs(&answer(&request))), OK);
    assert_eq!((client.send(BufferType::Utf8Message, b"x", 0), client.receive(0)), (OK, OK));
    client.abort();
    assert_eq!(lent.strings(), request, "after the handshake too");
    deleted(client);

    let request = [&REQUEST[..], &[("Sec-WebSocket-Protocol", &protocol)]].concat();
    let server = created(create_server);
    let lent = server.begin_server_lent(Some(&protocol), &[], &request).unwrap();
    let response = lent.read();
    assert_eq!(server.end_server(), OK);
    assert_eq!(lent.strings(), response);
    deleted(server);
}

#[test]
fn bytes_behind_the_headers_of_the_response_come_first() {
    let client = create_client(&[]).unwrap();
    let response = answer(&client.begin_client(&[], &[], &[]).unwrap());
    let lines: Vec<String> = response.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!("HTTP/1.1 101 Switching Protocols\r\n{}\r\n", lines.concat());
    // The first read of the application ends in the middle of a frame.
    let stream = [head.as_bytes(), &frame(0x81, b"first"), &frame(0x81, b"second")].concat();
    let (read, unread) = stream.split_at(head.len() + 10);
    let mut reader = ResponseReader::new();
    let taken = reader.receive_bytes(read).unwrap();
    assert!(reader.poll_response().is_some());
    assert_eq!(client.end_client(&refs(&response)), OK);
    assert_eq!(receive(&client, &read[taken..]).0.bytes, b"first");
    assert_eq!(client.receive(0), OK);
    let piece = feed(&client, b"").0;
    assert_eq!((piece.bytes, piece.buffer_type), (b"s".to_vec(), BufferType::Utf8Fragment.into()));
    assert_eq!(receive(&client, unread).0.bytes, b"econd");
}

#[test]
fn what_a_client_passed_in_is_not_used_after_the_call() {
    let client = create_client(&[]).unwrap();
    let (mut protocol, mut extension) = (*b"chat\0", *b"zip\0");
    let (mut protocols, mut extensions) = ([protocol.as_ptr().cast()], [extension.as_ptr().cast()]);
    let mut lent = Lent { headers: ptr::null(), count: 0 };
    let mut headers = ptr::null_mut();
    // SAFETY: the arrays and what they point to are there during the call.
    let code = unsafe {
        let (protocols, extensions) = (protocols.as_mut_ptr(), extensions.as_mut_ptr());
        let begin = c_api::WebSocketBeginClientHandshake;
        begin(client.0, protocols, 1, extensions, 1, ptr::null(), 0, &raw mut headers, &raw mut lent.count)
    };
    assert_eq!(code, OK);
    lent.headers = headers;
    protocol.fill(b'!');
    extension.fill(b'!');
    protocols.fill(ptr::null());
    extensions.fill(ptr::null());
    let mut response = answer(&lent.read());
    set(&mut response, "Sec-WebSocket-Protocol", "chat");
    set(&mut response, "Sec-WebSocket-Extensions", "zip");
    assert_eq!(client.end_client_choices(&refs(&response), 1), Ok((vec![0], Some(0))));
}

#[test]
fn what_a_server_passed_in_is_not_used_after_the_call() {
    let request = [&REQUEST[..], &[("Sec-WebSocket-Protocol", "chat")]].concat();
    let expected = create_server(&[]).unwrap().begin_server(Some("chat"), &[], &request).unwrap();
    let server = create_server(&[]).unwrap();
    let mut protocol = *b"chat\0";
    let mut texts: Vec<_> =
        request.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).collect();
    let length = |text: &Vec<u8>| u32::try_from(text.len()).unwrap();
    let header = |(name, value): &mut (Vec<u8>, Vec<u8>)| HttpHeader {
        name: name.as_mut_ptr().cast(),
        name_length: length(name),
        value: value.as_mut_ptr().cast(),
        value_length: length(value),
    };
    let mut array: Vec<_> = texts.iter_mut().map(header).collect();
    let mut lent = Lent { headers: ptr::null(), count: 0 };
    let mut headers = ptr::null_mut();
    // SAFETY: the array and what it points to are there during the call.
    let code = unsafe {
        let (start, count) = (array.as_ptr().cast(), u32::try_from(array.len()).unwrap());
        let begin = c_api::WebSocketBeginServerHandshake;
        let (headers, written) = (&raw mut headers, &raw mut lent.count);
        begin(server.0, protocol.as_ptr().cast(), ptr::null_mut(), 0, start, count, headers, written)
    };
    assert_eq!(code, OK);
    lent.headers = headers;
    protocol.fill(b'!');
    array.clear();
    for (name, value) in &mut texts {
        name.fill(b'!');
        value.fill(b'!');
    }
    assert_eq!(lent.read(), expected);
    assert_eq!(server.end_server(), OK);
}
