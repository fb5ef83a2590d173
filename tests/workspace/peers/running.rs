//! Other people's programs. Each ends with its test, and says itself when it is ready.

use std::io::{BufRead as _, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread;

/// How often a program is started when another one takes its port first.
const STARTS: u32 = 5;

/// A process that ends with its test.
#[derive(Debug)]
pub(super) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Where a program says that it is ready.
#[derive(Clone, Copy, Debug)]
pub(super) enum Says {
    ToOutput,
    ToErrors,
}

impl Running {
    /// Starts a program, and waits for the line that says that it is ready: that line, or all lines of a program that ended.
    pub(super) fn start(
        mut command: Command,
        says: Says,
        is_ready: impl Fn(&str) -> bool,
    ) -> Result<(Self, String), String> {
        match says {
            Says::ToOutput => command.stdout(Stdio::piped()),
            Says::ToErrors => command.stdout(Stdio::null()).stderr(Stdio::piped()),
        };
        let name = command.get_program().to_string_lossy().into_owned();
        let mut process = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        let stream: Box<dyn Read + Send> = match says {
            Says::ToOutput => Box::new(process.stdout.take().expect("it is a pipe")),
            Says::ToErrors => Box::new(process.stderr.take().expect("it is a pipe")),
        };
        let running = Self(process);
        let (mut lines, mut said) = (BufReader::new(stream).lines().map_while(Result::ok), String::new());
        while let Some(line) = lines.next() {
            if is_ready(&line) {
                // A pipe that nobody reads would stop the program some day.
                thread::spawn(move || lines.for_each(drop));
                return Ok((running, line));
            }
            said.push_str(&line);
            said.push('\n');
        }
        Err(format!("{name} has ended:\n{said}"))
    }

    /// Starts a program that prints the port that it has chosen.
    pub(super) fn with_port(command: Command) -> (Self, u16) {
        let (running, line) = Self::start(command, Says::ToOutput, |_| true).unwrap_or_else(|said| panic!("{said}"));
        (running, line.parse().expect("a server says its port"))
    }

    /// Starts a program that is told its ports.
    pub(super) fn on_free_ports<const N: usize>(
        start: impl Fn([u16; N]) -> Result<(Self, String), String>,
    ) -> (Self, [u16; N]) {
        let mut said = String::new();
        for _ in 0..STARTS {
            let ports = free_ports();
            match start(ports) {
                Ok((running, _)) => return (running, ports),
                Err(lines) => said = lines,
            }
        }
        panic!("{said}")
    }
}

/// Ports that nobody listens on at the moment.
fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}
