//! A custom channel that does what a test has written down: one test for each row.

use super::*;

#[test]
fn b10_1_1_callbacks_get_the_arguments_and_their_codes_come_back() {
    let script = Script::default();
    let channel = channel(&script);
    let asynchronous = AsyncContext { callback: Some(never), callback_state: std::ptr::without_provenance_mut(0xAB) };
    for code in [S_OK, 1, WS_S_ASYNC, WS_S_ASYNC + 1, E_FAIL, E_INVALIDARG, -1, i32::MIN, i32::MAX] {
        script.returns(code);
        for asynchronous in [None, Some(&asynchronous)] {
            for (name, returned) in all(channel, null_mut(), asynchronous) {
                assert_eq!(returned, code, "{name}");
            }
            let context = if asynchronous.is_some() { "state 0xab callback true" } else { "waits" };
            let expected = [
                format!("open ws://here/ {context} true"),
                format!("shutdown {context} true"),
                format!("get {} 4 true", Id::State as i32),
                format!("set {} [1, 2, 3, 4] true", Id::CloseTimeout as i32),
                "abort true".to_owned(),
                format!("close {context} true"),
                "reset true".to_owned(),
            ];
            assert_eq!(script.take(), expected);
        }
    }
    // SAFETY: it is used no more.
    unsafe { WsFreeChannel(channel) };
    assert_eq!(script.freed(), 1);
}

/// Every code that the pages of the callbacks have comes to the caller.
#[test]
fn b10_1_1_documented_codes() {
    let script = Script::default();
    let channel = channel(&script);
    let codes = |codes: Vec<HResult>| codes.into_iter().map(|code| code.0).chain([WS_S_ASYNC]).collect::<Vec<_>>();
    let of_close = codes(CloseChannelCallbackError::DOCUMENTED.iter().map(|error| error.code()).collect());
    assert_eq!(of_close.len(), 10, "nine errors and WS_S_ASYNC");
    let of_open = codes(OpenChannelCallbackError::DOCUMENTED.iter().map(|error| error.code()).collect());
    let of_abort = codes(AbortChannelCallbackError::DOCUMENTED.iter().map(|error| error.code()).collect());
    let of_reset = codes(ResetChannelCallbackError::DOCUMENTED.iter().map(|error| error.code()).collect());
    for (function, codes) in [("close", of_close), ("open", of_open), ("abort", of_abort), ("reset", of_reset)] {
        for code in codes {
            script.returns(code);
            let returned = all(channel, null_mut(), None);
            assert_eq!(returned.iter().find(|(name, _)| *name == function), Some(&(function, code)));
        }
    }
    // SAFETY: it is used no more.
    unsafe { WsFreeChannel(channel) };
}

#[test]
fn b10_1_2_a_callback_goes_on_without_a_context() {
    let script = Script::default();
    let channel = channel(&script);
    script.returns(WS_S_ASYNC);
    // SAFETY: the channel is one.
    unsafe {
        assert_eq!(WsCloseChannel(channel, null(), null_mut()), WS_S_ASYNC);
        WsFreeChannel(channel);
    }
}

#[test]
fn b10_1_4_a_channel_is_freed_while_a_callback_runs() {
    let (script, barrier) = (Script::default(), Arc::new(Barrier::new(2)));
    let channel = channel(&script);
    *script.meeting.lock().unwrap() = Some(Arc::clone(&barrier));
    let address = channel.expose_provenance();
    thread::scope(|scope| {
        let closes = scope.spawn(move || {
            // SAFETY: the channel is one until it is freed.
            unsafe { WsCloseChannel(std::ptr::with_exposed_provenance_mut(address), null(), null_mut()) }
        });
        barrier.wait();
        // SAFETY: a channel may be freed at any time here.
        unsafe { WsFreeChannel(channel) };
        assert_eq!(script.freed(), 0, "a callback runs");
        assert!(all(channel, null_mut(), None).iter().all(|(_, code)| *code == E_INVALIDARG));
        barrier.wait();
        assert_eq!(closes.join().unwrap(), S_OK);
    });
    assert_eq!(script.freed(), 1);
    // SAFETY: nothing happens for a channel that has been freed.
    unsafe { WsFreeChannel(channel) };
    assert_eq!(script.freed(), 1);
    for wrong in [null_mut(), std::ptr::without_provenance_mut(4711)] {
        assert!(all(wrong, null_mut(), None).iter().all(|(_, code)| *code == E_INVALIDARG));
        // SAFETY: it is no channel.
        unsafe { WsFreeChannel(wrong) };
    }
}

#[test]
fn b10_1_6_callbacks_that_are_missing() {
    let script = Script::default();
    for callbacks in [
        CustomChannelCallbacks { create_channel_callback: None, ..CALLBACKS },
        CustomChannelCallbacks { free_channel_callback: None, ..CALLBACKS },
        CustomChannelCallbacks::default(),
    ] {
        assert_eq!(channel_of(&callbacks, &script), Err(E_INVALIDARG));
    }
    assert!(script.take().is_empty());
    let fewest = CustomChannelCallbacks {
        create_channel_callback: Some(create),
        free_channel_callback: Some(free),
        ..CustomChannelCallbacks::default()
    };
    let channel = channel_of(&fewest, &script).unwrap();
    for (name, code) in all(channel, null_mut(), None) {
        assert_eq!(code, WS_E_NOT_SUPPORTED, "{name}");
    }
    // SAFETY: it is used no more.
    unsafe { WsFreeChannel(channel) };
    assert_eq!(script.freed(), 1);
}

#[test]
fn b10_1_7_properties_of_a_new_channel() {
    let script = Script::default();
    let address = std::ptr::from_ref(&script);
    let callbacks = property(Id::CustomChannelCallbacks, &CALLBACKS);
    let parameters = property(Id::CustomChannelParameters, &address);
    let timeout = property(Id::CloseTimeout, &5_u32);
    let short = WS_CHANNEL_PROPERTY { valueSize: callbacks.valueSize - 1, ..callbacks };
    let missing = WS_CHANNEL_PROPERTY { value: null_mut(), ..callbacks };
    let unknown = WS_CHANNEL_PROPERTY { id: 4711, ..timeout };
    for wrong in [
        vec![],
        vec![parameters],
        vec![callbacks, parameters, timeout],
        vec![callbacks, parameters, unknown],
        vec![callbacks, callbacks, parameters],
        vec![callbacks, parameters, parameters],
        vec![short, parameters],
        vec![missing, parameters],
    ] {
        assert_eq!(create_with(&wrong, CUSTOM_BINDING, null_mut()), Err(E_INVALIDARG));
    }
    let (good, mut channel) = ([callbacks, parameters], null_mut());
    let security = std::ptr::from_ref(&script).cast();
    // SAFETY: the properties are there; a security description is not looked into.
    unsafe {
        let (good, out) = (good.as_ptr(), &raw mut channel);
        assert_eq!(WsCreateChannel(7, 3, good, 2, security, out, null_mut()), E_INVALIDARG);
        assert_eq!(WsCreateChannel(7, 3, good, 2, null(), null_mut(), null_mut()), E_INVALIDARG);
        assert_eq!(WsCreateChannel(7, 3, null(), 2, null(), out, null_mut()), E_INVALIDARG);
        assert_eq!(WsCreateChannel(99, 3, good, 2, null(), out, null_mut()), E_INVALIDARG);
    }
    assert!(channel.is_null() && script.take().is_empty(), "no callback was called");
}

#[test]
fn b10_1_8_the_callback_that_creates_fails() {
    let script = Script::default();
    for code in [E_FAIL, E_INVALIDARG, -1] {
        script.returns(code);
        assert_eq!(channel_of(&CALLBACKS, &script), Err(code));
    }
    assert_eq!((script.take().len(), script.freed()), (3, 0));
}

#[test]
fn b10_1_9_the_instance_is_answered_without_a_callback() {
    let script = Script::default();
    let channel = channel(&script);
    let mut instance: *mut c_void = null_mut();
    let get = |size, instance: &mut *mut c_void| {
        let value = std::ptr::from_mut(instance).cast();
        // SAFETY: there is room for a pointer.
        unsafe { WsGetChannelProperty(channel, Id::CustomChannelInstance as i32, value, size, null_mut()) }
    };
    for wrong in [0, 4, 7] {
        assert_eq!(get(wrong, &mut instance), E_INVALIDARG);
    }
    assert_eq!((get(8, &mut instance), instance.addr()), (S_OK, std::ptr::from_ref(&script).addr()));
    assert!(script.take().is_empty());
    // Each of the others goes to the callback, those that every custom channel must have among them.
    for id in [Id::AddressingVersion, Id::EnvelopeVersion, Id::TransferMode, Id::ProtectionLevel] {
        let mut value = [0_u8; 4];
        // SAFETY: there is room for the value.
        let code = unsafe { WsGetChannelProperty(channel, id as i32, value.as_mut_ptr().cast(), 4, null_mut()) };
        assert_eq!((code, value), (S_OK, [7; 4]));
        assert_eq!(script.take(), [format!("get {} 4 true", id as i32)]);
    }
    let mut value = [0_u8; 4];
    let value: *mut c_void = value.as_mut_ptr().cast();
    for unknown in [-1, 4711] {
        // SAFETY: there is room for the value.
        unsafe {
            assert_eq!(WsGetChannelProperty(channel, unknown, value, 4, null_mut()), E_INVALIDARG);
            assert_eq!(WsSetChannelProperty(channel, unknown, value, 4, null_mut()), E_INVALIDARG);
        }
    }
    assert!(script.take().is_empty());
    // SAFETY: it is used no more.
    unsafe { WsFreeChannel(channel) };
}

#[test]
fn b10_1_11_channels_that_are_not_custom() {
    for binding in [0, 1, 2, 4] {
        assert_eq!(create_with(&[], binding, null_mut()), Err(WS_E_NOT_SUPPORTED), "{binding}");
    }
    assert_eq!(create_with(&[], 5, null_mut()), Err(E_INVALIDARG));
}

#[test]
fn b10_1_12_wide_characters_of_another_size() {
    let script = Script::default();
    let channel = channel(&script);
    let address = EndpointAddress::<u32>::default();
    let (mut wide, pointer) = (null_mut(), std::ptr::from_ref(&script));
    let callbacks = CustomChannelCallbacks::<u32> {
        create_channel_callback: Some(create),
        free_channel_callback: Some(free),
        ..CustomChannelCallbacks::default()
    };
    let properties =
        [property(Id::CustomChannelCallbacks, &callbacks), property(Id::CustomChannelParameters, &pointer)];
    // SAFETY: the address is there, and so are the properties.
    unsafe {
        assert_eq!(WsOpenChannel_w32(channel, &raw const address, null(), null_mut()), WS_E_NOT_SUPPORTED);
        WsFreeChannel(channel);
        let code = WsCreateChannel_w32(
            DUPLEX_SESSION,
            CUSTOM_BINDING,
            properties.as_ptr(),
            2,
            null(),
            &raw mut wide,
            null_mut(),
        );
        assert_eq!(code, S_OK);
        WsFreeChannel(wide);
    }
    assert_eq!(script.freed(), 2);
}

#[test]
fn b10_2_9_a_call_that_fails_says_what_happened() {
    let (script, error) = (Script::default(), Object::new());
    let properties =
        [property(Id::CustomChannelCallbacks, &CALLBACKS), property(Id::CustomChannelParameters, &&raw const script)];
    let channel = create_with(&properties, CUSTOM_BINDING, error.0).unwrap();
    assert!(all(channel, error.0, None).iter().all(|(_, code)| *code == S_OK));
    assert_eq!(error.texts(), [""; 0], "a call that succeeds says nothing");
    // What a callback fails with it says itself.
    script.returns(E_FAIL);
    assert!(all(channel, error.0, None).iter().all(|(_, code)| *code == E_FAIL));
    assert_eq!(error.texts(), [""; 0]);
    // SAFETY: it is used no more.
    unsafe { WsFreeChannel(channel) };
    assert_eq!(all(channel, error.0, None).len(), error.texts().len());
    assert!(error.texts().iter().all(|text| text.contains("freed")));
    assert_eq!(create_with(&properties[1..], CUSTOM_BINDING, error.0), Err(E_INVALIDARG));
    assert!(error.texts()[0].contains("callbacks"), "{:?}", error.texts());
}
