//! Headings for kinds and code spaces, with the anchors of their sections.

use crate::draft::Kind;
use crate::model::CodeSpace;

/// A heading for the items of a kind, and its anchor.
pub(super) const fn plural(kind: Kind) -> (&'static str, &'static str) {
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

/// What an item of a kind is called.
pub(super) const fn singular(kind: Kind) -> &'static str {
    match kind {
        Kind::Function => "Function",
        Kind::Callback => "Callback",
        Kind::Enum => "Enumeration",
        Kind::Struct => "Structure",
        Kind::Union => "Union",
        Kind::Ioctl => "Control code",
        Kind::Interface => "Interface",
        Kind::Class => "Class",
        Kind::Codes => "List of codes",
        Kind::Overview => "Overview",
        Kind::Topic => "Topic",
    }
}

/// Whether items of a kind have names of code, and not titles.
pub(super) const fn is_code(kind: Kind) -> bool {
    !matches!(kind, Kind::Codes | Kind::Overview | Kind::Topic)
}

/// A heading for the codes of a space, and its anchor; the last one is for codes that no list has.
pub(super) const fn space(space: Option<CodeSpace>) -> (&'static str, &'static str) {
    match space {
        Some(CodeSpace::Win32) => ("Win32 error codes", "win32"),
        Some(CodeSpace::HResult) => ("HRESULTs", "hresult"),
        None => ("Codes that no list has", "unlisted"),
    }
}

/// What a code of a space is called.
pub(super) const fn code(space: Option<CodeSpace>) -> &'static str {
    match space {
        Some(CodeSpace::Win32) => "Win32 error code",
        Some(CodeSpace::HResult) => "HRESULT",
        None => "Code",
    }
}
