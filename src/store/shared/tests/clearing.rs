//! What a scope's clear has removed stays removed in a file that is read anew (R31).

use super::persisting::Site;
use super::*;
use crate::store::shared::record;
use crate::store::shared::ring::{Kind, Record};
use crate::store::{Replacement, Swap};

const ENTRIES: u64 = 300;
const FILLERS: u64 = 1000;

#[test]
fn r31_what_moved_while_it_was_cleared_stays_removed() {
    let site = Site::new();
    let synchronizer = site.start();
    let region = synchronizer.region();
    let scope = Scope::named(b"scope").unwrap();
    let filler = |n: u64| set(&region, &format!("other {}", n % FILLERS), &whole(n, 3000));
    for n in 0..FILLERS {
        filler(n);
    }
    for key in 0..ENTRIES {
        let key = scope.entry_key(format!("{key}").as_bytes()).unwrap();
        let value = Value { bytes: &[b'v'; 1000], format: Format::Ascii };
        region.set(&key, value, 0, Origin::default(), Wait::LONG).unwrap();
        region.get(&key, &mut Vec::new()).unwrap();
    }
    // Others write when it has begun, and have to make room: they move what it has not come to yet.
    let tombstone =
        region.tombstone(Kind::Clear, region.hasher.hash(scope.prefix()), scope.prefix(), Origin::default());
    let before = region.begin_clear(&tombstone, Wait::LONG).unwrap();
    let mut n = 0;
    let moved = || {
        let mut moved = 0;
        region
            .snapshot(&scope, u64::MAX, &mut |key, _, _| {
                let key = scope.entry_key(key).unwrap();
                let seen = region.look_up(&key, &mut Vec::new()).unwrap().unwrap();
                moved += u64::from(seen.record.moved);
            })
            .unwrap();
        moved
    };
    while moved() < ENTRIES / 2 {
        filler(n);
        n += 1;
    }
    region.end_clear(&scope, &tombstone, before, Wait::LONG).unwrap();
    // Step by step until everything from before is overwritten, and its tombstone with it.
    for step in 0..80 {
        let copy = site.copied().start();
        let mut found = 0;
        copy.region().snapshot(&scope, u64::MAX, &mut |_, _, _| found += 1).unwrap();
        assert_eq!(found, 0, "step {step}");
        for _ in 0..10 {
            filler(n);
            n += 1;
        }
    }
}

/// Sets the key if it has this entry, and returns the new one's record.
fn swap(region: &Region, key: &[u8], expected: u64, text: &str) -> Record {
    let value = Value { bytes: text.as_bytes(), format: Format::Ascii };
    let replacement = Replacement::Value { value, expires_at: None };
    match region.set_if(key, expected.into(), replacement, Origin::default(), Wait::LONG).unwrap() {
        Swap::Done(position) => region.ring().record(position).unwrap(),
        Swap::Changed => panic!("the key has another entry"),
    }
}

fn found_in_a_copy(site: &Site, key: &[u8], damaged: Option<usize>) -> Option<String> {
    let copy = site.copied();
    if let Some(offset) = damaged {
        copy.flip(offset);
    }
    let synchronizer = copy.start();
    let mut bytes = Vec::new();
    synchronizer.region().get(key, &mut bytes).unwrap().map(|_| String::from_utf8(bytes).unwrap())
}

#[test]
fn r9_r31_what_was_swapped_while_it_was_cleared_stays_removed() {
    let site = Site::new();
    let synchronizer = site.start();
    let region = synchronizer.region();
    let scope = Scope::named(b"scope").unwrap();
    let key = scope.entry_key(b"counter").unwrap();
    let first = swap(&region, &key, 0, "1");
    let second = swap(&region, &key, first.stamp, "2");
    assert_eq!((first.base, second.base), (None, Some(first.stamp)));
    assert_eq!(found_in_a_copy(&site, &key, None).as_deref(), Some("2"));
    // The base decides what a clear takes with it: no other one is believed. What is superseded may be there then.
    let base = second.offset + record::HEADER_BYTES;
    assert_eq!(found_in_a_copy(&site, &key, Some(base)).as_deref(), Some("1"));

    let tombstone =
        region.tombstone(Kind::Clear, region.hasher.hash(scope.prefix()), scope.prefix(), Origin::default());
    let before = region.begin_clear(&tombstone, Wait::LONG).unwrap();
    let third = swap(&region, &key, second.stamp, "3");
    // Who clears dies: whether or not it comes to that entry, it was from before.
    assert_eq!(found_in_a_copy(&site, &key, None), None);
    region.end_clear(&scope, &tombstone, before, Wait::LONG).unwrap();
    let removed = region.ring().record(third.next()).unwrap();
    assert_eq!(removed.kind, Kind::Remove);
    for damaged in [None, Some(removed.offset + 16), Some(second.offset + 16)] {
        assert_eq!(found_in_a_copy(&site, &key, damaged), None);
    }
    swap(&region, &key, 0, "afresh");
    assert_eq!(found_in_a_copy(&site, &key, None).as_deref(), Some("afresh"));
}
