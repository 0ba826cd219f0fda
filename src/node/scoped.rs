//! The entries of one scope: the calls that are made all the time, so they cross N-API with as little as they can.

use super::error::Result;
use super::later::{Later, Write};
use super::text;
use crate::Error;
use crate::entry::{Format, Origin, Scope, Value, check_key};
use crate::store::{Store, Wait, shared::Region};
use napi::bindgen_prelude::{AsyncTask, Either, Env, Float64Array, Uint8Array, Unknown};
use napi::{JsValue, check_status, sys};
use napi_derive::napi;
use std::cell::RefCell;
use std::ptr;
use std::sync::Arc;

/// Values up to this size leave their buffer in place for the next call.
const KEPT_BYTES: usize = 1024 * 1024;
/// A clear of more entries than this would keep the JavaScript thread too long.
const CLEARED_AT_ONCE: u64 = 1000;

thread_local! {
    static BUFFERS: RefCell<(Vec<u8>, Vec<u8>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

/// The entries of one scope.
#[napi]
pub struct Scoped {
    region: Arc<Region>,
    scope: Scope,
    found: Float64Array,
}

impl Scoped {
    pub(super) fn new(region: Arc<Region>, scope: Scope, found: Float64Array) -> Self {
        Self { region, scope, found }
    }

    /// Runs with the stored key of a JavaScript string, and a buffer for values.
    fn with_key<T>(
        &self,
        env: &Env,
        key: Unknown<'_>,
        run: impl FnOnce(&[u8], &mut Vec<u8>) -> Result<T>,
    ) -> Result<T> {
        BUFFERS.with_borrow_mut(|(entry_key, buffer)| {
            entry_key.clear();
            entry_key.extend_from_slice(self.scope.prefix());
            // SAFETY: `env` and `key` are of the running call.
            unsafe { text::read_into(env.raw(), key.raw(), entry_key) }.map_err(text::unreadable)?;
            check_key(entry_key.len() - self.scope.prefix().len())?;
            buffer.clear();
            let result = run(entry_key, buffer);
            if buffer.capacity() > KEPT_BYTES {
                *buffer = Vec::new();
            }
            result
        })
    }

    fn write(&self, key: &[u8], value: Value<'_>, ttl: f64) -> Result<bool> {
        let expires_at = self.region.expiry(ttl);
        settled(self.region.set(key, value, expires_at, origin(), Wait::BRIEFLY))
    }
}

#[napi]
impl Scoped {
    /// The encoded value: text, or the bytes of a codec; `undefined` for a miss.
    #[napi(catch_unwind, ts_args_type = "key: string", ts_return_type = "string | Uint8Array | undefined")]
    pub fn get<'env>(&mut self, env: &'env Env, key: Unknown<'_>) -> Result<Option<Unknown<'env>>> {
        let region = self.region.clone();
        let found = self.with_key(env, key, |key, buffer| {
            let Some(found) = region.get(key, buffer)? else { return Ok(None) };
            // SAFETY: `env` is of the running call.
            let value = unsafe { to_js(env.raw(), buffer, found.format) }.map_err(text::unreadable)?;
            // SAFETY: `value` was just made in the running call.
            Ok(Some((found, unsafe { Unknown::from_raw_unchecked(env.raw(), value) })))
        })?;
        let Some((found, value)) = found else { return Ok(None) };
        // SAFETY: the array belongs to this object alone; JavaScript reads it after the call, on this thread.
        let slots = unsafe { self.found.as_mut() };
        if let [slot, low, high, expires_at, ..] = slots {
            *slot = found.slot as f64;
            *low = f64::from(found.version as i32);
            *high = f64::from((found.version >> 32) as i32);
            *expires_at = found.expires_at as f64;
        }
        Ok(Some(value))
    }

    /// Sets a text, `ttl` milliseconds to live. `false` if it was not the writer's turn soon enough: nothing has changed,
    /// and `setLater` waits for the turn.
    #[napi(catch_unwind, ts_args_type = "key: string, text: string, ttl: number")]
    pub fn set(&self, env: &Env, key: Unknown<'_>, text: Unknown<'_>, ttl: f64) -> Result<bool> {
        self.with_key(env, key, |key, buffer| {
            // SAFETY: `env` and `text` are of the running call.
            let ascii = unsafe { text::read_into(env.raw(), text.raw(), buffer) }.map_err(text::unreadable)?;
            self.write(key, Value { bytes: buffer, format: if ascii { Format::Ascii } else { Format::Text } }, ttl)
        })
    }

    /// Sets the bytes of a codec. As `set`.
    #[napi(catch_unwind, ts_args_type = "key: string, bytes: Uint8Array, ttl: number")]
    pub fn set_bytes(&self, env: &Env, key: Unknown<'_>, bytes: &[u8], ttl: f64) -> Result<bool> {
        self.with_key(env, key, |key, _| self.write(key, Value { bytes, format: Format::Binary }, ttl))
    }

    /// Removes a key. `false` as for `set`.
    #[napi(catch_unwind, ts_args_type = "key: string")]
    pub fn remove(&self, env: &Env, key: Unknown<'_>) -> Result<bool> {
        self.with_key(env, key, |key, _| settled(self.region.remove(key, origin(), Wait::BRIEFLY)))
    }

    /// Removes all entries of the scope. `false` as for `set`, or if there are too many to do it at once.
    #[napi(catch_unwind)]
    pub fn clear(&self) -> Result<bool> {
        if self.region.entries_beside(&self.scope) > CLEARED_AT_ONCE {
            return Ok(false);
        }
        settled(self.region.clear(&self.scope, origin(), Wait::BRIEFLY))
    }

    /// As `set` or `setBytes`, off the JavaScript thread and as long as a write may take. Resolves to what went wrong, if
    /// anything did.
    #[napi(
        ts_args_type = "key: string, value: string | Uint8Array, ttl: number",
        ts_return_type = "Promise<{ code: string; message: string } | undefined>"
    )]
    pub fn set_later(
        &self,
        env: &Env,
        key: Unknown<'_>,
        value: Either<text::Text, Uint8Array>,
        ttl: f64,
    ) -> Result<AsyncTask<Later>> {
        let (bytes, format) = match value {
            Either::A(text::Text(bytes)) => {
                let format = if bytes.is_ascii() { Format::Ascii } else { Format::Text };
                (bytes, format)
            }
            Either::B(bytes) => (bytes.to_vec(), Format::Binary),
        };
        let expires_at = self.region.expiry(ttl);
        self.later(env, key, |key| Write::Set { key, bytes, format, expires_at })
    }

    /// As `remove`, off the JavaScript thread. Resolves as `setLater`.
    #[napi(ts_args_type = "key: string", ts_return_type = "Promise<{ code: string; message: string } | undefined>")]
    pub fn remove_later(&self, env: &Env, key: Unknown<'_>) -> Result<AsyncTask<Later>> {
        self.later(env, key, |key| Write::Remove { key })
    }

    /// As `clear`, off the JavaScript thread, however many entries there are. Resolves as `setLater`.
    #[napi(ts_return_type = "Promise<{ code: string; message: string } | undefined>")]
    pub fn clear_later(&self) -> AsyncTask<Later> {
        AsyncTask::new(Later::new(self.region.clone(), Write::Clear { scope: self.scope.clone() }))
    }

    fn later(&self, env: &Env, key: Unknown<'_>, write: impl FnOnce(Vec<u8>) -> Write) -> Result<AsyncTask<Later>> {
        let key = self.with_key(env, key, |key, _| Ok(key.to_vec()))?;
        Ok(AsyncTask::new(Later::new(self.region.clone(), write(key))))
    }
}

/// Whether a write happened; a turn that did not come soon is no error yet.
fn settled(written: crate::Result<u64>) -> Result<bool> {
    match written {
        Ok(_) => Ok(true),
        Err(Error::Timeout { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn origin() -> Origin<'static> {
    Origin { pid: std::process::id(), ..Origin::default() }
}

/// # Safety
/// `env` is the environment of the running call.
unsafe fn to_js(env: sys::napi_env, bytes: &[u8], format: Format) -> napi::Result<sys::napi_value> {
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
