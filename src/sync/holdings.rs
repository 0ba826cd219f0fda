//! What each owner holds (M4): the bytes of the entries that it set last and that are still in the store.
//!
//! An owner is whoever is to have no more than its share, such as one window; the caller gives it a number. An entry
//! is noted when the store took it, and released when the feed tells that it is the owner's no more. So a note is of
//! an entry that is in the store, or whose end has not been told yet, and there are never more notes than that.

use crate::entry::{Change, ChangeKind, State, split_entry_key};
use crate::error::{Error, Result};
use std::collections::HashMap;

/// What an entry counts beyond the bytes of its stored key (scope included) and value, so that many small ones are
/// not free: about what a store needs to keep one.
pub const HELD_ENTRY_BYTES: u64 = 192;

/// Who sets, and how much it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The owner; 0 is nobody, who may hold anything and is not counted.
    pub owner: u32,
    /// Most bytes that it may hold.
    pub max_held_bytes: u64,
}

impl Holder {
    /// Nobody.
    pub const NOBODY: Self = Self { owner: 0, max_held_bytes: u64::MAX };
}

#[derive(Debug)]
struct Note {
    owner: u32,
    bytes: u64,
    seq: u64,
}

/// By the key's own text.
type Notes = HashMap<Box<[u8]>, Note>;

/// The entries that have an owner.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    /// By the scope's prefix: a clear looks at its scope alone.
    scopes: HashMap<Box<[u8]>, Notes>,
    /// Bytes by owner, never 0.
    accounts: HashMap<u32, u64>,
}

impl Holdings {
    /// How many bytes the owner holds.
    pub(super) fn held(&self, owner: u32) -> u64 {
        self.accounts.get(&owner).copied().unwrap_or(0)
    }

    /// Whether the holder may set this; what it holds of the key already makes room.
    ///
    /// ## Errors
    /// [`Error::QuotaExceeded`].
    pub(super) fn check(&self, holder: Holder, entry_key: &[u8], value: &[u8]) -> Result<()> {
        let Holder { owner, max_held_bytes: limit } = holder;
        if owner == 0 {
            return Ok(());
        }
        let own = self.note_of(entry_key).filter(|note| note.owner == owner).map_or(0, |note| note.bytes);
        let held = self.held(owner) - own;
        let bytes = cost(entry_key, value);
        if held.saturating_add(bytes) > limit {
            return Err(Error::QuotaExceeded { bytes, held, limit });
        }
        Ok(())
    }

    /// The holder's set became the change `seq`. Whoever held the key before does so no more.
    pub(super) fn note(&mut self, holder: Holder, entry_key: &[u8], value: &[u8], seq: u64) {
        let owner = holder.owner;
        let Some((prefix, key)) = split_entry_key(entry_key).filter(|_| owner != 0) else { return };
        let note = Note { owner, bytes: cost(entry_key, value), seq };
        *self.accounts.entry(owner).or_default() += note.bytes;
        let notes = match self.scopes.get_mut(prefix) {
            Some(notes) => notes,
            None => self.scopes.entry(prefix.into()).or_default(),
        };
        let before = match notes.get_mut(key) {
            Some(noted) => Some(std::mem::replace(noted, note)),
            None => notes.insert(key.into(), note),
        };
        if let Some(before) = before {
            release(&mut self.accounts, &before);
        }
    }

    /// Releases what a change, told by the feed, says is its owner's no more: another set or the end of an entry, or
    /// a clear. A superseded change says nothing: what superseded it will.
    pub(super) fn follow(&mut self, change: &Change<'_>) {
        if self.scopes.is_empty() || change.state == State::Superseded {
            return;
        }
        let Self { scopes, accounts } = self;
        let Some((prefix, key)) = split_entry_key(change.entry_key) else { return };
        let Some(notes) = scopes.get_mut(prefix) else { return };
        if change.kind == ChangeKind::Clear {
            notes.retain(|_, note| {
                let stays = note.seq >= change.seq;
                if !stays {
                    release(accounts, note);
                }
                stays
            });
        } else if notes.get(key).is_some_and(|note| is_over(note, change))
            && let Some(note) = notes.remove(key)
        {
            release(accounts, &note);
        }
        if notes.is_empty() {
            scopes.remove(prefix);
        }
    }

    /// The owner holds nothing any more; its entries are nobody's.
    pub(super) fn forget_owner(&mut self, owner: u32) {
        if self.accounts.remove(&owner).is_none() {
            return;
        }
        self.scopes.retain(|_, notes| {
            notes.retain(|_, note| note.owner != owner);
            !notes.is_empty()
        });
    }

    /// Nobody holds anything any more.
    pub(super) fn forget_all(&mut self) {
        *self = Self::default();
    }

    fn note_of(&self, entry_key: &[u8]) -> Option<&Note> {
        let (prefix, key) = split_entry_key(entry_key)?;
        self.scopes.get(prefix)?.get(key)
    }

    /// How many entries are noted.
    #[cfg(test)]
    pub(super) fn notes(&self) -> usize {
        self.scopes.values().map(Notes::len).sum()
    }
}

/// Whether the change says that the noted entry is in the store no more. Where it is the noted set itself, the entry
/// may be gone by the time it is told.
fn is_over(note: &Note, change: &Change<'_>) -> bool {
    note.seq < change.seq || (note.seq == change.seq && change.state == State::Absent)
}

fn release(accounts: &mut HashMap<u32, u64>, note: &Note) {
    if let Some(held) = accounts.get_mut(&note.owner) {
        *held -= note.bytes;
        if *held == 0 {
            accounts.remove(&note.owner);
        }
    }
}

fn cost(entry_key: &[u8], value: &[u8]) -> u64 {
    (entry_key.len() + value.len()) as u64 + HELD_ENTRY_BYTES
}
