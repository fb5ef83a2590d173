//! Functions whose wide strings come out, or stand where only the callee finds them: generic in the units.

use std::ptr;

use winws_api::WideChar;
use winws_api::ffi::{self, BadArgument};
use winws_api::webservices::{WsString, exports as ws};
use winws_api::winhttp::{UrlComponents, exports as http};

use super::stub::{Guard, LENT, Stub, WRITTEN, utf16, utf32};

/// What a cracked URL points to, as a place in the URL.
fn host<W: WideChar>(url: &[W], length: u32) -> (usize, String) {
    let stub = Stub::new();
    let mut components = UrlComponents::<W> { host_name_length: 3, ..UrlComponents::default() };
    // SAFETY: the URL ends with a zero, and the components are a variable.
    let done = unsafe { http::WinHttpCrackUrl::<Guard, _, W>(&stub, url.as_ptr(), length, 0, &raw mut components) };
    assert_eq!((done, components.host_name_length), (1, WRITTEN));
    let place = (components.host_name.addr() - url.as_ptr().addr()) / size_of::<W>();
    (place, stub.call())
}

#[test]
fn what_comes_out_points_into_the_callers_own_string() {
    let (short, long) = (utf16("http://hóst/"), utf32("http://hóst/"));
    let called = |url: &str| (7, format!("crack_url {url:?} 0 3"));
    assert_eq!(host(&short, 11), called("http://hóst"));
    assert_eq!(host(&long, 11), called("http://hóst"));
    // Here 0 and not -1 says that the string ends with a zero.
    assert_eq!(host(&short, 0), called("http://hóst/"));
    assert_eq!(host(&long, 0), called("http://hóst/"));
}

#[test]
fn a_length_that_is_not_said_to_mean_it_does_not_end_a_string() {
    let units = utf16("ab");
    // SAFETY: it ends with a zero, and nothing is read of a length that no memory has.
    unsafe {
        assert_eq!(ffi::units_of(units.as_ptr(), 0_i32, [0]).unwrap().as_deref(), Some(&units[..2]));
        assert_eq!(ffi::units_of(units.as_ptr(), -1_i32, [0]), Err(BadArgument));
    }
}

/// A URL that is made.
fn made<W: WideChar>() -> Vec<W> {
    let (mut url, mut length) = (vec![W::ZERO; 3], 2);
    let mut components = UrlComponents::<W> { port: 80, ..UrlComponents::default() };
    // SAFETY: all are variables, and the buffer has more than two units.
    let done = unsafe {
        let url = url.as_mut_ptr();
        http::WinHttpCreateUrl::<Guard, _, W>(&Stub::new(), &raw mut components, 0, url, &raw mut length)
    };
    assert_eq!((done, length), (1, WRITTEN));
    url
}

#[test]
fn a_string_comes_out_in_the_callers_units() {
    assert_eq!(made::<u16>(), utf16("uu"));
    assert_eq!(made::<u32>(), utf32("uu"));
}

/// A string that is lent.
fn lent<W: WideChar>() -> Vec<W> {
    let mut string = WsString::<W>::default();
    // SAFETY: the string is a variable; what is lent has the length that comes with it.
    unsafe {
        assert_eq!(ws::WsGetErrorString::<Guard, _, W>(&Stub::new(), ptr::null_mut(), 0, &raw mut string), 0);
        std::slice::from_raw_parts(string.chars, string.length as usize).to_vec()
    }
}

#[test]
fn a_lent_string_has_the_callers_units() {
    assert_eq!(lent::<u16>(), LENT.encode_utf16().collect::<Vec<_>>());
    assert_eq!(lent::<u32>(), LENT.chars().map(u32::from).collect::<Vec<_>>());
}

/// What a runtime gets of a string in a structure.
fn added<W: WideChar>(units: &mut [W]) -> String {
    let length = u32::try_from(units.len()).unwrap() - 1;
    let (stub, string) = (Stub::new(), WsString { length, chars: units.as_mut_ptr() });
    // SAFETY: the string has that length.
    let code = unsafe { ws::WsAddErrorString::<Guard, _, W>(&stub, ptr::null_mut(), &raw const string) };
    assert_eq!(code, 0);
    stub.call()
}

#[test]
fn a_string_in_a_structure_has_the_callers_units() {
    assert_eq!(added(&mut utf16("a𝄞")), "add_error_string null \"a𝄞\"");
    assert_eq!(added(&mut utf32("a𝄞")), "add_error_string null \"a𝄞\"");
}
