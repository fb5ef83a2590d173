//! webservices.h, through the C functions.

mod channels;
mod error_objects;
mod layers;

use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use winws::api::HResult;
use winws::api::webservices::{
    AbortChannelCallbackError, AsyncContext, ChannelPropertyId as Id, CloseChannelCallbackError,
    CustomChannelCallbacks, EndpointAddress, ErrorObject, OpenChannelCallbackError, ResetChannelCallbackError,
    WsString,
};
use winws::ffi::webservices::{
    WS_CHANNEL, WS_CHANNEL_PROPERTY, WS_ERROR, WsAbortChannel, WsAddErrorString, WsCloseChannel, WsCreateChannel,
    WsCreateChannel_w32, WsCreateError, WsFreeChannel, WsFreeError, WsGetChannelProperty, WsGetErrorProperty,
    WsGetErrorString, WsOpenChannel, WsOpenChannel_w32, WsResetChannel, WsSetChannelProperty, WsShutdownSessionChannel,
};

const S_OK: i32 = 0;
const WS_S_ASYNC: i32 = 0x003D_0000;
const E_INVALIDARG: i32 = 0x8007_0057_u32.cast_signed();
const E_FAIL: i32 = 0x8000_4005_u32.cast_signed();
const WS_E_NOT_SUPPORTED: i32 = 0x803D_0017_u32.cast_signed();

const DUPLEX_SESSION: i32 = 7;
const CUSTOM_BINDING: i32 = 3;

/// What the callbacks of a channel return, and what they were given.
#[derive(Default)]
struct Script {
    result: Mutex<i32>,
    seen: Mutex<Vec<String>>,
    freed: AtomicUsize,
    /// A callback meets somebody here twice, if there is one.
    meeting: Mutex<Option<Arc<Barrier>>>,
}

impl Script {
    fn call(instance: *mut c_void, said: String) -> HResult {
        // SAFETY: the instance is a script that outlives its channel.
        let script = unsafe { &*instance.cast::<Self>() };
        script.seen.lock().unwrap().push(said);
        let meeting = script.meeting.lock().unwrap().clone();
        if let Some(barrier) = meeting {
            barrier.wait();
            barrier.wait();
        }
        HResult(*script.result.lock().unwrap())
    }

    fn returns(&self, code: i32) {
        *self.result.lock().unwrap() = code;
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }

    fn freed(&self) -> usize {
        self.freed.load(Ordering::SeqCst)
    }
}

/// What stands in an asynchronous context.
fn context(context: *const AsyncContext) -> String {
    // SAFETY: it is null, or there until the callback returns.
    match unsafe { context.as_ref() } {
        None => "waits".to_owned(),
        Some(context) => format!("state {:#x} callback {}", context.callback_state.addr(), context.callback.is_some()),
    }
}

unsafe extern "system" fn create(
    kind: i32,
    parameters: *const c_void,
    size: u32,
    instance: *mut *mut c_void,
    error: *mut ErrorObject,
) -> HResult {
    // SAFETY: the parameters are the address of a script.
    let script = unsafe { parameters.cast::<*mut c_void>().read_unaligned() };
    let code = Script::call(script, format!("create {kind} {size} {}", error.is_null()));
    if code.is_ok() {
        // SAFETY: there is room for the instance.
        unsafe { instance.write(script) };
    }
    code
}

unsafe extern "system" fn free(instance: *mut c_void) {
    // SAFETY: as in `Script::call`.
    unsafe { &*instance.cast::<Script>() }.freed.fetch_add(1, Ordering::SeqCst);
}

unsafe extern "system" fn reset(instance: *mut c_void, error: *mut ErrorObject) -> HResult {
    Script::call(instance, format!("reset {}", error.is_null()))
}

unsafe extern "system" fn abort(instance: *mut c_void, error: *mut ErrorObject) -> HResult {
    Script::call(instance, format!("abort {}", error.is_null()))
}

unsafe extern "system" fn open(
    instance: *mut c_void,
    address: *const EndpointAddress,
    asynchronous: *const AsyncContext,
    error: *mut ErrorObject,
) -> HResult {
    // SAFETY: the address is there until the callback returns.
    let url = unsafe { std::slice::from_raw_parts((*address).url.chars, (*address).url.length as usize) };
    let url = String::from_utf16(url).unwrap();
    Script::call(instance, format!("open {url} {} {}", context(asynchronous), error.is_null()))
}

unsafe extern "system" fn close(
    instance: *mut c_void,
    asynchronous: *const AsyncContext,
    error: *mut ErrorObject,
) -> HResult {
    Script::call(instance, format!("close {} {}", context(asynchronous), error.is_null()))
}

unsafe extern "system" fn shut_down(
    instance: *mut c_void,
    asynchronous: *const AsyncContext,
    error: *mut ErrorObject,
) -> HResult {
    Script::call(instance, format!("shutdown {} {}", context(asynchronous), error.is_null()))
}

unsafe extern "system" fn get(
    instance: *mut c_void,
    id: i32,
    value: *mut c_void,
    size: u32,
    error: *mut ErrorObject,
) -> HResult {
    let code = Script::call(instance, format!("get {id} {size} {}", error.is_null()));
    // SAFETY: there is room for so many bytes.
    unsafe { value.cast::<u8>().write_bytes(7, size as usize) };
    code
}

unsafe extern "system" fn set(
    instance: *mut c_void,
    id: i32,
    value: *const c_void,
    size: u32,
    error: *mut ErrorObject,
) -> HResult {
    // SAFETY: there are so many bytes.
    let bytes = unsafe { std::slice::from_raw_parts(value.cast::<u8>(), size as usize) };
    Script::call(instance, format!("set {id} {bytes:?} {}", error.is_null()))
}

const CALLBACKS: CustomChannelCallbacks = CustomChannelCallbacks {
    create_channel_callback: Some(create),
    free_channel_callback: Some(free),
    reset_channel_callback: Some(reset),
    open_channel_callback: Some(open),
    close_channel_callback: Some(close),
    abort_channel_callback: Some(abort),
    get_channel_property_callback: Some(get),
    set_channel_property_callback: Some(set),
    write_message_start_callback: None,
    write_message_end_callback: None,
    read_message_start_callback: None,
    read_message_end_callback: None,
    abandon_message_callback: None,
    shutdown_session_channel_callback: Some(shut_down),
};

fn property<T>(id: Id, value: &T) -> WS_CHANNEL_PROPERTY {
    WS_CHANNEL_PROPERTY {
        id: id as i32,
        value: std::ptr::from_ref(value).cast_mut().cast(),
        valueSize: u32::try_from(size_of::<T>()).unwrap(),
    }
}

fn create_with(properties: &[WS_CHANNEL_PROPERTY], binding: i32, error: *mut WS_ERROR) -> Result<*mut WS_CHANNEL, i32> {
    let (mut channel, count) = (null_mut(), u32::try_from(properties.len()).unwrap());
    // SAFETY: the properties are there.
    let code = unsafe {
        WsCreateChannel(DUPLEX_SESSION, binding, properties.as_ptr(), count, null(), &raw mut channel, error)
    };
    if code == S_OK {
        return Ok(channel);
    }
    assert!(channel.is_null(), "a call that fails writes nothing");
    Err(code)
}

/// A channel with these callbacks.
fn channel_of(callbacks: &CustomChannelCallbacks, script: &Script) -> Result<*mut WS_CHANNEL, i32> {
    let script = std::ptr::from_ref(script);
    let properties = [property(Id::CustomChannelCallbacks, callbacks), property(Id::CustomChannelParameters, &script)];
    create_with(&properties, CUSTOM_BINDING, null_mut())
}

/// A channel that does what is written down.
fn channel(script: &Script) -> *mut WS_CHANNEL {
    let channel = channel_of(&CALLBACKS, script).unwrap();
    assert_eq!(script.take(), ["create 7 8 true"]);
    channel
}

/// What each function returns that has nothing but a channel and an object: its name, and the code.
fn all(
    channel: *mut WS_CHANNEL,
    error: *mut WS_ERROR,
    asynchronous: Option<&AsyncContext>,
) -> [(&'static str, i32); 7] {
    let mut url: Vec<u16> = "ws://here/".encode_utf16().collect();
    let length = u32::try_from(url.len()).unwrap();
    let address = EndpointAddress { url: WsString { length, chars: url.as_mut_ptr() }, ..EndpointAddress::default() };
    let context = asynchronous.map_or(null(), std::ptr::from_ref).cast();
    let mut value = [0_u8; 4];
    // SAFETY: the channel is one or is freed, and all others are there.
    unsafe {
        [
            ("open", WsOpenChannel(channel, &raw const address, context, error)),
            ("shutdown", WsShutdownSessionChannel(channel, context, error)),
            ("get", WsGetChannelProperty(channel, Id::State as i32, value.as_mut_ptr().cast(), 4, error)),
            ("set", WsSetChannelProperty(channel, Id::CloseTimeout as i32, [1_u8, 2, 3, 4].as_ptr().cast(), 4, error)),
            ("abort", WsAbortChannel(channel, error)),
            ("close", WsCloseChannel(channel, context, error)),
            ("reset", WsResetChannel(channel, error)),
        ]
    }
}

unsafe extern "system" fn never(_: HResult, _: i32, _: *mut c_void) {
    panic!("nobody completes");
}

/// An error object, and what it says.
struct Object(*mut WS_ERROR);

impl Object {
    fn new() -> Self {
        let mut error = null_mut();
        // SAFETY: there is room for the object.
        assert_eq!(unsafe { WsCreateError(null(), 0, &raw mut error) }, S_OK);
        Self(error)
    }

    fn texts(&self) -> Vec<String> {
        let mut count = 0_u32;
        // SAFETY: there is room for the count and for each string, whose units are there.
        unsafe {
            assert_eq!(WsGetErrorProperty(self.0, 0, (&raw mut count).cast(), 4), S_OK);
            let text = |index| {
                let mut string = WsString::default();
                assert_eq!(WsGetErrorString(self.0, index, &raw mut string), S_OK);
                String::from_utf16(std::slice::from_raw_parts(string.chars, string.length as usize)).unwrap()
            };
            (0..count).map(text).collect()
        }
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        // SAFETY: nobody reads its strings any more.
        unsafe { WsFreeError(self.0) };
    }
}
