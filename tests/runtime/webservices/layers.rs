//! A channel over another one, as protocols are layered: its callbacks make the same calls on the channel below.

use super::*;

struct Layer {
    below: *mut WS_CHANNEL,
}

fn below(instance: *mut c_void) -> *mut WS_CHANNEL {
    // SAFETY: the instance is a layer.
    unsafe { &*instance.cast::<Layer>() }.below
}

/// What the channel below returns. A failure is told of in the caller's object.
fn passed(code: i32, error: *mut ErrorObject) -> HResult {
    if code < 0 && !error.is_null() {
        let mut text: Vec<u16> = "the layer below failed".encode_utf16().collect();
        let string = WsString { length: u32::try_from(text.len()).unwrap(), chars: text.as_mut_ptr() };
        // SAFETY: the string is there.
        unsafe { WsAddErrorString(error.cast(), &raw const string) };
    }
    HResult(code)
}

unsafe extern "system" fn create(
    _: i32,
    parameters: *const c_void,
    _: u32,
    instance: *mut *mut c_void,
    _: *mut ErrorObject,
) -> HResult {
    // SAFETY: the parameters are a channel, and there is room for the instance.
    unsafe {
        let below = parameters.cast::<*mut WS_CHANNEL>().read_unaligned();
        instance.write(Box::into_raw(Box::new(Layer { below })).cast());
    }
    HResult(S_OK)
}

unsafe extern "system" fn free(instance: *mut c_void) {
    // SAFETY: the layer comes from `create`, and goes once.
    unsafe {
        WsFreeChannel(below(instance));
        drop(Box::from_raw(instance.cast::<Layer>()));
    }
}

unsafe extern "system" fn open(
    instance: *mut c_void,
    address: *const EndpointAddress,
    context: *const AsyncContext,
    error: *mut ErrorObject,
) -> HResult {
    // SAFETY: the arguments are those of the caller.
    passed(unsafe { WsOpenChannel(below(instance), address, context.cast(), error.cast()) }, error)
}

unsafe extern "system" fn close(i: *mut c_void, context: *const AsyncContext, error: *mut ErrorObject) -> HResult {
    // SAFETY: as in `open`.
    passed(unsafe { WsCloseChannel(below(i), context.cast(), error.cast()) }, error)
}

unsafe extern "system" fn shut_down(
    instance: *mut c_void,
    context: *const AsyncContext,
    error: *mut ErrorObject,
) -> HResult {
    // SAFETY: as in `open`.
    passed(unsafe { WsShutdownSessionChannel(below(instance), context.cast(), error.cast()) }, error)
}

unsafe extern "system" fn abort(instance: *mut c_void, error: *mut ErrorObject) -> HResult {
    // SAFETY: as in `open`.
    passed(unsafe { WsAbortChannel(below(instance), error.cast()) }, error)
}

unsafe extern "system" fn reset(instance: *mut c_void, error: *mut ErrorObject) -> HResult {
    // SAFETY: as in `open`.
    passed(unsafe { WsResetChannel(below(instance), error.cast()) }, error)
}

unsafe extern "system" fn get(
    instance: *mut c_void,
    id: i32,
    value: *mut c_void,
    size: u32,
    error: *mut ErrorObject,
) -> HResult {
    // SAFETY: as in `open`.
    passed(unsafe { WsGetChannelProperty(below(instance), id, value, size, error.cast()) }, error)
}

unsafe extern "system" fn set(
    instance: *mut c_void,
    id: i32,
    value: *const c_void,
    size: u32,
    error: *mut ErrorObject,
) -> HResult {
    // SAFETY: as in `open`.
    passed(unsafe { WsSetChannelProperty(below(instance), id, value, size, error.cast()) }, error)
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
    shutdown_session_channel_callback: Some(shut_down),
    ..super::CALLBACKS
};

/// Codes, properties and contexts pass through both channels, and each adds to the caller's object.
#[test]
fn a_channel_over_a_channel_passes_everything_on() {
    let (script, error) = (Script::default(), Object::new());
    let below = channel(&script);
    let properties = [property(Id::CustomChannelCallbacks, &CALLBACKS), property(Id::CustomChannelParameters, &below)];
    let above = create_with(&properties, CUSTOM_BINDING, null_mut()).unwrap();
    let asynchronous = AsyncContext { callback: Some(never), callback_state: std::ptr::without_provenance_mut(0xCD) };
    for code in [S_OK, 1, WS_S_ASYNC, E_FAIL, E_INVALIDARG, i32::MIN] {
        script.returns(code);
        let through_one = all(below, error.0, Some(&asynchronous));
        let seen = script.take();
        let said = error.texts().len();
        assert_eq!(all(above, error.0, Some(&asynchronous)), through_one);
        assert_eq!(script.take(), seen);
        assert_eq!(error.texts().len() - said, if code < 0 { 7 } else { 0 });
    }
    let mut state = 0_u32;
    script.returns(S_OK);
    // SAFETY: there is room for the state, and the channel is used no more.
    unsafe {
        let value = (&raw mut state).cast();
        assert_eq!(WsGetChannelProperty(above, Id::State as i32, value, 4, null_mut()), S_OK);
        assert_eq!(state, 0x0707_0707);
        WsFreeChannel(above);
    }
    assert_eq!(script.freed(), 1, "the layer frees what is below");
}
