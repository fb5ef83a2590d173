//! The functions of error objects.

use core::ptr;

use winws_api::WideChar;
use winws_api::webservices::{
    AddErrorStringError, CreateErrorFailure, ErrorObject, ErrorObjects, ErrorProperty, ErrorPropertyId,
    GetErrorPropertyError, GetErrorStringError, ResetErrorFailure, SetErrorPropertyError, WsString,
};

use super::WebServices;
use super::details::Details;

impl WebServices {
    /// What a call gives that is made with an object, if it is one.
    pub(super) fn with<R>(&self, error: *mut ErrorObject, call: impl FnOnce(&mut Details) -> R) -> Option<R> {
        self.errors.with(error.addr(), call)
    }
}

/// A language as a property has it. None is 0.
fn language(value: &[u8]) -> Option<u16> {
    value.try_into().ok().map(u16::from_ne_bytes).filter(|&language| language != 0)
}

impl ErrorObjects for WebServices {
    fn create_error(&self, properties: &[ErrorProperty]) -> Result<*mut ErrorObject, CreateErrorFailure> {
        let language = match properties {
            [] => None,
            [property] if property.id == ErrorPropertyId::LangId as i32 => {
                let value = self.vouched.value(property.value, property.value_size);
                Some(value.ok().and_then(language).ok_or(CreateErrorFailure::InvalidArg)?)
            }
            _ => return Err(CreateErrorFailure::InvalidArg),
        };
        Ok(ptr::without_provenance_mut(self.errors.insert(Details::new(language))))
    }

    fn free_error(&self, error: *mut ErrorObject) {
        self.errors.remove(error.addr());
    }

    fn reset_error(&self, error: *mut ErrorObject) -> Result<(), ResetErrorFailure> {
        self.with(error, Details::reset).ok_or(ResetErrorFailure::InvalidArg)
    }

    fn add_error_string<W: WideChar>(
        &self,
        error: *mut ErrorObject,
        string: &WsString<W>,
    ) -> Result<(), AddErrorStringError> {
        let units = self.vouched.units(string).map_err(|_| AddErrorStringError::InvalidArg)?;
        let added = self.with(error, |details| details.add(units)).ok_or(AddErrorStringError::InvalidArg)?;
        added.map_err(|_| AddErrorStringError::OutOfMemory)
    }

    fn get_error_string<W: WideChar>(
        &self,
        error: *mut ErrorObject,
        index: u32,
    ) -> Result<WsString<W>, GetErrorStringError> {
        let found = self.with(error, |details| {
            let units = details.text::<W>(usize::try_from(index).ok()?)?;
            Some(WsString { length: u32::try_from(units.len()).ok()?, chars: units.as_ptr().cast_mut() })
        });
        found.flatten().ok_or(GetErrorStringError::InvalidArg)
    }

    fn get_error_property(
        &self,
        error: *mut ErrorObject,
        id: ErrorPropertyId,
        buffer: &mut [u8],
    ) -> Result<(), GetErrorPropertyError> {
        let read = self.with(error, |details| match id {
            ErrorPropertyId::StringCount => {
                fill(buffer, &u32::try_from(details.count()).unwrap_or(u32::MAX).to_ne_bytes())
            }
            ErrorPropertyId::OriginalErrorCode => fill(buffer, &details.code().to_ne_bytes()),
            ErrorPropertyId::LangId => fill(buffer, &details.language().to_ne_bytes()),
        });
        read.flatten().ok_or(GetErrorPropertyError::InvalidArg)
    }

    fn set_error_property(
        &self,
        error: *mut ErrorObject,
        id: ErrorPropertyId,
        value: &[u8],
    ) -> Result<(), SetErrorPropertyError> {
        let set = self.with(error, |details| match id {
            ErrorPropertyId::StringCount => Err(SetErrorPropertyError::InvalidArg),
            ErrorPropertyId::OriginalErrorCode => {
                let code = value.try_into().map_err(|_| SetErrorPropertyError::InvalidArg)?;
                details.set_code(u32::from_ne_bytes(code));
                Ok(())
            }
            ErrorPropertyId::LangId => {
                let language = language(value).ok_or(SetErrorPropertyError::InvalidArg)?;
                details.set_language(language).map_err(|_| SetErrorPropertyError::InvalidOperation)
            }
        });
        set.unwrap_or(Err(SetErrorPropertyError::InvalidArg))
    }
}

/// Writes a value to the start of a buffer that has room for it.
fn fill(buffer: &mut [u8], value: &[u8]) -> Option<()> {
    buffer.get_mut(..value.len())?.copy_from_slice(value);
    Some(())
}
