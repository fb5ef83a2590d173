//! Handles: making them, their properties, global properties, deleting them.

use std::ptr;

use winws::ffi::websocket as c_api;
use winws_api::websocket::{ActionQueue, BufferType, Property, PropertyType};

use super::c::{Handle, Taken, allocated, create_client, create_server, global, number};
use super::{HANDLE, INVALID_ARG, OK, REQUEST, frame, masked, pair_of, pump, receive, take, wire_of};
use winws_api::websocket::Action;

const SIZES: [PropertyType; 2] = [PropertyType::ReceiveBufferSize, PropertyType::SendBufferSize];

#[test]
fn b5_1_no_properties_give_every_one_its_default() {
    let (client, server) = pair_of(create_client(&[]).unwrap(), create_server(&[]).unwrap());
    // The receive buffer of both, and the send buffer of the client, have 4096 bytes.
    for handle in [&client, &server] {
        assert_eq!(handle.receive(0), OK);
        let taken = take(handle, ActionQueue::RECEIVE, Action::ReceiveFromNetwork);
        assert_eq!(taken.places().iter().map(|place| place.1).collect::<Vec<_>>(), [4096]);
    }
    assert_eq!(client.send(BufferType::BinaryMessage, &[1; 10_000], 0), OK);
    let taken = take(&client, ActionQueue::SEND, Action::SendToNetwork);
    assert_eq!(taken.places().iter().map(|place| place.1).collect::<Vec<_>>(), [4096]);
}

#[test]
fn b5_1_sizes_of_buffers_have_a_floor() {
    for least in [256, 257, 100_000] {
        for property in SIZES {
            assert!(create_client(&[number(property, least)]).is_ok(), "{property} {least}");
        }
    }
    for too_small in [0, 1, 16, 255] {
        for property in SIZES {
            assert_eq!(
                create_client(&[number(property, too_small)]).unwrap_err(),
                INVALID_ARG,
                "{property} {too_small}"
            );
        }
        assert_eq!(create_server(&[number(SIZES[0], too_small)]).unwrap_err(), INVALID_ARG);
    }
    assert!(create_server(&[number(SIZES[1], 16)]).is_ok());
    assert_eq!(create_server(&[number(SIZES[1], 15)]).unwrap_err(), INVALID_ARG);
}

#[test]
fn the_sizes_that_were_asked_for_are_used_and_the_last_one_counts() {
    let sizes = [number(SIZES[0], 5000), number(SIZES[0], 300), number(SIZES[1], 256)];
    let (client, _server) = pair_of(create_client(&sizes).unwrap(), create_server(&[]).unwrap());
    assert_eq!(client.receive(0), OK);
    assert_eq!(take(&client, ActionQueue::RECEIVE, Action::ReceiveFromNetwork).places()[0].1, 300);
    assert_eq!(client.send(BufferType::BinaryMessage, &[1; 1000], 0), OK);
    assert_eq!(take(&client, ActionQueue::SEND, Action::SendToNetwork).places()[0].1, 256);
}

#[test]
fn b5_1_memory_of_the_caller_is_aligned_and_has_both_buffers_and_144_more() {
    for (length, skipped, expected) in [
        (4096 + 4096 + 144, 0, Ok(())),
        (4096 + 4096 + 143, 0, Err(INVALID_ARG)),
        (4096 + 4096 + 257, 0, Ok(())),
        (4096 + 4096 + 300, 8, Ok(())),
        (4096 + 4096 + 300, 4, Err(INVALID_ARG)),
        (4096 + 4096 + 300, 1, Err(INVALID_ARG)),
        (0, 0, Err(INVALID_ARG)),
    ] {
        assert_eq!(create_client(&[allocated(length, skipped)]).map(drop), expected, "{length} after {skipped}");
    }
    assert!(create_server(&[allocated(4096 + 16 + 144, 0)]).is_ok());
    let sizes = [number(SIZES[1], 512), allocated(256 + 512 + 144, 0), number(SIZES[0], 256)];
    assert!(create_client(&sizes).is_ok(), "the order does not matter");
}

/// What .NET demands of each pointer that is lent: it lies in the memory that was given, and its length is not more than that of
/// the larger buffer, but for the second buffer of a send.
struct Checked {
    handle: Handle,
    memory: core::ops::Range<usize>,
    larger: usize,
    /// What goes out, and whether bytes of the application's were among it.
    wire: Vec<u8>,
}

impl Checked {
    fn check(&self, taken: &Taken) {
        let places = taken.places();
        for (index, (start, length)) in places.iter().enumerate() {
            if taken.action == Action::SendToNetwork && index == 1 {
                continue;
            }
            let range = start.addr()..start.addr() + length;
            let is_inside = *length == 0 || (self.memory.contains(&range.start) && range.end <= self.memory.end);
            assert!(is_inside && *length <= self.larger, "buffer {index} of {:?}: {length} bytes", taken.action);
        }
    }

    /// Does what the send queue says.
    fn flush(&mut self) {
        loop {
            let taken = self.handle.get(ActionQueue::SEND).unwrap();
            self.check(&taken);
            self.wire.extend(taken.bytes());
            self.handle.complete(&taken, 0);
            if taken.action == Action::Nothing {
                return;
            }
        }
    }

    /// Gives bytes to the receive that waits for them.
    fn feed(&self, bytes: &[u8]) {
        let taken = take(&self.handle, ActionQueue::RECEIVE, Action::ReceiveFromNetwork);
        self.check(&taken);
        self.handle.complete(&taken, taken.fill(bytes));
    }

    /// Does what both queues say, with bytes from the network, until a receive ends: its type and its bytes.
    fn pump(&mut self, mut bytes: &[u8]) -> (i32, Vec<u8>) {
        loop {
            let taken = self.handle.get(ActionQueue::ALL).unwrap();
            self.check(&taken);
            let mut count = 0;
            match taken.action {
                Action::SendToNetwork => self.wire.extend(taken.bytes()),
                Action::ReceiveFromNetwork => {
                    count = taken.fill(bytes);
                    bytes = &bytes[count..];
                }
                _ => {}
            }
            let received = (taken.buffer_type, taken.bytes());
            self.handle.complete(&taken, count);
            if taken.action == Action::IndicateReceiveComplete {
                assert!(bytes.is_empty());
                return received;
            }
        }
    }
}

/// A server with these sizes in memory of the caller's that has just room for them, and its handshake done.
fn checked(receive: u32, send: u32) -> Checked {
    let length = usize::try_from(receive + send + 144).unwrap();
    let memory = allocated(length, 0);
    // SAFETY: the property is one of memory that is leaked.
    let start = unsafe { memory.value.cast::<*const u8>().read() }.addr();
    let handle = create_server(&[number(SIZES[0], receive), number(SIZES[1], send), memory]).unwrap();
    handle.begin_server(None, &[], &REQUEST).unwrap();
    let larger = usize::try_from(receive.max(send)).unwrap();
    Checked { handle, memory: start..start + length, larger, wire: Vec::new() }
}

#[test]
fn b5_1_every_pointer_that_is_lent_lies_in_the_memory_of_the_caller() {
    let payload: Vec<u8> = (0..=255).cycle().take(1000).collect();
    let long = [&[0x82, 0xfe, 3, 0xe8, 0, 0, 0, 0], &payload[..]].concat();
    for (receive, send) in [(256, 16), (256, 4096), (4096, 16)] {
        // A ping and the pong for ours, cut everywhere, and bytes behind them.
        let longest = vec![b'p'; 125];
        for cut in 1..131 {
            let mut server = checked(receive, send);
            assert_eq!((server.handle.send(BufferType::BinaryMessage, &payload, 1), server.handle.ping(2)), (OK, OK));
            server.flush();
            let ping = masked(0x89, &longest);
            assert_eq!(server.handle.receive(0), OK);
            server.feed(&ping[..cut]);
            assert_eq!(server.pump(&[&ping[cut..], &masked(0x81, b"m")].concat()).1, b"m");
            let pong = masked(0x8a, b"");
            let (head, tail) = pong.split_at(cut.min(5));
            assert_eq!((server.handle.receive(0), server.handle.receive(0)), (OK, OK));
            server.feed(head);
            let pong = server.pump(&[tail, &masked(0x81, b"n")].concat());
            assert_eq!(pong, (BufferType::PingPong.into(), vec![]));
            assert_eq!(server.pump(b"").1, b"n");
            let sent = [&[0x82, 126, 3, 0xe8], &payload[..], &frame(0x89, b""), &frame(0x8a, &longest)].concat();
            assert_eq!(server.wire, sent);
        }
        let server = checked(receive, send);
        let mut received = Vec::new();
        let mut rest = &long[..];
        while received.len() < payload.len() {
            // Into a buffer of the application's and without one: payload comes through the memory that was given.
            let into = received.len().is_multiple_of(2);
            let code = if into { server.handle.receive_into(2000, 0).0 } else { server.handle.receive(0) };
            assert_eq!(code, OK);
            let taken = server.handle.get(ActionQueue::RECEIVE).unwrap();
            if taken.action == Action::ReceiveFromNetwork {
                server.check(&taken);
                let filled = taken.fill(&rest[..rest.len().min(101)]);
                rest = &rest[filled..];
                server.handle.complete(&taken, filled);
            }
            let taken = take(&server.handle, ActionQueue::RECEIVE, Action::IndicateReceiveComplete);
            received.extend(taken.bytes());
            server.handle.complete(&taken, 0);
        }
        assert_eq!(received, payload);
        let reason = [&1000_u16.to_be_bytes()[..], &[b'r'; 123]].concat();
        for cut in [1, 4, 10, 100] {
            let mut server = checked(receive, send);
            assert_eq!(server.handle.receive(0), OK);
            let close = masked(0x88, &reason);
            let taken = server.handle.get(ActionQueue::RECEIVE).unwrap();
            server.handle.complete(&taken, taken.fill(&close[..cut]));
            let (kind, bytes) = server.pump(&close[cut..]);
            assert_eq!((kind, &bytes[..]), (BufferType::Close.into(), &reason[2..]));
        }
    }
}

#[test]
fn a_client_without_masking_masks_with_the_key_0() {
    let plain = [number(PropertyType::DisableMasking, 1)];
    let (client, server) = pair_of(create_client(&plain).unwrap(), create_server(&[]).unwrap());
    let wire = wire_of(&client, BufferType::Utf8Message, b"readable");
    assert_eq!(wire, masked(0x81, b"readable"));
    assert_eq!(receive(&server, &wire).0.bytes, b"readable");
}

#[test]
fn a_server_without_masking_takes_frames_that_are_not_masked() {
    let accepts = |properties: &[Property]| {
        let server = create_server(properties).unwrap();
        server.begin_server(None, &[], &REQUEST).unwrap();
        server.receive(0);
        let taken = take(&server, ActionQueue::RECEIVE, Action::ReceiveFromNetwork);
        server.complete(&taken, taken.fill(&frame(0x81, b"x")));
        server.get(ActionQueue::RECEIVE).is_ok()
    };
    assert!(accepts(&[number(PropertyType::DisableMasking, 1)]));
    assert!(!accepts(&[number(PropertyType::DisableMasking, 0)]));
    assert!(!accepts(&[]));
}

#[test]
fn text_is_not_checked_where_verification_is_disabled() {
    let off = [number(PropertyType::DisableUtf8Verification, 1)];
    let (client, server) = pair_of(create_client(&off).unwrap(), create_server(&off).unwrap());
    let wire = wire_of(&client, BufferType::Utf8Message, b"\xff");
    assert_eq!(receive(&server, &wire).0.bytes, b"\xff");
}

#[test]
fn b5_1_properties_that_cannot_be_set_or_are_none() {
    let cannot_be_set = [PropertyType::KeepaliveInterval, PropertyType::SupportedVersions];
    for property in cannot_be_set {
        assert_eq!(create_client(&[number(property, 30_000)]).unwrap_err(), INVALID_ARG, "{property}");
    }
    for type_ in [-1, 7, i32::MAX] {
        let property = Property { type_, ..number(PropertyType::DisableMasking, 0) };
        assert_eq!(create_server(&[property]).unwrap_err(), INVALID_ARG, "{type_}");
    }
}

#[test]
fn values_of_the_wrong_size_or_none() {
    for create in [create_client, create_server] {
        let good = number(PropertyType::ReceiveBufferSize, 4096);
        for value_size in [0, 2, 3, 5, 8] {
            assert_eq!(create(&[Property { value_size, ..good }]).unwrap_err(), INVALID_ARG, "{value_size}");
        }
        assert_eq!(create(&[Property { value: ptr::null_mut(), ..good }]).unwrap_err(), INVALID_ARG);
        let mut nowhere = ptr::null_mut::<u8>();
        let value = (&raw mut nowhere).cast();
        let memory = Property { type_: PropertyType::AllocatedBuffer.into(), value, value_size: 10_000 };
        assert_eq!(create(&[memory]).unwrap_err(), INVALID_ARG);
    }
}

#[test]
fn b5_1_properties_may_stand_at_odd_addresses() {
    for offset in 1..8 {
        // As .NET has them: a number and the address of the memory somewhere in a block of bytes.
        let block = Box::leak(vec![0_u8; 32].into_boxed_slice());
        let memory = Box::leak(vec![0_u64; 1000].into_boxed_slice()).as_mut_ptr().cast::<u8>();
        block[offset..][..4].copy_from_slice(&256_u32.to_ne_bytes());
        block[offset + 4..][..size_of::<usize>()].copy_from_slice(&memory.expose_provenance().to_ne_bytes());
        let value = block.as_mut_ptr().wrapping_add(offset);
        let size = Property { type_: SIZES[0].into(), value: value.cast(), value_size: 4 };
        let type_ = PropertyType::AllocatedBuffer.into();
        let place = Property { type_, value: value.wrapping_add(4).cast(), value_size: 256 + 16 + 144 };
        // The array too.
        let array = Box::leak(vec![Property::default(); 3].into_boxed_slice());
        let list = array.as_mut_ptr().wrapping_byte_add(offset);
        let mut handle = ptr::null_mut();
        // SAFETY: there is room for two, and they are leaked.
        let code = unsafe {
            list.write_unaligned(size);
            list.wrapping_add(1).write_unaligned(place);
            c_api::WebSocketCreateServerHandle(list.cast(), 2, &raw mut handle)
        };
        assert_eq!(code, OK);
        let server = Handle(handle);
        server.begin_server(None, &[], &REQUEST).unwrap();
        assert_eq!(server.receive(0), OK);
        let taken = take(&server, ActionQueue::RECEIVE, Action::ReceiveFromNetwork);
        assert_eq!(taken.places(), [(memory, 256)], "at {offset}");
    }
}

#[test]
fn no_place_for_the_handle_or_a_count_without_properties() {
    let mut handle = ptr::null_mut();
    // SAFETY: null is refused, and so is a count without an array.
    unsafe {
        assert_eq!(c_api::WebSocketCreateClientHandle(ptr::null(), 0, ptr::null_mut()), INVALID_ARG);
        assert_eq!(c_api::WebSocketCreateServerHandle(ptr::null(), 0, ptr::null_mut()), INVALID_ARG);
        assert_eq!(c_api::WebSocketCreateClientHandle(ptr::null(), 1, &raw mut handle), INVALID_ARG);
    }
    assert!(handle.is_null());
}

#[test]
fn properties_are_read_during_the_call() {
    let mut size = [300_u32];
    let type_ = PropertyType::ReceiveBufferSize.into();
    let mut properties = [Property { type_, value: size.as_mut_ptr().cast(), value_size: 4 }];
    let (client, server) = (create_client(&properties).unwrap(), create_server(&properties).unwrap());
    size.fill(0);
    properties.fill(Property { type_: -1, value: ptr::null_mut(), value_size: 0 });
    let (client, server) = pair_of(client, server);
    for handle in [client, server] {
        assert_eq!(handle.receive(0), OK);
        assert_eq!(take(&handle, ActionQueue::RECEIVE, Action::ReceiveFromNetwork).places()[0].1, 300);
    }
}

#[test]
fn b5_1_global_properties_can_be_read() {
    assert_eq!(global(PropertyType::KeepaliveInterval.into(), 4, 0), Ok(30_000_u32.to_ne_bytes().to_vec()));
    assert_eq!(global(PropertyType::SupportedVersions.into(), 4, 0), Ok(13_u32.to_ne_bytes().to_vec()));
    assert_eq!(global(PropertyType::SupportedVersions.into(), 4, 3), Ok(13_u32.to_ne_bytes().to_vec()), "anywhere");
    // The size that comes back is that of the value.
    assert_eq!(global(PropertyType::SupportedVersions.into(), 12, 4).unwrap().len(), 4);
}

#[test]
fn global_properties_of_a_session_or_in_no_place() {
    for type_ in [0, 1, 2, 3, 4, 7, -1] {
        assert_eq!(global(type_, 8, 0), Err(INVALID_ARG), "{type_}");
    }
    let interval = PropertyType::KeepaliveInterval.into();
    for room in [0, 1, 3] {
        assert_eq!(global(interval, room, 0), Err(INVALID_ARG), "{room}");
    }
    let mut size = 4;
    // SAFETY: null is refused.
    unsafe {
        assert_eq!(c_api::WebSocketGetGlobalProperty(interval, ptr::null_mut(), &raw mut size), INVALID_ARG);
        let value = (&raw mut size).cast();
        assert_eq!(c_api::WebSocketGetGlobalProperty(interval, value, ptr::null_mut()), INVALID_ARG);
    }
}

/// Every function that takes a handle, with good arguments, and its code.
fn check_all(handle: &Handle, expected: i32) {
    assert_eq!(handle.begin_client(&[], &[], &[]).map(drop), Err(expected));
    assert_eq!(handle.begin_server(None, &[], &REQUEST).map(drop), Err(expected));
    assert_eq!(handle.end_client(&[]), expected);
    assert_eq!(handle.end_server(), expected);
    assert_eq!(handle.send(BufferType::Utf8Message, b"x", 0), expected);
    assert_eq!(handle.receive(0), expected);
    assert_eq!(handle.get(ActionQueue::ALL).map(drop), Err(expected));
    // These three have no code, and nothing happens.
    handle.complete_token(ptr::null_mut(), 0);
    handle.abort();
    handle.delete();
}

#[test]
fn null_and_bogus_handles() {
    for word in [0, 1, 0x1234_5678, usize::MAX] {
        check_all(&Handle(ptr::without_provenance_mut(word)), HANDLE);
    }
}

#[test]
fn a_handle_is_not_valid_after_delete() {
    let handle = create_client(&[]).unwrap();
    handle.delete();
    check_all(&handle, HANDLE);
    let next = create_client(&[]).unwrap();
    assert_ne!(next.0, handle.0);
    check_all(&handle, HANDLE);
    assert!(next.begin_client(&[], &[], &[]).is_ok(), "the next one is not touched");
}

#[test]
fn b5_11_a_handle_can_be_deleted_in_any_state() {
    for handle in [create_client(&[]).unwrap(), create_server(&[]).unwrap()] {
        handle.delete();
        assert_eq!(handle.receive(0), HANDLE);
    }
    let begun = create_client(&[]).unwrap();
    begun.begin_client(&[], &[], &[]).unwrap();
    begun.delete();
    let (client, server) = super::pair();
    // With operations queued, an action out, and after an abort.
    assert_eq!(client.send(BufferType::Utf8Message, b"x", 0), OK);
    assert_eq!(client.receive(0), OK);
    let taken = take(&client, ActionQueue::SEND, Action::SendToNetwork);
    client.delete();
    client.complete(&taken, 1);
    assert_eq!(client.get(ActionQueue::ALL).map(drop), Err(HANDLE));
    server.abort();
    server.delete();
    assert_eq!(server.end_server(), HANDLE);
}

#[test]
fn arguments_are_checked_before_the_handle() {
    let bogus = Handle(ptr::null_mut());
    assert_eq!(bogus.send_buffer(5, None, 0), INVALID_ARG);
    assert_eq!(bogus.get_into(0, 2).map(drop), Err(INVALID_ARG));
}

#[test]
fn a_client_masks_every_frame_with_a_key_of_its_own() {
    let client = super::client();
    let keys: Vec<_> = (0..8)
        .map(|_| {
            assert_eq!(client.send(BufferType::BinaryMessage, b"", 0), OK);
            pump(&client)
        })
        .collect();
    for wire in &keys {
        assert_eq!((wire[..2].to_vec(), wire.len()), (vec![0x82, 0x80], 6));
    }
    let mut different: Vec<_> = keys.iter().map(|wire| &wire[2..]).collect();
    different.sort_unstable();
    different.dedup();
    assert!(different.len() >= 7, "{keys:?}");
}

#[test]
fn a_client_masks_control_frames_too() {
    let client = super::client();
    for (buffer_type, first) in [(BufferType::PingPong, 0x89), (BufferType::UnsolicitedPong, 0x8a)] {
        assert_eq!(client.send_buffer(buffer_type.into(), None, 0), OK);
        let wire = pump(&client);
        assert_eq!((&wire[..2], wire.len()), (&[first, 0x80][..], 6));
    }
    let (_, pong) = receive(&client, &[frame(0x89, b"p"), frame(0x81, b"x")].concat());
    assert_eq!((&pong[..2], pong.len()), (&[0x8a, 0x81][..], 7));
    assert_eq!(client.send_close(1000, b"", 0), OK);
    let wire = pump(&client);
    assert_eq!((&wire[..2], wire.len()), (&[0x88, 0x82][..], 8));
}

#[test]
fn a_server_sends_the_payload_from_the_buffer_of_the_caller() {
    let server = super::server();
    let payload = vec![7_u8; 100_000].leak();
    let start = payload.as_ptr();
    let data = winws_api::websocket::BufferData { buffer: payload.as_mut_ptr(), buffer_length: 100_000 };
    let buffer = winws_api::websocket::Buffer { data };
    assert_eq!(server.send_buffer(BufferType::BinaryMessage.into(), Some(buffer), 0), OK);
    let taken = take(&server, ActionQueue::SEND, Action::SendToNetwork);
    let places = taken.places();
    assert_eq!((places[0].1, places[1].0.cast_const(), places[1].1), (10, start, 100_000));
}
