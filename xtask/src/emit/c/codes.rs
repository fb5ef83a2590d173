//! `winws_codes.h`: every code that the pages list, and the thread's last error. Sources expect all codes of a header,
//! and which header a code is from no page says.

use super::header::Header;
use super::names::Names;
use super::types::spell;
use super::{basics, docs};
use crate::model::{CodeEntry, CodeSpace, Constant, Spec};

/// The header's name.
pub(super) const HEADER: &str = "winws_codes.h";

/// The header.
pub(super) fn header(spec: &Spec, names: &Names<'_>) -> Header {
    let codes = spec.codes.iter().filter(|code| names.is_macro(&code.name)).map(code);
    let body = vec![codes.collect()];
    let intro = vec!["Error codes: every one that the pages list.".to_owned()];
    Header { name: HEADER.to_owned(), intro, includes: vec![basics::HEADER], body }
}

/// The constants of a family.
pub(super) fn constants(constants: &[&Constant]) -> String {
    let one = |constant: &&Constant| {
        let mut lines = docs::lines(&constant.docs);
        // The words under an option rest on what it says.
        if let Some(under) = &constant.under {
            lines.push(format!("Listed under {under}."));
        }
        let doc = docs::comment(&lines, "");
        format!("{doc}#define {} {}\n", constant.c_name, value(constant))
    };
    constants.iter().map(one).collect()
}

/// A constant's number in the base of its page, or its pointer. `NULL` goes wherever a pointer does, as in the SDK.
fn value(Constant { number, hex_digits, pointer, .. }: &Constant) -> String {
    match (pointer, hex_digits) {
        (Some(_), _) if *number == 0 => "NULL".to_owned(),
        (Some(pointer), _) => format!("(({})(intptr_t)-1)", spell(pointer)),
        (None, Some(digits)) => format!("0x{number:0digits$X}"),
        // What is no `int` is unsigned.
        (None, None) if i32::try_from(*number).is_ok() => number.to_string(),
        (None, None) => format!("{number}u"),
    }
}

/// A number as people write it: Win32 codes in decimal, HRESULTs in hexadecimal.
pub(super) fn number(number: u32, space: CodeSpace) -> String {
    match space {
        CodeSpace::Win32 => number.to_string(),
        CodeSpace::HResult => format!("0x{number:08X}"),
    }
}

fn code(code: &CodeEntry) -> String {
    let shown = number(code.number.value, code.space);
    let value = match code.space {
        // An `int` goes well with both signs; what is no `int` is unsigned.
        CodeSpace::Win32 if i32::try_from(code.number.value).is_ok() => shown,
        CodeSpace::Win32 => format!("{shown}u"),
        CodeSpace::HResult => format!("((HRESULT){shown})"),
    };
    let doc = docs::comment(&docs::lines(&code.docs), "");
    format!("{doc}#ifndef {0}\n#define {0} {value}\n#endif\n", code.name)
}
