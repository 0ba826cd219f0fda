use super::*;
use crate::store::shared::MIN_BYTES;
use crate::store::shared::counts::Counts;

#[test]
fn r7_a_full_region_keeps_taking_values_of_all_sizes_and_stays_within_its_file() {
    let fixture = Fixture::new(MIN_BYTES);
    let mut dice = Dice(7);
    for n in 0..20_000 {
        let len = [10, 200, 3000, 60_000][dice.roll(4) as usize];
        fixture.set(&format!("k{}", dice.roll(500)), &whole(n, len));
        if let Some(text) = fixture.get(&format!("k{}", dice.roll(500))) {
            assert_whole(&text);
        }
        if n % 1000 == 0 {
            fixture.region.validate().unwrap();
        }
    }
    fixture.region.validate().unwrap();
    let stats = fixture.region.stats();
    assert!(stats.evictions > 1000 && stats.bytes < stats.max_bytes, "{stats:?}");
    assert_eq!(std::fs::metadata(fixture.region.path()).unwrap().len(), MIN_BYTES);
}

#[test]
fn r7_what_is_read_stays_and_what_is_cold_leaves() {
    let fixture = Fixture::new(MIN_BYTES);
    fixture.set("hot", "still here");
    fixture.set("cold", "gone soon");
    for n in 0..20_000 {
        fixture.set(&format!("filler{n}"), &whole(n, 1000));
        assert_eq!(fixture.get("hot").as_deref(), Some("still here"), "after {n} sets");
    }
    assert_eq!(fixture.get("cold"), None);
    fixture.region.validate().unwrap();
}

#[test]
fn r7_entries_that_all_were_read_do_not_keep_a_set_from_making_room() {
    let fixture = Fixture::new(MIN_BYTES);
    for n in 0..10_000 {
        fixture.set(&format!("k{n}"), &whole(n, 500));
        for earlier in n.saturating_sub(3000)..n {
            if n % 500 == 0 {
                fixture.get(&format!("k{earlier}"));
            }
        }
    }
    fixture.region.validate().unwrap();
    assert!(fixture.get("k9999").is_some());
}

#[test]
fn r3_more_small_entries_than_the_index_has_words_displace_old_ones() {
    let fixture = Fixture::new(MIN_BYTES);
    for n in 0..30_000 {
        fixture.set(&format!("{n}"), "v");
        if n % 5000 == 0 {
            fixture.region.validate().unwrap();
        }
    }
    fixture.region.validate().unwrap();
    let stats = fixture.region.stats();
    assert!(stats.entries as usize <= fixture.region.index_words());
    assert!(stats.entries as usize > fixture.region.index_words() * 9 / 10, "{stats:?}");
    assert_eq!(fixture.get("29999").as_deref(), Some("v"));
}

#[test]
fn r4_an_entry_set_again_starts_unmarked() {
    let fixture = Fixture::new(MIN_BYTES);
    fixture.set("k", "1");
    fixture.get("k");
    let marks = || {
        (0..fixture.region.index_words())
            .filter(|&slot| fixture.region.index().mark(slot).load(std::sync::atomic::Ordering::SeqCst) != 0)
            .count()
    };
    assert_eq!(marks(), 1);
    fixture.set("k", "2");
    assert_eq!(marks(), 0);
}

#[test]
fn values_beyond_the_bound_are_refused_and_nothing_changes() {
    let fixture = Fixture::new(MIN_BYTES);
    fixture.set("k", "before");
    let big = "x".repeat(MIN_BYTES as usize / 4 + 1);
    let value = Value { bytes: big.as_bytes(), format: Format::Ascii };
    let error = fixture.region.set(&key_of("k"), value, 0, Origin::default(), Wait::LONG).unwrap_err();
    assert_eq!(error.code(), "ERR_PSC_VALUE_TOO_LARGE");
    assert_eq!(fixture.get("k").as_deref(), Some("before"));
    fixture.set("k", &big[1..]);
    assert_eq!(fixture.get("k").unwrap().len(), big.len() - 1);
    fixture.region.validate().unwrap();
}

#[test]
fn r9_clear_takes_its_scope_and_no_other_and_spares_nothing_old() {
    let fixture = Fixture::new(MIN_BYTES);
    let (a, b) = (Scope::named(b"a").unwrap(), Scope::named(b"b").unwrap());
    let value = Value { bytes: b"v", format: Format::Ascii };
    for n in 0..2000 {
        for scope in [&a, &b] {
            let key = scope.entry_key(n.to_string().as_bytes()).unwrap();
            fixture.region.set(&key, value, 0, Origin::default(), Wait::LONG).unwrap();
        }
    }
    fixture.region.clear(&a, Origin::default(), Wait::LONG).unwrap();
    fixture.region.validate().unwrap();
    assert_eq!(fixture.region.stats().entries, 2000);
    let count = |scope: &Scope| {
        let mut count = 0;
        fixture.region.snapshot(scope, u64::MAX, &mut |_, _, _| count += 1).unwrap();
        count
    };
    assert_eq!((count(&a), count(&b)), (0, 2000));
}

#[test]
fn r9_entries_that_moved_before_the_clear_are_cleared_too() {
    let fixture = Fixture::new(MIN_BYTES);
    fixture.set("hot", "old");
    for n in 0..5000 {
        let key = Scope::named(b"filler").unwrap().entry_key(n.to_string().as_bytes()).unwrap();
        fixture
            .region
            .set(&key, Value { bytes: &[b'x'; 1000], format: Format::Ascii }, 0, Origin::default(), Wait::LONG)
            .unwrap();
        fixture.get("hot");
    }
    fixture.region.clear(&Scope::none(), Origin::default(), Wait::LONG).unwrap();
    assert_eq!(fixture.get("hot"), None);
    fixture.region.validate().unwrap();
}

#[test]
fn r12_an_entry_that_moves_during_the_first_lap_touches_only_what_is_reserved() {
    let fixture = Fixture::new(32 * MIN_BYTES);
    // Longer than a step of reserving, and shorter than the gap that is kept for entries that move.
    let big = "x".repeat(1_200_000);
    fixture.set("big", &big);
    for n in 0..1000 {
        fixture.get("big");
        fixture.set(&format!("k{n}"), &whole(n, 100_000));
        fixture.region.validate().unwrap_or_else(|reason| panic!("after {n} sets: {reason}"));
    }
    assert_eq!(fixture.get("big").as_deref(), Some(big.as_str()), "it was read all the time");
}

#[test]
fn r23_notices_of_many_entries_leave_a_large_set_its_room() {
    let fixture = Fixture::new(MIN_BYTES);
    // Long keys and short values: what leaves has hardly more bytes than the notice of it.
    let key = |n: usize| format!("{}{n}", "k".repeat(300));
    for n in 0.. {
        fixture.set(&key(n), "1");
        if fixture.region.stats().evictions > 0 {
            break;
        }
    }
    fixture.region.listen(true);
    let entries = fixture.region.stats().entries;
    let big = "x".repeat(MIN_BYTES as usize / 4);
    fixture.set("big", &big);
    fixture.region.validate().unwrap();
    assert_eq!(fixture.get("big").as_deref(), Some(big.as_str()));
    assert!(fixture.region.stats().entries > entries / 2, "a quarter of the room was asked for");
}

#[test]
fn r9_a_clear_begins_where_its_scope_does() {
    let fixture = Fixture::new(MIN_BYTES);
    let (region, scope) = (&fixture.region, Scope::named(b"of one request").unwrap());
    let key = scope.entry_key(b"key").unwrap();
    let counted = Counts::scope_of(region.hasher.hash(scope.prefix()));
    for n in 0..1000 {
        fixture.set(&format!("k{n}"), "of others");
    }
    let set = |text: &[u8]| {
        let value = Value { bytes: text, format: Format::Ascii };
        region.set(&key, value, 0, Origin::default(), Wait::LONG).unwrap()
    };
    let first = set(b"first");
    assert_eq!(region.counts().scope_since(counted), first);
    // What follows is behind it.
    set(b"second");
    assert_eq!(region.counts().scope_since(counted), first);
    region.clear(&scope, Origin::default(), Wait::LONG).unwrap();
    assert_eq!(region.counts().scope_entries(counted), 0);
    let third = set(b"third");
    assert_eq!(region.counts().scope_since(counted), third);
    region.validate().unwrap();
}
