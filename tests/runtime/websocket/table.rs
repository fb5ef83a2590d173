//! The tables of the model: a handle is brought into every state, and every call on it gives what they say.

use winws_api::websocket::{Action, ActionQueue, BufferType};
use winws_tests_runtime::model::{Call, Channel, Direction, Phase, ReceiveInput, Refusal, SendInput, Step};

use super::c::{Handle, create_client, create_server};
use super::{INVALID_ARG, OK, OPERATION, REQUEST, client, frame, pump, receive, refs, server, take};

/// A handle in this state, with the headers that end a client's handshake.
fn in_state(state: Phase) -> (Handle, Vec<(String, String)>) {
    let none = Vec::new();
    match state {
        Phase::NewClient => (create_client(&[]).unwrap(), none),
        Phase::NewServer => (create_server(&[]).unwrap(), none),
        Phase::BegunClient => {
            let client = create_client(&[]).unwrap();
            let request = client.begin_client(&[], &[], &[]).unwrap();
            let mut request = refs(&request);
            request.push(("Host", "example.com"));
            let response = create_server(&[]).unwrap().begin_server(None, &[], &request).unwrap();
            (client, response)
        }
        Phase::BegunServer => {
            let server = create_server(&[]).unwrap();
            server.begin_server(None, &[], &REQUEST).unwrap();
            (server, none)
        }
        Phase::Open => (client(), none),
        Phase::Aborted => {
            let client = client();
            client.abort();
            (client, none)
        }
    }
}

fn call(handle: &Handle, response: &[(String, String)], call: Call) -> i32 {
    let code = |result: Result<(), i32>| result.err().unwrap_or(OK);
    match call {
        Call::BeginClient => code(handle.begin_client(&[], &[], &[]).map(drop)),
        Call::EndClient => handle.end_client(&refs(response)),
        Call::BeginServer => code(handle.begin_server(None, &[], &REQUEST).map(drop)),
        Call::EndServer => handle.end_server(),
        Call::Transfer => handle.receive(0),
        Call::GetAction => code(handle.get(ActionQueue::ALL).map(|taken| handle.complete(&taken, 0))),
        Call::Abort => {
            handle.abort();
            OK
        }
    }
}

/// What is seen of a state: the codes of one call each, on handles of their own.
fn seen(state: Phase, before: Option<Call>) -> Vec<i32> {
    let code = |next: Call| {
        let (handle, response) = in_state(state);
        if let Some(before) = before {
            call(&handle, &response, before);
        }
        call(&handle, &response, next)
    };
    Call::ALL.iter().copied().map(code).collect()
}

#[test]
fn every_call_in_every_state_of_a_session() {
    for &state in Phase::ALL {
        for &made in Call::ALL {
            let (handle, response) = in_state(state);
            let code = call(&handle, &response, made);
            let next = match state.after(made) {
                Ok(next) => {
                    assert_eq!(code, OK, "{made:?} on {state:?}");
                    next
                }
                Err(refusal) => {
                    let expected = if refusal == Refusal::Role { INVALID_ARG } else { OPERATION };
                    assert_eq!(code, expected, "{made:?} on {state:?}");
                    state
                }
            };
            // The headers of a response belong to one request, so another client's cannot end the handshake.
            if (state, made) != (Phase::NewClient, Call::BeginClient) {
                assert_eq!(seen(state, Some(made)), seen(next, None), "after {made:?} on {state:?}");
            }
        }
    }
}

/// Completes the next send.
fn transmit(server: &Handle) {
    let taken = take(server, ActionQueue::SEND, Action::SendToNetwork);
    server.complete(&taken, taken.bytes().len());
}

/// The peer breaks the protocol.
fn fail(server: &Handle) {
    assert_eq!(server.receive(0), OK);
    let taken = take(server, ActionQueue::RECEIVE, Action::ReceiveFromNetwork);
    server.complete(&taken, taken.fill(&frame(0x81, b"")));
    assert!(server.get(ActionQueue::RECEIVE).is_err());
}

/// A server whose sending direction is in this state.
fn sending(state: Direction) -> Handle {
    let server = server();
    if state.channel == Channel::Closed {
        assert_eq!(server.send_close(1000, b"", 0), OK);
    } else if state.step != Step::Idle {
        assert_eq!(server.send(BufferType::Utf8Message, b"x", 0), OK);
    }
    match (state.channel, state.step) {
        (Channel::Open, Step::Idle | Step::Moving) | (Channel::Closed, Step::Moving) => {}
        (Channel::Open | Channel::Closed, Step::Ended) => transmit(&server),
        (Channel::Closed, Step::Idle) => drop(pump(&server)),
        (Channel::Ended, Step::Moving) => {
            // The head of the frame is out.
            let taken = server.get_into(ActionQueue::SEND.into(), 1).unwrap();
            server.complete(&taken, taken.bytes().len());
            fail(&server);
        }
        (Channel::Ended, Step::Idle | Step::Ended) => {
            fail(&server);
            let close = take(&server, ActionQueue::RECEIVE, Action::SendToNetwork);
            server.complete(&close, close.bytes().len());
        }
    }
    server
}

#[test]
fn every_send_in_every_state_of_the_sending_direction() {
    for &channel in Channel::ALL {
        for &step in Step::ALL {
            let state = Direction { channel, step };
            for input in [SendInput::Data, SendInput::Control, SendInput::Close] {
                let server = sending(state);
                let code = match input {
                    SendInput::Data => server.send(BufferType::Utf8Message, b"y", 0),
                    SendInput::Control => server.ping(0),
                    _ => server.send_close(1001, b"", 0),
                };
                let expected = if state.sending(input).is_ok() { OK } else { OPERATION };
                assert_eq!(code, expected, "{input:?} in {state:?}");
                let after = state.sending(input).unwrap_or(state);
                let taken = server.get(ActionQueue::SEND).unwrap();
                assert_eq!(taken.action, after.send_action(), "after {input:?} in {state:?}");
            }
        }
    }
}

#[test]
fn every_receive_in_every_state_of_the_receiving_direction() {
    for channel in [Channel::Open, Channel::Ended] {
        for &step in Step::ALL {
            let state = Direction { channel, step };
            let client = client();
            match (channel, step) {
                (Channel::Open, Step::Idle) => {}
                (Channel::Open, _) => assert_eq!(client.receive(0), OK),
                (_, Step::Idle) => drop(receive(&client, &frame(0x88, b""))),
                (_, Step::Moving) => continue, // The end of the direction ends its operation.
                (_, Step::Ended) => {
                    assert_eq!(client.receive(0), OK);
                    client.abort();
                }
            }
            if (channel, step) == (Channel::Open, Step::Ended) {
                let taken = take(&client, ActionQueue::RECEIVE, Action::ReceiveFromNetwork);
                client.complete(&taken, 0);
            }
            let expected = if state.receiving(ReceiveInput::Receive).is_ok() { OK } else { OPERATION };
            assert_eq!(client.receive(0), expected, "{state:?}");
            let after = state.receiving(ReceiveInput::Receive).unwrap_or(state);
            assert_eq!(client.get(ActionQueue::RECEIVE).unwrap().action, after.receive_action(), "{state:?}");
        }
    }
}

#[test]
fn what_has_ended_stays_ended() {
    for &step in Step::ALL {
        for &input in SendInput::ALL {
            let state = Direction { channel: Channel::Ended, step };
            if let Ok(after) = state.sending(input) {
                assert_eq!(after.channel, Channel::Ended, "{input:?}");
            }
        }
    }
}
