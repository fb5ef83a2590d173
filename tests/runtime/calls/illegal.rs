//! Calls that are refused whatever the state is, and change nothing.

use std::ptr;

use winws::websocket::Component;
use winws_api::HResult;
use winws_api::websocket::{
    ActionQueue, Buffer, BufferCloseStatus, BufferData, BufferType, Handle, Handshake as _, Transfer as _,
};

use super::{End, buffer};
use crate::model::{Call, Phase};

/// Calls whose arguments are wrong whatever the state is.
pub(super) fn illegal(component: &Component, end: &mut End, argument: u8) {
    let code = |result: Result<(), HResult>| result.expect_err("it is refused");
    let mut buffers = [buffer(&[]); 2];
    let (mut number, mut kind, mut token) = (0, 0, ptr::null_mut());
    let mut count = 0;
    let long = [b'x'; 124];
    let close = |status, reason: &[u8]| {
        let reason_length = u32::try_from(reason.len()).expect("lengths fit");
        let close_status = BufferCloseStatus { reason: reason.as_ptr().cast_mut(), reason_length, status };
        component
            .send(end.handle, BufferType::Close, Some(&Buffer { close_status }), ptr::null_mut())
            .map_err(HResult::from)
    };
    let nowhere = Buffer { data: BufferData { buffer: ptr::null_mut(), buffer_length: 1 } };
    let refused = match argument % 9 {
        0 => {
            let none = ActionQueue::try_from(0).expect("no bits are some");
            let array = &mut buffers[..];
            let (action, token) = (&mut number, &mut token);
            code(
                component
                    .get_action(end.handle, none, array, &mut count, action, &mut kind, None, token)
                    .map_err(HResult::from),
            )
        }
        1 => code(component.receive(end.handle, Some(&buffer(&[])), token).map_err(HResult::from)),
        2 => code(component.send(end.handle, BufferType::PingPong, Some(&buffer(&[])), token).map_err(HResult::from)),
        3 => code(close(999, b"")),
        4 => code(close(1000, &long)),
        5 => code(component.send(end.handle, BufferType::Utf8Message, Some(&nowhere), token).map_err(HResult::from)),
        6 => {
            // Tokens of actions that are not out.
            for word in [0, 3, usize::MAX, usize::from(argument)] {
                let is_out = end.out.iter().flatten().any(|out| out.token.addr() == word);
                if !is_out {
                    component.complete_action(end.handle, ptr::without_provenance_mut(word), u32::from(argument));
                }
            }
            return;
        }
        7 => {
            let (call, result) = if matches!(end.session, Phase::NewClient | Phase::BegunClient) {
                (Call::EndServer, component.end_server_handshake(end.handle).map_err(HResult::from))
            } else {
                let result = component.begin_client_handshake(end.handle, &[], &[], &[]);
                (Call::BeginClient, result.map(drop).map_err(HResult::from))
            };
            if end.session.after(call).is_err() {
                end.expect(call, result);
            }
            return;
        }
        _ => {
            let stale = Handle::from_raw(usize::from(argument));
            assert_eq!(code(component.receive(stale, None, token).map_err(HResult::from)), HResult::E_HANDLE);
            return;
        }
    };
    assert_eq!(refused, HResult::E_INVALIDARG, "{argument}");
}
