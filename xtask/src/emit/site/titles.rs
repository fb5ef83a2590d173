//! Headings for kinds and code spaces, with the anchors of their sections.

use crate::draft::Kind;
use crate::model::{CodeEntry, CodeSpace, Spec};

/// A heading for the items of a kind, and its anchor.
pub const fn plural(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Function => ("Functions", "functions"),
        Kind::Callback => ("Callbacks", "callbacks"),
        Kind::Enum => ("Enumerations", "enums"),
        Kind::Struct => ("Structures", "structs"),
        Kind::Union => ("Unions", "unions"),
        Kind::Ioctl => ("Control codes", "ioctls"),
        Kind::Interface => ("Interfaces", "interfaces"),
        Kind::Class => ("Classes", "classes"),
        Kind::Codes => ("Lists of codes", "codes"),
        Kind::Overview => ("Overviews", "overviews"),
        Kind::Topic => ("Topics", "topics"),
    }
}

/// A heading for the codes of a space, and its anchor.
pub const fn space(space: CodeSpace) -> (&'static str, &'static str) {
    match space {
        CodeSpace::Win32 => ("Win32 error codes", "win32"),
        CodeSpace::HResult => ("HRESULTs", "hresult"),
    }
}

/// The codes of a space with their places, in the order of the Spec.
pub fn codes_of(spec: &Spec, space: CodeSpace) -> Vec<(usize, &CodeEntry)> {
    spec.codes.iter().enumerate().filter(|(_, code)| code.space == space).collect()
}
