//! The calls on entries that are made all the time: they cross N-API with as little as they can.

use super::error::{Code, Result};
use super::raw::Call;
use super::text;
use crate::Error;
use crate::entry::{Format, MAX_NAME_BYTES, Origin, Scope, Value, check_key};
use crate::store::{Expected, Replacement, Store, Swap, Wait, shared::Region};
use napi::bindgen_prelude::Float64Array;
use napi::{ValueType, check_status, sys};
use std::cell::RefCell;
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;

/// Values up to this size leave their buffer in place for the next call.
const KEPT_BYTES: usize = 1024 * 1024;
/// A clear of more entries than this would keep the JavaScript thread too long.
const CLEARED_AT_ONCE: u64 = 1000;

thread_local! {
    static BUFFERS: RefCell<(Vec<u8>, Vec<u8>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

/// The entries of one scope.
#[derive(Clone)]
pub struct Entries {
    pub region: Arc<Region>,
    pub scope: Scope,
    /// The session in which what is written from now on is written, empty for none: kept here and not an argument, because
    /// nearly always it is the same as before.
    pub session: Rc<RefCell<Vec<u8>>>,
}

/// The entries of one scope, and where a `get` leaves what a memo needs.
pub struct Readable {
    pub entries: Entries,
    pub found: RefCell<Float64Array>,
}

/// Who a native process is.
pub fn origin_in(session: &[u8]) -> Origin<'_> {
    Origin { session, ..Origin::default() }
}

impl Entries {
    /// Runs with the stored key of the first argument, and an empty buffer for values.
    pub fn with_key<T, const N: usize>(
        &self,
        call: Call<N>,
        run: impl FnOnce(&[u8], &mut Vec<u8>) -> Result<T>,
    ) -> Result<T> {
        BUFFERS.with_borrow_mut(|(entry_key, buffer)| {
            entry_key.clear();
            entry_key.extend_from_slice(self.scope.prefix());
            // SAFETY: the environment and the argument are of the running call.
            unsafe { text::read_into(call.env, call.arguments[0], entry_key) }.map_err(text::unreadable)?;
            check_key(entry_key.len() - self.scope.prefix().len())?;
            buffer.clear();
            let result = run(entry_key, buffer);
            if buffer.capacity() > KEPT_BYTES {
                *buffer = Vec::new();
            }
            result
        })
    }

    /// `set(key, text, ttl)`.
    pub fn set(&self, call: Call) -> Result<sys::napi_value> {
        self.with_key(call, |key, buffer| {
            // SAFETY: the environment and the argument are of the running call.
            let ascii = unsafe { text::read_into(call.env, call.arguments[1], buffer) }.map_err(text::unreadable)?;
            let value = Value { bytes: buffer, format: if ascii { Format::Ascii } else { Format::Text } };
            let expires_at = self.region.expiry(call.number(2));
            settled(call, self.region.set(key, value, expires_at, origin_in(&self.session.borrow()), Wait::BRIEFLY))
        })
    }

    /// `setBytes(key, bytes, ttl)`.
    pub fn set_bytes(&self, call: Call) -> Result<sys::napi_value> {
        // SAFETY: the environment and the argument are of the running call, and nothing runs JavaScript before the bytes
        // were copied.
        let bytes = unsafe { bytes_of(call.env, call.arguments[1]) }?;
        let expires_at = self.region.expiry(call.number(2));
        let value = Value { bytes, format: Format::Binary };
        self.with_key(call, |key, _| {
            settled(call, self.region.set(key, value, expires_at, origin_in(&self.session.borrow()), Wait::BRIEFLY))
        })
    }

    /// `remove(key)`.
    pub fn remove(&self, call: Call) -> Result<sys::napi_value> {
        let session = self.session.borrow();
        self.with_key(call, |key, _| settled(call, self.region.remove(key, origin_in(&session), Wait::BRIEFLY)))
    }

    /// `swap(key, text or bytes or undefined, ttl, expected, flight)`.
    pub fn swap(&self, call: Call<5>) -> Result<sys::napi_value> {
        let (env, argument) = (call.env, call.arguments[1]);
        let mut kind = ValueType::Undefined as sys::napi_valuetype;
        // SAFETY: the environment and the argument are of the running call; the result is a local.
        unsafe { sys::napi_typeof(env, argument, &mut kind) };
        let ttl = call.number(2);
        // Who gives none keeps the end that there is.
        let expires_at = (!ttl.is_nan()).then(|| self.region.expiry(ttl));
        // A cast saturates: what is no number is none.
        let expected = Expected { seq: call.number(3) as u64, flight: call.number(4) as u64 };
        self.with_key(call, |key, buffer| {
            let replacement = match ValueType::from(kind) {
                ValueType::Undefined => Replacement::Nothing,
                ValueType::String => {
                    // SAFETY: the environment and the argument are of the running call.
                    let ascii = unsafe { text::read_into(env, argument, buffer) }.map_err(text::unreadable)?;
                    let format = if ascii { Format::Ascii } else { Format::Text };
                    Replacement::Value { value: Value { bytes: buffer, format }, expires_at }
                }
                _ => {
                    // SAFETY: as in `set_bytes`.
                    let bytes = unsafe { bytes_of(env, argument) }?;
                    Replacement::Value { value: Value { bytes, format: Format::Binary }, expires_at }
                }
            };
            let session = self.session.borrow();
            match self.region.set_if(key, expected, replacement, origin_in(&session), Wait::BRIEFLY) {
                Ok(Swap::Changed) => Ok(ptr::null_mut()),
                Ok(Swap::Done(seq)) => settled(call, Ok(seq)),
                Err(error) => settled(call, Err(error)),
            }
        })
    }

    /// `clear()`.
    pub fn clear(&self, call: Call) -> Result<sys::napi_value> {
        if self.region.entries_beside(&self.scope) > CLEARED_AT_ONCE {
            return Ok(call.boolean(false));
        }
        settled(call, self.region.clear(&self.scope, origin_in(&self.session.borrow()), Wait::BRIEFLY))
    }

    /// `inSession(session)`.
    pub fn in_session(&self, call: Call) -> Result<sys::napi_value> {
        let mut session = self.session.borrow_mut();
        session.clear();
        // SAFETY: the environment and the argument are of the running call.
        unsafe { text::read_into(call.env, call.arguments[0], &mut session) }.map_err(text::unreadable)?;
        // Names only inform: what the store would cut is not kept.
        session.truncate(MAX_NAME_BYTES);
        Ok(ptr::null_mut())
    }
}

impl Readable {
    /// `get(key)`.
    pub fn get(&self, call: Call) -> Result<sys::napi_value> {
        let Entries { region, .. } = &self.entries;
        let found = self.entries.with_key(call, |key, buffer| {
            let Some(found) = region.get(key, buffer)? else { return Ok(ptr::null_mut()) };
            // SAFETY: the environment is of the running call.
            let value = unsafe { to_js(call.env, buffer, found.format) }.map_err(text::unreadable)?;
            let mut array = self.found.borrow_mut();
            // SAFETY: the array was given for this purpose alone; JavaScript reads it after the call, on this thread.
            if let [word, slot, expires_at, was_read, seq, ..] = unsafe { array.as_mut() } {
                // JavaScript reads these two as 32-bit integers, low half first, as all machines here have it.
                *word = f64::from_bits(found.version);
                *slot = f64::from_bits(found.slot as u64);
                *expires_at = found.expires_at as f64;
                *was_read = f64::from(u8::from(found.was_read));
                *seq = found.seq as f64;
            }
            Ok(value)
        });
        match found {
            // What cannot be in the cache is not there.
            Err(error) if error.status.as_ref() == Code::KEY_TOO_LARGE.as_ref() => Ok(ptr::null_mut()),
            found => found,
        }
    }
}

/// Whether a write happened; a turn that did not come soon is no error yet.
fn settled<const N: usize>(call: Call<N>, written: crate::Result<u64>) -> Result<sys::napi_value> {
    match written {
        Ok(_) => Ok(call.boolean(true)),
        Err(Error::Timeout { .. }) => Ok(call.boolean(false)),
        Err(error) => Err(error.into()),
    }
}

/// The bytes of a buffer.
///
/// # Safety
/// `env` is the environment of the running call, and `value` a handle of it; nothing runs JavaScript as long as the bytes
/// are used.
unsafe fn bytes_of<'a>(env: sys::napi_env, value: sys::napi_value) -> Result<&'a [u8]> {
    let (mut data, mut len) = (ptr::null_mut(), 0);
    // SAFETY: as the caller promises; the results are locals.
    let status = unsafe { sys::napi_get_buffer_info(env, value, &mut data, &mut len) };
    check_status!(status, "Bytes were expected").map_err(text::unreadable)?;
    if len == 0 {
        return Ok(&[]);
    }
    // SAFETY: Node says that `len` bytes are at `data`, and they stay there while no JavaScript runs.
    Ok(unsafe { std::slice::from_raw_parts(data.cast::<u8>(), len) })
}

/// # Safety
/// `env` is the environment of the running call.
pub(super) unsafe fn to_js(env: sys::napi_env, bytes: &[u8], format: Format) -> napi::Result<sys::napi_value> {
    match format {
        // SAFETY: the caller's promise is the one that is asked for.
        Format::Ascii => unsafe { text::write_ascii(env, bytes) },
        // SAFETY: as above.
        Format::Text => unsafe { text::write(env, bytes) },
        Format::Binary => {
            let mut value = ptr::null_mut();
            // SAFETY: `env` is live, as the caller promises; Node copies `bytes.len()` bytes from a slice that has them.
            let status = unsafe {
                sys::napi_create_buffer_copy(env, bytes.len(), bytes.as_ptr().cast(), ptr::null_mut(), &mut value)
            };
            check_status!(status, "A buffer of {} bytes could not be made", bytes.len())?;
            Ok(value)
        }
    }
}
