//! Events of the feature `tracing`.

use std::fmt::{self, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Writes down the events of this crate, one to a line.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

struct Line<'l>(&'l mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => write!(self.0, "{value:?}").unwrap(),
            name => write!(self.0, " {name}={value:?}").unwrap(),
        }
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "winws"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut log = self.0.lock().unwrap();
        event.record(&mut Line(&mut log));
        log.push('\n');
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn the_steps_of_a_connection_are_events_without_what_is_said() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        winws::accept(listener.accept().unwrap().0).unwrap().close(1000, "").unwrap();
    });
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || {
        let headers = &[("Cookie", "secret")];
        let options = winws::ConnectOptions { headers, subprotocols: &[] };
        let socket = winws::connect_with(&format!("ws://{address}/"), &options).unwrap();
        socket.close(1000, "secret").unwrap();
    });
    server.join().unwrap();
    let log = log.0.lock().unwrap();
    for step in ["resolving", "resolved", "connecting", "connected", "sending the request", "waiting for the response"]
    {
        assert!(log.contains(step), "{log}");
    }
    assert!(log.contains(&format!("connected address={address}\n")), "{log}");
    assert!(!log.contains("secret"), "{log}");
}
