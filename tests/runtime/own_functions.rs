//! The C functions of our own, winws.h.

use std::{ptr, thread};

use winws::api::winhttp::sys::WINHTTP_PROXY_INFO;
use winws::ffi::winhttp::{WinHttpCloseHandle, WinHttpOpen, WinHttpQueryOption};
use winws::ffi::winws::{winws_get_last_error, winws_global_alloc, winws_global_free, winws_set_last_error};

#[test]
fn b11_1_every_thread_has_a_last_error_of_its_own() {
    // SAFETY: neither function has a pointer.
    unsafe {
        winws_set_last_error(4317);
        assert_eq!(thread::spawn(|| winws_get_last_error()).join().unwrap(), 0);
        assert_eq!(winws_get_last_error(), 4317);
    }
}

#[test]
fn b11_2_memory_is_aligned_and_zeroed_where_that_is_asked_for() {
    for (flags, bytes) in [(0, 1), (0, 4096), (0x40, 1), (0x40, 4096), (0x40, 0), (0, 0)] {
        // SAFETY: the memory is read and written as far as it goes, and freed once.
        unsafe {
            winws_set_last_error(1);
            let memory = winws_global_alloc(flags, bytes).cast::<u8>();
            assert_eq!((memory.is_null(), winws_get_last_error()), (false, 0), "{flags:#x}, {bytes} bytes");
            assert_eq!(memory.addr() % align_of::<u64>(), 0);
            if flags == 0x40 {
                assert!((0..bytes).all(|at| *memory.add(at) == 0));
            }
            memory.write_bytes(0xAA, bytes);
            winws_global_free(memory.cast());
        }
    }
}

#[test]
fn b11_3_flags_that_are_not_known_and_too_much_memory() {
    for (flags, bytes, code) in
        [(2, 16, 87), (0x42, 16, 87), (1 << 31, 16, 87), (0, usize::MAX, 8), (0x40, usize::MAX, 8)]
    {
        // SAFETY: there is no pointer.
        unsafe {
            assert!(winws_global_alloc(flags, bytes).is_null());
            assert_eq!(winws_get_last_error(), code, "{flags:#x}, {bytes} bytes");
        }
    }
}

#[test]
fn b11_4_null_and_strings_of_winhttp_are_freed() {
    let wide = |text: &str| text.encode_utf16().chain([0]).collect::<Vec<u16>>();
    let (agent, named) = (wide("agent"), wide("proxy:3128"));
    // SAFETY: the strings end with a zero and outlive the calls, the structure is as long as the call says, and what is freed
    // is null or what the function has handed out.
    unsafe {
        winws_set_last_error(4317);
        assert!(winws_global_free(ptr::null_mut()).is_null());
        assert_eq!(winws_get_last_error(), 4317);
        let session = WinHttpOpen(agent.as_ptr(), 3, named.as_ptr(), ptr::null(), 0);
        let (mut info, mut length) = (std::mem::zeroed::<WINHTTP_PROXY_INFO>(), 24_u32);
        assert_eq!(WinHttpQueryOption(session, 38, (&raw mut info).cast(), &raw mut length), 1);
        assert_eq!(*info.lpszProxy, u16::from(b'p'));
        winws_set_last_error(4317);
        assert!(winws_global_free(info.lpszProxy.cast()).is_null());
        assert!(winws_global_free(info.lpszProxyBypass.cast()).is_null());
        assert_eq!(winws_get_last_error(), 4317);
        assert_eq!(WinHttpCloseHandle(session), 1);
    }
}
