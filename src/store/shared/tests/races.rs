use super::*;
use crate::store::shared::MIN_BYTES;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

#[test]
fn r11_readers_without_a_lock_never_see_a_torn_or_an_older_value() {
    const KEYS: u64 = 40;
    let fixture = Fixture::new(MIN_BYTES);
    let acknowledged: Vec<AtomicU64> = (0..KEYS).map(|_| AtomicU64::new(0)).collect();
    let done = AtomicBool::new(false);
    let reads = AtomicU64::new(0);
    std::thread::scope(|scope| {
        // Each key has one writer, so that "older" has a meaning.
        let writers: Vec<_> = (0..2)
            .map(|writer| {
                let (fixture, acknowledged) = (&fixture, &acknowledged);
                scope.spawn(move || {
                    let mut dice = Dice(writer);
                    for n in 1..30_000 {
                        let key = dice.roll(KEYS / 2) * 2 + writer;
                        fixture.set(&format!("k{key}"), &whole(n, [20, 700, 9000][dice.roll(3) as usize]));
                        acknowledged[key as usize].store(n, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        for reader in 0..2 {
            let (fixture, acknowledged, done, reads) = (&fixture, &acknowledged, &done, &reads);
            scope.spawn(move || {
                let mut dice = Dice(100 + reader);
                while !done.load(Ordering::SeqCst) {
                    let key = dice.roll(KEYS);
                    let least = acknowledged[key as usize].load(Ordering::SeqCst);
                    if let Some(text) = fixture.get(&format!("k{key}")) {
                        let seen = assert_whole(&text);
                        assert!(seen >= least, "key {key} showed {seen} after {least} was acknowledged");
                        reads.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::SeqCst);
    });
    fixture.region.validate().unwrap();
    assert!(reads.load(Ordering::SeqCst) > 100);
}

#[test]
fn r9_a_clear_among_writers_leaves_what_was_set_after_it() {
    let fixture = Fixture::new(MIN_BYTES);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..200 {
                for key in 0..100 {
                    fixture.set(&format!("k{key}"), &n.to_string());
                }
                fixture.region.clear(&Scope::none(), Origin::default(), Wait::LONG).unwrap();
                for key in 0..100 {
                    assert_eq!(fixture.get(&format!("k{key}")), None, "round {n}");
                }
                fixture.set("after", &n.to_string());
                assert_eq!(fixture.get("after"), Some(n.to_string()));
            }
            done.store(true, Ordering::SeqCst);
        });
        scope.spawn(|| {
            let other = Scope::named(b"other").unwrap().entry_key(b"k").unwrap();
            let mut n = 0_u64;
            while !done.load(Ordering::SeqCst) {
                n += 1;
                let text = whole(n, 2000);
                fixture
                    .region
                    .set(
                        &other,
                        Value { bytes: text.as_bytes(), format: Format::Ascii },
                        0,
                        Origin::default(),
                        Wait::LONG,
                    )
                    .unwrap();
                let mut bytes = Vec::new();
                assert!(fixture.region.get(&other, &mut bytes).unwrap().is_some(), "another scope's entry vanished");
            }
        });
    });
    fixture.region.validate().unwrap();
}
