//! Where entries live. Two stores keep the same promises: one in this process's memory, one in a region that all
//! processes map. One conformance suite holds both to them. A [`storage`] is less than a store: entries of one owner.

#[cfg(test)]
mod conformance;
#[macro_use]
pub mod shared;
mod deadlines;
pub mod locks;
pub mod memory;
pub mod storage;

use crate::clock::Instant;
use crate::entry::{Change, Format, Origin, Scope, Value};
use crate::error::Result;
use std::time::Duration;

/// What [`Store::get`] found, besides the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// How to read the bytes.
    pub format: Format,
    /// When the entry expires; 0 for never.
    pub expires_at: Instant,
    /// The entry's version: while a later look at `slot` still shows it, the entry is unchanged.
    pub version: u64,
    /// Where the version can be looked up.
    pub slot: usize,
    /// Whether anyone has read the entry before, since it was set or last escaped eviction; `false` where nobody knows.
    pub was_read: bool,
    /// The change that set the entry: what [`Store::set_if`] expects. An entry that escapes eviction has another version
    /// then, but the same `seq`.
    pub seq: u64,
}

/// What [`Store::set_if`] puts in the place of what a key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement<'a> {
    /// Nothing: the key is removed.
    Nothing,
    /// A value.
    Value {
        /// The value.
        value: Value<'a>,
        /// When it expires, 0 for never; `None` keeps the end that the entry has: none, if there is no entry.
        expires_at: Option<Instant>,
    },
}

/// What [`Store::set_if`] requires.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The change that set the entry that the key has ([`Found::seq`]); 0 expects that there is none, and one whose time is
    /// over is none.
    pub seq: u64,
    /// The number of a request at the store's desk that has to hold its name still: that of the flight which computed the
    /// value (R38). 0 for none.
    pub flight: u64,
}

impl From<u64> for Expected {
    fn from(seq: u64) -> Self {
        Self { seq, flight: 0 }
    }
}

/// What became of a [`Store::set_if`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swap {
    /// It was done, as the change with this `seq`.
    Done(u64),
    /// It is not as was expected, and nothing has changed.
    Changed,
}

/// How far [`Store::changes`] came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// Nothing more for now.
    CaughtUp,
    /// The limit was reached; ask again.
    More,
    /// Changes were lost to the reader: take a new cursor, then a snapshot, then follow.
    Behind,
}

/// How long a write may wait for its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Duration);

impl Wait {
    /// As long as a JavaScript thread may be kept.
    pub const BRIEFLY: Self = Self(Duration::from_micros(1500));
    /// As long as a write may take at all, off the JavaScript thread.
    pub const LONG: Self = Self(Duration::from_secs(5));
}

/// Counts, for people and for tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Live entries, those whose time is just over included.
    pub entries: u64,
    /// Bytes of their records, keys and bookkeeping included.
    pub bytes: u64,
    /// The bound that is never passed.
    pub max_bytes: u64,
    /// Bytes that are really reserved for records; below what `max_bytes` leaves for them only if space ran out.
    pub capacity_bytes: u64,
    /// Entries that left for room.
    pub evictions: u64,
    /// Entries whose time was over.
    pub expirations: u64,
}

/// A key-value store with a change feed.
///
/// Keys are stored keys ([`Scope::entry_key`]). Every change gets a place in one order (`seq`), and is told by
/// [`Store::changes`] in that order. A value may vanish at any time to eviction or expiry; it never turns older.
pub trait Store: Send + Sync {
    /// Appends the value's bytes to `into` and says how to read them; `None`, and nothing appended, is a miss.
    ///
    /// ## Errors
    /// Only what the platform refuses; a miss is no error.
    fn get(&self, entry_key: &[u8], into: &mut Vec<u8>) -> Result<Option<Found>>;

    /// Stores the value; when it returns, every reader sees it. `expires_at` 0 is never. Returns the change's `seq`.
    ///
    /// ## Errors
    /// [`crate::Error::ValueTooLarge`], [`crate::Error::Timeout`] if the writer's turn did not come within `wait`; then
    /// nothing has changed.
    fn set(
        &self,
        entry_key: &[u8],
        value: Value<'_>,
        expires_at: Instant,
        origin: Origin<'_>,
        wait: Wait,
    ) -> Result<u64>;

    /// Removes the key, and tells the feed so even if the store does not hold it (R8). Returns the change's `seq`.
    ///
    /// ## Errors
    /// As [`Store::set`].
    fn remove(&self, entry_key: &[u8], origin: Origin<'_>, wait: Wait) -> Result<u64>;

    /// Replaces the entry that the key has, if it is as `expected`. Looking and replacing are one step: of all who expect
    /// the same entry, one succeeds. A removal is told to the feed as that of [`Store::remove`], even if there was nothing.
    ///
    /// ## Errors
    /// As [`Store::set`].
    fn set_if(
        &self,
        entry_key: &[u8],
        expected: Expected,
        replacement: Replacement<'_>,
        origin: Origin<'_>,
        wait: Wait,
    ) -> Result<Swap>;

    /// Removes every entry of the scope that was set before the call; entries set meanwhile stay (R9). Linearizable
    /// for each key, not one atomic step across keys. Returns the change's `seq`.
    ///
    /// ## Errors
    /// As [`Store::set`]; a part may have been removed then.
    fn clear(&self, scope: &Scope, origin: Origin<'_>, wait: Wait) -> Result<u64>;

    /// A cursor behind the last change: [`Store::changes`] from here tells what comes next. A reader of this cursor
    /// has seen every change with a `seq` below it.
    fn cursor(&self) -> u64;

    /// Tells up to `limit` changes from the cursor on, in order, and moves it (R16).
    ///
    /// ## Errors
    /// As [`Store::get`].
    fn changes(&self, cursor: &mut u64, limit: usize, visit: &mut dyn FnMut(&Change<'_>)) -> Result<Follow>;

    /// Tells the scope's entries that were set before `cursor`: key (own text), value, expiry. What was set later is
    /// left to the feed, so that a follower who starts at `cursor` never goes backwards. The newest come first: those
    /// set, or in the memory store used, last.
    ///
    /// ## Errors
    /// As [`Store::get`].
    fn snapshot(&self, scope: &Scope, cursor: u64, visit: &mut dyn FnMut(&[u8], Value<'_>, Instant)) -> Result<()>;

    /// Takes out entries whose time is over, and tells the feed. Returns how long from now the next one ends, `None` if
    /// none does, or if somebody else looks after that, as the synchronizer does for a region.
    fn sweep(&self) -> Option<Duration> {
        None
    }

    /// Blocks until something follows the cursor, or the time is over. Returns whether something does. May return
    /// early without reason.
    fn wait_for_changes(&self, cursor: u64, timeout: Duration) -> bool;

    /// Wakes everyone who waits in [`Store::wait_for_changes`] on this handle's store.
    fn wake(&self);

    /// Names the order that the changes' `seq` belong to: another store, or a region made anew, has another. At most 48
    /// bits, so that it is a whole number in JavaScript.
    fn epoch(&self) -> u64;

    /// Counts.
    fn stats(&self) -> Stats;

    /// The present instant on the store's clock.
    fn now(&self) -> Instant;

    /// Checks every invariant; the text names the first that does not hold.
    ///
    /// ## Errors
    /// What does not hold.
    fn validate(&self) -> std::result::Result<(), String>;
}
