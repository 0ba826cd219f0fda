//! What a single mirror is told of one write that changed nothing.

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

/// A write that was a duplicate or was rejected.
#[derive(Debug)]
struct Unapplied<'a> {
    scope: Option<&'a [u8]>,
    key: &'a [u8],
    sender: &'a [u8],
    write: u64,
    refusal: Option<Refusal<'a>>,
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
        self.answer_in(&mut told, Unapplied { scope, key, sender, write, refusal: error.map(Into::into) })?;
        Ok(told.0)
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
        self.answer_in(&mut told, Unapplied { scope, key, sender, write, refusal: error.map(Into::into) })?;
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
        self.answer_in(&mut told, Unapplied { scope, key, sender, write, refusal: Some(refusal) })?;
        Ok(told.parts.pop().unwrap_or_default())
    }

    fn answer_in<F: Form>(&self, told: &mut F, unapplied: Unapplied<'_>) -> Result<()> {
        let Unapplied { scope, key, sender, write, refusal } = unapplied;
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
        event.place(self.store.epoch(), order.cursor.saturating_sub(1));
        event.write(write);
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
