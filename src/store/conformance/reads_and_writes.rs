//! What a store does with entries.

use super::{Make, ROOMY, SMALL, Subject, key};
use crate::entry::{Format, MAX_KEY_BYTES, MAX_SCOPE_BYTES, Origin, Scope, Value};
use crate::store::Wait;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) fn a_value_that_was_set_is_found_with_its_format_and_expiry(make: Make) {
    let subject = Subject::new(make, ROOMY);
    for format in [Format::Ascii, Format::Text, Format::Binary] {
        let value = Value { bytes: b"[1]", format };
        subject.store.set(&key("k"), value, 5000, Origin::default(), Wait::LONG).unwrap();
        let (bytes, found) = subject.find(&key("k")).unwrap();
        assert_eq!((bytes.as_slice(), found.format, found.expires_at), (&b"[1]"[..], format, 5000));
    }
}

pub(crate) fn a_miss_is_none_and_appends_nothing(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let mut bytes = b"before".to_vec();
    assert_eq!(subject.store.get(&key("k"), &mut bytes).unwrap(), None);
    assert_eq!(bytes, b"before");
}

pub(crate) fn get_appends_behind_what_the_buffer_holds(make: Make) {
    let subject = Subject::new(make, ROOMY);
    subject.set(&key("k"), b" and after");
    let mut bytes = b"before".to_vec();
    assert!(subject.store.get(&key("k"), &mut bytes).unwrap().is_some());
    assert_eq!(bytes, b"before and after");
}

pub(crate) fn a_set_replaces_the_value_and_its_version(make: Make) {
    let subject = Subject::new(make, ROOMY);
    subject.set(&key("k"), b"1");
    let (_, first) = subject.find(&key("k")).unwrap();
    assert_eq!(subject.find(&key("k")).unwrap().1.version, first.version, "reading changes no version");
    subject.set(&key("k"), b"1");
    let (bytes, second) = subject.find(&key("k")).unwrap();
    assert_eq!(bytes, b"1");
    assert_ne!(first.version, second.version);
    assert_eq!(subject.store.stats().entries, 1);
}

pub(crate) fn a_removed_key_is_a_miss(make: Make) {
    let subject = Subject::new(make, ROOMY);
    subject.set(&key("k"), b"1");
    subject.set(&key("other"), b"2");
    subject.remove(&key("k"));
    assert_eq!(subject.get(&key("k")), None);
    assert_eq!(subject.get(&key("other")).unwrap(), b"2");
}

pub(crate) fn keys_and_values_may_be_empty_long_or_any_bytes(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let longest = Scope::named(&[0xFF; MAX_SCOPE_BYTES]).unwrap().entry_key(&[0; MAX_KEY_BYTES]).unwrap();
    let any: Vec<u8> = (0..=255).collect();
    for entry_key in [key(""), Scope::named(b"").unwrap().entry_key(&any).unwrap(), longest] {
        for bytes in [&b""[..], &any, &[7; 100_000]] {
            subject.set(&entry_key, bytes);
            assert_eq!(subject.get(&entry_key).unwrap(), bytes);
        }
    }
}

pub(crate) fn scopes_never_see_each_others_entries(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let scopes = [Scope::none(), Scope::named(b"").unwrap(), Scope::named(b"a").unwrap(), Scope::named(b"ab").unwrap()];
    for (n, scope) in scopes.iter().enumerate() {
        subject.set(&scope.entry_key(b"k").unwrap(), n.to_string().as_bytes());
    }
    for (n, scope) in scopes.iter().enumerate() {
        assert_eq!(subject.get(&scope.entry_key(b"k").unwrap()).unwrap(), n.to_string().as_bytes());
    }
}

pub(crate) fn clear_removes_the_entries_of_its_scope_alone(make: Make) {
    let subject = Subject::new(make, ROOMY);
    let scopes = [Scope::none(), Scope::named(b"").unwrap(), Scope::named(b"a").unwrap(), Scope::named(b"ab").unwrap()];
    let keys = [&b""[..], b"b", b"k"];
    for (cleared, scope) in scopes.iter().enumerate() {
        let entry_keys = || scopes.iter().flat_map(|scope| keys.map(|key| scope.entry_key(key).unwrap()));
        for entry_key in entry_keys() {
            subject.set(&entry_key, b"1");
        }
        subject.clear(scope);
        for (n, entry_key) in entry_keys().enumerate() {
            assert_eq!(subject.get(&entry_key).is_some(), n / keys.len() != cleared);
        }
    }
}

pub(crate) fn an_entry_set_after_a_clear_stays(make: Make) {
    let subject = Subject::new(make, ROOMY);
    subject.set(&key("k"), b"1");
    subject.clear(&Scope::none());
    subject.set(&key("k"), b"2");
    assert_eq!(subject.get(&key("k")).unwrap(), b"2");
}

pub(crate) fn an_entry_is_found_until_its_time_is_over_and_never_after(make: Make) {
    let subject = Subject::new(make, ROOMY);
    subject.set_until(&key("short"), b"1", subject.clock.now() + 10);
    subject.set_until(&key("forever"), b"2", 0);
    subject.clock.advance(9);
    assert!(subject.get(&key("short")).is_some());
    subject.clock.advance(1);
    assert_eq!(subject.get(&key("short")), None);
    assert_eq!(subject.get(&key("short")), None);
    subject.clock.advance(u64::from(u32::MAX));
    assert!(subject.get(&key("forever")).is_some());
}

pub(crate) fn a_set_renews_the_expiry(make: Make) {
    let subject = Subject::new(make, ROOMY);
    subject.set_until(&key("k"), b"1", subject.clock.now() + 10);
    subject.set_until(&key("k"), b"2", subject.clock.now() + 30);
    subject.clock.advance(20);
    assert_eq!(subject.get(&key("k")).unwrap(), b"2");
    subject.clock.advance(20);
    subject.set(&key("k"), b"3");
    assert_eq!(subject.find(&key("k")).unwrap().1.expires_at, 0);
}

pub(crate) fn a_value_that_is_too_large_is_refused_and_changes_nothing(make: Make) {
    let subject = Subject::new(make, SMALL);
    subject.set(&key("k"), b"1");
    let mut cursor = subject.store.cursor();
    let value = Value { bytes: &vec![7; SMALL as usize], format: Format::Ascii };
    let error = subject.store.set(&key("k"), value, 0, Origin::default(), Wait::LONG).unwrap_err();
    assert_eq!(error.code(), "ERR_PSC_VALUE_TOO_LARGE");
    assert_eq!(subject.get(&key("k")).unwrap(), b"1");
    assert_eq!(subject.follow(&mut cursor), []);
}

pub(crate) fn the_bound_holds_and_the_newest_entry_is_there(make: Make) {
    let subject = Subject::new(make, SMALL);
    for n in 0..200_u8 {
        let entry_key = key(&format!("k{n}"));
        subject.set(&entry_key, &vec![n; 100_000]);
        assert_eq!(subject.get(&entry_key).unwrap(), vec![n; 100_000]);
        let stats = subject.store.stats();
        assert!(stats.bytes <= stats.max_bytes && stats.max_bytes == SMALL);
        subject.store.validate().unwrap();
    }
}

pub(crate) fn what_is_read_again_and_again_outlives_what_is_not(make: Make) {
    let subject = Subject::new(make, SMALL);
    subject.set(&key("hot"), b"1");
    subject.set(&key("cold"), b"1");
    for n in 0..200_u8 {
        subject.set(&key(&format!("k{n}")), &vec![n; 100_000]);
        assert!(subject.get(&key("hot")).is_some(), "after {n} sets");
    }
    assert_eq!(subject.get(&key("cold")), None);
}

pub(crate) fn stats_count_entries_and_evictions(make: Make) {
    let subject = Subject::new(make, SMALL);
    subject.set(&key("a"), b"1");
    subject.set(&key("b"), b"1");
    subject.set(&key("b"), b"2");
    let stats = subject.store.stats();
    assert_eq!((stats.entries, stats.evictions), (2, 0));
    subject.remove(&key("a"));
    subject.clear(&Scope::named(b"other").unwrap());
    assert_eq!(subject.store.stats().entries, 1);
    for n in 0..100_u8 {
        subject.set(&key(&format!("k{n}")), &vec![n; 100_000]);
    }
    let stats = subject.store.stats();
    assert_eq!(stats.entries + stats.evictions, 101);
    assert!(stats.evictions > 50);
}

pub(crate) fn readers_never_see_an_older_or_torn_value_while_others_write(make: Make) {
    const KEYS: usize = 3;
    let subject = Subject::new(make, SMALL);
    let store = &subject.store;
    let done = Arc::new(AtomicBool::new(false));
    std::thread::scope(|threads| {
        let read = || {
            let mut seen = [0; KEYS];
            while !done.load(Ordering::Relaxed) {
                for (n, seen) in seen.iter_mut().enumerate() {
                    let mut bytes = Vec::new();
                    if store.get(&key(&format!("k{n}")), &mut bytes).unwrap().is_some() {
                        let number = u32::from_le_bytes(bytes[..4].try_into().unwrap());
                        assert!(bytes.chunks(4).all(|chunk| chunk == number.to_le_bytes()), "torn");
                        assert!(number >= *seen, "older");
                        *seen = number;
                    }
                }
            }
        };
        let readers = [threads.spawn(read), threads.spawn(read)];
        let writers: Vec<_> = (0..KEYS)
            .map(|n| {
                threads.spawn(move || {
                    for number in 1..1000_u32 {
                        let bytes = number.to_le_bytes().repeat(1 + number as usize % 2000);
                        let value = Value { bytes: &bytes, format: Format::Binary };
                        store.set(&key(&format!("k{n}")), value, 0, Origin::default(), Wait::LONG).unwrap();
                    }
                })
            })
            .collect();
        let ends: Vec<_> = writers.into_iter().map(|writer| writer.join()).collect();
        done.store(true, Ordering::Relaxed);
        assert!(ends.iter().all(Result::is_ok));
        readers.into_iter().for_each(|reader| reader.join().unwrap());
    });
}
