//! Frames by themselves (RFC 6455 section 5): heads, masks, control frames and what is wrong with one.
//!
//! Nothing here knows which frame may come or go when: that is the business of `message` and of the session.

mod close;
mod control;
mod fault;
pub(super) mod head;
mod mask;
mod reader;

pub use close::{CloseFrame, InvalidClose, MAX_REASON, NO_STATUS, is_wire_code};
pub use control::{Control, ControlPayload, MAX_CONTROL, MAX_CONTROL_FRAME};
pub use fault::Fault;
pub use head::{Accepted, ControlOpcode, DataOpcode, Head, MAX_HEAD, Opcode, ReservedBits};
pub use mask::Mask;
pub use reader::{Begun, FrameReader};
