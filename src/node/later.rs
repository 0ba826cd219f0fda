//! Writes that wait for their turn off the JavaScript thread (R15).

use super::entries::origin_in;
use crate::clock::Instant;
use crate::entry::{Format, Scope, Value};
use crate::guard;
use crate::store::{Expected, Replacement, Store, Swap, Wait, shared::Region};
use napi::Task;
use napi::bindgen_prelude::Env;
use napi_derive::napi;
use std::sync::Arc;

/// A write.
pub enum Write {
    /// See [`Store::set`].
    Set { key: Vec<u8>, bytes: Vec<u8>, format: Format, expires_at: Instant },
    /// See [`Store::remove`].
    Remove { key: Vec<u8> },
    /// See [`Store::set_if`].
    Swap { key: Vec<u8>, value: Option<(Vec<u8>, Format)>, expires_at: Option<Instant>, expected: Expected },
    /// See [`Store::clear`].
    Clear { scope: Scope },
}

/// A write, and where it goes.
pub struct Later {
    region: Arc<Region>,
    session: Vec<u8>,
    write: Write,
}

impl Later {
    pub(super) fn new(region: Arc<Region>, session: Vec<u8>, write: Write) -> Self {
        Self { region, session, write }
    }
}

/// What went wrong with a write.
#[napi(object, object_from_js = false)]
pub struct Failure {
    /// The error's stable code.
    pub code: String,
    /// The error's message.
    pub message: String,
}

impl Task for Later {
    type Output = crate::Result<u64>;
    type JsValue = Option<Failure>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        // A panic on a thread of the pool would end the process.
        Ok(guard::caught("a write off the JavaScript thread", || self.run()).flatten())
    }

    fn resolve(&mut self, _env: Env, output: Self::Output) -> napi::Result<Self::JsValue> {
        Ok(output.err().map(|error| Failure { code: error.code().to_owned(), message: error.to_string() }))
    }
}

impl Later {
    fn run(&self) -> crate::Result<u64> {
        fail_point!("later:run");
        let origin = origin_in(&self.session);
        match &self.write {
            Write::Set { key, bytes, format, expires_at } => {
                self.region.set(key, Value { bytes, format: *format }, *expires_at, origin, Wait::LONG)
            }
            Write::Remove { key } => self.region.remove(key, origin, Wait::LONG),
            Write::Swap { key, value, expires_at, expected } => {
                let replacement = value.as_ref().map_or(Replacement::Nothing, |(bytes, format)| {
                    let value = Value { bytes, format: *format };
                    Replacement::Value { value, expires_at: *expires_at }
                });
                match self.region.set_if(key, *expected, replacement, origin, Wait::LONG) {
                    Ok(Swap::Done(seq)) => Ok(seq),
                    Ok(Swap::Changed) => Err(crate::Error::Changed),
                    Err(error) => Err(error),
                }
            }
            Write::Clear { scope } => self.region.clear(scope, origin, Wait::LONG),
        }
    }
}
