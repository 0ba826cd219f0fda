//! Lockers in real processes, killed and stopped. The test binary starts itself as the victim.

use super::*;
use crate::store::locks::{Ask, Desk, Ground, Kind, Turn, hash_of, sweep};
use crate::store::shared::MIN_BYTES;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

const DIRECTORY: &str = "PSC_TEST_LOCKER";
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
    let number = Desk::queue(&ground, Ask { hashes, holder: 0, keeper: 0, user: 0, lease, waker }).unwrap();
    loop {
        match region.desk().take(&*ground, number) {
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
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let lease = std::env::var("PSC_TEST_LEASE").unwrap().parse().unwrap();
    let region = Region::join(NAME, Some(Path::new(&directory))).unwrap().unwrap();
    println!("ready");
    for n in 0_u64.. {
        let (number, _) = lock(&region, [&["x", "y"], &["y", "x"]][n as usize % 2], lease);
        println!("held {n}");
        free(&region, number);
    }
}

fn start_locker(
    directory: &Path,
    lease: u64,
    failpoint: Option<&str>,
    signal: &str,
) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "store::shared::tests::locks::locker", "--nocapture", "--test-threads=1"]);
    command.env(DIRECTORY, directory).env("PSC_TEST_LEASE", lease.to_string()).stdout(Stdio::piped());
    if let Some(failpoint) = failpoint {
        command.env("PSC_FAILPOINT", failpoint).env("PSC_FAILPOINT_SIGNAL", signal);
    }
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(|line| line.ok());
    (child, lines)
}

fn kill_rounds(rounds: u64, place_of: impl Fn(u64) -> Option<String>) {
    let fixture = Fixture::new(MIN_BYTES);
    let mut dice = Dice(7);
    for round in 0..rounds {
        let place = place_of(round);
        let (mut child, mut lines) = start_locker(fixture.directory.path(), LEASE, place.as_deref(), "KILL");
        assert!(lines.any(|line| line.ends_with("ready")));
        if place.is_none() {
            let budget = dice.roll(300) as usize;
            lines.by_ref().take(budget).for_each(drop);
            child.kill().unwrap();
        }
        lines.for_each(drop);
        let place = place.as_deref().unwrap_or("a moment of chance");
        let (number, waited) = lock(&fixture.region, &["x", "y"], LEASE);
        // Ten times the promise, because the machine is shared.
        assert!(waited < Duration::from_secs(1), "the next lock took {waited:?} after a kill at {place}");
        child.wait().unwrap();
        free(&fixture.region, number);
        fixture.region.validate().unwrap_or_else(|reason| panic!("killed at {place}: {reason}"));
        sweep(&*fixture.region);
        assert_eq!(fixture.region.table().taken(), 0, "killed at {place}");
    }
}

#[test]
fn r27_lockers_killed_by_chance_are_in_nobodys_way() {
    kill_rounds(if std::env::var("PSC_TEST").is_ok_and(|mode| mode == "full") { 500 } else { 30 }, |_| None);
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
        let (mut child, mut lines) = start_locker(fixture.directory.path(), 200, Some(&at), "STOP");
        assert!(lines.any(|line| line.ends_with("ready")));
        let deadline = Instant::now() + Duration::from_secs(60);
        let stopped = || std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap().contains(") T ");
        while !stopped() {
            assert!(Instant::now() < deadline, "it never stopped at {name}");
            std::thread::yield_now();
        }
        let (number, waited) = lock(&fixture.region, &["y"], LEASE);
        assert!(waited < Duration::from_secs(3), "stopped at {name}, it was in the way for {waited:?}");
        rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::CONT).unwrap();
        let reader = std::thread::spawn(move || lines.take(20).count());
        // While we hold, it comes as far as the end of the queue.
        while !fixture.region.table().queued().any(|seen| seen.place() > number) {
            assert!(Instant::now() < deadline, "it never went on after {name}");
            std::thread::yield_now();
        }
        assert!(fixture.region.table().holds(&only_row(&fixture.region, number)), "it took what is ours");
        free(&fixture.region, number);
        assert_eq!(reader.join().unwrap(), 20);
        fixture.region.validate().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[cfg(feature = "failpoints")]
fn only_row(region: &Region, number: u64) -> crate::store::locks::Row {
    let seen = region.table().queued().find(|seen| seen.place() == number).unwrap();
    crate::store::locks::Row { row: seen.row, state: seen.state, hash: seen.hash }
}

#[test]
fn r29_who_leaves_the_region_is_in_nobodys_way() {
    let fixture = Fixture::new(MIN_BYTES);
    let (mut child, mut lines) = start_locker(fixture.directory.path(), LEASE, None, "KILL");
    assert!(lines.any(|line| line.starts_with("held")));
    child.kill().unwrap();
    let (number, _) = lock(&fixture.region, &["x", "y"], LEASE);
    crate::store::locks::leave(&*fixture.region);
    assert_eq!(fixture.region.desk().renew(&*fixture.region, 0), [number]);
    child.wait().unwrap();
}
