use super::*;

fn with(max_entries: usize, max_bytes: u64) -> (Storage, Clock) {
    let clock = Clock::manual(1000);
    (Storage::new(StorageOptions { max_entries, max_bytes, clock: clock.clone() }).unwrap(), clock)
}

fn set(storage: &mut Storage, key: &str, bytes: &[u8], expires_at: Instant) {
    storage.set(key.as_bytes(), Value { bytes, format: Format::Ascii }, expires_at);
    storage.validate().unwrap();
}

fn get(storage: &mut Storage, key: &str) -> Option<Vec<u8>> {
    let found = storage.get(key.as_bytes()).map(|kept| kept.value.bytes.to_vec());
    storage.validate().unwrap();
    found
}

#[test]
fn it_is_bounded_by_entries_and_the_least_recently_used_leaves() {
    let (mut storage, _) = with(2, u64::MAX);
    set(&mut storage, "a", b"1", 0);
    set(&mut storage, "b", b"1", 0);
    assert!(get(&mut storage, "a").is_some());
    set(&mut storage, "c", b"1", 0);
    assert!(get(&mut storage, "b").is_none() && get(&mut storage, "a").is_some() && get(&mut storage, "c").is_some());
    assert_eq!(storage.stats().evictions, 1);
}

#[test]
fn it_is_bounded_by_bytes_and_what_is_larger_than_all_of_it_is_not_kept() {
    let (mut storage, _) = with(usize::MAX, 10 * ENTRY_BYTES);
    for n in 0..100 {
        set(&mut storage, &format!("{n}"), &[0; 100], 0);
    }
    assert_eq!(storage.stats().entries, 7);
    set(&mut storage, "99", &vec![0; 10 * ENTRY_BYTES as usize], 0);
    assert_eq!((get(&mut storage, "99"), storage.stats().entries), (None, 6));
}

#[test]
fn what_is_over_leaves_without_being_read_and_a_sweep_says_when_the_next_one_ends() {
    let (mut storage, clock) = with(usize::MAX, u64::MAX);
    assert_eq!(storage.sweep(), None);
    set(&mut storage, "never", b"1", 0);
    set(&mut storage, "soon", b"1", 1010);
    set(&mut storage, "later", b"1", 1030);
    set(&mut storage, "renewed", b"1", 1010);
    set(&mut storage, "renewed", b"2", 1040);
    assert_eq!(storage.sweep(), Some(10));
    clock.advance(10);
    assert_eq!((storage.sweep(), storage.stats().entries), (Some(20), 3));
    clock.advance(29);
    assert_eq!((storage.sweep(), storage.stats().entries), (Some(1), 2));
    clock.advance(1);
    assert_eq!(
        (storage.sweep(), storage.stats()),
        (None, StorageStats { entries: 1, bytes: cost(b"never", b"1"), evictions: 0, expirations: 3 })
    );
    storage.validate().unwrap();
}

#[test]
fn a_sweep_of_many_is_done_in_parts() {
    let (mut storage, clock) = with(usize::MAX, u64::MAX);
    for n in 0..SWEPT_AT_ONCE + 1 {
        storage.set(format!("{n}").as_bytes(), Value { bytes: b"1", format: Format::Ascii }, 1001);
    }
    clock.advance(1);
    assert_eq!((storage.sweep(), storage.stats().entries), (Some(0), 1));
    assert_eq!((storage.sweep(), storage.stats().entries), (None, 0));
}

#[test]
fn a_place_answers_for_its_version_alone_and_until_its_end() {
    let (mut storage, clock) = with(2, u64::MAX);
    set(&mut storage, "a", b"1", 1010);
    let Kept { place, version, was_read, .. } = storage.get(b"a").unwrap();
    assert!(!was_read && storage.touch(place, version) && !storage.touch(place, version + 1));
    assert!(storage.get(b"a").unwrap().was_read);
    set(&mut storage, "b", b"1", 0);
    assert!(storage.touch(place, version), "a touch is a use");
    set(&mut storage, "c", b"1", 0);
    assert_eq!(get(&mut storage, "b"), None);
    assert!(storage.touch(place, version));
    clock.advance(10);
    assert!(!storage.touch(place, version));
    set(&mut storage, "d", b"1", 0);
    assert!(!storage.touch(place, version), "the place is another's now");
    assert!(!storage.touch(99, version));
    storage.validate().unwrap();
}

#[test]
fn a_cleared_storage_is_as_good_as_new() {
    let (mut storage, _) = with(usize::MAX, u64::MAX);
    set(&mut storage, "a", b"1", 5000);
    let Kept { place, version, .. } = storage.get(b"a").unwrap();
    storage.clear();
    set(&mut storage, "b", b"1", 5000);
    assert!(!storage.touch(place, version));
    assert_eq!((get(&mut storage, "a"), get(&mut storage, "b")), (None, Some(b"1".to_vec())));
}

#[test]
fn bounds_that_cannot_work_are_refused() {
    let refused = |max_entries, max_bytes| {
        let options = StorageOptions { max_entries, max_bytes, clock: Clock::boot() };
        Storage::new(options).unwrap_err().to_string()
    };
    assert_eq!(refused(0, 1), "Option `max` cannot be 0: it is at least 1.");
    assert_eq!(refused(1, 0), "Option `maxBytes` cannot be 0: it is at least 1.");
}
