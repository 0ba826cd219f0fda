//! What a single mirror is told of one key: because of a write that changed nothing or was conditional, or because it asks.

use super::event::{EventType, Named};
use super::form::{Form, InParts, Joined, Part};
use super::hub::Hub;
use super::settled::mirror_id;
use crate::entry::{Scope, Value};
use crate::error::{Error, Result};

/// Why a write was rejected.
#[derive(Clone, Debug)]
pub struct Refusal<'a> {
    /// A stable code.
    pub code: &'a str,
    /// What it means, for people.
    pub message: String,
}

impl From<&Error> for Refusal<'static> {
    fn from(error: &Error) -> Self {
        Self { code: error.code(), message: error.to_string() }
    }
}

/// What [`Hub::answer_exactly`] answers: a question for a key, or a write that expected something of it.
#[derive(Clone, Copy, Debug)]
pub struct Exact<'a> {
    /// The scope's text; `None` is no scope.
    pub scope: Option<&'a [u8]>,
    /// The key.
    pub key: &'a [u8],
    /// The mirror.
    pub sender: &'a [u8],
    /// The number of its question or write.
    pub write: u64,
    /// The position of the write, if it was applied.
    pub applied: Option<u64>,
    /// Why it was not.
    pub error: Option<&'a Error>,
}

/// A question, or a write that is not told by the feed alone.
#[derive(Debug)]
struct Answered<'a> {
    scope: Option<&'a [u8]>,
    key: &'a [u8],
    sender: &'a [u8],
    write: u64,
    refusal: Option<Refusal<'a>>,
    /// Its own place, if it has one.
    place: Option<u64>,
    /// Whether to tell which change set what the key has.
    is_exact: bool,
}

impl<'a> Answered<'a> {
    fn unapplied(
        scope: Option<&'a [u8]>,
        key: &'a [u8],
        sender: &'a [u8],
        write: u64,
        refusal: Option<Refusal<'a>>,
    ) -> Self {
        Self { scope, key, sender, write, refusal, place: None, is_exact: false }
    }
}

impl<'a> From<Exact<'a>> for Answered<'a> {
    fn from(Exact { scope, key, sender, write, applied: place, error }: Exact<'a>) -> Self {
        // What a write was refused for that did not come to be compared says nothing of what there is.
        let is_exact = error.is_none_or(|error| matches!(error, Error::Changed));
        Self { scope, key, sender, write, refusal: error.map(Into::into), place, is_exact }
    }
}

impl Hub {
    /// The JSON text of the one event that answers a duplicate or rejected write (M4): the state of its key now, up
    /// to which number the mirror's writes are settled, and why it was rejected. It is to be sent before what a
    /// later poll returns. A clear names no key, and is answered with the state of the key `''`.
    ///
    /// ## Errors
    /// What the platform refuses when the store is read.
    pub fn answer(
        &self,
        scope: Option<&[u8]>,
        key: &[u8],
        sender: &[u8],
        write: u64,
        error: Option<&Error>,
    ) -> Result<String> {
        let mut told = Joined::default();
        self.answer_in(&mut told, Answered::unapplied(scope, key, sender, write, error.map(Into::into)))?;
        Ok(told.0)
    }

    /// The JSON text of the event that answers a question for one key, or a write that expected something of it, applied or
    /// not: the state of the key now, and `if`, the change that set it. A duplicate is answered by [`Hub::answer`] alone,
    /// without `if`, because nobody knows any more what became of it.
    ///
    /// ## Errors
    /// As [`Hub::answer`].
    pub fn answer_exactly(&self, exact: Exact<'_>) -> Result<String> {
        let mut told = Joined::default();
        self.answer_in(&mut told, exact.into())?;
        Ok(told.0)
    }

    /// As [`Hub::answer_exactly`], in parts.
    ///
    /// ## Errors
    /// As [`Hub::answer`].
    pub fn answer_exactly_parts(&self, exact: Exact<'_>) -> Result<Part> {
        let mut told = InParts::default();
        self.answer_in(&mut told, exact.into())?;
        Ok(told.parts.pop().unwrap_or_default())
    }

    /// As [`Hub::answer`], in parts: what [`Hub::poll_parts`] is to [`Hub::poll`].
    ///
    /// ## Errors
    /// As [`Hub::answer`].
    pub fn answer_parts(
        &self,
        scope: Option<&[u8]>,
        key: &[u8],
        sender: &[u8],
        write: u64,
        error: Option<&Error>,
    ) -> Result<Part> {
        let mut told = InParts::default();
        self.answer_in(&mut told, Answered::unapplied(scope, key, sender, write, error.map(Into::into)))?;
        Ok(told.parts.pop().unwrap_or_default())
    }

    /// Settles a write as rejected that somebody else has refused, without a look at its value, and answers as
    /// [`Hub::answer_parts`].
    ///
    /// ## Errors
    /// As [`Hub::answer`].
    pub fn refuse(
        &self,
        scope: Option<&[u8]>,
        key: &[u8],
        sender: &[u8],
        write: u64,
        refusal: Refusal<'_>,
    ) -> Result<Part> {
        if let Ok(scope) = Scope::new(scope) {
            self.order.lock().settled.rejected(&scope, sender, write);
        }
        let mut told = InParts::default();
        self.answer_in(&mut told, Answered::unapplied(scope, key, sender, write, Some(refusal)))?;
        Ok(told.parts.pop().unwrap_or_default())
    }

    fn answer_in<F: Form>(&self, told: &mut F, answered: Answered<'_>) -> Result<()> {
        let Answered { scope, key, sender, write, refusal, place, is_exact } = answered;
        let mut order = self.order.lock();
        let mut bytes = Vec::new();
        // A scope or key beyond its limit holds nothing.
        let (settled, found) = match Scope::new(scope) {
            Ok(scope) => {
                let found = scope.entry_key(key).ok().map(|key| self.store.get(&key, &mut bytes)).transpose()?;
                (order.settled.of(&scope, sender), found.flatten())
            }
            Err(_) => (0, None),
        };
        let value = found.and_then(|found| F::carry(Value { bytes: &bytes, format: found.format }));
        let is_set = value.is_some();
        let kind = if is_set { EventType::Set } else { EventType::Remove };
        let mut event = told.begin(Named { scope, sender: b"", kind, key }, value);
        event.place(self.store.epoch(), place.unwrap_or(order.cursor.saturating_sub(1)));
        event.write(write);
        if is_exact {
            event.expected(found.map_or(0, |found| found.seq));
        }
        event.ack(mirror_id(sender), settled);
        if let Some(found) = found.filter(|_| is_set) {
            event.ttl(found.expires_at, self.store.now());
        }
        event.to(sender);
        if let Some(Refusal { code, message }) = refusal {
            event.error(code, &message);
        }
        event.end();
        Ok(())
    }
}
