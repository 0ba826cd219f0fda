//! A storage of one environment in JavaScript: one function for all that it does, because each function of its own would
//! be one more thing for the garbage collector to finalize, and a server may make a storage for every request.

use super::entries::to_js;
use super::error::{Code, Result};
use super::raw::{Call, Raw, function};
use super::text;
use crate::clock::Clock;
use crate::entry::{Format, Value, check_key};
use crate::store::storage::{Storage, StorageOptions};
use napi::bindgen_prelude::{Env, Float64Array};
use napi::{check_status, sys};
use napi_derive::napi;
use std::cell::{Cell, RefCell};
use std::ptr;

/// What the empty storage takes of native memory, function included, rounded up.
const EMPTY_BYTES: i64 = 2048;
/// By how much memory has to have changed to be worth telling the engine: so much, or one part in so many.
const TOLD_BYTES: i64 = 16 * 1024;
const TOLD_PART: i64 = 8;

/// What the function does, by its first argument.
const GET: i32 = 0;
const SET: i32 = 1;
const REMOVE: i32 = 2;
const CLEAR: i32 = 3;
const TOUCH: i32 = 4;
const SWEEP: i32 = 5;
const STATS: i32 = 6;

/// Operation, and what it takes.
type StorageCall = Call<4>;

struct Owned {
    storage: RefCell<Storage>,
    /// Where a call leaves what it finds, besides what it returns.
    found: RefCell<Float64Array>,
    key: RefCell<Vec<u8>>,
    env: sys::napi_env,
    /// What the engine was told of.
    told_bytes: Cell<i64>,
}

/// Makes storages.
#[napi]
pub struct MemoryStorage {}

#[napi]
impl MemoryStorage {
    /// A storage that ends with the last reference to the function that is returned. `operation` 0 is `get(key)`, which returns
    /// text, bytes or undefined and leaves in `found` what `Scoped.calls` does; 1 `set(key, text or bytes, ttl)`; 2 `remove(key)`;
    /// 3 `clear()`; 4 `touch(place, low, high)`, which tells whether the entry found there is still the same, and uses it; 5
    /// `sweep()`, which takes out entries whose time is over, tells whether any is left that ends, and leaves in `found` in how
    /// many milliseconds; 6 leaves there entries, bytes, evictions, expirations.
    #[napi(
        catch_unwind,
        ts_args_type = "max: number, maxBytes: number, found: Float64Array",
        ts_return_type = "(operation: number, a?: string | number, b?: string | Uint8Array | number, c?: number) => \
                          string | Uint8Array | boolean | undefined"
    )]
    pub fn open(env: &Env, max: f64, max_bytes: f64, found: Float64Array) -> Result<Raw> {
        // Casts saturate, and so infinity is no limit.
        let options = StorageOptions { max_entries: max as usize, max_bytes: max_bytes as u64, clock: Clock::boot() };
        let owned = Owned {
            storage: RefCell::new(Storage::new(options)?),
            found: RefCell::new(found),
            key: RefCell::default(),
            env: env.raw(),
            told_bytes: Cell::new(0),
        };
        owned.tell(EMPTY_BYTES);
        // SAFETY: `env` is the environment of the running call.
        let function = unsafe { function(env.raw(), "storage", owned, Owned::run) };
        Ok(Raw(function.map_err(text::unreadable)?))
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // By a finalizer, in which the environment lives and may be told so.
        self.tell(0);
    }
}

impl Owned {
    fn run(&self, call: StorageCall) -> Result<sys::napi_value> {
        let result = match call.integer(0) {
            GET => return self.get(call),
            TOUCH => {
                let version = u64::from(call.integer(3) as u32) << 32 | u64::from(call.integer(2) as u32);
                return Ok(call.boolean(self.storage.borrow_mut().touch(call.integer(1) as u32 as usize, version)));
            }
            SET => self.set(call),
            REMOVE => self.with_key(call, |key| self.storage.borrow_mut().remove(key)),
            CLEAR => {
                self.storage.borrow_mut().clear();
                Ok(())
            }
            SWEEP => {
                let next = self.storage.borrow_mut().sweep();
                self.leave([next.unwrap_or_default() as f64, 0.0, 0.0, 0.0]);
                self.tell_if_worth_it();
                return Ok(call.boolean(next.is_some()));
            }
            STATS => {
                let stats = self.storage.borrow().stats();
                self.leave([stats.entries, stats.bytes, stats.evictions, stats.expirations].map(|count| count as f64));
                return Ok(ptr::null_mut());
            }
            other => return Err(napi::Error::new(Code::IO, format!("There is no operation {other}."))),
        };
        self.tell_if_worth_it();
        result.map(|()| ptr::null_mut())
    }

    fn get(&self, call: StorageCall) -> Result<sys::napi_value> {
        let mut value = ptr::null_mut();
        self.with_key(call, |key| -> Result<()> {
            let mut storage = self.storage.borrow_mut();
            let Some(kept) = storage.get(key) else { return Ok(()) };
            // SAFETY: the environment is of the running call.
            value = unsafe { to_js(call.env, kept.value.bytes, kept.value.format) }.map_err(text::unreadable)?;
            let was_read = f64::from(u8::from(kept.was_read));
            // As `Readable::get` has it.
            self.leave([
                f64::from_bits(kept.version),
                f64::from_bits(kept.place as u64),
                kept.expires_at as f64,
                was_read,
            ]);
            Ok(())
        })??;
        Ok(value)
    }

    fn set(&self, call: StorageCall) -> Result<()> {
        let mut bytes = Vec::new();
        let mut kind = 0;
        // SAFETY: the environment and the argument are of the running call; the result is a local.
        unsafe { sys::napi_typeof(call.env, call.arguments[2], &mut kind) };
        let format = if kind == sys::ValueType::napi_string {
            // SAFETY: the environment and the argument are of the running call.
            let ascii =
                unsafe { text::read_long_into(call.env, call.arguments[2], &mut bytes) }.map_err(text::unreadable)?;
            if ascii { Format::Ascii } else { Format::Text }
        } else {
            let (mut data, mut len) = (ptr::null_mut(), 0);
            // SAFETY: as above.
            let status = unsafe { sys::napi_get_buffer_info(call.env, call.arguments[2], &mut data, &mut len) };
            check_status!(status, "Text or bytes were expected").map_err(text::unreadable)?;
            if len > 0 {
                // SAFETY: Node says that `len` bytes are at `data`; nothing runs JavaScript before they were copied.
                bytes.extend_from_slice(unsafe { std::slice::from_raw_parts(data.cast::<u8>(), len) });
            }
            Format::Binary
        };
        self.with_key(call, |key| {
            let mut storage = self.storage.borrow_mut();
            let expires_at = storage.clock().after(call.number(3));
            storage.set(key, Value { bytes: &bytes, format }, expires_at);
        })
    }

    fn with_key<T>(&self, call: StorageCall, run: impl FnOnce(&[u8]) -> T) -> Result<T> {
        let mut key = self.key.borrow_mut();
        key.clear();
        // SAFETY: the environment and the argument are of the running call.
        unsafe { text::read_into(call.env, call.arguments[1], &mut key) }.map_err(text::unreadable)?;
        check_key(key.len())?;
        Ok(run(&key))
    }

    fn leave(&self, what: [f64; 4]) {
        let mut array = self.found.borrow_mut();
        // SAFETY: the array was given for this purpose alone; JavaScript reads it after the call, on this thread.
        if let Some(places) = unsafe { array.as_mut() }.first_chunk_mut() {
            *places = what;
        }
    }

    /// Tells the engine how much it would get back with this storage, or it would see no reason to collect it.
    fn tell_if_worth_it(&self) {
        let bytes = EMPTY_BYTES + i64::try_from(self.storage.borrow().stats().bytes).unwrap_or(i64::MAX / 2);
        let told = self.told_bytes.get();
        if (bytes - told).abs() > TOLD_BYTES.max(told / TOLD_PART) {
            self.tell(bytes);
        }
    }

    fn tell(&self, bytes: i64) {
        let mut all = 0;
        let more = bytes - self.told_bytes.replace(bytes);
        // SAFETY: the environment lives: this is called by calls and by the finalizer; the result is a local.
        unsafe { sys::napi_adjust_external_memory(self.env, more, &mut all) };
    }
}
