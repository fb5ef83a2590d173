//! The C functions as safe ones. What the functions keep is leaked, so that no pointer outlives what it leads to.

use std::ffi::{CStr, CString, c_char, c_void};
use std::{ptr, slice};

use winws::ffi::websocket as c;
use winws_api::HResult;
use winws_api::websocket::sys::{WEB_SOCKET_HANDLE, WEB_SOCKET_HTTP_HEADER, WEB_SOCKET_PROPERTY};
use winws_api::websocket::{
    Action, ActionQueue, Buffer, BufferCloseStatus, BufferData, BufferType, HttpHeader, Property, PropertyType,
};

/// A value for outputs that must stay as they are.
pub(crate) const UNTOUCHED: usize = 0xdead_beef;

/// A handle, which is deleted when it is dropped.
#[derive(Debug)]
pub(crate) struct Handle(pub WEB_SOCKET_HANDLE);

/// What `WebSocketGetAction` gave.
pub(crate) struct Taken {
    pub action: Action,
    /// A number: it means nothing for `WEB_SOCKET_NO_ACTION`.
    pub buffer_type: i32,
    /// `None` where the function has not written it.
    pub context: Option<usize>,
    pub token: *mut c_void,
    buffers: Vec<Buffer>,
}

/// Names and values.
pub(crate) type Pairs = Vec<(String, String)>;

pub(crate) fn number(type_: PropertyType, value: u32) -> Property {
    let value = Box::leak(Box::new(value));
    Property { type_: type_.into(), value: ptr::from_mut(value).cast(), value_size: 4 }
}

/// The property for memory of the caller: aligned memory of so many bytes, `skipped` of which come before it.
pub(crate) fn allocated(length: usize, skipped: usize) -> Property {
    let words = Box::leak(vec![0_u64; (length + skipped).div_ceil(8)].into_boxed_slice());
    let address = Box::leak(Box::new(words.as_mut_ptr().cast::<u8>().wrapping_add(skipped)));
    let value_size = u32::try_from(length).unwrap();
    Property { type_: PropertyType::AllocatedBuffer.into(), value: ptr::from_mut(address).cast(), value_size }
}

pub(crate) fn create_client(properties: &[Property]) -> Result<Handle, i32> {
    create(c::WebSocketCreateClientHandle, properties)
}

pub(crate) fn create_server(properties: &[Property]) -> Result<Handle, i32> {
    create(c::WebSocketCreateServerHandle, properties)
}

type Create = unsafe extern "C" fn(*const WEB_SOCKET_PROPERTY, u32, *mut WEB_SOCKET_HANDLE) -> i32;

fn create(function: Create, properties: &[Property]) -> Result<Handle, i32> {
    let mut handle = ptr::without_provenance_mut(UNTOUCHED);
    let list = if properties.is_empty() { ptr::null() } else { properties.as_ptr().cast() };
    // SAFETY: the array is one, and what it points to is leaked.
    let code = unsafe { function(list, u32::try_from(properties.len()).unwrap(), &raw mut handle) };
    if code != 0 {
        assert_eq!(handle.addr(), UNTOUCHED, "written only on success");
        return Err(code);
    }
    Ok(Handle(handle))
}

/// A property of the component, into so many bytes at an offset: the bytes, or the code.
pub(crate) fn global(type_: i32, room: u32, offset: usize) -> Result<Vec<u8>, i32> {
    let mut words = [0_u32; 4];
    let mut size = room;
    let place = words.as_mut_ptr().cast::<u8>().wrapping_add(offset);
    // SAFETY: there is room for 12 bytes.
    let code = unsafe { c::WebSocketGetGlobalProperty(type_, place.cast(), &raw mut size) };
    if code != 0 {
        assert_eq!((size, words), (room, [0; 4]), "written only on success");
        return Err(code);
    }
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    Ok(bytes[offset..][..usize::try_from(size).unwrap()].to_vec())
}

/// The `PCSTR` array of these texts, which are leaked.
fn strings(texts: &[&str]) -> (*mut *const c_char, u32) {
    let list: Vec<_> = texts.iter().map(|text| CString::new(*text).unwrap().into_raw().cast_const()).collect();
    let length = u32::try_from(list.len()).unwrap();
    (if list.is_empty() { ptr::null_mut() } else { list.leak().as_mut_ptr() }, length)
}

fn header_array(headers: &[(&str, &str)]) -> (*const WEB_SOCKET_HTTP_HEADER, u32) {
    let leak = |text: &str| {
        let text = text.to_owned().into_bytes().leak();
        (text.as_mut_ptr().cast::<c_char>(), u32::try_from(text.len()).unwrap())
    };
    let header = |&(name, value): &(&str, &str)| {
        let ((name, name_length), (value, value_length)) = (leak(name), leak(value));
        HttpHeader { name, name_length, value, value_length }
    };
    let list: Vec<_> = headers.iter().map(header).collect();
    let length = u32::try_from(list.len()).unwrap();
    (if list.is_empty() { ptr::null() } else { list.leak().as_ptr().cast() }, length)
}

/// Headers that a function has lent.
pub(crate) struct Lent {
    pub headers: *const WEB_SOCKET_HTTP_HEADER,
    pub count: u32,
}

impl Lent {
    /// Reads them where they are, which must still be theirs.
    pub(crate) fn read(&self) -> Pairs {
        let count = usize::try_from(self.count).unwrap();
        // SAFETY: the function has lent so many of them.
        let headers = unsafe { slice::from_raw_parts(self.headers.cast::<HttpHeader>(), count) };
        let text = |start: *const c_char, length: u32| {
            // SAFETY: as above.
            let bytes = unsafe { slice::from_raw_parts(start.cast::<u8>(), usize::try_from(length).unwrap()) };
            String::from_utf8(bytes.to_vec()).unwrap()
        };
        let pair =
            |header: &HttpHeader| (text(header.name, header.name_length), text(header.value, header.value_length));
        headers.iter().map(pair).collect()
    }
}

impl Lent {
    /// The same as strings that end with a zero.
    pub(crate) fn strings(&self) -> Pairs {
        let count = usize::try_from(self.count).unwrap();
        // SAFETY: the function has lent so many of them.
        let headers = unsafe { slice::from_raw_parts(self.headers.cast::<HttpHeader>(), count) };
        // SAFETY: names and values have a zero behind them.
        let text = |start| unsafe { CStr::from_ptr(start) }.to_str().unwrap().to_owned();
        headers.iter().map(|header| (text(header.name), text(header.value))).collect()
    }
}

impl Handle {
    pub(crate) fn begin_client(
        &self,
        protocols: &[&str],
        extensions: &[&str],
        initial: &[(&str, &str)],
    ) -> Result<Pairs, i32> {
        Ok(self.begin_client_lent(protocols, extensions, initial)?.read())
    }

    pub(crate) fn begin_client_lent(
        &self,
        protocols: &[&str],
        extensions: &[&str],
        initial: &[(&str, &str)],
    ) -> Result<Lent, i32> {
        let ((protocols, protocol_count), (extensions, extension_count)) = (strings(protocols), strings(extensions));
        let (initial, initial_count) = header_array(initial);
        let (mut headers, mut count) = (ptr::null_mut(), 0);
        // SAFETY: the arrays are leaked.
        let code = unsafe {
            c::WebSocketBeginClientHandshake(
                self.0,
                protocols,
                protocol_count,
                extensions,
                extension_count,
                initial,
                initial_count,
                &raw mut headers,
                &raw mut count,
            )
        };
        if code == 0 { Ok(Lent { headers, count }) } else { Err(code) }
    }

    pub(crate) fn begin_server(
        &self,
        protocol: Option<&str>,
        extensions: &[&str],
        request: &[(&str, &str)],
    ) -> Result<Pairs, i32> {
        Ok(self.begin_server_lent(protocol, extensions, request)?.read())
    }

    pub(crate) fn begin_server_lent(
        &self,
        protocol: Option<&str>,
        extensions: &[&str],
        request: &[(&str, &str)],
    ) -> Result<Lent, i32> {
        let protocol = protocol.map(|text| CString::new(text).unwrap().into_raw().cast_const());
        let (extensions, extension_count) = strings(extensions);
        let (request, request_count) = header_array(request);
        let (mut headers, mut count) = (ptr::null_mut(), 0);
        // SAFETY: the arrays are leaked.
        let code = unsafe {
            c::WebSocketBeginServerHandshake(
                self.0,
                protocol.unwrap_or(ptr::null()),
                extensions,
                extension_count,
                request,
                request_count,
                &raw mut headers,
                &raw mut count,
            )
        };
        if code == 0 { Ok(Lent { headers, count }) } else { Err(code) }
    }

    /// With `NULL` for everything optional.
    pub(crate) fn end_client(&self, response: &[(&str, &str)]) -> i32 {
        let (response, count) = header_array(response);
        // SAFETY: the array is leaked.
        unsafe {
            c::WebSocketEndClientHandshake(self.0, response, count, ptr::null_mut(), ptr::null_mut(), ptr::null_mut())
        }
    }

    /// With room for so many extensions: the chosen ones and the subprotocol.
    pub(crate) fn end_client_choices(
        &self,
        response: &[(&str, &str)],
        room: u32,
    ) -> Result<(Vec<u32>, Option<u32>), i32> {
        let (response, count) = header_array(response);
        let (mut extensions, mut extension_count, mut protocol) = ([u32::MAX; 8], room, u32::MAX);
        // SAFETY: the array is leaked, and there is room for 8 extensions.
        let code = unsafe {
            c::WebSocketEndClientHandshake(
                self.0,
                response,
                count,
                extensions.as_mut_ptr(),
                &raw mut extension_count,
                &raw mut protocol,
            )
        };
        if code != 0 {
            return Err(code);
        }
        let extensions = extensions[..usize::try_from(extension_count).unwrap()].to_vec();
        Ok((extensions, Some(protocol).filter(|&index| index != u32::MAX)))
    }

    /// With an array for so many extensions, and `NULL` for their number.
    pub(crate) fn end_client_uncounted(&self, response: &[(&str, &str)], array: &mut [u32]) -> i32 {
        let (response, count) = header_array(response);
        let null = ptr::null_mut();
        // SAFETY: the array of headers is leaked, and the other one is there during the call.
        unsafe { c::WebSocketEndClientHandshake(self.0, response, count, array.as_mut_ptr(), null, null) }
    }

    pub(crate) fn end_server(&self) -> i32 {
        // SAFETY: any handle is fine.
        unsafe { c::WebSocketEndServerHandshake(self.0) }
    }

    /// Sends data, which is leaked. The context is a number.
    pub(crate) fn send(&self, buffer_type: BufferType, payload: &[u8], context: usize) -> i32 {
        let (buffer, buffer_length) = leak(payload);
        self.send_buffer(buffer_type.into(), Some(Buffer { data: BufferData { buffer, buffer_length } }), context)
    }

    pub(crate) fn send_close(&self, status: u16, reason: &[u8], context: usize) -> i32 {
        let (reason, reason_length) = leak(reason);
        let buffer = Buffer { close_status: BufferCloseStatus { reason, reason_length, status } };
        self.send_buffer(BufferType::Close.into(), Some(buffer), context)
    }

    /// Without a buffer.
    pub(crate) fn send_empty_close(&self, context: usize) -> i32 {
        self.send_buffer(BufferType::Close.into(), None, context)
    }

    pub(crate) fn ping(&self, context: usize) -> i32 {
        self.send_buffer(BufferType::PingPong.into(), None, context)
    }

    pub(crate) fn send_buffer(&self, buffer_type: i32, buffer: Option<Buffer>, context: usize) -> i32 {
        let buffer = buffer.map_or(ptr::null_mut(), |buffer| ptr::from_mut(Box::leak(Box::new(buffer))));
        // SAFETY: the buffer and what it points to are leaked.
        unsafe { c::WebSocketSend(self.0, buffer_type, buffer.cast(), ptr::without_provenance_mut(context)) }
    }

    /// Receives into memory of the component.
    pub(crate) fn receive(&self, context: usize) -> i32 {
        // SAFETY: there is no buffer.
        unsafe { c::WebSocketReceive(self.0, ptr::null_mut(), ptr::without_provenance_mut(context)) }
    }

    /// Receives into a buffer of so many bytes, which is leaked and given back.
    pub(crate) fn receive_into(&self, length: usize, context: usize) -> (i32, *const u8) {
        let (buffer, buffer_length) = leak(&vec![0; length]);
        (self.receive_buffer(Buffer { data: BufferData { buffer, buffer_length } }, context), buffer)
    }

    pub(crate) fn receive_buffer(&self, buffer: Buffer, context: usize) -> i32 {
        let buffer = ptr::from_mut(Box::leak(Box::new(buffer)));
        // SAFETY: the buffer is leaked, and the caller has leaked what it points to.
        unsafe { c::WebSocketReceive(self.0, buffer.cast(), ptr::without_provenance_mut(context)) }
    }

    pub(crate) fn get(&self, queue: ActionQueue) -> Result<Taken, i32> {
        self.get_into(queue.into(), 2)
    }

    /// The next action, with room for so many buffers, two at most. What they hold before does not matter.
    pub(crate) fn get_into(&self, queue: i32, room: u32) -> Result<Taken, i32> {
        let nowhere = BufferData { buffer: ptr::without_provenance_mut(UNTOUCHED), buffer_length: u32::MAX };
        let mut buffers = vec![Buffer { data: nowhere }; 2];
        let (mut count, mut action, mut buffer_type) = (room, i32::MAX, i32::MAX);
        let mut context = ptr::without_provenance_mut(UNTOUCHED);
        let mut token = ptr::without_provenance_mut(UNTOUCHED);
        // SAFETY: there is room for two buffers.
        let code = unsafe {
            c::WebSocketGetAction(
                self.0,
                queue,
                buffers.as_mut_ptr().cast(),
                &raw mut count,
                &raw mut action,
                &raw mut buffer_type,
                &raw mut context,
                &raw mut token,
            )
        };
        if code == HResult::E_INVALIDARG.0 && token.is_null() {
            // The number of the queue is none.
            assert_eq!((count, action, buffer_type), (room, Action::Nothing.into(), 0));
            return Err(code);
        }
        if code != 0 {
            assert_eq!((count, action, buffer_type, context.addr()), (0, Action::Nothing.into(), 0, 0));
            assert_ne!(token.addr(), UNTOUCHED);
            return Err(code);
        }
        assert!(count <= room);
        buffers.truncate(usize::try_from(count).unwrap());
        let context = Some(context.addr()).filter(|&context| context != UNTOUCHED);
        Ok(Taken { action: Action::try_from(action).unwrap(), buffer_type, context, token, buffers })
    }

    pub(crate) fn complete(&self, taken: &Taken, transferred: usize) {
        self.complete_token(taken.token, transferred);
    }

    pub(crate) fn complete_token(&self, token: *mut c_void, transferred: usize) {
        // SAFETY: any values are fine.
        unsafe { c::WebSocketCompleteAction(self.0, token, u32::try_from(transferred).unwrap()) }
    }

    pub(crate) fn abort(&self) {
        // SAFETY: any handle is fine.
        unsafe { c::WebSocketAbortHandle(self.0) }
    }

    pub(crate) fn delete(&self) {
        // SAFETY: any handle is fine, and what was lent is not used any more.
        unsafe { c::WebSocketDeleteHandle(self.0) }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.delete();
    }
}

impl Taken {
    pub(crate) fn is(&self, buffer_type: BufferType) -> bool {
        self.buffer_type == i32::from(buffer_type)
    }

    /// Where each buffer is, and how long.
    pub(crate) fn places(&self) -> Vec<(*mut u8, usize)> {
        let place = |buffer: &Buffer| {
            // SAFETY: both parts of the union begin with a pointer and a length.
            let data = unsafe { buffer.data };
            (data.buffer, usize::try_from(data.buffer_length).unwrap())
        };
        self.buffers.iter().map(place).collect()
    }

    /// The bytes of all buffers.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let bytes = |(start, length): (*mut u8, usize)| {
            if length == 0 {
                return Vec::new();
            }
            // SAFETY: the action is out, so the bytes are lent.
            unsafe { slice::from_raw_parts(start, length) }.to_vec()
        };
        self.places().into_iter().flat_map(bytes).collect()
    }

    /// Puts bytes into the buffers, and says how many there was room for.
    pub(crate) fn fill(&self, bytes: &[u8]) -> usize {
        let mut filled = 0;
        for (start, length) in self.places() {
            let length = length.min(bytes.len() - filled);
            // SAFETY: the action is out, so the place is ours.
            unsafe { ptr::copy_nonoverlapping(bytes[filled..].as_ptr(), start, length) };
            filled += length;
        }
        filled
    }

    /// The status and the reason of a close.
    pub(crate) fn close_status(&self) -> (u16, Vec<u8>) {
        assert_eq!(self.buffers.len(), 1);
        // SAFETY: the type is that of a close frame.
        (unsafe { self.buffers[0].close_status }.status, self.bytes())
    }
}

fn leak(bytes: &[u8]) -> (*mut u8, u32) {
    let length = u32::try_from(bytes.len()).unwrap();
    if bytes.is_empty() {
        return (ptr::null_mut(), 0);
    }
    (bytes.to_vec().leak().as_mut_ptr(), length)
}
