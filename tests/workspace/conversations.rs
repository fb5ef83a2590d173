//! The examples that use the Rust API from several threads or read a response, with peers on loopback.

#[path = "../../runtime/examples/accept_echo.rs"]
#[allow(dead_code, reason = "the listener of the example has a port of its own choice")]
mod accept_echo;
#[path = "../../runtime/examples/chat.rs"]
#[allow(dead_code, reason = "the input of the example is a terminal")]
mod chat;
#[path = "../../runtime/examples/get.rs"]
#[allow(dead_code, reason = "the URL of the example is an argument")]
mod get;
#[path = "../../runtime/examples/room.rs"]
#[allow(dead_code, reason = "the listener of the example has a port of its own choice")]
mod room;

use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use winws::WebSocket;

/// How long anything may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// Calls `serve` in a thread, with the first client of a free port.
fn server<T: Send + 'static>(serve: impl FnOnce(TcpStream) -> T + Send + 'static) -> (SocketAddr, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (address, thread::spawn(move || serve(listener.accept().unwrap().0)))
}

/// The request of the example `get`, and what it shows for this response. The server keeps the connection open meanwhile if
/// the response says where it ends.
fn get(response: &'static str, keep: bool) -> (String, Result<String, Box<dyn Error>>) {
    let (address, server) = server(move |mut stream| {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (mut request, mut byte) = (Vec::new(), [0]);
        while !request.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            request.extend(byte);
        }
        stream.write_all(response.as_bytes()).unwrap();
        (String::from_utf8(request).unwrap(), keep.then_some(stream))
    });
    let mut out = Vec::new();
    let shown = get::get(&format!("http://{address}/a?b=c"), &mut out);
    let (request, _stream) = server.join().unwrap();
    (request, shown.map(|()| String::from_utf8(out).unwrap()))
}

#[test]
fn get_shows_status_headers_and_body() {
    let (request, shown) = get("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n", true);
    assert!(request.starts_with("GET /a?b=c HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("\r\nUser-Agent: winws-get/0.1\r\n"), "{request}");
    assert_eq!(shown.unwrap(), "200 OK\nContent-Type: text/plain\nContent-Length: 6\n\nhello\n");
}

/// RFC 9112 section 7.1: sizes are hexadecimal, and an extension of a chunk may be ignored.
#[test]
fn get_puts_chunks_together() {
    let response = "HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n\
        3\r\nhel\r\nD;x=y\r\nlo,\r\nworld!\r\n\r\n0\r\n\r\n";
    assert_eq!(get(response, true).1.unwrap(), "200 Fine\nTransfer-Encoding: chunked\n\nhello,\r\nworld!\r\n");
}

#[test]
fn get_shows_what_is_said_about_a_document_that_is_not_there() {
    let response = "HTTP/1.1 404 Not Found\r\nContent-Length: 8\r\n\r\nsearch!\n";
    assert_eq!(get(response, true).1.unwrap(), "404 Not Found\nContent-Length: 8\n\nsearch!\n");
}

/// RFC 9112 section 8: a body that is shorter than its length is incomplete.
#[test]
fn get_reports_a_body_that_is_cut_off() {
    get("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhello", false).1.unwrap_err();
}

#[test]
fn chat_shows_what_comes_back() {
    let (address, server) = server(accept_echo::echo);
    let mut shown = Vec::new();
    chat::talk(&format!("ws://{address}/"), "one\n\ntwo".as_bytes(), &mut shown).unwrap();
    assert_eq!(String::from_utf8(shown).unwrap(), "one\n\ntwo\n");
    // The server has had the close frame and its answer has gone out.
    server.join().unwrap().unwrap();
}

#[test]
fn chat_ends_when_one_fails() {
    let (address, failed) = server(accept_echo::echo);
    let url = format!("ws://{address}/");
    let error = chat::talk(&url, b"one\n\xff\n".as_slice(), io::sink()).unwrap_err();
    assert_eq!(error.downcast::<io::Error>().unwrap().kind(), io::ErrorKind::InvalidData);
    failed.join().unwrap().unwrap_err();
    // The server leaves after the handshake, and the client has nothing to say.
    let (address, gone) = server(|stream| winws::accept(stream).map(drop));
    chat::talk(&format!("ws://{address}/"), io::empty(), io::sink()).unwrap_err();
    gone.join().unwrap().unwrap();
}

/// Sends a message.
fn say(person: &WebSocket, text: &str) {
    person.send_text(text).unwrap();
}

/// Checks that this message comes next.
fn hear(person: &WebSocket, text: &str) {
    let mut message = Vec::new();
    assert!(!person.receive_message(&mut message).unwrap().is_close());
    assert_eq!(String::from_utf8(message).unwrap(), text);
}

#[test]
fn everybody_in_the_room_hears_everybody() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let room = thread::spawn(move || room::serve(listener.incoming().take(4).map(Result::unwrap)));
    // Somebody who hears their own words is in the room.
    let enter = |name: &str| {
        let person = winws::connect(&format!("ws://{address}/")).unwrap();
        person.set_receive_timeout(Some(PATIENCE));
        say(&person, name);
        hear(&person, name);
        person
    };
    let anna = enter("Anna");
    let ben = enter("Ben");
    hear(&anna, "Ben");
    let cleo = enter("Cleo");
    hear(&anna, "Cleo");
    hear(&ben, "Cleo");
    // Another visitor does not speak the language.
    let mut stranger = TcpStream::connect(address).unwrap();
    stranger.set_read_timeout(Some(PATIENCE)).unwrap();
    stranger.write_all(b"no HTTP\r\n\r\n").unwrap();
    stranger.read_to_end(&mut Vec::new()).ok();
    ben.abort();
    for (text, from) in [("still here", &anna), ("me too", &cleo)] {
        say(from, text);
        hear(&anna, text);
        hear(&cleo, text);
    }
    anna.close(1000, "").unwrap();
    say(&cleo, "alone");
    hear(&cleo, "alone");
    cleo.close(1000, "").unwrap();
    room.join().unwrap();
}
