//! The hub in JavaScript.

use super::error::{Code, Result};
use super::text::Text;
use crate::Error;
use crate::clock::Clock;
use crate::store::memory::{DEFAULT_MAX_BYTES, MemoryOptions, MemoryStore};
use crate::store::{Store, Wait};
use crate::sync::{self, Incoming, Kind, Outcome, Poll};
use napi::bindgen_prelude::Either;
use napi_derive::napi;
use std::sync::Arc;

/// Bytes of state in one `init` event, beyond which the next one begins.
const INIT_CHUNK_BYTES: usize = 1024 * 1024;

/// How large a memory store may grow.
#[napi(object, object_to_js = false)]
pub struct MemoryHubOptions {
    /// Bound of everything the store keeps, in bytes. @default 64 MiB
    pub max_bytes: Option<f64>,
    /// Most entries. @default no limit
    pub max_entries: Option<f64>,
    /// Most bytes of one encoded value. @default 16 MiB, or a quarter of `maxBytes` if that is less
    pub max_value_bytes: Option<f64>,
}

/// What became of a mirror's event.
#[napi(object, object_from_js = false)]
pub struct Applied {
    /// Whether the store took it.
    #[napi(ts_type = "'applied' | 'duplicate' | 'rejected'")]
    pub outcome: &'static str,
    /// The JSON text of the event that answers a duplicate or rejected write.
    #[napi(ts_type = "string")]
    pub answer: Option<Text>,
}

/// Puts the events of mirrors in one order, over a store.
#[napi]
pub struct Hub {
    hub: Arc<sync::Hub>,
    wait: Wait,
}

impl Hub {
    pub(super) fn over(store: Arc<dyn Store>, wait: Wait) -> Self {
        Self { hub: Arc::new(sync::Hub::new(store)), wait }
    }

    pub(super) fn shared(&self) -> &Arc<sync::Hub> {
        &self.hub
    }
}

#[napi]
impl Hub {
    /// A hub over a store in this process's memory.
    #[napi(factory, catch_unwind)]
    pub fn memory(options: MemoryHubOptions) -> Result<Self> {
        let max_bytes = whole("maxBytes", options.max_bytes)?.unwrap_or(DEFAULT_MAX_BYTES);
        let mut memory = MemoryOptions::within(max_bytes, Clock::boot());
        if let Some(max_entries) = whole("maxEntries", options.max_entries)? {
            memory.max_entries = usize::try_from(max_entries).unwrap_or(usize::MAX);
        }
        if let Some(max_value_bytes) = whole("maxValueBytes", options.max_value_bytes)? {
            memory.max_value_bytes = usize::try_from(max_value_bytes).unwrap_or(usize::MAX);
        }
        Ok(Self::over(Arc::new(MemoryStore::new(memory)?), Wait::BRIEFLY))
    }

    /// Applies a mirror's event to the store, once per write number. `text` is the JSON text of a set's value, `ttl`
    /// the milliseconds it has to live, `Infinity` for ever; `write` is 0 for a write without a number. The `answer`
    /// is to be sent to the writer before the events of a later `poll`.
    #[napi(
        catch_unwind,
        ts_args_type = "type: 'set' | 'remove' | 'clear', scope: string | undefined, key: string, \
                        text: string | undefined, ttl: number, sender: string, write: number"
    )]
    #[allow(clippy::too_many_arguments)] // An object would cost one call per field.
    pub fn apply(
        &self,
        kind: Text,
        scope: Option<Text>,
        key: Text,
        text: Option<Text>,
        ttl: f64,
        sender: Text,
        write: f64,
    ) -> Result<Applied> {
        let kind = match (kind.0.as_slice(), &text) {
            (b"set", Some(text)) => Kind::Set { text: &text.0, ttl },
            (b"remove", _) => Kind::Remove,
            (b"clear", _) => Kind::Clear,
            (other, _) => return Err(invalid_type(other).into()),
        };
        let (scope, key, sender) = (bytes_of(&scope), key.0.as_slice(), sender.0.as_slice());
        // A cast saturates: what is no number of a write is none, or one that no other follows.
        let write = write as u64;
        let event = Incoming { kind, scope, key, sender, write, session: b"" };
        let (outcome, error) = match self.hub.apply(&event, self.wait)? {
            Outcome::Applied => return Ok(Applied { outcome: "applied", answer: None }),
            Outcome::Duplicate => ("duplicate", None),
            Outcome::Rejected(error) => ("rejected", Some(error)),
        };
        let answer = self.hub.answer(scope, key, sender, write, error.as_ref())?;
        Ok(Applied { outcome, answer: Some(answer.into()) })
    }

    /// The JSON text of an array of the next events, at most `limit`; `'[]'` when there is nothing to tell,
    /// `undefined` when changes were lost: then `resync()`, and `init` for every mirror.
    #[napi(catch_unwind, ts_return_type = "string | undefined")]
    pub fn poll(&self, limit: u32) -> Result<Either<Text, ()>> {
        Ok(match self.hub.poll(limit as usize)? {
            Poll::Events(json) => Either::A(json.into()),
            Poll::Behind => Either::B(()),
        })
    }

    /// Leaves out what was not told yet, because every mirror is about to get an `init`.
    #[napi(catch_unwind)]
    pub fn resync(&self) -> Result<()> {
        self.hub.resync();
        Ok(())
    }

    /// The JSON text of an array of `init` events with the state of one scope, for one mirror or for whoever listens.
    /// Poll until there is nothing to tell, and send that, before.
    #[napi(
        catch_unwind,
        ts_args_type = "scope: string | undefined, asker: string | undefined",
        ts_return_type = "string"
    )]
    pub fn init(&self, scope: Option<Text>, asker: Option<Text>) -> Result<Text> {
        Ok(self.hub.init(bytes_of(&scope), bytes_of(&asker), INIT_CHUNK_BYTES)?.into())
    }

    /// The store's counts, as JSON text.
    #[napi(catch_unwind, ts_return_type = "string")]
    pub fn stats(&self) -> Result<Text> {
        Ok(serde_json::json!(self.hub.store().stats()).to_string().into())
    }

    /// Checks every invariant of the store, and throws the first that does not hold.
    #[napi(catch_unwind)]
    pub fn validate(&self) -> Result<()> {
        let unsound = |reason| napi::Error::new(Code::CORRUPT, format!("The store is not sound: {reason}."));
        self.hub.store().validate().map_err(unsound)
    }
}

fn bytes_of(text: &Option<Text>) -> Option<&[u8]> {
    text.as_ref().map(|text| text.0.as_slice())
}

fn invalid_type(kind: &[u8]) -> Error {
    Error::InvalidOption {
        option: "type",
        value: crate::text::to_json(kind),
        remedy: "it is 'set', which has a value, 'remove' or 'clear'".to_owned(),
    }
}

/// A whole number, as JavaScript has it.
pub(super) fn whole(option: &'static str, value: Option<f64>) -> std::result::Result<Option<u64>, Error> {
    match value {
        // Infinity is a bound too: none. The cast saturates.
        Some(value) if value < 0.0 || value.is_nan() || (value.is_finite() && value.fract() != 0.0) => {
            let remedy = "it is a whole number".to_owned();
            Err(Error::InvalidOption { option, value: value.to_string(), remedy })
        }
        value => Ok(value.map(|value| value as u64)),
    }
}
