//! Who is a member, and for how long (R14).

use super::*;
use crate::store::shared::claim::{self, Opened};
use crate::store::shared::layout::Layout;
use crate::store::shared::members::{Membership, slot_in};
use crate::store::shared::{MIN_BYTES, members::Members};
use std::sync::atomic::Ordering;

/// Byte offset of a field in a member's slot.
const STARTED: usize = 16;

/// A region without a synchronizer, which would bury the dead by itself, and one more process's view of it.
fn region() -> (Fixture, Opened) {
    let mut fixture = Fixture::new(MIN_BYTES);
    fixture.synchronizer = None;
    let opened = claim::open(fixture.region.path()).unwrap_or_else(|_| panic!("it was made a moment ago"));
    (fixture, opened)
}

fn claim(members: &Members<'_>) -> Membership {
    members.claim().unwrap()
}

/// The member's descriptor is closed, as when it is killed; its slot says that it was an earlier process.
fn kill(opened: &Opened, member: Membership) {
    let started = Layout::new(MIN_BYTES).unwrap().member(member.slot) + STARTED;
    drop(member);
    opened.map.word(started).store(1, Ordering::SeqCst);
}

#[test]
fn r14_whoever_takes_the_slot_of_a_dead_member_is_not_buried_in_its_place() {
    let (_fixture, opened) = region();
    let first = claim(&opened.members());
    let slot = first.slot;
    kill(&opened, first);
    let dead = opened.members().dead();
    assert_eq!(dead.len(), 1);
    // The synchronizer waits for the writer lock meanwhile.
    let second = claim(&opened.members());
    assert_eq!(second.slot, slot);
    dead.into_iter().for_each(|stay| opened.members().bury(stay));
    assert!(opened.members().claimed().any(|claimed| claimed == slot), "a living member does not count");
    kill(&opened, second);
    opened.members().dead().into_iter().for_each(|stay| opened.members().bury(stay));
    assert!(opened.members().claimed().all(|claimed| claimed != slot), "a dead member counts for ever");
}

#[test]
fn r14_the_slot_of_a_member_that_lives_and_lost_its_descriptor_is_not_taken() {
    let (_fixture, opened) = region();
    let first = claim(&opened.members());
    let word = first.lock_word();
    // A library closed it: the kernel has dropped the lock, and the process goes on writing.
    drop(first);
    let second = claim(&opened.members());
    assert_ne!(second.slot, slot_in(word), "two processes write in one name");
    assert!(opened.members().owner_lives(word, &second), "a living owner would be robbed of the writer lock");
}

#[test]
fn r18_a_region_that_is_taken_away_while_it_is_joined_is_no_error() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_owned();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|threads| {
        let joiner = threads.spawn(|| {
            let mut joined = 0;
            while !done.load(Ordering::SeqCst) {
                joined += usize::from(Region::join(NAME, Some(&path)).unwrap().is_some());
            }
            joined
        });
        for _ in 0..200 {
            drop(start(&path, MIN_BYTES).unwrap());
        }
        done.store(true, Ordering::SeqCst);
        assert!(joiner.join().unwrap() > 0);
    });
}
