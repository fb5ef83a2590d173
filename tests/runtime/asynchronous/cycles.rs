//! Connections that come and go: nothing of them stays.

use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use winws::asynchronous::{block_on, connect};

use super::waiter::Session;
use crate::alone::{alone, threads_and_descriptors, wait_until_left};
use crate::websocket::allocations::held_by_all;

/// How many addresses the servers have. Each has some 28,000 ports for connections that have ended less than a minute ago.
const ADDRESSES: usize = 8;

/// How many threads connect in asynchronous mode, and how many futures do at once.
const THREADS: usize = 4;
const FUTURES: usize = 4;

/// How many bytes may be left of all connections together: far less than one byte for each of many.
const SLACK: isize = 8 << 10;

/// How long memory may take to be freed.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn hundreds_of_connections_leave_nothing_behind() {
    check(concat!(module_path!(), "::hundreds_of_connections_leave_nothing_behind"), 480);
}

#[test]
#[ignore = "takes half a minute"]
fn thousands_of_connections_leave_nothing_behind() {
    check(concat!(module_path!(), "::thousands_of_connections_leave_nothing_behind"), 24_000);
}

/// Makes so many connections and ends them, half of them by callbacks and half by futures.
fn check(test: &str, count: usize) {
    alone(test, || {
        let before = threads_and_descriptors();
        // What is made once is made now.
        cycle(2 * ADDRESSES * THREADS * FUTURES);
        wait_until_left(before);
        let held = held_by_all();
        let begin = Instant::now();
        cycle(count);
        println!("{count} connections in {:?}", begin.elapsed());
        wait_until_left(before);
        let left_by = Instant::now() + PATIENCE;
        while held_by_all() - held > SLACK {
            assert!(Instant::now() < left_by, "{} bytes are left", held_by_all() - held);
            thread::yield_now();
        }
    });
}

fn cycle(count: usize) {
    let (of_callbacks, of_futures) = (count / 2, count - count / 2);
    let listen = |number| {
        let address = [127, 0, 0, u8::try_from(number).unwrap() + 1];
        TcpListener::bind(SocketAddr::from((address, 0))).unwrap()
    };
    let listeners: Vec<_> = (0..ADDRESSES).map(listen).collect();
    let addresses: Vec<_> = listeners.iter().map(|listener| listener.local_addr().unwrap()).collect();
    let addresses = &addresses[..];
    thread::scope(|scope| {
        let servers: Vec<_> = listeners.iter().map(|listener| scope.spawn(|| serve(listener))).collect();
        let mut clients: Vec<_> = (0..THREADS)
            .map(|thread| scope.spawn(move || by_callbacks(addresses, (thread..of_callbacks).step_by(THREADS))))
            .collect();
        clients.push(scope.spawn(move || by_futures(addresses, of_futures)));
        clients.into_iter().for_each(|client| client.join().unwrap());
        // A connection that asks for nothing ends a server.
        addresses.iter().for_each(|address| drop(std::net::TcpStream::connect(address).unwrap()));
        servers.into_iter().for_each(|server| server.join().unwrap());
    });
}

/// Sends back what comes on one connection after the other, until one of them says nothing.
fn serve(listener: &TcpListener) {
    while let Ok(socket) = winws::accept(listener.accept().unwrap().0) {
        let mut message = Vec::new();
        while let Ok(received) = socket.receive_message(&mut message) {
            if received.is_close() {
                socket.close(1000, "").ok();
                break;
            }
            socket.send_binary(&message).ok();
        }
    }
}

fn by_callbacks(addresses: &[SocketAddr], numbers: impl Iterator<Item = usize>) {
    let session = Session::open();
    for number in numbers {
        let address = addresses[number % ADDRESSES];
        let socket = session.connect(&address.ip().to_string(), address.port(), "/", false);
        socket.echo(b"hello", &mut [0; 8]);
        if number % 3 == 0 {
            socket.close();
        }
    }
}

fn by_futures(addresses: &[SocketAddr], count: usize) {
    let cycle = |number| {
        let url = format!("ws://{}/", addresses[number % ADDRESSES]);
        async move {
            let (socket, mut message) = (connect(&url).await.unwrap(), Vec::new());
            socket.send_binary(*b"hello").await.unwrap();
            socket.receive_message(&mut message).await.unwrap();
            assert_eq!(message, b"hello");
            if number % 3 == 0 {
                socket.close(1000, "").await.unwrap();
            }
        }
    };
    block_on(stream::iter((0..count).map(cycle)).buffer_unordered(FUTURES).for_each(|()| async {}));
}
