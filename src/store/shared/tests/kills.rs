//! Real processes, killed.

use super::victims::{Victim, begin, tell};
use super::*;
use crate::store::shared::MIN_BYTES;
#[cfg(feature = "failpoints")]
use crate::store::shared::layout::header;
#[cfg(feature = "failpoints")]
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

const FIRST: &str = "PSC_TEST_FIRST";
const KEYS: u64 = 8;
/// An entry that is set once.
const ANCHOR: &str = "anchor";

/// Not a test by itself: the victim's life. It sets values for ever and tells each one that was acknowledged.
#[test]
fn victim() {
    let Some(region) = begin() else { return };
    let first: u64 = std::env::var(FIRST).unwrap().parse().unwrap();
    let mut dice = Dice(first);
    for n in first.. {
        let key = dice.roll(KEYS);
        // Read again and again, so that it is moved whenever the head reaches it.
        assert_eq!(get(&region, ANCHOR).as_deref(), Some(ANCHOR));
        // Never read and never set again: evicted when the head reaches it.
        set(&region, &format!("cold{n}"), "cold");
        set(&region, &format!("k{key}"), &whole(n, [30, 500, 40_000][dice.roll(3) as usize]));
        tell(&format!("{key} {n}"));
    }
}

fn start_victim(directory: &Path, first: u64, failpoint: Option<&str>, signal: &str) -> Victim {
    let settings = [(FIRST, &*first.to_string()), ("PSC_FAILPOINT_SIGNAL", signal)];
    Victim::start("kills::victim", directory, &settings, failpoint)
}

/// After a victim's death: the next set succeeds soon, every value is whole and was set, and what was acknowledged
/// is there unless the victim got further.
fn assert_survived(fixture: &Fixture, acknowledged: &[u64], last: u64, died_at: Instant, place: &str) {
    fixture.set("survivor", "wrote");
    // Ten times the promise, because the machine is shared; the bench measures it.
    assert!(
        died_at.elapsed() < Duration::from_secs(1),
        "the next set took {:?} after a kill at {place}",
        died_at.elapsed()
    );
    assert_eq!(fixture.get("survivor").as_deref(), Some("wrote"));
    assert_eq!(fixture.get(ANCHOR).as_deref(), Some(ANCHOR), "killed at {place}");
    for (key, &least) in acknowledged.iter().enumerate() {
        match fixture.get(&format!("k{key}")) {
            Some(text) => {
                let n = assert_whole(&text);
                assert!(n >= least && n <= last, "k{key} is {n}, {least} was acknowledged, killed at {place}");
            }
            // The region is much larger than these keys, and each is set again before the ring comes round.
            None => assert_eq!(least, 0, "k{key} = {least} was acknowledged and is gone, killed at {place}"),
        }
    }
    fixture.region.validate().unwrap_or_else(|reason| panic!("killed at {place}: {reason}"));
    assert_eq!(std::fs::metadata(fixture.region.path()).unwrap().len(), fixture.region.stats().max_bytes);
}

fn kill_rounds(rounds: u64, place_of: impl Fn(u64) -> Option<String>) {
    let fixture = Fixture::new(2 * MIN_BYTES);
    fixture.set(ANCHOR, ANCHOR);
    let mut acknowledged = vec![0; KEYS as usize];
    let mut last = 0;
    let mut dice = Dice(42);
    for round in 0..rounds {
        let place = place_of(round);
        let first = last + 2;
        let mut victim = start_victim(fixture.directory.path(), first, place.as_deref(), "KILL");
        // Some places are so rare that the victim may not pass them as often as that.
        let budget = if place.is_none() { 1 + dice.roll(200) } else { 2000 };
        let mut count = 0;
        loop {
            if count == budget {
                victim.kill();
            }
            count += 1;
            let Some(line) = victim.next() else { break };
            let mut numbers = line.split(' ').map(|word| word.parse::<u64>());
            if let (Some(Ok(key)), Some(Ok(n))) = (numbers.next(), numbers.next()) {
                acknowledged[key as usize] = n;
                last = last.max(n);
            }
        }
        let died_at = Instant::now();
        assert_survived(
            &fixture,
            &acknowledged,
            first.max(last + 1),
            died_at,
            place.as_deref().unwrap_or("a moment of chance"),
        );
        victim.bury();
        last = first.max(last + 1);
    }
}

#[test]
fn writers_killed_by_chance_leave_a_whole_region() {
    kill_rounds(rounds(40, 500), |_| None);
}

#[cfg(feature = "failpoints")]
#[test]
fn r6_r7_writers_killed_between_any_two_stores_leave_a_whole_region() {
    let names = crate::store::shared::FAILPOINTS;
    kill_rounds(rounds(names.len() as u64 * 3, 500), |round| {
        let name = names[round as usize % names.len()];
        Some(format!("{name}#{}", 1 + round / names.len() as u64 * 7))
    });
}

#[cfg(feature = "failpoints")]
#[test]
fn r15_a_stopped_owner_is_not_robbed_readers_go_on_and_writers_time_out_then_fail_at_once() {
    let fixture = Fixture::new(MIN_BYTES);
    fixture.set("k", "before");
    fixture.set(ANCHOR, ANCHOR);
    let mut victim = start_victim(fixture.directory.path(), 1, Some("set:bytes#5"), "STOP");
    let value = Value { bytes: b"after", format: Format::Ascii };
    let write = |wait| fixture.region.set(&key_of("k"), value, 0, Origin::default(), Wait(wait));
    let deadline = Instant::now() + Duration::from_secs(60);
    victim.until_stopped();
    let error = write(Duration::from_millis(600)).unwrap_err();
    assert_eq!(error.code(), "ERR_PSC_TIMEOUT");
    assert!(error.to_string().contains(&victim.id().to_string()), "{error}");
    assert!(get(&fixture.region, "k").is_some());
    let started = Instant::now();
    assert_eq!(write(Duration::from_secs(60)).unwrap_err().code(), "ERR_PSC_TIMEOUT");
    assert!(started.elapsed() < Duration::from_secs(10), "a later write waited again");
    victim.go_on();
    let reader = std::thread::spawn(move || (victim.by_ref().take(50).count(), victim));
    while write(Duration::from_millis(600)).is_err() {
        assert!(Instant::now() < deadline, "the lock was never given back");
    }
    let (told, mut victim) = reader.join().unwrap();
    assert_eq!(told, 50);
    victim.kill();
    victim.bury();
    fixture.region.validate().unwrap();
}

#[cfg(feature = "failpoints")]
#[test]
fn r13_an_owner_that_is_gone_is_replaced_within_the_shortest_wait() {
    let mut fixture = Fixture::new(MIN_BYTES);
    fixture.set(ANCHOR, ANCHOR);
    // It would replace the dead owner by itself.
    fixture.synchronizer = None;
    let mut victim = start_victim(fixture.directory.path(), 1, Some("set:locked"), "KILL");
    victim.by_ref().for_each(drop);
    victim.bury();
    let value = Value { bytes: b"v", format: Format::Ascii };
    fixture.region.set(&key_of("k"), value, 0, Origin::default(), Wait::BRIEFLY).unwrap();
}

#[cfg(feature = "failpoints")]
#[test]
fn r10_a_change_that_a_killed_writer_committed_reaches_the_feed() {
    let fixture = Fixture::new(MIN_BYTES);
    fixture.set(ANCHOR, ANCHOR);
    let mut cursor = fixture.region.cursor();
    let mut victim = start_victim(fixture.directory.path(), 1, Some("set:word#1"), "KILL");
    victim.by_ref().for_each(drop);
    victim.bury();
    let deadline = Instant::now() + Duration::from_secs(10);
    while !fixture.region.wait_for_changes(cursor, Duration::from_millis(50)) {
        assert!(Instant::now() < deadline, "the change never came");
    }
    let mut told = 0;
    fixture.region.changes(&mut cursor, 10, &mut |_| told += 1).unwrap();
    assert_eq!(told, 1);
}

#[cfg(feature = "failpoints")]
#[test]
fn r17_those_who_sleep_are_woken_though_the_one_who_disarmed_the_bell_was_killed() {
    let fixture = Fixture::new(MIN_BYTES);
    fixture.set(ANCHOR, ANCHOR);
    let asleep = Instant::now();
    std::thread::scope(|threads| {
        let (sleeping, cursor) = (fixture.region.clone(), fixture.region.cursor());
        // As long as a subscriber sleeps, should the bell be missed.
        let sleeper = threads.spawn(move || sleeping.wait_for_changes(cursor, Duration::from_secs(60)));
        let armed = || fixture.region.map.word(header::ARMED).load(Ordering::SeqCst) != 0;
        while !armed() {
            std::thread::yield_now();
        }
        let mut victim = start_victim(fixture.directory.path(), 1, Some("bell:disarmed"), "KILL");
        victim.by_ref().for_each(drop);
        victim.bury();
        assert!(sleeper.join().unwrap());
    });
    assert!(asleep.elapsed() < Duration::from_secs(30), "nobody rang");
}
