use super::*;
use crate::entry::{ChangeKind, State, split_entry_key};
use crate::store::Follow;
use crate::store::shared::MIN_BYTES;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A follower as a mirror would be: it applies what it is told, in order, and nothing else.
#[derive(Default)]
struct Follower {
    entries: HashMap<String, String>,
    cursor: u64,
    resyncs: usize,
}

impl Follower {
    fn resync(&mut self, region: &Region) {
        self.cursor = region.cursor();
        self.entries.clear();
        self.resyncs += 1;
        let visit = &mut |key: &[u8], value: Value<'_>, _| {
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            self.entries.insert(text(key), text(value.bytes));
        };
        region.snapshot(&Scope::none(), self.cursor, visit).unwrap();
    }

    fn follow(&mut self, region: &Region) {
        let Self { entries, cursor, .. } = self;
        let mut last = 0;
        let followed = region.changes(cursor, usize::MAX, &mut |change| {
            assert!(change.seq > last, "the order of the feed");
            last = change.seq;
            if change.kind == ChangeKind::Clear {
                entries.clear();
                return;
            }
            let key = String::from_utf8(split_entry_key(change.entry_key).unwrap().1.to_vec()).unwrap();
            match change.state {
                State::Current { value, .. } => {
                    entries.insert(key, String::from_utf8(value.bytes.to_vec()).unwrap());
                }
                State::Absent => {
                    entries.remove(&key);
                }
                State::Superseded => {}
            }
        });
        if followed.unwrap() == Follow::Behind {
            self.resync(region);
        }
    }
}

#[test]
fn r16_a_follower_ends_with_what_the_store_holds_whatever_raced() {
    let fixture = Fixture::new(MIN_BYTES);
    fixture.region.listen(true);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..2)
            .map(|writer| {
                let fixture = &fixture;
                scope.spawn(move || {
                    let mut dice = Dice(writer);
                    for n in 0..20_000 {
                        let key = format!("k{}", dice.roll(200));
                        match dice.roll(200) {
                            0 => drop(fixture.region.clear(&Scope::none(), Origin::default(), Wait::LONG).unwrap()),
                            1..30 => drop(fixture.region.remove(&key_of(&key), Origin::default(), Wait::LONG).unwrap()),
                            _ => drop(fixture.set(&key, &whole(n, 30 + dice.roll(20_000) as usize))),
                        }
                    }
                })
            })
            .collect();
        let follower = scope.spawn(|| {
            let mut follower = Follower::default();
            follower.resync(&fixture.region);
            while !done.load(Ordering::SeqCst) {
                follower.follow(&fixture.region);
                fixture.region.wait_for_changes(follower.cursor, Duration::from_millis(5));
            }
            follower.follow(&fixture.region);
            follower.follow(&fixture.region);
            follower
        });
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::SeqCst);
        fixture.region.wake();
        let follower = follower.join().unwrap();
        let mut held = HashMap::new();
        fixture
            .region
            .snapshot(&Scope::none(), u64::MAX, &mut |key, value, _| {
                let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
                held.insert(text(key), text(value.bytes));
            })
            .unwrap();
        assert_eq!(follower.entries, held);
    });
    fixture.region.validate().unwrap();
}

#[test]
fn r23_evictions_are_told_to_those_who_listen() {
    let fixture = Fixture::new(MIN_BYTES);
    fixture.region.listen(true);
    let mut cursor = fixture.region.cursor();
    let mut evicted = 0;
    for n in 0..5000 {
        fixture.set(&format!("k{n}"), &whole(n, 1000));
        let followed = fixture.region.changes(&mut cursor, 1000, &mut |change| {
            if change.kind == ChangeKind::Evict {
                assert_eq!(change.state, State::Absent);
                evicted += 1;
            }
        });
        assert_eq!(followed.unwrap(), Follow::CaughtUp);
    }
    assert_eq!(evicted, fixture.region.stats().evictions);
    fixture.region.validate().unwrap();
}

#[test]
fn r16_whoever_falls_behind_the_head_is_told_to_start_over() {
    let fixture = Fixture::new(MIN_BYTES);
    let mut cursor = fixture.region.cursor();
    for n in 0..5000 {
        fixture.set(&format!("k{n}"), &whole(n, 1000));
    }
    assert_eq!(fixture.region.changes(&mut cursor, 10, &mut |_| {}).unwrap(), Follow::Behind);
}

#[test]
fn r17_a_sleeper_is_woken_by_a_set_that_came_just_before_it_slept() {
    let fixture = Fixture::new(MIN_BYTES);
    for n in 0..2000 {
        let cursor = fixture.region.cursor();
        std::thread::scope(|scope| {
            let sleeper = scope.spawn(|| {
                let region = &fixture.region;
                let started = std::time::Instant::now();
                while !region.wait_for_changes(cursor, Duration::from_secs(10)) {
                    assert!(started.elapsed() < Duration::from_secs(10), "slept through the bell");
                }
            });
            fixture.set("k", &n.to_string());
            sleeper.join().unwrap();
        });
    }
}

#[test]
fn a_snapshot_tells_what_was_set_last_first() {
    let fixture = Fixture::new(MIN_BYTES);
    for key in ["a", "b", "c", "a"] {
        fixture.set(key, "1");
    }
    let mut told = Vec::new();
    let mut visit = |key: &[u8], _: Value<'_>, _| told.push(String::from_utf8(key.to_vec()).unwrap());
    fixture.region.snapshot(&Scope::none(), u64::MAX, &mut visit).unwrap();
    assert_eq!(told, ["a", "c", "b"]);
}
