//! The feed (R16): the log itself, told as "this key changed" with the key's present state.

use super::Region;
use super::layout::header;
use super::ring::{Kind, Record};
use crate::entry::{Change, ChangeKind, Origin, State, Value};
use crate::error::Result;
use crate::store::Follow;
use std::sync::atomic::{Ordering, fence};

impl Region {
    /// See [`crate::store::Store::cursor`].
    pub(super) fn feed_cursor(&self) -> u64 {
        self.map.word(header::PUBLISHED).load(Ordering::Acquire)
    }

    /// See [`crate::store::Store::changes`].
    pub(super) fn follow(&self, cursor: &mut u64, limit: usize, visit: &mut dyn FnMut(&Change<'_>)) -> Result<Follow> {
        let (mut key, mut value) = (Vec::new(), Vec::new());
        if self.is_behind(*cursor) {
            return Ok(Follow::Behind);
        }
        for _ in 0..limit {
            let (record, kind, (sender, session)) = match self.next_told(cursor, &mut key) {
                Next::Told(record, kind, names) => (record, kind, names),
                Next::Nothing(follow) => return Ok(follow),
            };
            let state = if kind == ChangeKind::Clear {
                State::Absent
            } else {
                value.clear();
                match self.look_up(&key, &mut value)? {
                    Some(seen) if seen.record.stamp != record.position => State::Superseded,
                    Some(seen) if !seen.record.expired(self.clock.now()) => State::Current {
                        value: Value { bytes: &value, format: seen.record.format },
                        expires_at: seen.record.expires_at,
                    },
                    _ => State::Absent,
                }
            };
            visit(&Change {
                seq: record.position,
                kind,
                entry_key: &key,
                state,
                origin: Origin { sender: &sender, write: record.write, session: &session, pid: record.pid },
            });
        }
        Ok(Follow::More)
    }

    /// Tells up to `limit` changes from the cursor on as they happened, whatever their keys hold by now, and moves it.
    pub fn happened(&self, cursor: &mut u64, limit: usize, visit: &mut dyn FnMut(&Happened<'_>)) -> Follow {
        let mut key = Vec::new();
        if self.is_behind(*cursor) {
            return Follow::Behind;
        }
        for _ in 0..limit {
            match self.next_told(cursor, &mut key) {
                Next::Nothing(follow) => return follow,
                Next::Told(record, kind, (_, session)) => {
                    visit(&Happened {
                        seq: record.position,
                        kind,
                        entry_key: &key,
                        pid: record.pid,
                        session: &session,
                    });
                }
            }
        }
        Follow::More
    }

    fn is_behind(&self, cursor: u64) -> bool {
        cursor < self.map.word(header::HEAD).load(Ordering::Acquire)
    }

    /// The next record that tells a change, with its key and its names; the cursor goes behind it.
    fn next_told(&self, cursor: &mut u64, key: &mut Vec<u8>) -> Next {
        loop {
            if *cursor >= self.feed_cursor() {
                return Next::Nothing(Follow::CaughtUp);
            }
            let record = self.ring().record(*cursor);
            let told = record.and_then(|record| Some((record, change_kind(record.kind)?))).filter(|(r, _)| !r.moved);
            key.clear();
            let names = told.as_ref().map(|(record, _)| {
                self.ring().read_key(record, key);
                self.ring().read_names(record)
            });
            // Only now is it known whether those bytes were a record of this place at all.
            fence(Ordering::Acquire);
            let head = self.map.word(header::HEAD).load(Ordering::Relaxed);
            let Some(record) = record.filter(|_| *cursor >= head) else { return Next::Nothing(Follow::Behind) };
            *cursor = record.next();
            if let (Some((record, kind)), Some(names)) = (told, names) {
                return Next::Told(record, kind, names);
            }
        }
    }
}

/// A change as it happened.
#[derive(Clone, Copy, Debug)]
pub struct Happened<'a> {
    /// Its place in the one order.
    pub seq: u64,
    /// What happened.
    pub kind: ChangeKind,
    /// The stored key; for a clear the scope's prefix.
    pub entry_key: &'a [u8],
    /// The process that did it.
    pub pid: u32,
    /// The session in which it was done, empty for none.
    pub session: &'a [u8],
}

enum Next {
    /// With the names of sender and session.
    Told(Record, ChangeKind, (Vec<u8>, Vec<u8>)),
    Nothing(Follow),
}

fn change_kind(kind: Kind) -> Option<ChangeKind> {
    Some(match kind {
        Kind::Pad => return None,
        Kind::Set => ChangeKind::Set,
        Kind::Remove => ChangeKind::Remove,
        Kind::Clear => ChangeKind::Clear,
        Kind::Evict => ChangeKind::Evict,
        Kind::Expire => ChangeKind::Expire,
    })
}
