//! The hub: mirrors' events go in, the one order comes out.

use super::event::{Acks, Event, EventType, json_of};
use super::settled::{Settled, is_numbered, mirror_id};
use crate::clock::{Clock, Instant};
use crate::entry::{Change, ChangeKind, Format, Origin, Scope, State, Value, split_entry_key};
use crate::error::{Error, Result};
use crate::store::{Follow, Store, Wait};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// Most bytes of a batch before its last event: a reader of a long backlog gets it in pieces.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Most changes one poll reads, so that writers who overtake each other cannot keep it for ever.
const BATCH_READS: usize = 65_536;

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
}

/// What a mirror did.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'a> {
    /// It set a key.
    Set {
        /// The value: JSON text in canonical form.
        text: &'a [u8],
        /// Milliseconds the value has to live; infinite for ever.
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

/// What [`Hub::poll`] read.
#[derive(Debug)]
pub enum Poll {
    /// The JSON text of an array of events, in order; `[]` when there is nothing to tell.
    Events(String),
    /// Changes were lost: [`Hub::resync`], then give every mirror an [`Hub::init`].
    Behind,
}

/// Puts the events of mirrors in one order, over any store.
///
/// It promises, as long as all that it returns is sent to each mirror in the order in which it was returned, that
/// every mirror converges on what the store holds, and that a mirror's write is acknowledged (`ack`) only with, or
/// after, the state that holds it. Values are carried as the JSON text they are; a key whose value is no JSON text
/// is told as removed, because the mirrors' older value would be wrong.
pub struct Hub {
    pub(super) store: Arc<dyn Store>,
    pub(super) order: Mutex<Order>,
}

pub(super) struct Order {
    /// All changes before it have been read.
    pub(super) cursor: u64,
    pub(super) settled: Settled,
    /// By stored key, the mirrors whose change of it was overtaken, with the first such write. They are acknowledged
    /// with the change that overtook them, or the mirror would go back to what the key had before.
    overtaken: HashMap<Box<[u8]>, Acks>,
}

impl Hub {
    /// A hub that tells what changes in the store from now on.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        let cursor = store.cursor();
        let order = Order { cursor, settled: Settled::new(), overtaken: HashMap::new() };
        Self { store, order: Mutex::new(order) }
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
        let scope = match Scope::new(event.scope) {
            Ok(scope) => scope,
            Err(error) => return Ok(Outcome::Rejected(error)),
        };
        let mut order = self.order.lock();
        if order.settled.has_seen(&scope, event.sender, event.write) {
            return Ok(Outcome::Duplicate);
        }
        match self.write(&scope, event, wait) {
            Ok(_) => {
                order.settled.applied(&scope, event.sender, event.write);
                Ok(Outcome::Applied)
            }
            Err(error) if is_verdict(&error) => {
                order.settled.rejected(&scope, event.sender, event.write);
                Ok(Outcome::Rejected(error))
            }
            Err(error) => Err(error),
        }
    }

    fn write(&self, scope: &Scope, event: &Incoming<'_>, wait: Wait) -> Result<u64> {
        let Incoming { key, sender, write, session, .. } = *event;
        let origin = Origin { sender: mirror_id(sender), write, session, pid: std::process::id() };
        match event.kind {
            Kind::Set { text: bytes, ttl } => {
                let format = if bytes.is_ascii() { Format::Ascii } else { Format::Text };
                let expires_at = Clock::manual(self.store.now()).after(ttl);
                self.store.set(&scope.entry_key(key)?, Value { bytes, format }, expires_at, origin, wait)
            }
            Kind::Remove => self.store.remove(&scope.entry_key(key)?, origin, wait),
            Kind::Clear => self.store.clear(scope, origin, wait),
        }
    }

    /// Reads what changed since the last poll, up to `limit` events, and tells it in order. A change that was
    /// overtaken is not told; it is settled with the change of the same key that is.
    ///
    /// ## Errors
    /// What the platform refuses when the feed is read.
    pub fn poll(&self, limit: usize) -> Result<Poll> {
        let mut order = self.order.lock();
        let Order { cursor, settled, overtaken } = &mut *order;
        let mut batch = Batch {
            json: "[".to_owned(),
            events: 0,
            now: self.store.now(),
            epoch: self.store.epoch(),
            settled,
            overtaken,
        };
        for _ in 0..BATCH_READS {
            // One at a time, because values may be large and a batch is to stay small.
            match self.store.changes(cursor, 1, &mut |change| batch.tell(change))? {
                Follow::Behind if batch.events == 0 => return Ok(Poll::Behind),
                Follow::Behind | Follow::CaughtUp => break,
                Follow::More if batch.events >= limit || batch.json.len() >= BATCH_BYTES => break,
                Follow::More => {}
            }
        }
        batch.json.push(']');
        Ok(Poll::Events(batch.json))
    }

    /// Leaves out all that has changed and was not told, because every mirror is about to get an [`Hub::init`].
    pub fn resync(&self) {
        let mut order = self.order.lock();
        order.cursor = self.store.cursor();
        order.settled.settle_all();
        order.overtaken.clear();
    }
}

/// Whether the error is about the write, which is answered with it, rather than about the store.
fn is_verdict(error: &Error) -> bool {
    matches!(
        error,
        Error::KeyTooLarge { .. } | Error::ScopeTooLarge { .. } | Error::ValueTooLarge { .. } | Error::Timeout { .. }
    )
}

/// Whether an instant is over; 0 never is.
pub(super) fn is_over(expires_at: Instant, now: Instant) -> bool {
    expires_at != 0 && now >= expires_at
}

/// The text of the scope with this prefix.
fn scope_text(prefix: &[u8]) -> Option<&[u8]> {
    match prefix.split_first_chunk() {
        Some((length, text)) if *length != [0; 4] => Some(text),
        _ => None,
    }
}

/// Events that are being written.
struct Batch<'a> {
    json: String,
    events: usize,
    now: Instant,
    epoch: u64,
    settled: &'a mut Settled,
    overtaken: &'a mut HashMap<Box<[u8]>, Acks>,
}

impl Batch<'_> {
    fn tell(&mut self, change: &Change<'_>) {
        let Some((prefix, key)) = split_entry_key(change.entry_key) else { return };
        let Origin { sender, pid, .. } = change.origin;
        let (value, gone) = match change.state {
            State::Superseded => return self.pass_over(change, prefix),
            State::Absent => (None, reason_of(change.kind)),
            State::Current { expires_at, .. } if is_over(expires_at, self.now) => (None, Some("expire")),
            State::Current { value, expires_at } => (json_of(value).map(|json| (json, expires_at)), None),
        };
        let kind = match value {
            _ if change.kind == ChangeKind::Clear => EventType::Clear,
            Some(_) => EventType::Set,
            None => EventType::Remove,
        };
        let acks = self.settle(change, prefix);
        self.events += 1;
        let mut event = Event::begin(&mut self.json, scope_text(prefix), sender, kind, key);
        if let Some((json, _)) = &value {
            event.value(json);
        }
        event.place(self.epoch, change.seq);
        event.acks(&acks);
        if let Some((_, expires_at)) = value {
            event.ttl(expires_at, self.now);
        }
        event.pid(pid);
        if let Some(reason) = gone {
            event.reason(reason);
        }
        event.end();
    }

    fn pass_over(&mut self, change: &Change<'_>, prefix: &[u8]) {
        let Origin { sender, write, .. } = change.origin;
        if is_numbered(sender, write) {
            let waiting = self.overtaken.entry(change.entry_key.into()).or_default();
            let first = *waiting.entry(sender.into()).or_insert(write);
            self.settled.overtaken(prefix, sender, write, first);
        }
    }

    /// What is settled by telling this change: its own write, and those of the same key that it overtook.
    fn settle(&mut self, change: &Change<'_>, prefix: &[u8]) -> Acks {
        // The prefix of a cleared scope has the same bytes as the scope's key ''.
        let is_key = change.kind != ChangeKind::Clear;
        let mut acks = is_key.then(|| self.overtaken.remove(change.entry_key)).flatten().unwrap_or_default();
        for (mirror, write) in &mut acks {
            *write = self.settled.made_up_for(prefix, mirror, *write);
        }
        let Origin { sender, write, .. } = change.origin;
        if is_numbered(sender, write) {
            acks.insert(sender.into(), self.settled.told(prefix, sender, write));
        }
        acks.retain(|_, write| *write != 0);
        acks
    }
}

fn reason_of(kind: ChangeKind) -> Option<&'static str> {
    match kind {
        ChangeKind::Expire => Some("expire"),
        ChangeKind::Evict => Some("evict"),
        ChangeKind::Set | ChangeKind::Remove | ChangeKind::Clear => None,
    }
}
