//! The hub in JavaScript.

use super::error::{Code, Result};
use super::event::{Answer, Applied, MaybeText, bytes_of, in_a_row, kind_of, question, write_number};
use super::exchange::Exchange;
use super::raw::{Raw, function};
use super::text::{self, Text};
use crate::Error;
use crate::clock::Clock;
use crate::store::locks::Ground;
use crate::store::memory::{DEFAULT_MAX_BYTES, MemoryOptions, MemoryStore};
use crate::store::{Store, Wait};
use crate::sync::{self, Exact, Expected, Holder, Incoming, Outcome, Part, Poll, Refusal};
use napi::bindgen_prelude::{Either, Env};
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

/// Puts the events of mirrors in one order, over a store.
#[napi]
pub struct Hub {
    hub: Arc<sync::Hub>,
    ground: Arc<dyn Ground>,
    wait: Wait,
}

impl Hub {
    pub(super) fn over(store: Arc<dyn Store>, ground: Arc<dyn Ground>, wait: Wait) -> Self {
        Self { hub: Arc::new(sync::Hub::new(store)), ground, wait }
    }

    pub(super) fn ground(&self) -> &Arc<dyn Ground> {
        &self.ground
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
        let store = Arc::new(MemoryStore::new(memory)?);
        let locks = store.locks();
        Ok(Self::over(store, locks, Wait::BRIEFLY))
    }

    /// Applies a mirror's event to the store, once per write number. `text` is the JSON text of a set's value, `ttl`
    /// the milliseconds it has to live, `Infinity` for ever; `write` is 0 for a write without a number; `session` is the
    /// id of the session in which the write was made, and is told with it. The `answer` is to be sent to the writer before the events of a later `poll`.
    ///
    /// With `expected`, the position of a change in the order `epoch`, a set or remove is applied only if that change set
    /// what the key has (0: if it has nothing), else rejected with `ERR_PSC_CHANGED`. A `ttl` of `NaN` keeps the end that is
    /// there. With `flight`, the number of a request at this hub's locks, that has to hold its name still, or nothing is applied
    /// either. Applied or not, it is answered with what the key has and its position, as `if`.
    #[napi(
        catch_unwind,
        ts_args_type = "type: 'set' | 'remove' | 'clear', scope: string | undefined, key: string, \
                        text: string | undefined, ttl: number, sender: string, write: number, \
                        session?: string | undefined, expected?: number | undefined, epoch?: number | undefined, \
                        flight?: number | undefined"
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
        session: Option<Text>,
        expected: Option<f64>,
        epoch: Option<f64>,
        flight: Option<f64>,
    ) -> Result<Applied> {
        let kind = kind_of(&kind, bytes_of(&text), ttl)?;
        let (scope, key, sender) = (bytes_of(&scope), key.0.as_slice(), sender.0.as_slice());
        let write = write_number(write);
        let session = bytes_of(&session).unwrap_or_default();
        let expected = expected.map(|seq| Expected {
            epoch: epoch.unwrap_or_default() as u64,
            seq: seq as u64,
            flight: flight.unwrap_or_default() as u64,
        });
        let event = Incoming { kind, scope, key, sender, write, session, expected };
        let (applied, seq) = self.hub.apply_at(Holder::NOBODY, &event, self.wait)?;
        let exact = Exact { scope, key, sender, write, applied: seq, error: None };
        let (outcome, answer) = match applied {
            Outcome::Applied if expected.is_none() => return Ok(Applied { outcome: "applied", answer: None }),
            Outcome::Applied => ("applied", self.hub.answer_exactly(exact)?),
            Outcome::Duplicate => ("duplicate", self.hub.answer(scope, key, sender, write, None)?),
            Outcome::Rejected(error) if expected.is_some() => {
                ("rejected", self.hub.answer_exactly(Exact { error: Some(&error), ..exact })?)
            }
            Outcome::Rejected(error) => ("rejected", self.hub.answer(scope, key, sender, write, Some(&error))?),
        };
        Ok(Applied { outcome, answer: Some(answer.into()) })
    }

    /// The JSON text of the event that tells one mirror what one key has, and the position of the change that set it, as
    /// `if`. `write` is the number of its question.
    #[napi(
        catch_unwind,
        ts_args_type = "scope: string | undefined, key: string, asker: string, write: number",
        ts_return_type = "string"
    )]
    pub fn tell_key(&self, scope: Option<Text>, key: Text, asker: Text, write: f64) -> Result<Text> {
        Ok(self.hub.answer_exactly(question(&scope, &key, &asker, write))?.into())
    }

    /// As `tellKey`, in parts.
    #[napi(catch_unwind, ts_args_type = "scope: string | undefined, key: string, asker: string, write: number")]
    pub fn tell_key_parts(&self, scope: Option<Text>, key: Text, asker: Text, write: f64) -> Result<Answer> {
        let Part { header, text, .. } = self.hub.answer_exactly_parts(question(&scope, &key, &asker, write))?;
        Ok(Answer { header: header.into(), text: text.map(Text) })
    }

    /// A function that does what `apply` and `pollParts` do, in one call. The write is on the account of `owner`, which
    /// holds the entries that it set last: a set that would have it hold more than `maxHeldBytes` is rejected with
    /// `ERR_PSC_QUOTA_EXCEEDED`; an owner of 0 is nobody, who may hold anything. `type` is 0 for a set, 1 for a remove and
    /// 2 for a clear; `expected`, `epoch`, `session` and `flight` are as for `apply`.
    ///
    /// It returns a number where the write was applied and is all there is to tell: its position. Else a list: the
    /// outcome (0 applied, 1 duplicate, 2 rejected), whether nothing more is to be told (`undefined`: changes were lost),
    /// header and text of an answer for the writer alone, and then what is to be told, as `pollParts` has it; but of this
    /// very write there is only the position in place of its header.
    #[napi(
        catch_unwind,
        ts_args_type = "maxHeldBytes: number",
        ts_return_type = "(owner: number, type: number, scope: string | undefined, key: string, \
                          text: string | undefined, ttl: number, sender: string, write: number, \
                          expected?: number | undefined, epoch?: number | undefined, session?: string | undefined, \
                          flight?: number | undefined) => \
                          number | Array<string | number | boolean | undefined>"
    )]
    pub fn exchange(&self, env: &Env, max_held_bytes: f64) -> Result<Raw> {
        let max_held_bytes = whole("maxHeldBytes", Some(max_held_bytes))?.unwrap_or(u64::MAX);
        let state = Exchange { hub: self.hub.clone(), wait: self.wait, max_held_bytes };
        // SAFETY: `env` is the environment of the running call.
        let function = unsafe { function(env.raw(), "exchange", state, Exchange::run) };
        Ok(Raw(function.map_err(text::unreadable)?))
    }

    /// Settles a write as rejected for a reason of the caller's, without having seen its value.
    #[napi(
        catch_unwind,
        ts_args_type = "scope: string | undefined, key: string, sender: string, write: number, code: string, \
                        message: string"
    )]
    pub fn refuse(
        &self,
        scope: Option<Text>,
        key: Text,
        sender: Text,
        write: f64,
        code: String,
        message: String,
    ) -> Result<Answer> {
        let refusal = Refusal { code: &code, message };
        let Part { header, text, .. } =
            self.hub.refuse(bytes_of(&scope), &key.0, &sender.0, write_number(write), refusal)?;
        Ok(Answer { header: header.into(), text: text.map(Text) })
    }

    /// As [`Store::sweep`], in milliseconds.
    #[napi(catch_unwind)]
    pub fn sweep(&self) -> Option<f64> {
        self.hub.store().sweep().map(|left| left.as_millis() as f64)
    }

    /// Names the order of the store's changes.
    #[napi(getter, catch_unwind)]
    pub fn epoch(&self) -> f64 {
        self.hub.store().epoch() as f64
    }

    /// How many bytes the owner holds: keys with their scopes, values, and 192 for each entry.
    #[napi(catch_unwind)]
    pub fn held_bytes(&self, owner: u32) -> f64 {
        self.hub.held_bytes(owner) as f64
    }

    /// Forgets an owner that is gone. Its entries stay in the store and are nobody's.
    #[napi(catch_unwind)]
    pub fn forget_owner(&self, owner: u32) {
        self.hub.forget_owner(owner);
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

    /// As `poll`, and in its place, in parts: `[scope, header, text, scope, header, text, …]`. The header is the JSON text
    /// of the event without its value, `text` that of the value, `undefined` where there is none. `[]` when there is
    /// nothing to tell, `undefined` when changes were lost.
    #[napi(catch_unwind, ts_return_type = "Array<string | undefined> | undefined")]
    pub fn poll_parts(&self, limit: u32) -> Result<Either<Vec<MaybeText>, ()>> {
        Ok(match self.hub.poll_parts(limit as usize)? {
            Poll::Events(parts) => Either::A(parts.into_iter().flat_map(in_a_row).collect()),
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

    /// As `init`, in parts: `[header, text, header, text, …]`. In place of the value, the header has `entries`, an array of
    /// `[key, length]` or `[key, length, ttl]`: `text` is the values' JSON texts, one after the other, each of that
    /// `length`. If the state has more than `maxBytes` of keys and values, the newest entries that fit are told, and the
    /// last header says `partial`.
    #[napi(
        catch_unwind,
        ts_args_type = "scope: string | undefined, asker: string | undefined, maxBytes?: number | undefined",
        ts_return_type = "string[]"
    )]
    pub fn init_parts(&self, scope: Option<Text>, asker: Option<Text>, max_bytes: Option<f64>) -> Result<Vec<Text>> {
        let max_bytes = whole("maxBytes", max_bytes)?.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        let parts = self.hub.init_parts(bytes_of(&scope), bytes_of(&asker), max_bytes, INIT_CHUNK_BYTES)?;
        Ok(parts.into_iter().flat_map(|part| [part.header.into(), Text(part.text)]).collect())
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
