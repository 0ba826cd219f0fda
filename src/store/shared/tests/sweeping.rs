//! Entries whose time is over leave without being read, and scopes are counted.

use super::*;
use crate::clock::Clock;
use crate::entry::{ChangeKind, split_entry_key};
use crate::store::shared::MIN_BYTES;
use crate::store::shared::sweep::Sweeper;
use std::time::{Duration, Instant};

const ROOMY: u64 = 4 * MIN_BYTES;

/// A region on a manual clock, whose sweeper is the test's.
struct Swept {
    region: Region,
    clock: Clock,
    sweeper: Sweeper,
    _fixture: Fixture,
}

impl Swept {
    fn new(max_bytes: u64) -> Self {
        let mut fixture = Fixture::new(max_bytes);
        let clock = Clock::manual(1000);
        let region = fixture.region_on(clock.clone());
        // Its own sweeper goes by the clock of the machine.
        drop(fixture.synchronizer.take());
        Self { region, clock, sweeper: Sweeper::default(), _fixture: fixture }
    }

    fn set(&self, key: &str, expires_at: u64) {
        set_until(&self.region, key, expires_at);
    }

    /// In how many milliseconds the next entry ends.
    fn round(&mut self) -> Option<u64> {
        let next = self.sweeper.round(&self.region);
        self.region.validate().unwrap();
        next.map(|left| left.as_millis() as u64)
    }

    fn entries(&self) -> u64 {
        self.region.stats().entries
    }
}

fn set_until(region: &Region, key: &str, expires_at: u64) {
    let value = Value { bytes: b"1", format: Format::Ascii };
    region.set(&key_of(key), value, expires_at, Origin::default(), Wait::LONG).unwrap();
}

#[test]
fn r36_what_is_over_leaves_at_its_time_and_what_is_not_stays() {
    let mut swept = Swept::new(ROOMY);
    assert_eq!(swept.round(), None);
    swept.set("never", 0);
    swept.set("soon", 1010);
    swept.set("later", 1030);
    swept.set("renewed", 1010);
    swept.set("renewed", 1040);
    swept.set("removed", 1010);
    swept.region.remove(&key_of("removed"), Origin::default(), Wait::LONG).unwrap();
    assert_eq!(swept.round(), Some(10));
    swept.clock.advance(9);
    assert_eq!((swept.round(), swept.entries()), (Some(1), 4));
    swept.clock.advance(1);
    assert_eq!((swept.round(), swept.entries()), (Some(20), 3));
    swept.clock.advance(30);
    assert_eq!((swept.round(), swept.entries(), swept.region.stats().expirations), (None, 1, 3));
}

#[test]
fn r36_a_sweeper_finds_what_was_set_before_it_began() {
    let mut swept = Swept::new(ROOMY);
    swept.set("a", 1010);
    swept.set("b", 1020);
    assert_eq!(swept.round(), Some(10));
    swept.clock.advance(50);
    assert_eq!((swept.round(), swept.entries()), (None, 0));
}

#[test]
fn r36_a_sweeper_that_fell_behind_the_feed_walks() {
    let mut swept = Swept::new(MIN_BYTES);
    swept.round();
    for n in 0..40_000 {
        swept.set(&format!("k{}", n % 3000), if n % 3 == 0 { 5000 } else { 0 });
    }
    swept.set("soon", 1010);
    assert_eq!(swept.round(), Some(10));
    swept.clock.advance(5000);
    swept.round();
    let mut over = 0;
    let visit = &mut |_: &[u8], _: Value<'_>, expires_at| over += u64::from(expires_at != 0);
    swept.region.snapshot(&Scope::none(), u64::MAX, visit).unwrap();
    assert_eq!(over, 0);
    let before = swept.entries();
    swept.clock.advance(1_000_000);
    assert_eq!((swept.round(), swept.entries()), (None, before));
}

#[test]
fn r36_entries_that_moved_leave_too() {
    let mut swept = Swept::new(MIN_BYTES);
    swept.set("kept", 9000);
    assert_eq!(swept.round(), Some(8000));
    // Read again and again, it moves with the tail, lap after lap.
    for n in 0..60_000 {
        if n % 1000 == 0 {
            assert!(get(&swept.region, "kept").is_some());
        }
        set(&swept.region, &format!("k{n}"), "1");
    }
    swept.round();
    swept.clock.advance(8000);
    swept.round();
    assert_eq!(swept.region.stats().expirations, 1);
    assert_eq!(get(&swept.region, "kept"), None);
}

#[test]
fn r36_keys_that_are_set_again_and_again_take_no_memory() {
    let mut swept = Swept::new(ROOMY);
    for n in 0..200_000_u64 {
        swept.set(&format!("k{}", n % 10), 1_000_000 + n);
        if n % 1000 == 0 {
            swept.round();
        }
    }
    assert!(swept.sweeper.remembered() < 3000, "{}", swept.sweeper.remembered());
}

#[test]
fn r23_r36_expiry_is_told_to_those_who_listen() {
    let mut swept = Swept::new(ROOMY);
    swept.region.listen(true);
    for n in 0..200 {
        swept.set(&format!("k{n}"), 1010);
    }
    swept.round();
    let mut cursor = swept.region.cursor();
    swept.clock.advance(10);
    swept.round();
    let mut told = Vec::new();
    swept.region.happened(&mut cursor, 1000, &mut |happened| {
        assert_eq!((happened.kind, happened.pid), (ChangeKind::Expire, std::process::id()));
        told.push(String::from_utf8(split_entry_key(happened.entry_key).unwrap().1.to_vec()).unwrap());
    });
    told.sort();
    told.dedup();
    assert_eq!(told.len(), 200);
}

#[test]
fn r36_the_synchronizer_sweeps_what_ends_long_before_its_next_round() {
    let fixture = Fixture::new(ROOMY);
    set_until(&fixture.region, "late", fixture.region.expiry(3_600_000.0));
    let mut slowest = Duration::ZERO;
    for n in 0..20 {
        let started = Instant::now();
        set_until(&fixture.region, &format!("k{n}"), fixture.region.expiry(30.0));
        while fixture.region.stats().entries > 1 {
            assert!(started.elapsed() < Duration::from_secs(10), "the entry never left");
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(started.elapsed() >= Duration::from_millis(29), "{:?}", started.elapsed());
        slowest = slowest.max(started.elapsed());
    }
    // Ten times the promise, for machines that have other things to do.
    assert!(slowest < Duration::from_millis(30 + 500), "{slowest:?}");
    assert_eq!(fixture.region.stats().expirations, 20);
}

#[test]
fn r23_a_scope_is_counted_by_a_walk() {
    let fixture = Fixture::new(ROOMY);
    let scope = Scope::named(b"a").unwrap();
    assert_eq!(fixture.region.count_scope(&scope), (0, 0));
    let value = Value { bytes: b"12345678", format: Format::Ascii };
    for n in 0..100 {
        fixture.set(&format!("k{n}"), "1");
        let key = scope.entry_key(format!("k{n}").as_bytes()).unwrap();
        fixture.region.set(&key, value, 0, Origin::default(), Wait::LONG).unwrap();
    }
    let (entries, bytes) = fixture.region.count_scope(&scope);
    let (others, other_bytes) = fixture.region.count_scope(&Scope::none());
    assert_eq!((entries, others), (100, 100));
    assert_eq!(bytes + other_bytes, fixture.region.stats().bytes);
    fixture.region.clear(&scope, Origin::default(), Wait::LONG).unwrap();
    assert_eq!(fixture.region.count_scope(&scope), (0, 0));
}
