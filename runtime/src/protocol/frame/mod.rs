//! Single frames (RFC 6455 section 5): heads, masks, control frames and their faults.
//!
//! The order of frames is not checked here: `message` and the session decide which frame may come or go.

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
