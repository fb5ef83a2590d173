//! `WinHttpCrackUrl` and `WinHttpCreateUrl` as C calls them.

use std::ptr;

use winws::ffi::last_error;
use winws::ffi::winhttp::{WinHttpCrackUrl, WinHttpCreateUrl};
use winws_api::winhttp::UrlComponents;

use super::c::wide;

/// Asks for every part as a pointer into the URL.
fn components() -> UrlComponents {
    // SAFETY: numbers and null pointers.
    let mut components: UrlComponents = unsafe { std::mem::zeroed() };
    components.struct_size = u32::try_from(size_of::<UrlComponents>()).unwrap();
    components.scheme_length = u32::MAX;
    components.host_name_length = u32::MAX;
    components.user_name_length = u32::MAX;
    components.password_length = u32::MAX;
    components.url_path_length = u32::MAX;
    components.extra_info_length = u32::MAX;
    components
}

#[test]
fn b1_8_5_schemes_of_web_sockets_are_not_recognized() {
    for url in ["ws://example.com/", "wss://example.com/chat"] {
        let url = wide(url);
        // SAFETY: the URL has a zero, and the structure is what its page says.
        assert_eq!(unsafe { WinHttpCrackUrl(url.as_ptr(), 0, 0, &mut components()) }, 0);
        assert_eq!(last_error(), 12006);
    }
}

#[test]
fn b9_13_the_parts_of_a_url_become_the_url_again() {
    for text in [
        "http://example.com/",
        "https://user:secret@example.com:8443/a/b?c=d#e",
        "http://[::1]:9001/chat?room=1",
        "http://example.com/%41%20?%zz",
    ] {
        let (url, mut parts) = (wide(text), components());
        let mut created = vec![7_u16; 100];
        let (mut length, mut small) = (100, 3);
        // SAFETY: the URL outlives the structure that points into it, and the lengths are those of the buffers.
        unsafe {
            assert_eq!(WinHttpCrackUrl(url.as_ptr(), 0, 0, &raw mut parts), 1, "{text}");
            assert_eq!(WinHttpCreateUrl(&raw mut parts, 0, created.as_mut_ptr(), &raw mut length), 1, "{text}");
            assert_eq!(WinHttpCreateUrl(&raw mut parts, 0, ptr::null_mut(), &raw mut small), 0);
        }
        assert_eq!(last_error(), 122);
        assert_eq!(created[..=length as usize], url, "{text}");
        assert_eq!(small as usize, url.len(), "the zero is counted in what is needed");
    }
}
