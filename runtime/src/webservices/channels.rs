//! The functions of channels. A custom channel does everything itself: its callbacks get the arguments as they are, and their codes
//! go to the caller as they are.

use core::ptr;
use std::sync::Arc;

use winws_api::webservices::{
    AbortChannelError, AsyncContext, Channel, ChannelBinding, ChannelProperty, ChannelPropertyId, ChannelType,
    Channels, CloseChannelError, CloseChannelSuccess, CreateChannelError, EndpointAddress, ErrorObject,
    GetChannelPropertyError, OpenChannelError, OpenChannelSuccess, ResetChannelError, SecurityDescription,
    SetChannelPropertyError, ShutdownSessionChannelError, ShutdownSessionChannelSuccess,
};
use winws_api::{HResult, WideChar};

use super::WebServices;
use crate::raw::custom_channel::{CustomChannel, NoCallback};

impl WebServices {
    /// A code of ours, with what happened in words for the object of the call.
    fn fails(&self, error: *mut ErrorObject, code: HResult, text: &str) -> HResult {
        // The code alone has to do where there is no object, or no memory for the text.
        let _ = self.with(error, |details| details.add(text.encode_utf16().collect::<Box<[u16]>>()));
        code
    }

    /// What a callback of a channel returns. None has a lock of ours.
    fn call(
        &self,
        channel: *mut Channel,
        error: *mut ErrorObject,
        call: impl FnOnce(&CustomChannel) -> Result<HResult, NoCallback>,
    ) -> Result<HResult, HResult> {
        let Some(channel) = self.channels.get(channel.addr()) else {
            return Err(self.fails(error, HResult::E_INVALIDARG, "There is no such channel, or it has been freed."));
        };
        call(&channel).map_err(|NoCallback| {
            self.fails(error, HResult::WS_E_NOT_SUPPORTED, "The custom channel has no callback for this function.")
        })
    }

    fn invalid<T>(&self, error: *mut ErrorObject, text: &str) -> Result<T, CreateChannelError> {
        Err(self.fails(error, HResult::E_INVALIDARG, text).into())
    }
}

/// A code for a function that has no success but `S_OK`. Any other code goes to the caller as it is.
fn done<E: From<HResult>>(code: HResult) -> Result<(), E> {
    if code == HResult::S_OK { Ok(()) } else { Err(code.into()) }
}

/// The same for a function that may go on asynchronously.
fn begun<S, E: From<HResult>>(code: HResult, done: S, goes_on: S) -> Result<S, E> {
    match code {
        HResult::S_OK => Ok(done),
        HResult::WS_S_ASYNC => Ok(goes_on),
        code => Err(code.into()),
    }
}

impl Channels for WebServices {
    fn create_channel<W: WideChar>(
        &self,
        channel_type: ChannelType,
        channel_binding: ChannelBinding,
        properties: &[ChannelProperty],
        security_description: *const SecurityDescription,
        error: *mut ErrorObject,
    ) -> Result<*mut Channel, CreateChannelError> {
        if channel_binding != ChannelBinding::Custom {
            return Err(self.fails(error, HResult::WS_E_NOT_SUPPORTED, "Only custom channels are supported.").into());
        }
        if !security_description.is_null() {
            return self.invalid(error, "A custom channel has no security description.");
        }
        let (mut table, mut parameters) = (None, None);
        for property in properties {
            let is_new = match ChannelPropertyId::try_from(property.id) {
                Ok(ChannelPropertyId::CustomChannelCallbacks) => {
                    let Ok(callbacks) = CustomChannel::table::<W>(property, self.vouched) else {
                        return self.invalid(error, "The callbacks of the custom channel have another size.");
                    };
                    table.replace(callbacks).is_none()
                }
                Ok(ChannelPropertyId::CustomChannelParameters) => {
                    parameters.replace((property.value, property.value_size)).is_none()
                }
                _ => return self.invalid(error, "A custom channel takes its callbacks and its parameters only."),
            };
            if !is_new {
                return self.invalid(error, "A property of the custom channel stands twice.");
            }
        }
        let Some(table) = table else { return self.invalid(error, "The callbacks of the custom channel are missing.") };
        let parameters = parameters.unwrap_or((ptr::null_mut(), 0));
        match CustomChannel::create(&table, channel_type, parameters, error) {
            Ok(channel) => Ok(ptr::without_provenance_mut(self.channels.insert(Arc::new(channel)))),
            Err(Ok(NoCallback)) => {
                self.invalid(error, "A custom channel needs callbacks that create and free its instance.")
            }
            Err(Err(code)) => Err(code.into()),
        }
    }

    fn free_channel(&self, channel: *mut Channel) {
        // The callback that frees the instance comes when the last of those that run has returned.
        self.channels.remove(channel.addr());
    }

    fn open_channel<W: WideChar>(
        &self,
        channel: *mut Channel,
        endpoint_address: &EndpointAddress<W>,
        async_context: Option<&AsyncContext>,
        error: *mut ErrorObject,
    ) -> Result<OpenChannelSuccess, OpenChannelError> {
        let code = self.call(channel, error, |channel| channel.open(endpoint_address, async_context, error))?;
        begun(code, OpenChannelSuccess::Done, OpenChannelSuccess::Async)
    }

    fn close_channel(
        &self,
        channel: *mut Channel,
        async_context: Option<&AsyncContext>,
        error: *mut ErrorObject,
    ) -> Result<CloseChannelSuccess, CloseChannelError> {
        let code = self.call(channel, error, |channel| channel.close(async_context, error))?;
        begun(code, CloseChannelSuccess::Done, CloseChannelSuccess::Async)
    }

    fn shutdown_session_channel(
        &self,
        channel: *mut Channel,
        async_context: Option<&AsyncContext>,
        error: *mut ErrorObject,
    ) -> Result<ShutdownSessionChannelSuccess, ShutdownSessionChannelError> {
        let code = self.call(channel, error, |channel| channel.shut_down(async_context, error))?;
        begun(code, ShutdownSessionChannelSuccess::Done, ShutdownSessionChannelSuccess::Async)
    }

    fn abort_channel(&self, channel: *mut Channel, error: *mut ErrorObject) -> Result<(), AbortChannelError> {
        done(self.call(channel, error, |channel| channel.abort(error))?)
    }

    fn reset_channel(&self, channel: *mut Channel, error: *mut ErrorObject) -> Result<(), ResetChannelError> {
        done(self.call(channel, error, |channel| channel.reset(error))?)
    }

    fn get_channel_property<W: WideChar>(
        &self,
        channel: *mut Channel,
        id: ChannelPropertyId,
        value: &mut [u8],
        error: *mut ErrorObject,
    ) -> Result<(), GetChannelPropertyError> {
        if id != ChannelPropertyId::CustomChannelInstance {
            return done(self.call(channel, error, |channel| channel.property(id, value, error))?);
        }
        let mut instance = ptr::null_mut();
        self.call(channel, error, |channel| {
            instance = channel.instance();
            Ok(HResult::S_OK)
        })?;
        let Ok(room) = <&mut [u8; size_of::<usize>()]>::try_from(value) else {
            return Err(self
                .fails(error, HResult::E_INVALIDARG, "The instance of a custom channel is a pointer.")
                .into());
        };
        // The program casts it to a pointer again.
        *room = instance.expose_provenance().to_ne_bytes();
        Ok(())
    }

    fn set_channel_property<W: WideChar>(
        &self,
        channel: *mut Channel,
        id: ChannelPropertyId,
        value: &[u8],
        error: *mut ErrorObject,
    ) -> Result<(), SetChannelPropertyError> {
        done(self.call(channel, error, |channel| channel.set_property(id, value, error))?)
    }
}
