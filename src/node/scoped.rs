//! The entries of one scope in JavaScript.

use super::entries::{Entries, Readable};
use super::error::Result;
use super::later::{Later, Write};
use super::raw::{Body, Call, Raw, function};
use super::text::{self, Text};
use crate::entry::{Format, Scope};
use crate::store::Expected;
use crate::store::shared::Region;
use napi::bindgen_prelude::{AsyncTask, Either, Either3, Env, Float64Array, Object, Uint8Array};
use napi::sys;
use napi_derive::napi;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// The entries of one scope.
#[napi]
pub struct Scoped {
    entries: Entries,
}

impl Scoped {
    pub(super) fn new(region: Arc<Region>, scope: Scope) -> Self {
        Self { entries: Entries { region, scope, session: Rc::default() } }
    }

    fn later(&self, write: Write) -> AsyncTask<Later> {
        let session = self.entries.session.borrow().clone();
        AsyncTask::new(Later::new(self.entries.region.clone(), session, write))
    }

    fn key(&self, key: &Text) -> Result<Vec<u8>> {
        Ok(self.entries.scope.entry_key(&key.0)?)
    }
}

#[napi]
impl Scoped {
    /// The calls that are made all the time. `get` returns text, or the bytes of a codec, or `undefined`, and leaves in
    /// `found` what a memo needs: the word and its index position, both as 64-bit integers, expiry, and 1 if the entry was read
    /// before; then the position of the change that set it. The others return `false` if it
    /// was not the writer's turn soon enough, or there is too much to clear at once: nothing has changed then, and the
    /// method with `Later` in its name waits. `swap` sets, or without a value removes, if `expected` is the position of the
    /// change that set the entry, 0 for none; without a `ttl` the entry keeps its end. It returns `undefined` if the entry is
    /// another one, or if the request `flight` does not hold its name any more. `isCurrent` tells whether the word at an index position still has these
    /// halves, and sets its mark: for memos of environments without `index()`. `inSession` names the session in which
    /// what is written from now on is written, also by the methods with `Later` in their names; `''` for none.
    #[napi(
        catch_unwind,
        ts_args_type = "found: Float64Array",
        ts_return_type = "{ get(key: string): string | Uint8Array | undefined; \
                          set(key: string, text: string, ttl: number): boolean; \
                          setBytes(key: string, bytes: Uint8Array, ttl: number): boolean; \
                          remove(key: string): boolean; clear(): boolean; \
                          swap(key: string, value: string | Uint8Array | undefined, ttl: number | undefined, \
                          expected: number, flight?: number): boolean | undefined; \
                          isCurrent(position: number, low: number, high: number): boolean; \
                          inSession(session: string): void }"
    )]
    pub fn calls<'env>(&self, env: &'env Env, found: Float64Array) -> Result<Object<'env>> {
        let mut calls = Object::new(env).map_err(text::unreadable)?;
        let readable = Readable { entries: self.entries.clone(), found: RefCell::new(found) };
        put(env, &mut calls, "get", readable, Readable::get)?;
        let writes: [(&str, Body<Entries>); 5] = [
            ("set", Entries::set),
            ("setBytes", Entries::set_bytes),
            ("remove", Entries::remove),
            ("clear", Entries::clear),
            ("inSession", Entries::in_session),
        ];
        for (name, body) in writes {
            put(env, &mut calls, name, self.entries.clone(), body)?;
        }
        put(env, &mut calls, "swap", self.entries.clone(), Entries::swap)?;
        put(env, &mut calls, "isCurrent", self.entries.region.clone(), is_current)?;
        Ok(calls)
    }

    /// How many entries the scope has, and how many bytes they take: counted by a walk.
    #[napi(catch_unwind)]
    pub fn count(&self) -> Vec<f64> {
        let (entries, bytes) = self.entries.region.count_scope(&self.entries.scope);
        vec![entries as f64, bytes as f64]
    }

    /// Sets text or bytes, `ttl` milliseconds to live, off the JavaScript thread and as long as a write may take. Resolves
    /// to what went wrong, if anything did.
    #[napi(
        ts_args_type = "key: string, value: string | Uint8Array, ttl: number",
        ts_return_type = "Promise<{ code: string; message: string } | undefined>"
    )]
    pub fn set_later(&self, key: Text, value: Either<Text, Uint8Array>, ttl: f64) -> Result<AsyncTask<Later>> {
        let (bytes, format) = match value {
            Either::A(text) => in_text(text),
            Either::B(bytes) => (bytes.to_vec(), Format::Binary),
        };
        let expires_at = self.entries.region.expiry(ttl);
        Ok(self.later(Write::Set { key: self.key(&key)?, bytes, format, expires_at }))
    }

    /// As `swap` of `calls`, off the JavaScript thread and as long as a write may take. Resolves as `setLater`, with
    /// `ERR_PSC_CHANGED` if it is not as was expected.
    #[napi(
        ts_args_type = "key: string, value: string | Uint8Array | undefined, ttl: number | undefined, expected: number, \
                        flight?: number | undefined",
        ts_return_type = "Promise<{ code: string; message: string } | undefined>"
    )]
    pub fn swap_later(
        &self,
        key: Text,
        value: Either3<Text, Uint8Array, ()>,
        ttl: Option<f64>,
        expected: f64,
        flight: Option<f64>,
    ) -> Result<AsyncTask<Later>> {
        let expires_at = ttl.map(|ttl| self.entries.region.expiry(ttl));
        let expected = Expected { seq: expected as u64, flight: flight.unwrap_or_default() as u64 };
        let value = match value {
            Either3::A(text) => Some(in_text(text)),
            Either3::B(bytes) => Some((bytes.to_vec(), Format::Binary)),
            Either3::C(()) => None,
        };
        Ok(self.later(Write::Swap { key: self.key(&key)?, value, expires_at, expected }))
    }

    /// Removes a key, off the JavaScript thread. Resolves as `setLater`.
    #[napi(ts_return_type = "Promise<{ code: string; message: string } | undefined>")]
    pub fn remove_later(&self, key: Text) -> Result<AsyncTask<Later>> {
        Ok(self.later(Write::Remove { key: self.key(&key)? }))
    }

    /// Removes all entries of the scope, off the JavaScript thread, however many there are. Resolves as `setLater`.
    #[napi(ts_return_type = "Promise<{ code: string; message: string } | undefined>")]
    pub fn clear_later(&self) -> AsyncTask<Later> {
        self.later(Write::Clear { scope: self.entries.scope.clone() })
    }
}

fn in_text(Text(bytes): Text) -> (Vec<u8>, Format) {
    let format = if bytes.is_ascii() { Format::Ascii } else { Format::Text };
    (bytes, format)
}

fn put<T: 'static, const N: usize>(
    env: &Env,
    object: &mut Object<'_>,
    name: &str,
    state: T,
    body: Body<T, N>,
) -> Result<()> {
    // SAFETY: `env` is the environment of the running call.
    let function = unsafe { function(env.raw(), name, state, body) }.map_err(text::unreadable)?;
    object.set(name, Raw(function)).map_err(text::unreadable)
}

fn is_current(region: &Arc<Region>, call: Call) -> Result<sys::napi_value> {
    let version = u64::from(call.integer(2) as u32) << 32 | u64::from(call.integer(1) as u32);
    Ok(call.boolean(region.is_current(call.integer(0) as u32 as usize, version)))
}
