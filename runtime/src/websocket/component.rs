//! The functions of websocket.h over handles.
//!
//! Each call checks its arguments first, then the handle, its role and its state (b1.1.10), and then does one thing on
//! the session behind the handle.

use winws_api::websocket::{
    CreateClientHandleError, CreateServerHandleError, GetGlobalPropertyError, Handle, Handles, Property, PropertyType,
};

use super::codes::{BadArgument, StaleHandle};
use super::endpoint::Endpoint;
use super::memory::Memory;
use super::{Config, properties};
use crate::handles::HandleTable;
use crate::raw::lent::Vouched;

/// An implementation of websocket.h with handles of its own.
///
/// The functions are the methods of the traits [`Handles`], [`Handshake`](winws_api::websocket::Handshake) and
/// [`Transfer`](winws_api::websocket::Transfer). Any number of threads may use it at the same time. Calls with one
/// handle wait for each other, and no call waits for anything else.
///
/// The structures of websocket.h contain pointers, so [`new`](Self::new) is unsafe. Rust programs can use
/// [`Connection`](super::Connection) instead, where the compiler checks how long memory is lent.
#[derive(Debug)]
pub struct Component {
    endpoints: HandleTable<Endpoint>,
    pub(super) vouched: Vouched,
}

impl Component {
    /// A component without handles, which reads pointers by this promise.
    pub(crate) const fn vouched(vouched: Vouched) -> Self {
        Self { endpoints: HandleTable::new(), vouched }
    }

    /// What a call gives that is made with a live handle. No call waits for anything while it has one.
    pub(super) fn with<R, E: From<StaleHandle>>(
        &self,
        handle: Handle,
        call: impl FnOnce(&mut Endpoint) -> Result<R, E>,
    ) -> Result<R, E> {
        self.endpoints.with(handle.into_raw(), call).unwrap_or_else(|| Err(StaleHandle.into()))
    }

    fn create(&self, defaults: Config, properties: &[Property]) -> Result<Handle, BadArgument> {
        let settings = properties::read(defaults, properties, self.vouched)?;
        let memory = match settings.memory {
            Some(bytes) => Some(Memory::lent(&settings.config, bytes).ok_or(BadArgument)?),
            None => None,
        };
        Ok(Handle::from_raw(self.endpoints.insert(Endpoint::new(settings.config, memory))))
    }
}

impl Handles for Component {
    fn abort_handle(&self, web_socket: Handle) {
        // A stale handle names nothing that could be aborted.
        self.endpoints.with(web_socket.into_raw(), Endpoint::abort);
    }

    fn create_client_handle(&self, properties: &[Property]) -> Result<Handle, CreateClientHandleError> {
        Ok(self.create(Config::client(), properties)?)
    }

    fn create_server_handle(&self, properties: &[Property]) -> Result<Handle, CreateServerHandleError> {
        Ok(self.create(Config::server(), properties)?)
    }

    fn delete_handle(&self, web_socket: Handle) {
        // A stale handle names nothing that could be deleted.
        drop(self.endpoints.remove(web_socket.into_raw()));
    }

    fn get_global_property(
        &self,
        type_: PropertyType,
        value: &mut [u8],
        size: &mut u32,
    ) -> Result<(), GetGlobalPropertyError> {
        *size = properties::global(type_, value)?;
        Ok(())
    }
}
