//! The functions of winws.h under their C names: what programs need of Windows beside the three headers.

use core::ffi::c_void;

use winws_api::winws::{GlobalAllocError, Runtime};

use super::guard::Guard;
use super::last_error;
use crate::raw::global::allocate;
use crate::raw::lent::Vouched;

/// `GMEM_ZEROINIT` of Windows: the memory is filled with zeros.
const ZERO_INIT: u32 = 0x40;

/// The functions. Only C functions reach it: it frees what it is told to.
#[derive(Debug)]
struct Process(Vouched);

// SAFETY: whoever calls a C function vouches for its pointers, as the page of the function says.
static PROCESS: Process = Process(unsafe { Vouched::new() });

impl Runtime for Process {
    fn get_last_error(&self) -> u32 {
        last_error::last_error()
    }

    fn set_last_error(&self, err_code: u32) {
        last_error::set_last_error(err_code);
    }

    fn global_alloc(&self, flags: u32, bytes: usize) -> Result<*mut c_void, GlobalAllocError> {
        if flags & !ZERO_INIT != 0 {
            return Err(GlobalAllocError::InvalidParameter);
        }
        let block = allocate(bytes, flags == ZERO_INIT);
        if block.is_null() { Err(GlobalAllocError::NotEnoughMemory) } else { Ok(block) }
    }

    fn global_free(&self, mem: *mut c_void) -> *mut c_void {
        self.0.free(mem)
    }
}

winws_api::export_winws_runtime!(&PROCESS, Guard);
