//! The functions of websocket.h over handles.
//!
//! Each call checks its arguments first, then the handle, its role and its state (b1.1.10), and then does one thing on the
//! session behind the handle.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use winws_api::HResult;
use winws_api::websocket::{
    CreateClientHandleError, CreateServerHandleError, GetGlobalPropertyError, Handle, Handles, Property, PropertyType,
};

use super::endpoint::Endpoint;
use super::memory::Memory;
use super::{Config, properties};
use crate::handles::HandleTable;
use crate::raw::lent::Vouched;

/// An implementation of websocket.h with handles of its own.
///
/// The functions are the methods of the traits [`Handles`], [`Handshake`](winws_api::websocket::Handshake) and
/// [`Transfer`](winws_api::websocket::Transfer). It may be used from any number of threads; calls with one handle wait for
/// each other, and none of them waits for anything else.
///
/// The structures of websocket.h have pointers in them, which is why making one takes an unsafe [`new`](Self::new). Rust
/// programs have [`Connection`](super::Connection), in which nothing can be lent too long.
#[derive(Debug)]
pub struct Component {
    endpoints: HandleTable<Arc<Mutex<Endpoint>>>,
    pub(super) vouched: Vouched,
}

impl Component {
    /// A component without handles, which reads pointers by this promise.
    pub(crate) const fn with(vouched: Vouched) -> Self {
        Self { endpoints: HandleTable::new(), vouched }
    }

    /// The session of a live handle.
    pub(super) fn session(&self, handle: Handle) -> Result<Arc<Mutex<Endpoint>>, HResult> {
        self.endpoints.get(handle.into_raw()).ok_or(HResult::E_HANDLE)
    }

    fn create(&self, defaults: Config, properties: &[Property]) -> Result<Handle, HResult> {
        let settings = properties::read(defaults, properties, self.vouched)?;
        let memory = match settings.memory {
            Some(bytes) => Some(Memory::lent(&settings.config, bytes).ok_or(HResult::E_INVALIDARG)?),
            None => None,
        };
        let session = Endpoint::new(settings.config, memory);
        Ok(Handle::from_raw(self.endpoints.insert(Arc::new(Mutex::new(session)))))
    }
}

/// A session for one call. No call waits for anything while it has one.
pub(super) fn lock(session: &Mutex<Endpoint>) -> MutexGuard<'_, Endpoint> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Handles for Component {
    fn abort_handle(&self, web_socket: Handle) {
        if let Ok(session) = self.session(web_socket) {
            lock(&session).abort();
        }
    }

    fn create_client_handle(
        &self,
        properties: &[Property],
        web_socket: &mut Handle,
    ) -> Result<(), CreateClientHandleError> {
        *web_socket = self.create(Config::client(), properties)?;
        Ok(())
    }

    fn create_server_handle(
        &self,
        properties: &[Property],
        web_socket: &mut Handle,
    ) -> Result<(), CreateServerHandleError> {
        *web_socket = self.create(Config::server(), properties)?;
        Ok(())
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
