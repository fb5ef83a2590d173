//! Responses as we read them and as http.client of Python does. All tests below this module need python3, without packages,
//! and `.ci/run` includes them.

mod responses;

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use winws::protocol::http::{BodyReader, ResponseReader};
use winws_tests_generator::workspace;

use self::responses::{Difference, Given, differences, shared};

/// What Python makes of responses, one value for each.
fn python(responses: &[Given]) -> Vec<Value> {
    let list: Vec<_> = responses.iter().map(|given| (given.method, text(&given.bytes))).collect();
    let mut command = Command::new("python3");
    command.arg(workspace().join("tests/workspace/python/read_responses.py"));
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("there is a python3");
    let mut input = process.stdin.take().expect("it is a pipe");
    input.write_all(&serde_json::to_vec(&list).unwrap()).unwrap();
    drop(input);
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What we make of a response whose stream ends behind it: null where we refuse it.
fn ours(given: &Given) -> Value {
    read(given).unwrap_or(Value::Null)
}

fn read(given: &Given) -> Option<Value> {
    let mut reader = ResponseReader::new();
    let taken = reader.receive_bytes(&given.bytes).ok()?;
    let response = reader.poll_response()?;
    let mut body = BodyReader::of_response(&response, given.method).ok()?;
    let mut buffer = vec![0; given.bytes.len()];
    let progress = body.read(&given.bytes[taken..], &mut buffer).ok()?;
    if !progress.is_done {
        // What was wrong behind the payload shows when it is offered again.
        body.read(&given.bytes[taken + progress.taken..], &mut []).ok()?;
        body.end().ok()?;
    }
    let headers: Vec<_> = response.all().iter().map(|(name, value)| (text(name), text(value))).collect();
    Some(json!({
        "status": response.status(),
        "minor_version": response.minor_version(),
        "reason": text(response.status_text()),
        "headers": headers,
        "body": text(&buffer[..progress.given]),
    }))
}

/// A character for each byte.
fn text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[test]
#[ignore = "needs python3"]
fn python_reads_responses_as_we_do() {
    let responses = shared();
    assert!(responses.len() >= 200, "there are {}", responses.len());
    let refused = responses.iter().filter(|given| ours(given).is_null()).count();
    assert!((10..responses.len() / 4).contains(&refused), "{refused} of {} are refused", responses.len());
    for (given, theirs) in responses.iter().zip(python(&responses)) {
        assert_eq!(ours(given), theirs, "{} to {}", given.bytes.escape_ascii(), given.method);
    }
}

/// Each is a place where Python is laxer or stricter than RFC 9112, or reads less than it says.
#[test]
#[ignore = "needs python3"]
fn python_reads_some_responses_otherwise() {
    let differences = differences();
    let responses: Vec<_> = differences.iter().map(|difference| difference.given.clone()).collect();
    for (difference, theirs) in differences.iter().zip(python(&responses)) {
        let Difference { section, given, ours: expected, python } = difference;
        let shown = given.bytes.escape_ascii();
        assert_eq!(short(&ours(given)), *expected, "{section}: {shown}");
        assert_eq!(short(&theirs), *python, "{section}: {shown}, as Python reads it");
    }
}

/// The status and the body, or a word for a response that is refused; the first header of this name stands between them.
fn short(read: &Value) -> String {
    let Some(status) = read.get("status") else { return "refused".to_owned() };
    let headers = read["headers"].as_array().into_iter().flatten();
    let first =
        headers.filter(|pair| pair[0] == "X").map(|pair| format!(" X: {}", pair[1].as_str().unwrap_or_default()));
    format!("{status}{} {}", first.collect::<String>(), read["body"].as_str().unwrap_or_default())
}
