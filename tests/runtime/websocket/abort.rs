//! WebSocketAbortHandle: operations end, their contexts come back, and nothing new begins.

use winws_api::websocket::{Action, ActionQueue, BufferType};

use super::c::{create_client, create_server};
use super::{FORMAT, OK, OPERATION, REQUEST, client, frame, idle, pair, server, take};

#[test]
fn b5_11_operations_end_and_give_their_contexts_back() {
    let client = client();
    assert_eq!(client.send(BufferType::Utf8Message, b"x", 11), OK);
    assert_eq!(client.receive(22), OK);
    client.abort();
    let sent = take(&client, ActionQueue::ALL, Action::IndicateSendComplete);
    assert_eq!(sent.context, Some(11));
    client.complete(&sent, 0);
    let received = take(&client, ActionQueue::ALL, Action::IndicateReceiveComplete);
    assert_eq!((received.context, received.bytes()), (Some(22), vec![]));
    client.complete(&received, 0);
    idle(&client, ActionQueue::ALL);
}

#[test]
fn b5_11_nothing_new_begins() {
    let (client, server) = pair();
    for handle in [client, server] {
        handle.abort();
        assert_eq!(handle.send(BufferType::Utf8Message, b"x", 0), OPERATION);
        assert_eq!(handle.send_close(1000, b"", 0), OPERATION);
        assert_eq!(handle.ping(0), OPERATION);
        assert_eq!(handle.receive(0), OPERATION);
        idle(&handle, ActionQueue::ALL);
        handle.abort();
        idle(&handle, ActionQueue::ALL);
    }
}

#[test]
fn b5_11_actions_that_are_out_are_completed_as_ever() {
    let client = client();
    assert_eq!(client.send(BufferType::Utf8Message, b"x", 11), OK);
    assert_eq!(client.receive(22), OK);
    let send = take(&client, ActionQueue::SEND, Action::SendToNetwork);
    let receive = take(&client, ActionQueue::RECEIVE, Action::ReceiveFromNetwork);
    client.abort();
    idle(&client, ActionQueue::ALL);
    client.complete(&send, send.bytes().len());
    client.complete(&receive, receive.fill(&frame(0x81, b"late")));
    let sent = take(&client, ActionQueue::SEND, Action::IndicateSendComplete);
    let received = take(&client, ActionQueue::RECEIVE, Action::IndicateReceiveComplete);
    assert_eq!((sent.context, received.context, received.bytes()), (Some(11), Some(22), vec![]));
}

#[test]
fn an_indication_that_is_out_keeps_its_data() {
    let client = client();
    assert_eq!(client.receive(0), OK);
    let receive = take(&client, ActionQueue::RECEIVE, Action::ReceiveFromNetwork);
    client.complete(&receive, receive.fill(&frame(0x81, b"data")));
    let received = take(&client, ActionQueue::RECEIVE, Action::IndicateReceiveComplete);
    client.abort();
    assert_eq!(received.bytes(), b"data");
    client.complete(&received, 0);
    idle(&client, ActionQueue::ALL);
}

#[test]
fn b5_11_it_does_nothing_before_the_handshake_is_complete() {
    let client = create_client(&[]).unwrap();
    client.abort();
    assert!(client.begin_client(&[], &[], &[]).is_ok());
    let server = create_server(&[]).unwrap();
    server.begin_server(None, &[], &REQUEST).unwrap();
    server.abort();
    assert_eq!(server.end_server(), OK);
    assert_eq!(server.receive(0), OK);
}

#[test]
fn the_way_out_when_get_action_fails() {
    let server = server();
    assert_eq!(server.receive(5), OK);
    let receive = take(&server, ActionQueue::RECEIVE, Action::ReceiveFromNetwork);
    server.complete(&receive, receive.fill(&frame(0x81, b"not masked")));
    assert_eq!(server.get(ActionQueue::ALL).map(drop), Err(FORMAT));
    server.abort();
    // The peer is not told.
    let received = take(&server, ActionQueue::ALL, Action::IndicateReceiveComplete);
    assert_eq!(received.context, Some(5));
    server.complete(&received, 0);
    idle(&server, ActionQueue::ALL);
}

#[test]
fn a_pong_that_waits_is_dropped() {
    let client = client();
    assert_eq!(client.receive(0), OK);
    let receive = take(&client, ActionQueue::RECEIVE, Action::ReceiveFromNetwork);
    client.complete(&receive, receive.fill(&frame(0x89, b"")));
    client.abort();
    take(&client, ActionQueue::ALL, Action::IndicateReceiveComplete);
}
