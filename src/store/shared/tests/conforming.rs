//! The region passes the suite that every store passes.

use super::*;
use crate::clock::Clock;
use crate::store::conformance::conformance_tests;

/// A region on a manual clock, together with what keeps it.
struct Kept {
    region: Region,
    _fixture: Fixture,
}

fn make(max_bytes: u64, clock: &Clock) -> Arc<dyn Store> {
    let mut fixture = Fixture::new(max_bytes);
    let region = fixture.region_on(clock.clone());
    region.listen(true);
    // Its sweeper goes by the clock of the machine.
    drop(fixture.synchronizer.take());
    Arc::new(Kept { region, _fixture: fixture })
}

impl Store for Kept {
    fn get(&self, key: &[u8], into: &mut Vec<u8>) -> crate::Result<Option<crate::store::Found>> {
        self.region.get(key, into)
    }
    fn set(&self, key: &[u8], value: Value<'_>, expires_at: u64, origin: Origin<'_>, wait: Wait) -> crate::Result<u64> {
        self.region.set(key, value, expires_at, origin, wait)
    }
    fn remove(&self, key: &[u8], origin: Origin<'_>, wait: Wait) -> crate::Result<u64> {
        self.region.remove(key, origin, wait)
    }
    fn set_if(
        &self,
        key: &[u8],
        expected: crate::store::Expected,
        replacement: crate::store::Replacement<'_>,
        origin: Origin<'_>,
        wait: Wait,
    ) -> crate::Result<crate::store::Swap> {
        self.region.set_if(key, expected, replacement, origin, wait)
    }
    fn clear(&self, scope: &Scope, origin: Origin<'_>, wait: Wait) -> crate::Result<u64> {
        self.region.clear(scope, origin, wait)
    }
    fn cursor(&self) -> u64 {
        self.region.cursor()
    }
    fn changes(
        &self,
        cursor: &mut u64,
        limit: usize,
        visit: &mut dyn FnMut(&crate::entry::Change<'_>),
    ) -> crate::Result<crate::store::Follow> {
        self.region.changes(cursor, limit, visit)
    }
    fn snapshot(&self, scope: &Scope, cursor: u64, visit: &mut dyn FnMut(&[u8], Value<'_>, u64)) -> crate::Result<()> {
        self.region.snapshot(scope, cursor, visit)
    }
    fn wait_for_changes(&self, cursor: u64, timeout: std::time::Duration) -> bool {
        self.region.wait_for_changes(cursor, timeout)
    }
    fn wake(&self) {
        self.region.wake();
    }
    fn epoch(&self) -> u64 {
        self.region.epoch()
    }
    fn stats(&self) -> crate::store::Stats {
        self.region.stats()
    }
    fn now(&self) -> u64 {
        self.region.now()
    }
    fn validate(&self) -> Result<(), String> {
        self.region.validate()
    }
}

conformance_tests!(make);
