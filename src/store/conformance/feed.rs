//! How a store tells its changes.

use super::{Make, ROOMY, SMALL, Subject, ToldChange, ToldState, key};
use crate::entry::{ChangeKind, Format, Origin, Scope, Value};
use crate::store::{Follow, Wait};
use std::time::{Duration, Instant};

/// What a test gives a wait that must end sooner.
const DEADLINE: Duration = Duration::from_secs(30);

fn current(seq: u64, entry_key: Vec<u8>, value: &[u8]) -> ToldChange {
    ToldChange { seq, kind: ChangeKind::Set, entry_key, state: ToldState::Current(value.to_vec(), 0) }
}

fn gone(seq: u64, kind: ChangeKind, entry_key: &[u8]) -> ToldChange {
    ToldChange { seq, kind, entry_key: entry_key.to_vec(), state: ToldState::Absent }
}

pub(crate) fn changes_are_told_in_order_with_the_seq_that_the_write_returned(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let mut cursor = subject.store.cursor();
    let set = subject.set(&key("a"), b"1");
    let remove = subject.remove(&key("b"));
    let clear = subject.clear(&Scope::named(b"other").unwrap());
    let last = subject.set(&key("c"), b"2");
    assert!(set < remove && remove < clear && clear < last);
    let told: Vec<_> = subject.follow(&mut cursor).iter().map(|change| change.seq).collect();
    assert_eq!(told, [set, remove, clear, last]);
}

pub(crate) fn a_cursor_tells_what_comes_after_it_and_nothing_before(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let before = subject.set(&key("a"), b"1");
    let mut cursor = subject.store.cursor();
    assert!(cursor > before);
    assert_eq!(subject.follow(&mut cursor), []);
    let after = subject.set(&key("b"), b"2");
    assert!(after >= cursor);
    assert_eq!(subject.follow(&mut cursor), [current(after, key("b"), b"2")]);
    assert!(cursor > after);
    assert_eq!(cursor, subject.store.cursor());
    assert_eq!(subject.follow(&mut cursor), []);
}

pub(crate) fn a_follower_takes_as_many_changes_as_it_asks_for(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let mut cursor = subject.store.cursor();
    let seqs = ["a", "b", "c"].map(|name| subject.set(&key(name), b"1"));
    let mut told = Vec::new();
    let mut take = |limit| {
        told.clear();
        let follow = subject.store.changes(&mut cursor, limit, &mut |change| told.push(change.seq)).unwrap();
        (told.clone(), follow)
    };
    assert_eq!(take(2), (seqs[..2].to_vec(), Follow::More));
    assert_eq!(take(2), (seqs[2..].to_vec(), Follow::CaughtUp));
    assert_eq!(take(2), (vec![], Follow::CaughtUp));
}

pub(crate) fn the_origin_of_a_change_is_told(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let store = &subject.store;
    let origin = Origin { sender: b"mirror", write: 1 << 40, session: b"night", pid: 77 };
    let mut cursor = store.cursor();
    store.set(&key("a"), Value { bytes: b"1", format: Format::Text }, 0, origin, Wait::LONG).unwrap();
    store.remove(&key("b"), origin, Wait::LONG).unwrap();
    store.clear(&Scope::none(), origin, Wait::LONG).unwrap();
    let mut told = 0;
    store
        .changes(&mut cursor, 10, &mut |change| {
            assert_eq!(change.origin, origin);
            told += 1;
        })
        .unwrap();
    assert_eq!(told, 3);
}

/// It may be told as superseded, or, where its key is gone, as absent; the last word is the key's state.
pub(crate) fn a_change_that_was_overtaken_is_not_current(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let mut cursor = subject.store.cursor();
    let overtaken = subject.set(&key("a"), b"1");
    let removed = subject.set(&key("b"), b"1");
    let last = subject.set(&key("a"), b"2");
    let remove = subject.remove(&key("b"));
    let told = subject.follow(&mut cursor);
    assert_eq!(told.len(), 4);
    assert_eq!((told[0].seq, &told[0].state), (overtaken, &ToldState::Superseded));
    assert_eq!(told[1].seq, removed);
    assert!(!matches!(told[1].state, ToldState::Current(..)));
    assert_eq!(told[2], current(last, key("a"), b"2"));
    assert_eq!(told[3], gone(remove, ChangeKind::Remove, &key("b")));
}

pub(crate) fn removing_what_is_not_there_is_told_all_the_same(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let mut cursor = subject.store.cursor();
    let seq = subject.remove(&key("nothing"));
    assert_eq!(subject.follow(&mut cursor), [gone(seq, ChangeKind::Remove, &key("nothing"))]);
}

pub(crate) fn a_clear_is_told_once_with_its_scope(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let scope = Scope::named(b"a").unwrap();
    for name in [&b""[..], b"b", b"c"] {
        subject.set(&scope.entry_key(name).unwrap(), b"1");
    }
    let mut cursor = subject.store.cursor();
    let first = subject.clear(&scope);
    let empty = subject.clear(&scope);
    let told = subject.follow(&mut cursor);
    assert_eq!(told, [first, empty].map(|seq| gone(seq, ChangeKind::Clear, scope.prefix())));
}

pub(crate) fn an_entry_that_expired_is_told_as_gone(make: Make) {
    let subject = Subject::new(make, ROOMY);
    subject.set_until(&key("k"), b"1", subject.clock.now() + 10);
    let mut cursor = subject.store.cursor();
    subject.clock.advance(10);
    assert_eq!(subject.get(&key("k")), None);
    let told = subject.follow(&mut cursor);
    assert!(matches!(&told[..], [only] if only.kind == ChangeKind::Expire
        && only.entry_key == key("k") && only.state == ToldState::Absent));
    assert_eq!(subject.store.stats().expirations, 1);
}

pub(crate) fn an_entry_that_was_evicted_is_told_as_gone(make: Make) {
    let subject = Subject::new(make, SMALL);
    let mut cursor = subject.store.cursor();
    let mut evicted = Vec::new();
    for n in 0..100_u8 {
        subject.set(&key(&format!("k{n}")), &vec![n; 100_000]);
        for change in subject.follow(&mut cursor) {
            if change.kind == ChangeKind::Evict {
                assert_eq!(change.state, ToldState::Absent);
                assert_eq!(subject.get(&change.entry_key), None);
                evicted.push(change.entry_key);
            }
        }
    }
    assert_eq!(evicted.len() as u64, subject.store.stats().evictions);
    assert!(evicted.contains(&key("k0")));
}

pub(crate) fn a_follower_too_far_behind_is_told_so(make: Make) {
    let subject = Subject::new(make, SMALL);
    let start = subject.store.cursor();
    let behind = || {
        let mut cursor = start;
        subject.store.changes(&mut cursor, 0, &mut |_| {}).unwrap() == Follow::Behind
    };
    let mut written: u64 = 0;
    while !behind() {
        subject.set(&key(&format!("k{}", written % 7)), &[7; 5000]);
        written += 1;
        assert!(written < 1_000_000, "the feed has to be bounded");
    }
    let mut untouched = start;
    subject.store.changes(&mut untouched, 10, &mut |_| panic!("nothing can be told")).unwrap();
    let mut cursor = subject.store.cursor();
    let seq = subject.set(&key("k"), b"1");
    assert_eq!(subject.follow(&mut cursor), [current(seq, key("k"), b"1")]);
}

pub(crate) fn a_snapshot_has_the_live_entries_of_its_scope_alone(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let scope = Scope::named(b"a").unwrap();
    let of = |name: &[u8]| scope.entry_key(name).unwrap();
    let soon = subject.clock.now() + 10;
    subject.set(&key("b"), b"no scope");
    subject.set(&Scope::named(b"ab").unwrap().entry_key(b"").unwrap(), b"another scope");
    subject.set(&of(b""), b"1");
    subject.set_until(&of(b"b"), b"2", soon + 1);
    subject.set_until(&of(b"c"), b"over", soon);
    subject.set(&of(b"d"), b"removed");
    subject.remove(&of(b"d"));
    subject.clock.advance(10);
    let told = subject.snapshot(&scope, subject.store.cursor());
    assert_eq!(told, [(b"".to_vec(), b"1".to_vec(), 0), (b"b".to_vec(), b"2".to_vec(), soon + 1)]);
    assert_eq!(subject.snapshot(&Scope::named(b"").unwrap(), subject.store.cursor()), []);
}

pub(crate) fn a_snapshot_leaves_what_came_after_its_cursor_to_the_feed(make: Make) {
    let subject = Subject::new(make, ROOMY);
    subject.set(&key("a"), b"1");
    subject.set(&key("b"), b"1");
    let mut cursor = subject.store.cursor();
    let later = subject.set(&key("b"), b"2");
    let latest = subject.set(&key("c"), b"1");
    assert_eq!(subject.snapshot(&Scope::none(), cursor), [(b"a".to_vec(), b"1".to_vec(), 0)]);
    let told = subject.follow(&mut cursor);
    assert_eq!(told, [current(later, key("b"), b"2"), current(latest, key("c"), b"1")]);
}

pub(crate) fn a_visitor_may_use_the_store(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let mut cursor = subject.store.cursor();
    subject.set(&key("a"), b"1");
    subject
        .store
        .changes(&mut cursor, 1, &mut |_| {
            subject.set(&key("b"), b"2");
        })
        .unwrap();
    let mut visit = |_: &[u8], _: Value<'_>, _| {
        subject.remove(&key("a"));
    };
    subject.store.snapshot(&Scope::none(), subject.store.cursor(), &mut visit).unwrap();
    assert_eq!((subject.get(&key("a")), subject.get(&key("b"))), (None, Some(b"2".to_vec())));
}

pub(crate) fn waiting_ends_when_something_changes(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let cursor = subject.store.cursor();
    std::thread::scope(|threads| {
        let waiter = threads.spawn(|| wait_until(|| subject.store.wait_for_changes(cursor, DEADLINE)));
        subject.set(&key("k"), b"1");
        waiter.join().unwrap();
    });
    assert!(subject.store.wait_for_changes(cursor, Duration::ZERO), "it is there already");
}

pub(crate) fn waiting_ends_when_the_time_is_over(make: Make) {
    let subject = Subject::new(make, ROOMY);
    assert!(!subject.store.wait_for_changes(subject.store.cursor(), Duration::from_millis(1)));
}

pub(crate) fn waiting_ends_when_somebody_wakes_the_store(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let started = Instant::now();
    std::thread::scope(|threads| {
        let waiter = threads.spawn(|| subject.store.wait_for_changes(subject.store.cursor(), 2 * DEADLINE));
        // Woken again and again: a store need not keep a wake for one who comes to wait later.
        wait_until(|| {
            subject.store.wake();
            std::thread::yield_now();
            waiter.is_finished()
        });
        assert!(!waiter.join().unwrap());
    });
    assert!(started.elapsed() < DEADLINE);
}

/// A wait may end early without reason, so those who need it to be true ask again.
fn wait_until(mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < DEADLINE, "the deadline has passed");
    }
}
