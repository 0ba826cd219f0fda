//! What a store does with an entry only if it is the one that the caller knows.

use super::{Make, ROOMY, SMALL, Subject, ToldChange, ToldState, key};
use crate::clock::Instant;
use crate::entry::{ChangeKind, Format, Origin, Value};
use crate::store::{Replacement, Swap, Wait};
use std::sync::atomic::{AtomicU64, Ordering};

impl Subject {
    pub(crate) fn swap(&self, key: &[u8], expected: u64, bytes: &[u8], expires_at: Option<Instant>) -> Swap {
        let value = Value { bytes, format: Format::Ascii };
        let replacement = Replacement::Value { value, expires_at };
        self.store.set_if(key, expected.into(), replacement, Origin::default(), Wait::LONG).unwrap()
    }

    pub(crate) fn remove_if(&self, key: &[u8], expected: u64) -> Swap {
        self.store.set_if(key, expected.into(), Replacement::Nothing, Origin::default(), Wait::LONG).unwrap()
    }

    fn seq_of(&self, key: &[u8]) -> u64 {
        self.find(key).map_or(0, |(_, found)| found.seq)
    }
}

fn done(swap: Swap) -> u64 {
    match swap {
        Swap::Done(seq) => seq,
        Swap::Changed => panic!("the entry has changed"),
    }
}

pub(crate) fn what_is_found_says_which_change_set_it(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let first = subject.set(&key("k"), b"1");
    assert_eq!(subject.seq_of(&key("k")), first);
    let second = subject.set(&key("k"), b"1");
    assert_eq!(subject.seq_of(&key("k")), second);
}

pub(crate) fn an_entry_is_swapped_if_it_is_the_expected_one(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let first = subject.set(&key("k"), b"1");
    let second = done(subject.swap(&key("k"), first, b"2", Some(0)));
    assert!(second > first);
    assert_eq!((subject.get(&key("k")).unwrap(), subject.seq_of(&key("k"))), (b"2".to_vec(), second));
    assert_eq!(subject.store.stats().entries, 1);
    done(subject.remove_if(&key("k"), second));
    assert_eq!(subject.get(&key("k")), None);
}

pub(crate) fn an_entry_that_has_changed_is_not_swapped(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let first = subject.set(&key("k"), b"1");
    let second = subject.set(&key("k"), b"1");
    let mut cursor = subject.store.cursor();
    for expected in [0, first, second + 1] {
        assert_eq!(subject.swap(&key("k"), expected, b"2", Some(0)), Swap::Changed);
        assert_eq!(subject.remove_if(&key("k"), expected), Swap::Changed);
    }
    assert_eq!(subject.get(&key("k")).unwrap(), b"1");
    subject.remove(&key("k"));
    assert_eq!(subject.swap(&key("k"), second, b"2", Some(0)), Swap::Changed);
    assert_eq!(subject.get(&key("k")), None);
    assert_eq!(subject.follow(&mut cursor).len(), 1, "only the removal is told");
}

pub(crate) fn nothing_is_swapped_where_nothing_is_expected(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let mut cursor = subject.store.cursor();
    let removed = done(subject.remove_if(&key("k"), 0));
    let set = done(subject.swap(&key("k"), 0, b"1", None));
    assert_eq!(subject.swap(&key("k"), 0, b"2", None), Swap::Changed);
    let (bytes, found) = subject.find(&key("k")).unwrap();
    assert_eq!((bytes.as_slice(), found.expires_at), (&b"1"[..], 0));
    let told = |seq, kind, state| ToldChange { seq, kind, entry_key: key("k"), state };
    let follow = subject.follow(&mut cursor);
    assert_eq!(follow[0].seq, removed);
    assert_eq!(follow[1..], [told(set, ChangeKind::Set, ToldState::Current(b"1".to_vec(), 0))]);
}

pub(crate) fn an_entry_whose_time_is_over_is_none_to_swap(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let over = subject.clock.now() + 10;
    let seq = subject.set_until(&key("k"), b"1", over);
    subject.clock.advance(10);
    assert_eq!(subject.swap(&key("k"), seq, b"2", None), Swap::Changed);
    done(subject.swap(&key("k"), 0, b"2", None));
    let (bytes, found) = subject.find(&key("k")).unwrap();
    assert_eq!((bytes.as_slice(), found.expires_at), (&b"2"[..], 0), "the end of the one before is not its end");
}

pub(crate) fn a_swap_keeps_the_end_that_the_entry_has_or_gives_it_another(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let end = subject.clock.now() + 10;
    let first = subject.set_until(&key("k"), b"1", end);
    let second = done(subject.swap(&key("k"), first, b"2", None));
    assert_eq!(subject.find(&key("k")).unwrap().1.expires_at, end);
    let third = done(subject.swap(&key("k"), second, b"3", Some(end + 5)));
    assert_eq!(subject.find(&key("k")).unwrap().1.expires_at, end + 5);
    done(subject.swap(&key("k"), third, b"4", Some(0)));
    assert_eq!(subject.find(&key("k")).unwrap().1.expires_at, 0);
}

pub(crate) fn a_swap_with_a_value_that_is_too_large_is_refused_and_changes_nothing(make: Make) {
    let subject = Subject::new(make, SMALL);
    let seq = subject.set(&key("k"), b"1");
    let value = Value { bytes: &vec![7; SMALL as usize], format: Format::Ascii };
    let replacement = Replacement::Value { value, expires_at: None };
    let error = subject.store.set_if(&key("k"), seq.into(), replacement, Origin::default(), Wait::LONG).unwrap_err();
    assert_eq!(error.code(), "ERR_PSC_VALUE_TOO_LARGE");
    assert_eq!((subject.get(&key("k")).unwrap(), subject.seq_of(&key("k"))), (b"1".to_vec(), seq));
}

pub(crate) fn a_swap_tells_its_origin(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let origin = Origin { sender: b"mirror", write: 7, session: b"night", pid: 77 };
    let mut cursor = subject.store.cursor();
    let value = Value { bytes: b"1", format: Format::Ascii };
    let replacement = Replacement::Value { value, expires_at: None };
    let seq = done(subject.store.set_if(&key("k"), 0.into(), replacement, origin, Wait::LONG).unwrap());
    done(subject.store.set_if(&key("k"), seq.into(), replacement, origin, Wait::LONG).unwrap());
    subject.store.changes(&mut cursor, 10, &mut |change| assert_eq!(change.origin, origin)).unwrap();
}

/// What escapes eviction by moving is the same entry still.
pub(crate) fn an_entry_that_was_kept_while_others_left_is_the_expected_one(make: Make) {
    let subject = Subject::new(make, SMALL);
    let mut seq = subject.set(&key("k"), &[7; 100]);
    for round in 0..3_u8 {
        for n in 0..100 {
            subject.set(&key(&format!("filler {n}")), &[7; 100_000]);
            assert_eq!(subject.seq_of(&key("k")), seq);
        }
        seq = done(subject.swap(&key("k"), seq, &[round; 100], None));
    }
}

pub(crate) fn of_all_who_expect_the_same_entry_one_swaps_it(make: Make) {
    const EACH: u64 = 2000;
    let subject = Subject::new(make, ROOMY);
    let swapped = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..EACH {
                    loop {
                        let (bytes, seq) = subject.find(&key("k")).map_or((vec![0; 8], 0), |(b, f)| (b, f.seq));
                        let n = u64::from_le_bytes(bytes.try_into().unwrap());
                        if let Swap::Done(_) = subject.swap(&key("k"), seq, &(n + 1).to_le_bytes(), None) {
                            swapped.fetch_add(1, Ordering::Relaxed);
                            break;
                        }
                    }
                }
            });
        }
    });
    let (bytes, _) = subject.find(&key("k")).unwrap();
    assert_eq!(u64::from_le_bytes(bytes.try_into().unwrap()), swapped.load(Ordering::Relaxed));
    assert_eq!(swapped.load(Ordering::Relaxed), 4 * EACH);
}
