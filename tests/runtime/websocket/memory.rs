//! Sessions where memory is short: in a process of their own, which has few addresses.

use std::env;
use std::process::Command;

use winws_api::HResult;
use winws_api::websocket::{ActionQueue, BufferType, PropertyType};

use super::c::{Handle, create_client, create_server, number};
use super::{OK, OPERATION, REQUEST, refs};

const OUT_OF_MEMORY: i32 = HResult::E_OUTOFMEMORY.0;

/// Set in the process that has little memory.
const LITTLE: &str = "WINWS_LITTLE_MEMORY";

/// Whether this process has little memory. If not, one is made that has and that runs this test.
fn is_little(test: &str) -> bool {
    if env::var_os(LITTLE).is_some() {
        return true;
    }
    let limited = ["-c", "ulimit -v 400000 && exec \"$0\" \"$@\""];
    let program = env::current_exe().expect("a test is a file");
    let arguments = ["--exact", test, "--test-threads=1"];
    let output = Command::new("sh").args(limited).arg(program).args(arguments).env(LITTLE, "1").output();
    let output = output.expect("a shell can be run");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    false
}

/// A server whose handshake has begun, with a receive buffer of so many bytes.
fn begun(size: u32) -> Handle {
    let server = create_server(&[number(PropertyType::ReceiveBufferSize, size)]).unwrap();
    server.begin_server(None, &[], &REQUEST).unwrap();
    server
}

#[test]
fn a_session_that_there_is_no_memory_for() {
    if !is_little("websocket::memory::a_session_that_there_is_no_memory_for") {
        return;
    }
    let server = begun(u32::MAX);
    assert_eq!(server.end_server(), OUT_OF_MEMORY);
    // The handshake can still be ended, by whichever call does that.
    assert_eq!(server.send(BufferType::Utf8Message, b"x", 0), OUT_OF_MEMORY);
    assert_eq!(server.receive(0), OUT_OF_MEMORY);
    assert_eq!(server.get(ActionQueue::ALL).map(drop), Err(OUT_OF_MEMORY));
    assert_eq!(server.end_server(), OUT_OF_MEMORY);

    let client = create_client(&[number(PropertyType::ReceiveBufferSize, u32::MAX)]).unwrap();
    let request = client.begin_client(&[], &[], &[]).unwrap();
    let request = [&refs(&request)[..], &[("Host", "example.com")]].concat();
    let response = create_server(&[]).unwrap().begin_server(None, &[], &request).unwrap();
    assert_eq!(client.end_client(&refs(&response)), OUT_OF_MEMORY);
    assert_eq!(client.receive(0), OPERATION, "it is not open");
}

#[test]
fn delete_frees_the_buffers() {
    if !is_little("websocket::memory::delete_frees_the_buffers") {
        return;
    }
    for _ in 0..7 {
        assert_eq!(begun(64 << 20).end_server(), OK);
    }
    // All of them together do not fit.
    let held: Vec<Handle> = (0..7).map(|_| begun(64 << 20)).collect();
    assert!(held.iter().any(|server| server.end_server() == OUT_OF_MEMORY), "there is more memory than that");
}

#[test]
fn b5_16_memory_is_reserved_and_not_written_before_it_is_used() {
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/statm").expect("Linux says what a process uses");
        status.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).expect("a number of pages") * 4096
    };
    let server = begun(1 << 30);
    let before = resident();
    assert_eq!(server.end_server(), OK);
    assert_eq!(super::receive(&server, &super::masked(0x81, b"x")).0.bytes, b"x");
    // Other tests run at the same time.
    assert!(resident().saturating_sub(before) < 256 << 20, "a buffer of 1 GiB was written");
}
