//! The hub: mirrors' events go in, the one order comes out.

use super::event::Acks;
use super::holdings::{Holder, Holdings};
use super::settled::{Settled, mirror_id};
use crate::clock::Clock;
use crate::entry::{Format, Origin, Scope, Value};
use crate::error::{Error, Result};
use crate::store::{self, Replacement, Store, Swap, Wait};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// A mirror's event.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// What the mirror did.
    pub kind: Kind<'a>,
    /// The canonical text of the mirror's scope; `None` is no scope.
    pub scope: Option<&'a [u8]>,
    /// The canonical text of the key; a clear has none.
    pub key: &'a [u8],
    /// The mirror's id. Ids are unique; more than [`crate::entry::MAX_NAME_BYTES`] are cut.
    pub sender: &'a [u8],
    /// The mirror's number for this write, which only grows; 0 for none.
    pub write: u64,
    /// The session in which it happened, empty for none.
    pub session: &'a [u8],
    /// What its key has to have for a set or a remove to be applied.
    pub expected: Option<Expected>,
}

/// What a mirror was told that a key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Names the order that `seq` is a position in.
    pub epoch: u64,
    /// The change that set the entry; 0 if there is none.
    pub seq: u64,
    /// The number of the request at the store's desk by which the mirror computes the value (R38); 0 for none.
    pub flight: u64,
}

/// What a mirror did.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'a> {
    /// It set a key.
    Set {
        /// The value: JSON text in canonical form.
        text: &'a [u8],
        /// Milliseconds the value has to live; infinite for ever. Not a number: where something is expected, the end that
        /// is there is kept.
        ttl: f64,
    },
    /// It removed a key.
    Remove,
    /// It cleared its scope.
    Clear,
}

/// What became of a mirror's event.
#[derive(Debug)]
pub enum Outcome {
    /// The store took it; the feed will tell it.
    Applied,
    /// It was applied or rejected before, and nothing has changed now (M6).
    Duplicate,
    /// The store refused it, and always will (M4).
    Rejected(Error),
}

/// Puts the events of mirrors in one order, over any store.
///
/// It promises, as long as all that it returns is sent to each mirror in the order in which it was returned, that
/// every mirror converges on what the store holds, and that a mirror's write is acknowledged (`ack`) only with, or
/// after, the state that holds it. Values are carried as the JSON text they are; a key whose value cannot be carried
/// is told as removed, because the mirrors' older value would be wrong. In one text with others that is what is no
/// JSON text; in parts, where nobody looks into it, what is no text at all.
pub struct Hub {
    pub(super) store: Arc<dyn Store>,
    pub(super) order: Mutex<Order>,
    /// Asked for once: it is a system call.
    pid: u32,
}

pub(super) struct Order {
    /// All changes before it have been read.
    pub(super) cursor: u64,
    pub(super) settled: Settled,
    /// By stored key, the mirrors whose change of it was overtaken, with the first such write. They are acknowledged
    /// with the change that overtook them, or the mirror would go back to what the key had before.
    pub(super) overtaken: HashMap<Box<[u8]>, Acks>,
    pub(super) holdings: Holdings,
}

impl Hub {
    /// A hub that tells what changes in the store from now on.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        let cursor = store.cursor();
        let order = Order { cursor, settled: Settled::new(), overtaken: HashMap::new(), holdings: Holdings::default() };
        Self { store, order: Mutex::new(order), pid: std::process::id() }
    }

    /// The store behind it.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// How far the store's feed was read; to be given to [`Store::wait_for_changes`].
    #[must_use]
    pub fn cursor(&self) -> u64 {
        self.order.lock().cursor
    }

    /// Applies a mirror's event to the store, once: of the numbers of one mirror only a higher one than before is
    /// new. What is refused for being what it is, or for lack of a turn within `wait`, is settled as rejected.
    ///
    /// ## Errors
    /// What the platform refuses. The write is not settled then and may be tried again.
    pub fn apply(&self, event: &Incoming<'_>, wait: Wait) -> Result<Outcome> {
        self.apply_for(Holder::NOBODY, event, wait)
    }

    /// As [`Hub::apply`], on somebody's account: a set that would have its owner hold more than it may is rejected
    /// with [`Error::QuotaExceeded`]. What counts is what was told: what ends is released by the poll that tells it.
    ///
    /// ## Errors
    /// As [`Hub::apply`].
    pub fn apply_for(&self, holder: Holder, event: &Incoming<'_>, wait: Wait) -> Result<Outcome> {
        Ok(self.apply_at(holder, event, wait)?.0)
    }

    /// As [`Hub::apply_for`], with the position of what was applied.
    ///
    /// ## Errors
    /// As [`Hub::apply`].
    pub fn apply_at(&self, holder: Holder, event: &Incoming<'_>, wait: Wait) -> Result<(Outcome, Option<u64>)> {
        let scope = match Scope::new(event.scope) {
            Ok(scope) => scope,
            Err(error) => return Ok((Outcome::Rejected(error), None)),
        };
        let mut order = self.order.lock();
        let Order { settled, holdings, .. } = &mut *order;
        if settled.has_seen(&scope, event.sender, event.write) {
            return Ok((Outcome::Duplicate, None));
        }
        match self.write(&scope, holder, holdings, event, wait) {
            Ok(seq) => {
                settled.applied(&scope, event.sender, event.write);
                Ok((Outcome::Applied, Some(seq)))
            }
            Err(error) if is_verdict(&error) => {
                settled.rejected(&scope, event.sender, event.write);
                Ok((Outcome::Rejected(error), None))
            }
            Err(error) => Err(error),
        }
    }

    /// How many bytes the owner holds: those of the entries that it set last through [`Hub::apply_for`] and whose end
    /// was not told yet, [`HELD_ENTRY_BYTES`](crate::sync::HELD_ENTRY_BYTES) for each on top.
    #[must_use]
    pub fn held_bytes(&self, owner: u32) -> u64 {
        self.order.lock().holdings.held(owner)
    }

    /// Forgets an owner that is gone. Its entries stay in the store and are nobody's.
    pub fn forget_owner(&self, owner: u32) {
        self.order.lock().holdings.forget_owner(owner);
    }

    fn write(
        &self,
        scope: &Scope,
        holder: Holder,
        holdings: &mut Holdings,
        event: &Incoming<'_>,
        wait: Wait,
    ) -> Result<u64> {
        let Incoming { key, sender, write, session, expected, .. } = *event;
        let origin = Origin { sender: mirror_id(sender), write, session, pid: self.pid };
        if expected.is_some_and(|expected| expected.epoch != self.store.epoch()) {
            return Err(Error::Changed);
        }
        match event.kind {
            Kind::Set { text: bytes, ttl } => {
                let format = if bytes.is_ascii() { Format::Ascii } else { Format::Text };
                let value = Value { bytes, format };
                let expires_at = Clock::manual(self.store.now()).after(ttl);
                let entry_key = scope.entry_key(key)?;
                holdings.check(holder, &entry_key, bytes)?;
                let seq = match expected {
                    None => self.store.set(&entry_key, value, expires_at, origin, wait)?,
                    Some(Expected { seq, flight, .. }) => {
                        let expected = store::Expected { seq, flight };
                        let expires_at = (!ttl.is_nan()).then_some(expires_at);
                        let replacement = Replacement::Value { value, expires_at };
                        swapped(self.store.set_if(&entry_key, expected, replacement, origin, wait)?)?
                    }
                };
                holdings.note(holder, &entry_key, bytes, seq);
                Ok(seq)
            }
            Kind::Remove => {
                let entry_key = scope.entry_key(key)?;
                match expected {
                    None => self.store.remove(&entry_key, origin, wait),
                    Some(Expected { seq, .. }) => {
                        swapped(self.store.set_if(&entry_key, seq.into(), Replacement::Nothing, origin, wait)?)
                    }
                }
            }
            Kind::Clear => self.store.clear(scope, origin, wait),
        }
    }
}

fn swapped(swap: Swap) -> Result<u64> {
    match swap {
        Swap::Done(seq) => Ok(seq),
        Swap::Changed => Err(Error::Changed),
    }
}

/// Whether the error is about the write, which is answered with it, rather than about the store.
fn is_verdict(error: &Error) -> bool {
    matches!(
        error,
        Error::KeyTooLarge { .. }
            | Error::ScopeTooLarge { .. }
            | Error::ValueTooLarge { .. }
            | Error::QuotaExceeded { .. }
            | Error::Changed
            | Error::Timeout { .. }
    )
}
