//! Lockers in real processes, killed and stopped.

use super::victims::{Victim, begin, tell};
use super::*;
use crate::store::locks::{Ask, Desk, Ground, Kind, Turn, hash_of, sweep};
use crate::store::shared::MIN_BYTES;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

const LEASE_OF_VICTIM: &str = "PSC_TEST_LEASE";
const LEASE: u64 = 60_000;

/// Stands in the queues and waits for its turn; how long that took. Who lost its place stands at the end again.
fn lock(region: &Arc<Region>, names: &[&str], lease: u64) -> (u64, Duration) {
    let started = Instant::now();
    let number = std::iter::repeat_with(|| lock_once(region, names, lease)).flatten().next().unwrap();
    (number, started.elapsed())
}

fn lock_once(region: &Arc<Region>, names: &[&str], lease: u64) -> Option<u64> {
    let ground: Arc<dyn Ground> = region.clone();
    let hashes = names.iter().map(|name| hash_of(&*ground, Kind::Resource, &Scope::none(), name.as_bytes())).collect();
    let (tell, called) = channel();
    let tell = parking_lot::Mutex::new(tell);
    let waker = Arc::new(move |number| {
        let _ = tell.lock().send(number);
    });
    let number =
        Desk::queue(&ground, Ask { hashes, flight: None, holder: 0, keeper: 0, user: 0, lease, waker }).unwrap();
    loop {
        match Desk::take(&ground, number).unwrap() {
            Turn::Held => return Some(number),
            Turn::Lost => return None,
            Turn::Waiting => assert_eq!(called.recv_timeout(Duration::from_secs(20)), Ok(number)),
        }
    }
}

fn free(region: &Arc<Region>, number: u64) {
    region.desk().free(&**region, number);
}

/// Not a test by itself: the victim's life. It locks and frees for ever and tells each time.
#[test]
fn locker() {
    let Some(region) = begin() else { return };
    let lease = std::env::var(LEASE_OF_VICTIM).unwrap().parse().unwrap();
    for n in 0_u64.. {
        let (number, _) = lock(&region, [&["x", "y"], &["y", "x"]][n as usize % 2], lease);
        tell(&format!("held {n}"));
        free(&region, number);
    }
}

fn start_locker(directory: &Path, lease: u64, failpoint: Option<&str>, signal: &str) -> Victim {
    let settings = [(LEASE_OF_VICTIM, &*lease.to_string()), ("PSC_FAILPOINT_SIGNAL", signal)];
    Victim::start("locks::locker", directory, &settings, failpoint)
}

fn kill_rounds(rounds: u64, place_of: impl Fn(u64) -> Option<String>) {
    let fixture = Fixture::new(MIN_BYTES);
    let mut dice = Dice(7);
    for round in 0..rounds {
        let place = place_of(round);
        let mut victim = start_locker(fixture.directory.path(), LEASE, place.as_deref(), "KILL");
        if place.is_none() {
            let budget = dice.roll(300) as usize;
            victim.by_ref().take(budget).for_each(drop);
            victim.kill();
        }
        victim.by_ref().for_each(drop);
        let place = place.as_deref().unwrap_or("a moment of chance");
        let (number, waited) = lock(&fixture.region, &["x", "y"], LEASE);
        // Ten times the promise, because the machine is shared.
        assert!(waited < Duration::from_secs(1), "the next lock took {waited:?} after a kill at {place}");
        victim.bury();
        free(&fixture.region, number);
        fixture.region.validate().unwrap_or_else(|reason| panic!("killed at {place}: {reason}"));
        sweep(&*fixture.region);
        assert_eq!(fixture.region.table().taken(), 0, "killed at {place}");
    }
}

#[test]
fn r27_lockers_killed_by_chance_are_in_nobodys_way() {
    kill_rounds(rounds(30, 500), |_| None);
}

#[cfg(feature = "failpoints")]
#[test]
fn r27_lockers_killed_between_any_two_stores_are_in_nobodys_way() {
    let names = crate::store::shared::LOCK_FAILPOINTS;
    kill_rounds(names.len() as u64 * 3, |round| {
        let name = names[round as usize % names.len()];
        Some(format!("{name}#{}", 1 + round / names.len() as u64 * 7))
    });
}

#[cfg(feature = "failpoints")]
#[test]
fn r28_lockers_stopped_between_any_two_stores_are_in_the_way_for_their_lease_and_harm_nobody_when_they_go_on() {
    for name in crate::store::shared::LOCK_FAILPOINTS {
        let fixture = Fixture::new(MIN_BYTES);
        let at = format!("{name}#5");
        let mut victim = start_locker(fixture.directory.path(), 200, Some(&at), "STOP");
        let deadline = Instant::now() + Duration::from_secs(60);
        victim.until_stopped();
        let (number, waited) = lock(&fixture.region, &["y"], LEASE);
        assert!(waited < Duration::from_secs(3), "stopped at {name}, it was in the way for {waited:?}");
        victim.go_on();
        let reader = std::thread::spawn(move || (victim.by_ref().take(20).count(), victim));
        // While we hold, it comes as far as the end of the queue.
        while !fixture.region.table().queued().any(|seen| seen.place() > number) {
            assert!(Instant::now() < deadline, "it never went on after {name}");
            std::thread::yield_now();
        }
        assert!(fixture.region.table().holds(&only_row(&fixture.region, number)), "it took what is ours");
        free(&fixture.region, number);
        let (told, mut victim) = reader.join().unwrap();
        assert_eq!(told, 20);
        victim.kill();
        victim.bury();
        fixture.region.validate().unwrap();
    }
}

#[cfg(feature = "failpoints")]
fn only_row(region: &Region, number: u64) -> crate::store::locks::Row {
    let seen = region.table().queued().find(|seen| seen.place() == number).unwrap();
    crate::store::locks::Row { row: seen.row, state: seen.state, hash: seen.hash }
}

#[cfg(feature = "failpoints")]
#[test]
fn r37_who_was_told_too_early_is_told_again_when_whoever_is_in_the_way_is_gone() {
    for signal in ["KILL", "STOP"] {
        let fixture = Fixture::new(MIN_BYTES);
        let (number, _) = lock(&fixture.region, &["x"], LEASE);
        let ground: Arc<dyn Ground> = fixture.region.clone();
        let (tell, called) = channel();
        let tell = parking_lot::Mutex::new(tell);
        let waker = Arc::new(move |number| {
            let _ = tell.lock().send(number);
        });
        let hashes = vec![hash_of(&*ground, Kind::Resource, &Scope::none(), b"x")];
        let ask = Ask { hashes, flight: None, holder: 0, keeper: 0, user: 0, lease: LEASE, waker };
        let waiting = Desk::queue(&ground, ask).unwrap();
        free(&fixture.region, number);
        assert_eq!(called.recv_timeout(Duration::from_secs(20)), Ok(waiting));
        // Before its holder looks, somebody begins to take a number, and gets no further.
        let mut victim = start_locker(fixture.directory.path(), 300, Some("lock:choosing"), signal);
        if signal == "STOP" {
            victim.until_stopped();
        } else {
            victim.by_ref().for_each(drop);
        }
        let mut turn = Desk::take(&ground, waiting).unwrap();
        while turn == Turn::Waiting {
            assert_eq!(called.recv_timeout(Duration::from_secs(20)), Ok(waiting), "{signal}: nobody told it again");
            turn = Desk::take(&ground, waiting).unwrap();
        }
        assert_eq!(turn, Turn::Held);
        victim.kill();
        victim.bury();
    }
}

#[test]
fn r29_who_leaves_the_region_is_in_nobodys_way() {
    let fixture = Fixture::new(MIN_BYTES);
    let mut victim = start_locker(fixture.directory.path(), LEASE, None, "KILL");
    assert!(victim.any(|line| line.starts_with("held")));
    victim.kill();
    let (number, _) = lock(&fixture.region, &["x", "y"], LEASE);
    crate::store::locks::leave(&*fixture.region);
    assert_eq!(fixture.region.desk().renew(&*fixture.region, 0), [number]);
    victim.bury();
}
