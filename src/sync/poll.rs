//! What the feed says, told as events in the one order (M1).

use super::event::{Acks, EventType, Named};
use super::form::{Form, InParts, Joined, Part};
use super::holdings::Holdings;
use super::hub::{Hub, Order};
use super::settled::{Settled, is_numbered};
use crate::clock::Instant;
use crate::entry::{Change, ChangeKind, Origin, State, split_entry_key};
use crate::error::Result;
use crate::store::Follow;
use std::collections::HashMap;

/// Most bytes of a batch before its last event: a reader of a long backlog gets it in pieces.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Most changes one poll reads, so that writers who overtake each other cannot keep it for ever.
const BATCH_READS: usize = 65_536;

/// What [`Hub::poll`] or [`Hub::poll_parts`] read.
#[derive(Debug)]
pub enum Poll<E = String> {
    /// The events, in order: the JSON text of an array of them, `[]` when there is nothing to tell; or each in parts.
    Events(E),
    /// Changes were lost: [`Hub::resync`], then give every mirror an [`Hub::init`].
    Behind,
}

impl Hub {
    /// Reads what changed since the last poll, up to `limit` events, and tells it in order. A change that was
    /// overtaken is not told; it is settled with the change of the same key that is.
    ///
    /// ## Errors
    /// What the platform refuses when the feed is read.
    pub fn poll(&self, limit: usize) -> Result<Poll> {
        Ok(match self.read(limit, Joined("[".to_owned()), None)? {
            Poll::Events((Joined(mut json), _)) => {
                json.push(']');
                Poll::Events(json)
            }
            Poll::Behind => Poll::Behind,
        })
    }

    /// As [`Hub::poll`], and in its place: each change is told once. The values are text that nobody has looked into,
    /// so that a set is told even if its text is no JSON; only a value that is no text is told as removed.
    ///
    /// ## Errors
    /// As [`Hub::poll`].
    pub fn poll_parts(&self, limit: usize) -> Result<Poll<Vec<Part>>> {
        Ok(match self.read(limit, InParts::default(), None)? {
            Poll::Events((told, _)) => Poll::Events(told.parts),
            Poll::Behind => Poll::Behind,
        })
    }

    /// Leaves out all that has changed and was not told, because every mirror is about to get an [`Hub::init`]. Who
    /// held which entry is not known any more then, and everybody's account starts from nothing.
    pub fn resync(&self) {
        let mut order = self.order.lock();
        order.cursor = self.store.cursor();
        order.settled.settle_all();
        order.overtaken.clear();
        order.holdings.forget_all();
    }

    /// Reads on. `own` is the position of a write of which the caller knows all but that. Returns what was told, and
    /// whether that was all.
    pub(super) fn read<F: Form>(&self, limit: usize, told: F, own: Option<u64>) -> Result<Poll<(F, bool)>> {
        let mut order = self.order.lock();
        let Order { cursor, settled, overtaken, holdings } = &mut *order;
        let (now, epoch) = (self.store.now(), self.store.epoch());
        let mut batch = Batch { told, events: 0, own, now, epoch, settled, overtaken, holdings };
        let mut is_all = false;
        for _ in 0..BATCH_READS {
            // One at a time, because values may be large and a batch is to stay small.
            match self.store.changes(cursor, 1, &mut |change| batch.tell(change))? {
                Follow::Behind if batch.events == 0 => return Ok(Poll::Behind),
                Follow::CaughtUp => {
                    is_all = true;
                    break;
                }
                Follow::Behind => break,
                Follow::More if batch.events >= limit || batch.told.bytes() >= BATCH_BYTES => break,
                Follow::More => {}
            }
        }
        Ok(Poll::Events((batch.told, is_all)))
    }
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
struct Batch<'a, F> {
    told: F,
    events: usize,
    own: Option<u64>,
    now: Instant,
    epoch: u64,
    settled: &'a mut Settled,
    overtaken: &'a mut HashMap<Box<[u8]>, Acks>,
    holdings: &'a mut Holdings,
}

impl<F: Form> Batch<'_, F> {
    fn tell(&mut self, change: &Change<'_>) {
        let Some((prefix, key)) = split_entry_key(change.entry_key) else { return };
        self.holdings.follow(change);
        let acks = if self.is_own(change) {
            let acks = self.settle(change, prefix);
            if self.tell_own(change, &acks) {
                return;
            }
            Some(acks)
        } else {
            None
        };
        let Origin { sender, pid, session, .. } = change.origin;
        let (value, expires_at, gone) = match change.state {
            State::Superseded => return self.pass_over(change, prefix),
            State::Absent => (None, 0, reason_of(change.kind)),
            State::Current { expires_at, .. } if is_over(expires_at, self.now) => (None, 0, Some("expire")),
            State::Current { value, expires_at } => (F::carry(value), expires_at, None),
        };
        let is_set = value.is_some();
        let kind = match value {
            _ if change.kind == ChangeKind::Clear => EventType::Clear,
            Some(_) => EventType::Set,
            None => EventType::Remove,
        };
        let acks = acks.unwrap_or_else(|| self.settle(change, prefix));
        self.events += 1;
        let mut event = self.told.begin(Named { scope: scope_text(prefix), sender, kind, key }, value);
        event.place(self.epoch, change.seq);
        event.acks(&acks);
        if is_set {
            event.ttl(expires_at, self.now);
        }
        event.pid(pid);
        if let Some(reason) = gone {
            event.reason(reason);
        } else if change.kind == ChangeKind::Set && change.state == State::Absent {
            event.overtaken();
        }
        event.session(session);
        event.end();
    }

    /// Whether the change is the caller's own write, and its key holds what that made of it.
    fn is_own(&self, change: &Change<'_>) -> bool {
        let holds = match change.state {
            State::Current { expires_at, .. } => !is_over(expires_at, self.now),
            State::Absent => matches!(change.kind, ChangeKind::Remove | ChangeKind::Clear),
            State::Superseded => false,
        };
        holds && self.own == Some(change.seq)
    }

    /// Tells the caller's own write, if it settles itself and nothing else. Returns whether it did.
    fn tell_own(&mut self, change: &Change<'_>, acks: &Acks) -> bool {
        let Origin { sender, write, session, .. } = change.origin;
        let is_plain =
            session.is_empty() && acks.len() == 1 && acks.get(sender) == Some(&write) && self.told.own(change.seq);
        self.events += usize::from(is_plain);
        is_plain
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
