//! The call patterns of programs that ship, replayed by C programs of our own: `fixtures/c/websocket`.
//!
//! Each program runs as client and as server, against every program, and against a [`Connection`](winws::websocket::Connection)
//! that is driven from here. The bytes that pass between two ends are compared to the frames that they must be. The programs
//! compare what they receive, and fail with a message.

mod ends;
mod engine;
mod wire;

use std::fmt;
use std::path::PathBuf;
use std::process::Command;

use winws_tests_generator::workspace;

use self::ends::{End, converse};
use self::engine::Engine;
use self::wire::{Last, Pings, Sent, Side};
use super::installed::flags;
use super::programs::{folder, link};
use super::{Compiler, compilers};

/// One way of using websocket.h: a program, and what it is told beside its role.
#[derive(Clone, Copy)]
struct Pattern {
    program: &'static str,
    manner: &'static str,
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { program, manner } = self;
        if manner.is_empty() { f.write_str(program) } else { write!(f, "{program} ({manner})") }
    }
}

const TWO_THREADS: Pattern = Pattern { program: "two_threads", manner: "" };
const SHORT: [Pattern; 2] = [
    Pattern { program: "short_completion", manner: "nothing" },
    Pattern { program: "short_completion", manner: "first" },
];
const HEADER_STRINGS: Pattern = Pattern { program: "header_strings", manner: "" };

/// Those whose handshake no peer sees.
const OPEN: [Pattern; 5] = [
    TWO_THREADS,
    Pattern { program: "one_queue", manner: "" },
    SHORT[0],
    SHORT[1],
    Pattern { program: "reused_count", manner: "" },
];

const PROGRAMS: [&str; 5] = ["two_threads", "one_queue", "short_completion", "reused_count", "header_strings"];

/// As many as there are lengths that matter, twice over.
const MESSAGES: u32 = 32;

/// The programs, built by one compiler.
struct Built(PathBuf);

impl Built {
    /// Builds all of them into a folder of this name.
    fn new(compiler: Compiler, name: &str, more: &[&str]) -> Self {
        let words = flags("winws", true);
        let built = folder().join(name);
        std::fs::create_dir_all(&built).unwrap();
        for program in PROGRAMS {
            let source = workspace().join("tests/workspace/fixtures/c/websocket").join(program).with_extension("c");
            link(compiler, &source, &words, more, &built.join(program));
        }
        Self(built)
    }

    fn command(&self, pattern: Pattern, side: Side, ending: &str, messages: u32) -> Command {
        let mut command = Command::new(self.0.join(pattern.program));
        command.args([side.name(), ending, &messages.to_string()]);
        if !pattern.manner.is_empty() {
            command.arg(pattern.manner);
        }
        command
    }
}

/// Who closes, and who answers.
const fn ending(side: Side, closing: Side) -> (&'static str, Last) {
    if side as u8 == closing as u8 { ("closes", Last::EmptyClose) } else { ("answers", Last::Done) }
}

/// What an end sends that follows a pattern.
fn sent(pattern: Pattern, side: Side, closing: Side, messages: u32) -> Sent {
    let pings = if pattern.program == "two_threads" { Pings::Empty } else { Pings::None };
    Sent { side, messages, pings, last: ending(side, closing).1 }
}

/// Two programs against each other, and each in the other's role as well.
fn check_programs(built: &Built, client: Pattern, server: Pattern, messages: u32) {
    for closing in [Side::Client, Side::Server] {
        println!("client {client}, server {server}, {} closes", closing.name());
        let program = |pattern, side| End::Program(built.command(pattern, side, ending(side, closing).0, messages));
        let bytes = converse([program(client, Side::Client), program(server, Side::Server)]);
        let sent = [sent(client, Side::Client, closing, messages), sent(server, Side::Server, closing, messages)];
        wire::check(&bytes, sent);
    }
}

/// A program in both roles against the engine.
fn check_engine(built: &Built, pattern: Pattern, messages: u32) {
    for (side, closing) in
        [Side::Client, Side::Server].into_iter().flat_map(|side| [(side, Side::Client), (side, Side::Server)])
    {
        println!("{} {pattern} and the engine, {} closes", side.name(), closing.name());
        let program = End::Program(built.command(pattern, side, ending(side, closing).0, messages));
        let other = side.other();
        let engine = Sent { side: other, messages, pings: Pings::Long, last: ending(other, closing).1 };
        let mut bytes = converse([program, End::Engine(Engine::new(engine, messages))]);
        let mut sent = [sent(pattern, side, closing, messages), engine];
        if side == Side::Server {
            bytes.reverse();
            sent.reverse();
        }
        wire::check(&bytes, sent);
    }
}

/// Everything that the programs can do, once.
fn check_all(built: &Built, messages: u32) {
    for pattern in OPEN {
        check_programs(built, pattern, pattern, messages);
        check_engine(built, pattern, messages);
    }
    check_aborts(built);
    check_strings(built);
}

/// An end that is aborted has sent its messages, and no byte of what was queued behind them.
fn check_aborts(built: &Built) {
    for side in [Side::Client, Side::Server] {
        for manner in ["1", "2"] {
            println!("{} aborts, {manner} elements", side.name());
            let pattern = Pattern { manner, ..TWO_THREADS };
            let program = End::Program(built.command(pattern, side, "aborts", 5));
            let silent = Sent { side: side.other(), messages: 0, pings: Pings::None, last: Last::Nothing };
            let mut bytes = converse([program, End::Engine(Engine::new(silent, 5))]);
            let mut sent = [Sent { side, messages: 5, pings: Pings::Empty, last: Last::Nothing }, silent];
            if side == Side::Server {
                bytes.reverse();
                sent.reverse();
            }
            wire::check(&bytes, sent);
        }
    }
}

/// The handshake goes over the wire first, made of the strings that the program has read.
fn check_strings(built: &Built) {
    for closing in [Side::Client, Side::Server] {
        let program = |side| End::Program(built.command(HEADER_STRINGS, side, ending(side, closing).0, MESSAGES));
        let sent = |side| sent(HEADER_STRINGS, side, closing, MESSAGES);
        let engine = |side| End::Engine(Engine::new(sent(side), MESSAGES).with_handshake());
        for ends in [
            [program(Side::Client), program(Side::Server)],
            [program(Side::Client), engine(Side::Server)],
            [engine(Side::Client), program(Side::Server)],
        ] {
            let mut bytes = converse(ends);
            wire::take_handshake(&mut bytes);
            wire::check(&bytes, [sent(Side::Client), sent(Side::Server)]);
        }
    }
}

#[test]
#[ignore = "needs a C compiler"]
fn programs_of_every_pattern_talk_to_their_like_and_to_the_engine() {
    for compiler in compilers() {
        check_all(&Built::new(compiler, &format!("patterns-{}", compiler.program), &[]), MESSAGES);
    }
}

#[test]
#[ignore = "needs a C compiler"]
fn programs_of_every_pattern_talk_to_those_of_every_other() {
    let built = Built::new(compilers()[0], "patterns-mixed", &[]);
    for client in OPEN {
        for server in OPEN {
            check_programs(&built, client, server, MESSAGES);
        }
    }
}

/// While pings come all the time, and two threads of each end ask for actions.
#[test]
#[ignore = "needs a C compiler"]
fn a_hundred_thousand_sends_of_two_threads_end() {
    let built = Built::new(compilers()[0], "patterns-many", &[]);
    check_programs(&built, TWO_THREADS, TWO_THREADS, 50_000);
}

/// A compiler without AddressSanitizer fails: whoever has one finds the errors in memory that the others do not see.
#[test]
#[ignore = "needs a C compiler with AddressSanitizer"]
fn programs_of_every_pattern_use_no_memory_that_is_not_theirs() {
    let sanitizer = ["-g", "-fsanitize=address", "-fno-omit-frame-pointer"];
    check_all(&Built::new(compilers()[0], "patterns-address", &sanitizer), MESSAGES);
}
