//! JavaScript strings in and out, lone surrogates included, which `String` would replace.

use super::error::Code;
use crate::text;
use napi::bindgen_prelude::{FromNapiValue, ToNapiValue, TypeName, ValidateNapiValue};
use napi::{Result, ValueType, check_status, sys};
use std::cell::RefCell;
use std::ptr;

/// Units the buffer has at first: keys, and most values.
const FIRST_UNITS: usize = 4 * 1024;
/// Units the buffer keeps from one call to the next; a larger one is given back.
const KEPT_UNITS: usize = 512 * 1024;

thread_local! {
    /// Takes each string on its way to its canonical bytes. Never empty.
    static UNITS: RefCell<Vec<u16>> = RefCell::new(vec![0; FIRST_UNITS]);
}

/// Appends the canonical bytes of a JavaScript string. Returns whether it was ASCII throughout.
///
/// ## Errors
/// `StringExpected` if the value is no string.
///
/// # Safety
/// `env` is the environment of the running call, and `value` a handle of it.
pub unsafe fn read_into(env: sys::napi_env, value: sys::napi_value, out: &mut Vec<u8>) -> Result<bool> {
    UNITS.with_borrow_mut(|units| {
        // SAFETY: the caller's promise is the one that is asked for.
        let mut length = unsafe { copy_units(env, value, units) }?;
        // One unit of the buffer is for the terminator, so a full one may hold a part of the string only.
        if length + 1 == units.len() {
            // SAFETY: as above; without a buffer the length alone is written, to a local.
            let status = unsafe { sys::napi_get_value_string_utf16(env, value, ptr::null_mut(), 0, &mut length) };
            check_status!(status, "The length of a string could not be read")?;
            units.resize(units.len().max(length + 1), 0);
            // SAFETY: as above.
            length = unsafe { copy_units(env, value, units) }?;
        }
        let ascii = text::encode(&units[..length], out);
        if units.len() > KEPT_UNITS {
            *units = vec![0; FIRST_UNITS];
        }
        Ok(ascii)
    })
}

/// Copies as much of the string as fits beside a terminator. Returns how many units that is.
///
/// # Safety
/// As [`read_into`].
unsafe fn copy_units(env: sys::napi_env, value: sys::napi_value, units: &mut [u16]) -> Result<usize> {
    let mut length = 0;
    // SAFETY: `env` and `value` belong together and to this call, as the caller promises. Node writes at most
    // `units.len()` units, terminator included, to a buffer that has as many and that we alone borrow.
    let status = unsafe { sys::napi_get_value_string_utf16(env, value, units.as_mut_ptr(), units.len(), &mut length) };
    check_status!(status, "A string was expected")?;
    Ok(length)
}

/// Makes a JavaScript string of canonical bytes.
///
/// ## Errors
/// What Node refuses: a string longer than the engine can hold.
///
/// # Safety
/// `env` is the environment of the running call.
pub unsafe fn write(env: sys::napi_env, bytes: &[u8]) -> Result<sys::napi_value> {
    let mut value = ptr::null_mut();
    let status = if bytes.is_ascii() {
        // SAFETY: `env` is live, as the caller promises; pointer and length are those of one slice, which Node copies.
        unsafe { sys::napi_create_string_latin1(env, bytes.as_ptr().cast(), bytes.len() as isize, &mut value) }
    } else if std::str::from_utf8(bytes).is_ok() {
        // SAFETY: as above.
        unsafe { sys::napi_create_string_utf8(env, bytes.as_ptr().cast(), bytes.len() as isize, &mut value) }
    } else {
        let mut units = Vec::with_capacity(bytes.len());
        text::decode(bytes, &mut units);
        // SAFETY: as above.
        unsafe { sys::napi_create_string_utf16(env, units.as_ptr(), units.len() as isize, &mut value) }
    };
    check_status!(status, "A string of {} bytes could not be made", bytes.len())?;
    Ok(value)
}

/// Makes a JavaScript string of bytes that are known to be ASCII.
///
/// ## Errors
/// As [`write`].
///
/// # Safety
/// `env` is the environment of the running call.
pub unsafe fn write_ascii(env: sys::napi_env, bytes: &[u8]) -> Result<sys::napi_value> {
    let mut value = ptr::null_mut();
    // SAFETY: as in `write`. Bytes that are not ASCII would give another text, and nothing worse.
    let status =
        unsafe { sys::napi_create_string_latin1(env, bytes.as_ptr().cast(), bytes.len() as isize, &mut value) };
    check_status!(status, "A string of {} bytes could not be made", bytes.len())?;
    Ok(value)
}

/// What Node refused to read or make, as an error of ours.
pub fn unreadable(error: napi::Error) -> napi::Error<Code> {
    let code = if error.status == napi::Status::StringExpected { Code::INVALID_KEY } else { Code::IO };
    napi::Error::new(code, error.reason.clone())
}

/// A JavaScript string as canonical bytes, as an argument and as a result.
#[derive(Debug)]
pub struct Text(pub Vec<u8>);

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl TypeName for Text {
    fn type_name() -> &'static str {
        "string"
    }

    fn value_type() -> ValueType {
        ValueType::String
    }
}

impl ValidateNapiValue for Text {}

impl FromNapiValue for Text {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        let mut bytes = Vec::new();
        // SAFETY: whoever calls this trait's method makes the same promise.
        unsafe { read_into(env, value, &mut bytes) }?;
        Ok(Self(bytes))
    }
}

impl ToNapiValue for Text {
    unsafe fn to_napi_value(env: sys::napi_env, text: Self) -> Result<sys::napi_value> {
        // SAFETY: whoever calls this trait's method makes the same promise.
        unsafe { write(env, &text.0) }
    }
}

/// As [`read_into`], of a string that may be long: of an ASCII one, without a copy besides Node's own.
///
/// ## Errors
/// As [`read_into`].
///
/// # Safety
/// As [`read_into`].
pub unsafe fn read_long_into(env: sys::napi_env, value: sys::napi_value, out: &mut Vec<u8>) -> Result<bool> {
    let (mut units, mut bytes) = (0, 0);
    // SAFETY: the caller's promise; without a buffer the length alone is written, to a local.
    let status = unsafe { sys::napi_get_value_string_utf16(env, value, ptr::null_mut(), 0, &mut units) };
    check_status!(status, "A string was expected")?;
    if units > FIRST_UNITS {
        // SAFETY: as above.
        let status = unsafe { sys::napi_get_value_string_utf8(env, value, ptr::null_mut(), 0, &mut bytes) };
        check_status!(status, "The length of a string could not be read")?;
    }
    if bytes != units {
        // SAFETY: as above.
        return unsafe { read_into(env, value, out) };
    }
    out.reserve_exact(units + 1);
    let end = out.len();
    // SAFETY: as above; the terminator included, there is room behind the end for what Node is told to write at most.
    let status = unsafe {
        sys::napi_get_value_string_latin1(env, value, out.as_mut_ptr().add(end).cast(), units + 1, &mut bytes)
    };
    check_status!(status, "A string of {units} units could not be read")?;
    // SAFETY: Node has written so many bytes there.
    unsafe { out.set_len(end + bytes) };
    Ok(true)
}
