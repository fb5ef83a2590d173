//! The promise that a [`Component`] rests on: a program that makes one vouches for every pointer it will be given.

use crate::raw::lent::Vouched;
use crate::websocket::Component;

impl Component {
    /// A component without handles.
    ///
    /// # Safety
    ///
    /// The traits take structures with pointers in them. Whoever calls a method of this value gives it null, or pointers to
    /// what the page of the structure says, for as long as the page of the function says: a payload until its send is
    /// reported complete, the buffer of a receive as long, the memory of a session until its handle is deleted, everything
    /// else until the call returns.
    pub const unsafe fn new() -> Self {
        // SAFETY: the caller has promised it.
        Self::vouched(unsafe { Vouched::new() })
    }
}
