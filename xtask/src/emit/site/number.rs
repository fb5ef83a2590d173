//! Numbers in both of the bases that people search for.

use crate::draft::{Constant, as_c_sees};
use crate::model::{CodeEntry, CodeSpace, hresult_of_win32};

/// A number in decimal and in hexadecimal.
pub(super) struct Number {
    /// Decimal: signed for members, unsigned for codes.
    pub decimal: String,
    /// `0x` and capital digits.
    pub hexadecimal: String,
}

impl Number {
    /// A member's value as C's `int` has it: 0x80000000 is negative, and -1 is 0xFFFFFFFF.
    pub(super) fn member(value: i128) -> Self {
        let signed = as_c_sees(value);
        let hexadecimal = match i32::try_from(signed) {
            Ok(int) => format!("0x{int:X}"),
            Err(_) if signed < 0 => format!("-0x{:X}", signed.unsigned_abs()),
            Err(_) => format!("0x{signed:X}"),
        };
        Self { decimal: signed.to_string(), hexadecimal }
    }

    /// A constant's. A pointer of all bits is -1.
    pub(super) fn constant(constant: &Constant) -> Self {
        let number = constant.number.value;
        if constant.c_type.is_some() { Self::member(number.into()) } else { Self::code(number) }
    }

    /// A code. Small ones are Win32 codes and short; `HRESULT`s have all their digits.
    pub(super) fn code(number: u32) -> Self {
        let short = u16::try_from(number).is_ok();
        let hexadecimal = if short { format!("0x{number:X}") } else { format!("0x{number:08X}") };
        Self { decimal: number.to_string(), hexadecimal }
    }
}

/// What a Win32 code is as an `HRESULT`. Success is 0 in both, and what has more than 16 bits has no such form.
pub(super) fn as_hresult(code: &CodeEntry) -> Option<u32> {
    let number = code.number.value;
    let has = code.space == CodeSpace::Win32 && number != 0 && u16::try_from(number).is_ok();
    has.then(|| hresult_of_win32(number))
}

/// What an `HRESULT` is made of.
pub(super) struct Parts {
    /// As C has it.
    pub signed: i32,
    /// Whether it is a failure.
    pub failure: bool,
    /// Where it comes from.
    pub facility: u32,
    /// Its number there.
    pub code: u32,
    /// The Win32 code that it stands for.
    pub win32: Option<u32>,
}

impl Parts {
    /// Takes an `HRESULT` apart: bit 31, the 11 bits from bit 16 on, and the lower half.
    pub(super) const fn of(number: u32) -> Self {
        let code = number & 0xFFFF;
        Self {
            signed: number.cast_signed(),
            failure: number.cast_signed() < 0,
            facility: (number >> 16) & 0x7FF,
            code,
            win32: if code != 0 && hresult_of_win32(code) == number { Some(code) } else { None },
        }
    }
}
