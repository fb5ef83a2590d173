//! The calls of the handshake, beside the state table.

use std::ffi::c_char;
use std::slice;

use winws::websocket::Component;
use winws_api::HResult;
use winws_api::websocket::{Handshake as _, HttpHeader};

use super::End;
use crate::model::{Call, Phase};

/// Names and values.
pub(super) type Texts = Vec<(String, String)>;

/// The headers that a function has lent.
fn copied(headers: *mut HttpHeader, count: u32) -> Texts {
    let size = |length: u32| usize::try_from(length).expect("lengths fit");
    // SAFETY: the function has just lent so many of them.
    let headers = unsafe { slice::from_raw_parts(headers, size(count)) };
    let text = |start: *mut c_char, length: u32| {
        // SAFETY: as above.
        let bytes = unsafe { slice::from_raw_parts(start.cast::<u8>(), size(length)) };
        String::from_utf8(bytes.to_vec()).expect("headers are text")
    };
    let pair = |header: &HttpHeader| (text(header.name, header.name_length), text(header.value, header.value_length));
    headers.iter().map(pair).collect()
}

/// The array of these headers, for as long as they live.
fn array(texts: &Texts) -> Vec<HttpHeader> {
    let part = |text: &str| (text.as_ptr().cast_mut().cast(), u32::try_from(text.len()).expect("lengths fit"));
    let header = |(name, value): &(String, String)| {
        let ((name, name_length), (value, value_length)) = (part(name), part(value));
        HttpHeader { name, name_length, value, value_length }
    };
    texts.iter().map(header).collect()
}

pub(super) fn handshake(
    component: &Component,
    ends: &mut [End; 2],
    call: u8,
    request: &mut Texts,
    response: &mut Texts,
) {
    let [client, server] = ends;
    match call {
        0 => {
            let result = component.begin_client_handshake(client.handle, &[], &[], &[]).map_err(HResult::from);
            client.expect(Call::BeginClient, result.map(drop));
            if let Ok(lent) = result {
                *request = copied(lent.additional_headers, lent.additional_header_count);
                request.push(("Host".to_owned(), "example.com".to_owned()));
            }
        }
        1 => {
            let sent = array(request);
            let result = component.begin_server_handshake(server.handle, None, &[], &sent).map_err(HResult::from);
            if request.is_empty() && server.session == Phase::NewServer {
                assert_eq!(result.map(drop), Err(HResult::E_INVALID_PROTOCOL_FORMAT));
                return;
            }
            server.expect(Call::BeginServer, result.map(drop));
            if let Ok(lent) = result {
                *response = copied(lent.response_headers, lent.response_header_count);
            }
        }
        2 => {
            let sent = array(response);
            let result = component.end_client_handshake(client.handle, &sent, &mut [], None, None);
            let result = result.map_err(HResult::from);
            if response.is_empty() && client.session == Phase::BegunClient {
                assert_eq!(result, Err(HResult::E_INVALID_PROTOCOL_FORMAT));
            } else {
                client.expect(Call::EndClient, result);
            }
        }
        _ => {
            let result = component.end_server_handshake(server.handle);
            server.expect(Call::EndServer, result.map_err(HResult::from));
        }
    }
}
