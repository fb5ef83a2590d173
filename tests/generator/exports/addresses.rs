//! Pointers to any address: each kind of argument at each of eight addresses, of which at most one is an even one for it.

use std::ffi::c_void;
use std::ptr;

use winws_api::webservices::{WsString, exports as ws};
use winws_api::websocket::{Buffer, BufferData, HttpHeader, Property, exports as web};
use winws_api::winhttp::{UrlComponents, exports as http};
use winws_api::{WideChar, ffi};

use super::stub::{Guard, Stub, WRITTEN, handle, utf16, utf32};

/// Memory of a C program, with eights around what a test puts into it.
struct Memory {
    bytes: Vec<u64>,
    at: usize,
    length: usize,
}

impl Memory {
    /// The elements, so many bytes behind an address that everything may have.
    fn of<T: Copy>(elements: &[T], at: usize) -> Self {
        let length = size_of_val(elements);
        let mut memory = Self { bytes: vec![0x0808_0808_0808_0808; length / 8 + 3], at, length };
        for (index, &element) in elements.iter().enumerate() {
            // SAFETY: there is room for them.
            unsafe { memory.start::<T>().add(index).write_unaligned(element) };
        }
        memory
    }

    /// The pointer that C passes.
    fn start<T>(&mut self) -> *mut T {
        self.bytes.as_mut_ptr().wrapping_byte_add(self.at).cast()
    }

    /// What is there after the call. Nothing was written around it.
    fn read<T: Copy>(&mut self) -> Vec<T> {
        let (before, end) = (self.at, self.at + self.length);
        let bytes: Vec<u8> = self.bytes.iter().flat_map(|word| word.to_ne_bytes()).collect();
        assert!(bytes[..before].iter().chain(&bytes[end..]).all(|&byte| byte == 8), "{bytes:?}");
        let start = self.start::<T>();
        // SAFETY: there are so many.
        (0..self.length / size_of::<T>()).map(|index| unsafe { start.add(index).read_unaligned() }).collect()
    }
}

/// A string with its zero goes in, and comes as text.
fn text_goes_in<W: WideChar>(units: &[W], at: usize) {
    let (stub, none) = (Stub::new(), ptr::null());
    let mut agent = Memory::of(units, at);
    // SAFETY: the string ends with a zero.
    unsafe { http::WinHttpOpen::<Guard, _, W>(&stub, agent.start(), 0, none, none, 0) };
    assert_eq!(stub.call(), "open Some(\"a𝄞\") 0 None None 0", "{at}");
    let mut headers = Memory::of(units, at);
    let length = u32::try_from(units.len() - 1).unwrap();
    // SAFETY: the string has that length.
    unsafe { http::WinHttpAddRequestHeaders::<Guard, _, W>(&stub, handle(1), headers.start(), length, 2) };
    assert_eq!(stub.call(), "add_request_headers 1 \"a𝄞\" 2", "{at}");
    let mut list = Memory::of(&[agent.start::<W>().cast_const(), ptr::null()], at);
    // SAFETY: the list ends with a null pointer, and its string with a zero.
    unsafe {
        http::WinHttpOpenRequest::<Guard, _, W>(&stub, handle(1), none, none, none, none, list.start(), 0);
    }
    assert_eq!(stub.call(), "open_request 1 None None None None [\"a𝄞\"] 0", "{at}");
    // A string that a structure leads to is read by the runtime.
    let mut string = Memory::of(&[WsString::<W> { length, chars: agent.start() }], at);
    // SAFETY: the string has that length.
    let code = unsafe { ws::WsAddErrorString::<Guard, _, W>(&stub, ptr::null_mut(), string.start()) };
    assert_eq!((code, stub.call().as_str()), (0, "add_error_string null \"a𝄞\""), "{at}");
}

#[test]
fn strings_go_in() {
    for at in 0..8 {
        text_goes_in(&utf16("a𝄞"), at);
        text_goes_in(&utf32("a𝄞"), at);
    }
}

/// What comes out points into the caller's own string, although the method has seen a copy.
fn host_is_in_the_url<W: WideChar>(url: &[W], at: usize) {
    let stub = Stub::new();
    let mut memory = Memory::of(url, at);
    let buffer = ptr::without_provenance_mut(0x1000);
    let asked = UrlComponents::<W> { host_name_length: 3, user_name: buffer, ..UrlComponents::default() };
    let mut components = Memory::of(&[asked], at);
    // SAFETY: the URL ends with a zero, and the components are there.
    let done = unsafe { http::WinHttpCrackUrl::<Guard, _, W>(&stub, memory.start(), 0, 0, components.start()) };
    assert_eq!((done, stub.call().as_str()), (1, "crack_url \"http://hóst/\" 0 3"), "{at}");
    let cracked = components.read::<UrlComponents<W>>()[0];
    assert_eq!(cracked.host_name, memory.start::<W>().wrapping_add(7), "{at}");
    assert_eq!(cracked.host_name_length, WRITTEN, "{at}");
    assert_eq!((cracked.user_name, cracked.password), (buffer, ptr::null_mut()), "what leads elsewhere stays");
}

#[test]
fn what_comes_out_points_into_a_string_of_the_caller() {
    for at in 0..8 {
        host_is_in_the_url(&utf16("http://hóst/"), at);
        host_is_in_the_url(&utf32("http://hóst/"), at);
    }
}

#[test]
fn pointers_are_led_into_a_string_from_its_first_unit_to_its_end() {
    let (copy, own) = ([1_u16, 2, 3], ptr::without_provenance::<u16>(0x2001));
    let lead = |pointer| ffi::in_place(pointer, Some(&copy), own).addr();
    assert_eq!([0, 1, 2, 3].map(|at| lead(copy.as_ptr().wrapping_add(at))), [0x2001, 0x2003, 0x2005, 0x2007]);
    for elsewhere in [copy.as_ptr().wrapping_sub(1), copy.as_ptr().wrapping_add(4), ptr::null()] {
        assert_eq!(lead(elsewhere), elsewhere.addr());
    }
    assert_eq!(ffi::in_place(copy.as_ptr(), None, own), copy.as_ptr());
}

/// A string comes out into a buffer of the caller, beside a structure that goes in and a length that does both.
fn url_comes_out<W: WideChar>(expected: &[W], at: usize) {
    let stub = Stub::new();
    let mut components = Memory::of(&[UrlComponents::<W> { port: 80, ..UrlComponents::default() }], at);
    let (mut url, mut length) = (Memory::of(&[W::ZERO; 3], at), Memory::of(&[2_u32], at));
    // SAFETY: the buffer has more than two units.
    let done =
        unsafe { http::WinHttpCreateUrl::<Guard, _, W>(&stub, components.start(), 0, url.start(), length.start()) };
    assert_eq!((done, stub.call().as_str()), (1, "create_url 80 0 2 2"), "{at}");
    assert_eq!((url.read::<W>(), length.read::<u32>()), (expected.to_vec(), vec![WRITTEN]), "{at}");
}

#[test]
fn strings_come_out() {
    for at in 0..8 {
        url_comes_out(&utf16("uu"), at);
        url_comes_out(&utf32("uu"), at);
    }
}

#[test]
fn a_buffer_that_is_written_stays_written_when_the_call_fails() {
    for at in 0..8 {
        let (mut components, mut url) =
            (Memory::of(&[UrlComponents::<u16>::default()], at), Memory::of(&[0_u16; 2], at));
        let mut length = Memory::of(&[2_u32], at);
        // SAFETY: the buffer has two units.
        let done = unsafe {
            let stub = Stub::failing(12006);
            http::WinHttpCreateUrl::<Guard, _, u16>(&stub, components.start(), 0, url.start(), length.start())
        };
        assert_eq!((done, url.read::<u16>(), length.read::<u32>()), (0, vec![0x75; 2], vec![2]), "{at}");
    }
}

#[test]
fn structures_go_in_alone_and_in_lists() {
    let data = BufferData { buffer: ptr::null_mut(), buffer_length: 5 };
    for at in 0..8 {
        let stub = Stub::new();
        let mut buffer = Memory::of(&[Buffer { data }], at);
        let kind = winws_api::websocket::sys::WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE;
        // SAFETY: the buffer is there.
        let code = unsafe { web::WebSocketSend::<Guard, _>(&stub, handle(1), kind, buffer.start(), handle(9)) };
        assert_eq!(code, 0);
        assert_eq!(stub.call(), "send 1 WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE Some(5) there", "{at}");
        let property = |type_| Property { type_, value: ptr::null_mut(), value_size: 4 };
        let (mut properties, mut socket) =
            (Memory::of(&[property(0), property(3)], at), Memory::of(&[ptr::null_mut::<c_void>()], at));
        // SAFETY: there are two.
        let code = unsafe {
            web::WebSocketCreateClientHandle::<Guard, _>(
                &stub,
                properties.start::<Property>().cast(),
                2,
                socket.start(),
            )
        };
        assert_eq!((code, stub.call().as_str()), (0, "create_client_handle [(0, 4), (3, 4)]"), "{at}");
        assert!(!socket.read::<*mut c_void>()[0].is_null(), "{at}");
    }
}

#[test]
fn lists_come_out() {
    for at in 0..8 {
        let stub = Stub::new();
        let empty = Buffer { data: BufferData { buffer: ptr::null_mut(), buffer_length: 0 } };
        let mut buffers = Memory::of(&[empty; 3], at);
        let (mut count, mut action, mut kind) =
            (Memory::of(&[2_u32], at), Memory::of(&[-1], at), Memory::of(&[-1], at));
        let none = ptr::null_mut::<c_void>();
        let (mut application, mut context) = (Memory::of(&[none], at), Memory::of(&[none], at));
        // SAFETY: there is room for more than two buffers.
        let code = unsafe {
            web::WebSocketGetAction::<Guard, _>(
                &stub,
                handle(1),
                winws_api::websocket::sys::WEB_SOCKET_ALL_ACTION_QUEUE,
                buffers.start::<Buffer>().cast(),
                count.start(),
                action.start(),
                kind.start(),
                application.start(),
                context.start(),
            )
        };
        assert_eq!((code, stub.call().as_str()), (0, "get_action 1 WEB_SOCKET_ALL_ACTION_QUEUE 2 2 true"), "{at}");
        // SAFETY: nothing else was written to it.
        let lengths = buffers.read::<Buffer>().into_iter().map(|buffer| unsafe { buffer.data }.buffer_length);
        assert_eq!(lengths.collect::<Vec<_>>(), [WRITTEN, WRITTEN, 0], "{at}");
        assert_eq!((count.read::<u32>(), action.read::<i32>(), kind.read::<i32>()), (vec![WRITTEN], vec![1], vec![2]));
        assert!(!application.read::<*mut c_void>()[0].is_null() && !context.read::<*mut c_void>()[0].is_null());
        let header = HttpHeader { name: ptr::null_mut(), name_length: 0, value: ptr::null_mut(), value_length: 0 };
        let (mut headers, mut chosen) = (Memory::of(&[header; 2], at), Memory::of(&[9_u32; 2], at));
        let (mut extensions, mut subprotocol) = (Memory::of(&[2_u32], at), Memory::of(&[9_u32], at));
        // SAFETY: the lists are as long as it is said.
        unsafe {
            let headers = headers.start::<HttpHeader>().cast_const().cast();
            let (chosen, extensions) = (chosen.start(), extensions.start());
            let end = web::WebSocketEndClientHandshake::<Guard, _>;
            end(&stub, handle(1), headers, 2, chosen, extensions, subprotocol.start());
        }
        assert_eq!(stub.call(), "end_client_handshake 1 2 2 Some(2) true", "{at}");
        assert_eq!((chosen.read::<u32>(), extensions.read::<u32>()), (vec![WRITTEN; 2], vec![WRITTEN]), "{at}");
        assert_eq!(subprotocol.read::<u32>(), [WRITTEN], "{at}");
    }
}

#[test]
fn numbers_come_out_and_go_both_ways() {
    for at in 0..8 {
        let stub = Stub::new();
        let mut available = Memory::of(&[1_u32], at);
        // SAFETY: there is room for the number.
        let done = unsafe { http::WinHttpQueryDataAvailable::<Guard, _>(&stub, handle(1), available.start()) };
        assert_eq!((done, available.read::<u32>()), (1, vec![WRITTEN]), "{at}");
        let (mut buffer, mut length, mut index) =
            (Memory::of(&[0_u8; 4], at), Memory::of(&[4_u32], at), Memory::of(&[5_u32], at));
        // SAFETY: the buffer has four bytes.
        let done = unsafe {
            let (buffer, length, index) = (buffer.start(), length.start(), index.start());
            http::WinHttpQueryHeaders::<Guard, _, u16>(&stub, handle(1), 22, ptr::null(), buffer, length, index)
        };
        assert_eq!(done, 1);
        assert!(stub.calls().iter().any(|call| call == "query_headers u16 1 22 None 4 4 Some(5)"), "{at}");
        assert_eq!((length.read::<u32>(), index.read::<u32>()), (vec![WRITTEN], vec![WRITTEN]), "{at}");
    }
}
