//! What a request tells, up to its WebSocket (rows b2.1.1 to b2.1.6, b2.1.19 and others of requests).

use std::ptr;
use std::thread;

use winws::ffi::winhttp::{WinHttpSendRequest, WinHttpWebSocketCompleteUpgrade};
use winws_api::winhttp::sys::*;
use winws_tests_runtime::peer::{Peer, good_answer};

use super::chat::{Asking, BINARY, Chat, end, open, receive_response, send, send_request, wait_for_the_last_words};
use super::recorder::{Information, Recorder, Told};
use crate::winhttp::c;

const RESPONSE: [u32; 3] = [
    WINHTTP_CALLBACK_STATUS_RECEIVING_RESPONSE,
    WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED,
    WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE,
];

#[test]
fn b2_1_1_connections_and_requests_are_created() {
    let recorder = Recorder::new();
    let session = open(recorder);
    let connection = c::connect(session, Some("127.0.0.1"), 80, 0);
    let request = c::open_request(connection, None, None);
    let created: Vec<_> = recorder
        .told()
        .into_iter()
        .filter(|told| told.status == WINHTTP_CALLBACK_STATUS_HANDLE_CREATED)
        .map(|told| (told.information, told.length))
        .collect();
    let length = u32::try_from(size_of::<usize>()).unwrap();
    let expected = [connection, request].map(|handle| (Information::Handle(handle.addr()), length));
    assert_eq!(created, expected);
    end(recorder, &[request, connection, session]);
}

#[test]
fn b2_1_2_a_send_buffer_of_less_than_16_bytes_is_an_error_of_the_callback() {
    let asking = Asking::new();
    let option = WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE;
    assert_eq!(c::set_option(asking.request, option, Some(&15_u32.to_ne_bytes()), 4), 0);
    assert_eq!(send_request(asking.request, asking.recorder.context()), 0);
    let told = asking.recorder.wait_for(asking.request, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, 1);
    assert_eq!((told.information, told.length), (Information::Result(5, 8), 16));
    // The same in synchronous mode.
    let session = c::open(None, WINHTTP_ACCESS_TYPE_NO_PROXY, 0);
    let connection = c::connect(session, Some("127.0.0.1"), 80, 0);
    let request = c::open_request(connection, None, None);
    assert_eq!(c::set_option(request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, None, 0), 0);
    assert_eq!(c::set_option(request, option, Some(&15_u32.to_ne_bytes()), 4), 0);
    assert_eq!(c::send_request(request, None, 0, 0), 8);
    for handle in [request, connection, session] {
        assert_eq!(c::close_handle(handle), 0);
    }
    asking.end();
}

#[test]
fn b2_1_3_the_steps_of_a_send_come_in_order() {
    for asking in [Asking::plainly(None), Asking::new()] {
        let (mut peer, head) = asking.sent();
        // Only an upgrade waits for this.
        peer.write(b"HTTP/1.1 204 No Content\r\n\r\n");
        asking.recorder.wait_for(asking.request, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
        let mut told = asking.recorder.of(asking.request);
        // Both may be missing when the name is known.
        let resolving = [WINHTTP_CALLBACK_STATUS_RESOLVING_NAME, WINHTTP_CALLBACK_STATUS_NAME_RESOLVED];
        if told[0].status == resolving[0] {
            assert_eq!(told.remove(0).information, Information::Text("127.0.0.1".to_owned()));
            let resolved = told.remove(0);
            assert_eq!(
                (resolved.status, resolved.information),
                (resolving[1], Information::Text("127.0.0.1".to_owned()))
            );
        }
        let address = || Information::Text("127.0.0.1".to_owned());
        let steps: Vec<_> = told.iter().map(|told| (told.status, told.information.clone())).collect();
        assert_eq!(
            steps,
            [
                (WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER, address()),
                (WINHTTP_CALLBACK_STATUS_CONNECTED_TO_SERVER, address()),
                (WINHTTP_CALLBACK_STATUS_SENDING_REQUEST, Information::None),
                (WINHTTP_CALLBACK_STATUS_REQUEST_SENT, Information::Number(u32::try_from(head.len()).unwrap())),
                (WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, Information::None),
            ]
        );
        assert!(told.iter().all(|told| told.context == asking.recorder.context()));
        drop(peer);
        asking.end();
    }
}

/// What a request was told of its response.
fn of_response(asking: &Asking) -> Vec<Told> {
    let told = asking.recorder.of(asking.request);
    let begin = told.iter().position(|told| told.status == RESPONSE[0]).expect("it receives");
    told[begin..].to_vec()
}

#[test]
fn b2_1_4_a_response_that_is_there_is_told_on_the_caller() {
    let asking = Asking::new();
    let peer = asking.answered();
    assert_eq!(receive_response(asking.request), 0);
    let told = of_response(&asking);
    assert_eq!(told.iter().map(|told| told.status).collect::<Vec<_>>(), RESPONSE);
    assert!(told.iter().all(|told| told.thread == thread::current().id()), "{told:#?}");
    assert_eq!(told[0].information, Information::None);
    assert!(matches!(told[1].information, Information::Number(1..)), "the length of the head: {told:#?}");
    assert_eq!(told[2].information, Information::None);
    drop(peer);
    asking.end();
}

#[test]
fn b2_1_4_a_response_that_comes_later_is_told_in_the_same_order() {
    let asking = Asking::plainly(None);
    let (mut peer, _) = asking.sent();
    asking.recorder.wait_for(asking.request, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
    assert_eq!(receive_response(asking.request), 0);
    assert_eq!(asking.recorder.statuses(asking.request).last(), Some(&RESPONSE[0]), "it waits");
    let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
    peer.write(answer);
    asking.recorder.wait_for(asking.request, RESPONSE[2], 1);
    let told = of_response(&asking);
    assert_eq!(told.iter().map(|told| told.status).collect::<Vec<_>>(), RESPONSE);
    assert_eq!(told[1].information, Information::Number(u32::try_from(answer.len()).unwrap()));
    assert_ne!(told[2].thread, thread::current().id());
    asking.end();
}

#[test]
fn b2_1_5_an_upgrade_creates_a_handle() {
    let chat = Chat::new();
    let handle = Information::Handle(chat.socket.addr());
    let told = chat.recorder.wait(|told| told.iter().find(|told| told.information == handle).cloned());
    assert_eq!((told.status, told.length), (WINHTTP_CALLBACK_STATUS_HANDLE_CREATED, 8));
    chat.end();
}

#[test]
fn b2_1_6_a_socket_outlives_its_request() {
    let mut chat = Chat::new();
    assert_eq!(c::close_handle(chat.request), 0);
    chat.recorder.wait_for(chat.request, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING, 1);
    assert_eq!(send(chat.socket, BINARY, b"alive"), 0);
    assert_eq!(chat.peer.read_frame(), (0x82, b"alive".to_vec()));
    assert_eq!(chat.last().status, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE);
    end(chat.recorder, &[chat.socket, chat.connection, chat.session]);
}

#[test]
fn b2_1_19_an_upgrade_is_sent_when_its_answer_is_in() {
    let asking = Asking::new();
    let (mut peer, head) = asking.sent();
    asking.recorder.wait_for(asking.request, WINHTTP_CALLBACK_STATUS_REQUEST_SENT, 1);
    // A complete request that is not answered yet: whatever comes later, it did not come before this.
    assert_eq!(
        asking.recorder.statuses(asking.request).last(),
        Some(&WINHTTP_CALLBACK_STATUS_REQUEST_SENT),
        "the server has not answered"
    );
    peer.write(good_answer(&head, "").as_bytes());
    let told = asking.recorder.wait_for(asking.request, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
    assert_eq!((told.information, told.length), (Information::None, 0));
    assert_eq!(receive_response(asking.request), 0);
    let told = of_response(&asking);
    assert_eq!(told.iter().map(|told| told.status).collect::<Vec<_>>(), RESPONSE);
    assert!(told.iter().all(|told| told.thread == thread::current().id()), "{told:#?}");
    drop(peer);
    asking.end();
}

#[test]
fn b2_4_6_send_complete_has_the_optional_data() {
    static BODY: &[u8] = b"the body";
    let asking = Asking::plainly(Some("POST"));
    let length = u32::try_from(BODY.len()).unwrap();
    // SAFETY: the bytes live as long as the process.
    let sent = unsafe {
        let body = BODY.as_ptr().cast_mut().cast();
        WinHttpSendRequest(asking.request, ptr::null(), 0, body, length, length, asking.recorder.context())
    };
    assert_eq!(c::code_of(sent), 0);
    let mut peer = Peer::accept(&asking.listener);
    peer.read_head();
    assert_eq!(peer.read(BODY.len()), BODY);
    let told = asking.recorder.wait_for(asking.request, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
    assert_eq!(told.information, Information::Bytes(BODY.as_ptr().addr(), BODY.to_vec()));
    assert_eq!(told.length, length);
    asking.end();
    // Without such data it is NULL.
    let asking = Asking::plainly(None);
    let (peer, _) = asking.sent();
    let told = asking.recorder.wait_for(asking.request, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
    assert_eq!((told.information, told.length), (Information::None, 0));
    drop(peer);
    asking.end();
}

#[test]
fn b2_4_12_handles_of_a_refused_upgrade_close_once() {
    let answers = [
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        // Not what the key of the request makes.
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
    ];
    for answer in answers {
        let asking = Asking::new();
        let (mut peer, _) = asking.sent();
        peer.write(answer.as_bytes());
        asking.recorder.wait_for(asking.request, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
        assert_eq!(receive_response(asking.request), 0);
        asking.recorder.wait(|told| {
            let ends = [WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR];
            told.iter().any(|told| ends.contains(&told.status)).then_some(())
        });
        // SAFETY: there is no memory.
        let socket = unsafe { WinHttpWebSocketCompleteUpgrade(asking.request, asking.recorder.context()) };
        assert!(socket.is_null());
        let (recorder, handles) = (asking.recorder, [asking.request, asking.connection, asking.session]);
        drop(peer);
        asking.end();
        wait_for_the_last_words(recorder, &handles);
    }
}

/// The exchange is taken only when a worker goes on with the call, but the call is under way as soon as it has returned.
#[test]
fn b3_11_no_credentials_are_set_while_a_response_is_awaited() {
    let asking = Asking::plainly(None);
    let (mut peer, _) = asking.sent();
    asking.recorder.wait_for(asking.request, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, 1);
    let text: Vec<u8> = "name".encode_utf16().flat_map(u16::to_ne_bytes).collect();
    let options = [
        WINHTTP_OPTION_USERNAME,
        WINHTTP_OPTION_PASSWORD,
        WINHTTP_OPTION_PROXY_USERNAME,
        WINHTTP_OPTION_PROXY_PASSWORD,
    ];
    let set = || options.map(|option| c::set_option(asking.request, option, Some(&text), 4));
    assert_eq!(set(), [0; 4], "between two calls");
    assert_eq!(receive_response(asking.request), 0);
    assert_eq!(set(), [12019; 4]);
    peer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    asking.recorder.wait_for(asking.request, WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE, 1);
    assert_eq!(set(), [0; 4], "the response is there");
    asking.end();
}
