//! Two ends, joined so that what they send is kept. Neither waits until the other one reads.

use std::io::{self, Read, Write};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use super::engine::Engine;

/// One end of a connection.
pub(super) enum End {
    /// It reads from its standard input, and writes to its standard output.
    Program(Command),
    Engine(Engine),
}

/// An end at work: what goes to it, what comes from it, and how it ended.
struct Running {
    input: Sender<Vec<u8>>,
    output: Receiver<Vec<u8>>,
    ended: JoinHandle<Result<(), String>>,
}

/// Joins two ends, waits until both have ended well, and gives the bytes that each has sent.
pub(super) fn converse(ends: [End; 2]) -> [Vec<u8>; 2] {
    let [one, other] = ends.map(|end| match end {
        End::Program(command) => run_program(command),
        End::Engine(engine) => run_engine(engine),
    });
    let relays = [relay(one.output, other.input), relay(other.output, one.input)];
    let ended =
        [one.ended, other.ended].map(|ended| ended.join().unwrap_or_else(|_| Err("the engine has failed".into())));
    // If one fails, the other one loses its peer and fails too: both are shown.
    let failed: Vec<String> = ended.into_iter().filter_map(Result::err).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    relays.map(|relay| relay.join().expect("a relay does not panic"))
}

/// Hands bytes over, and keeps them.
fn relay(from: Receiver<Vec<u8>>, to: Sender<Vec<u8>>) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut passed = Vec::new();
        for bytes in from {
            passed.extend_from_slice(&bytes);
            // An end that has ended reads nothing more, and what was sent counts all the same.
            to.send(bytes).ok();
        }
        passed
    })
}

fn run_program(mut command: Command) -> Running {
    let shown = format!("{command:?}");
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child: Child = piped.spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let ((input, to_it), (from_it, output)) = (channel::<Vec<u8>>(), channel());
    thread::spawn(move || to_it.iter().try_for_each(|bytes| stdin.write_all(&bytes)));
    thread::spawn(move || -> io::Result<()> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = stdout.read(&mut buffer)?;
            if count == 0 || from_it.send(buffer[..count].to_vec()).is_err() {
                return Ok(());
            }
        }
    });
    let ended = thread::spawn(move || {
        let Output { status, stderr, .. } = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&stderr);
        if status.success() { Ok(()) } else { Err(format!("{shown}: {status}\n{said}")) }
    });
    Running { input, output, ended }
}

fn run_engine(engine: Engine) -> Running {
    let ((input, to_it), (from_it, output)) = (channel(), channel());
    let ended = thread::spawn(move || {
        engine.run(&mut Stream { input: to_it, rest: Vec::new(), output: from_it });
        Ok(())
    });
    Running { input, output, ended }
}

/// The network of the engine.
struct Stream {
    input: Receiver<Vec<u8>>,
    rest: Vec<u8>,
    output: Sender<Vec<u8>>,
}

impl Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            // The peer has ended.
            let Ok(bytes) = self.input.recv() else { return Ok(0) };
            self.rest = bytes;
        }
        let count = self.rest.len().min(buf.len());
        buf[..count].copy_from_slice(&self.rest[..count]);
        self.rest.drain(..count);
        Ok(count)
    }
}

impl Write for Stream {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.output.send(buf.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
