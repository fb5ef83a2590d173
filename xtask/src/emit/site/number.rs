//! Numbers in both of the bases that people search for.

use crate::draft::as_c_sees;

/// A number in decimal and in hexadecimal.
pub struct Number {
    /// Decimal: signed for members, unsigned for codes.
    pub decimal: String,
    /// `0x` and capital digits.
    pub hexadecimal: String,
}

impl Number {
    /// A member's value as C's `int` has it: 0x80000000 is negative, and -1 is 0xFFFFFFFF.
    pub fn member(value: i128) -> Self {
        let signed = as_c_sees(value);
        let hexadecimal = match i32::try_from(signed) {
            Ok(int) => format!("0x{int:X}"),
            Err(_) if signed < 0 => format!("-0x{:X}", signed.unsigned_abs()),
            Err(_) => format!("0x{signed:X}"),
        };
        Self { decimal: signed.to_string(), hexadecimal }
    }

    /// A code. Small ones are Win32 codes and short; `HRESULT`s have all their digits.
    pub fn code(number: u32) -> Self {
        let short = u16::try_from(number).is_ok();
        let hexadecimal = if short { format!("0x{number:X}") } else { format!("0x{number:08X}") };
        Self { decimal: number.to_string(), hexadecimal }
    }
}
