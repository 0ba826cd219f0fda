use super::*;
use crate::entry::Format;
use crate::store::conformance::flights::{self, Flying};
use crate::store::conformance::{ROOMY, Subject, ToldState, conformance_tests, key};

fn make(max_bytes: u64, clock: &Clock) -> Arc<dyn Store> {
    Arc::new(MemoryStore::new(MemoryOptions::within(max_bytes, clock.clone())).unwrap())
}

conformance_tests!(make);

fn with(change: impl FnOnce(&mut MemoryOptions)) -> Result<MemoryStore> {
    let mut options = MemoryOptions::within(MIN_MAX_BYTES, Clock::manual(1000));
    change(&mut options);
    MemoryStore::new(options)
}

#[test]
fn seqs_are_dense_from_one_and_the_version_is_the_seq() {
    let subject = Subject::new(make, ROOMY);
    assert_eq!(subject.store.cursor(), 1);
    assert_eq!(subject.set(&key("a"), b"1"), 1);
    assert_eq!(subject.remove(&key("b")), 2);
    assert_eq!(subject.clear(&Scope::named(b"other").unwrap()), 3);
    let (_, found) = subject.find(&key("a")).unwrap();
    assert_eq!((found.version, found.slot), (1, 0));
}

#[test]
fn a_change_is_superseded_exactly_if_the_log_has_a_later_one_of_its_key() {
    let subject = Subject::new(make, ROOMY);
    subject.set(&key("removed"), b"1");
    subject.remove(&key("removed"));
    subject.set(&key(""), b"2");
    subject.clear(&Scope::none());
    let told: Vec<_> = subject.follow(&mut 1).into_iter().map(|change| change.state).collect();
    // The clear has the same bytes as the key '' and is no word on it.
    assert_eq!(told, [ToldState::Superseded, ToldState::Absent, ToldState::Absent, ToldState::Absent]);
}

#[test]
fn entries_are_bounded_by_count_too_and_the_least_recently_used_leaves() {
    let store = with(|options| options.max_entries = 2).unwrap();
    let set = |name| {
        let value = Value { bytes: b"1", format: Format::Ascii };
        store.set(&key(name), value, 0, Origin::default(), Wait::BRIEFLY).unwrap()
    };
    let has = |name| store.get(&key(name), &mut Vec::new()).unwrap().is_some();
    set("a");
    set("b");
    assert!(has("a"));
    set("c");
    assert!(has("a") && !has("b") && has("c"));
    store.validate().unwrap();
}

#[test]
fn an_expired_entry_that_makes_room_counts_as_an_expiration() {
    let clock = Clock::manual(1000);
    let store = with(|options| (options.max_entries, options.clock) = (1, clock.clone())).unwrap();
    let value = Value { bytes: b"1", format: Format::Ascii };
    store.set(&key("a"), value, 1010, Origin::default(), Wait::BRIEFLY).unwrap();
    clock.advance(10);
    store.set(&key("b"), value, 0, Origin::default(), Wait::BRIEFLY).unwrap();
    assert_eq!((store.stats().expirations, store.stats().evictions), (1, 0));
}

#[test]
fn the_log_is_bounded_by_count_and_by_bytes() {
    let store = with(|options| options.max_bytes = ROOMY).unwrap();
    for _ in 0..=log::MAX_RECORDS {
        store.remove(b"k", Origin::default(), Wait::BRIEFLY).unwrap();
    }
    let changes = |store: &MemoryStore, mut cursor| store.changes(&mut cursor, 0, &mut |_| {}).unwrap();
    assert_eq!([changes(&store, 1), changes(&store, 100_000)], [Follow::Behind; 2]);
    let store = with(|_| {}).unwrap();
    for n in 0..3 {
        store.remove(&[n; 60_000], Origin::default(), Wait::BRIEFLY).unwrap();
    }
    assert_eq!((changes(&store, 1), changes(&store, 2)), (Follow::Behind, Follow::More));
    store.validate().unwrap();
}

#[test]
fn a_wake_that_meets_nobody_is_kept_for_the_next_who_waits() {
    let store = with(|_| {}).unwrap();
    store.wake();
    let started = std::time::Instant::now();
    assert!(!store.wait_for_changes(1, Duration::from_secs(60)));
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[test]
fn what_is_over_leaves_without_being_read_and_is_told() {
    let clock = Clock::manual(1000);
    let store = with(|options| options.clock = clock.clone()).unwrap();
    let value = Value { bytes: b"1", format: Format::Ascii };
    assert_eq!(store.sweep(), None);
    for (name, expires_at) in [("soon", 1010), ("never", 0), ("later", 1030), ("soon", 1020)] {
        store.set(&key(name), value, expires_at, Origin::default(), Wait::BRIEFLY).unwrap();
    }
    assert_eq!(store.sweep(), Some(Duration::from_millis(20)));
    let mut cursor = store.cursor();
    clock.advance(20);
    assert_eq!((store.sweep(), store.stats().entries), (Some(Duration::from_millis(10)), 2));
    let mut told = Vec::new();
    store.changes(&mut cursor, 10, &mut |change| told.push((change.kind, change.entry_key.to_vec()))).unwrap();
    assert_eq!(told, [(ChangeKind::Expire, key("soon"))]);
    clock.advance(10);
    assert_eq!((store.sweep(), store.stats().entries, store.stats().expirations), (None, 1, 2));
    store.validate().unwrap();
}

#[test]
fn options_that_cannot_work_are_refused() {
    let refused = |change: fn(&mut MemoryOptions)| with(change).unwrap_err().to_string();
    assert_eq!(refused(|options| options.max_bytes = 5), "Option `maxBytes` cannot be 5: it is at least 1048576.");
    assert_eq!(refused(|options| options.max_entries = 0), "Option `maxEntries` cannot be 0: it is at least 1.");
    assert_eq!(
        refused(|options| options.max_value_bytes = 300_000),
        "Option `maxValueBytes` cannot be 300000: it is at most a quarter of `maxBytes`, 262144."
    );
}

#[test]
fn r38_a_value_is_stored_only_if_nobody_has_written_to_its_key_since_its_flight_began() {
    let store = Arc::new(with(|_| {}).unwrap());
    let flying = Arc::new(Flying { ground: store.locks(), store });
    flights::check(&flying);
    flights::race(&flying, 20_000);
}
