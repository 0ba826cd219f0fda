//! The feed (R16): the log itself, told as "this key changed" with the key's present state.

use super::Region;
use super::layout::header;
use super::ring::Kind;
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
        if *cursor < self.map.word(header::HEAD).load(Ordering::Acquire) {
            return Ok(Follow::Behind);
        }
        for _ in 0..limit {
            let kind = loop {
                if *cursor >= self.feed_cursor() {
                    return Ok(Follow::CaughtUp);
                }
                let record = self.ring().record(*cursor);
                let told =
                    record.and_then(|record| Some((record, change_kind(record.kind)?))).filter(|(r, _)| !r.moved);
                key.clear();
                let names = told.as_ref().map(|(record, _)| {
                    self.ring().read_key(record, &mut key);
                    self.ring().read_names(record)
                });
                // Only now is it known whether those bytes were a record of this place at all.
                fence(Ordering::Acquire);
                let head = self.map.word(header::HEAD).load(Ordering::Relaxed);
                let Some(record) = record.filter(|_| *cursor >= head) else { return Ok(Follow::Behind) };
                *cursor = record.next();
                if let (Some(told), Some(names)) = (told, names) {
                    break (told, names);
                }
            };
            let ((record, kind), (sender, session)) = kind;
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
