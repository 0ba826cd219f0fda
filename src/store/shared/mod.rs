//! The region: one file, mapped by every native process, that is the shared store. Its protocol is
//! `docs/region.md`; rules are cited as R1 to R38.

#[macro_use]
pub(crate) mod failpoint;

mod admission;
mod census;
mod checksum;
mod claim;
mod counts;
mod descent;
mod directory;
mod doorbell;
mod draft;
mod exit;
mod feed;
mod flush;
mod index;
mod layout;
mod leave;
mod leftovers;
mod lock;
mod lock_file;
mod locks;
mod make;
mod mapping;
mod members;
mod migrate;
mod notices;
mod ownership;
mod persist;
mod process;
mod read;
mod record;
mod region;
mod retire;
mod ring;
mod room;
mod salvage;
mod space;
mod swap;
mod sweep;
mod synchronizer;
mod validate;
mod window;
mod write;

#[cfg(all(test, unix))]
mod tests;

pub use admission::Admission;
pub(super) use doorbell::{sleep as sleep_on, wake as wake_sleepers};
#[cfg(feature = "failpoints")]
pub use failpoint::{LOCK_NAMES as LOCK_FAILPOINTS, NAMES as FAILPOINTS};
pub use feed::Happened;
pub(super) use index::Hasher;
pub use layout::{MAX_BYTES, MIN_BYTES};
pub use mapping::Mapping;
pub use persist::Recovered;
pub use region::Region;
pub use synchronizer::{Options, Synchronizer};

/// The name that a synchronizer of this application took, in the nearest ancestor of this process that has one (R21).
#[must_use]
pub fn inherited_name(application: &str) -> Option<String> {
    descent::inherited(&directory::Directory::default_home().ok()?, application)
}

/// Why the folder where everyone looks first is not used, if another user has taken it (R20).
#[must_use]
pub fn folder_taken() -> Option<String> {
    directory::Directory::taken_by_another()
}

use crate::clock::Instant;
use crate::entry::{Change, Origin, Scope, Value};
use crate::error::Result;
use crate::store::{Expected, Follow, Found, Replacement, Stats, Store, Swap, Wait};
use std::time::Duration;

impl Store for Region {
    fn get(&self, entry_key: &[u8], into: &mut Vec<u8>) -> Result<Option<Found>> {
        self.read(entry_key, into)
    }

    fn set(
        &self,
        entry_key: &[u8],
        value: Value<'_>,
        expires_at: Instant,
        origin: Origin<'_>,
        wait: Wait,
    ) -> Result<u64> {
        self.write_set(entry_key, value, expires_at, origin, wait)
    }

    fn remove(&self, entry_key: &[u8], origin: Origin<'_>, wait: Wait) -> Result<u64> {
        self.write_remove(entry_key, origin, wait)
    }

    fn set_if(
        &self,
        entry_key: &[u8],
        expected: Expected,
        replacement: Replacement<'_>,
        origin: Origin<'_>,
        wait: Wait,
    ) -> Result<Swap> {
        self.write_if(entry_key, expected, replacement, origin, wait)
    }

    fn clear(&self, scope: &Scope, origin: Origin<'_>, wait: Wait) -> Result<u64> {
        self.write_clear(scope, origin, wait)
    }

    fn cursor(&self) -> u64 {
        self.feed_cursor()
    }

    fn changes(&self, cursor: &mut u64, limit: usize, visit: &mut dyn FnMut(&Change<'_>)) -> Result<Follow> {
        self.follow(cursor, limit, visit)
    }

    fn snapshot(&self, scope: &Scope, cursor: u64, visit: &mut dyn FnMut(&[u8], Value<'_>, Instant)) -> Result<()> {
        self.read_snapshot(scope, cursor, visit)
    }

    fn wait_for_changes(&self, cursor: u64, timeout: Duration) -> bool {
        self.sleep_until_rung(cursor, timeout)
    }

    fn wake(&self) {
        self.wake_all();
    }

    fn epoch(&self) -> u64 {
        self.region_id() >> 16
    }

    fn stats(&self) -> Stats {
        self.counted()
    }

    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn validate(&self) -> std::result::Result<(), String> {
        self.check_invariants()
    }
}
