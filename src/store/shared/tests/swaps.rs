use super::victims::{Victim, begin, tell};
use super::*;
use crate::store::shared::MIN_BYTES;
use crate::store::{Replacement, Swap};
use std::sync::atomic::{AtomicBool, Ordering};

/// Adds one to the number in a key, whatever others do to it. Returns the sum.
fn increment(region: &Region, key: &[u8]) -> u64 {
    loop {
        let mut bytes = Vec::new();
        let found = region.get(key, &mut bytes).unwrap();
        let n: u64 = if found.is_some() { assert_whole(std::str::from_utf8(&bytes).unwrap()) } else { 0 };
        let text = whole(n + 1, [30, 500, 20_000][n as usize % 3]);
        let value = Value { bytes: text.as_bytes(), format: Format::Ascii };
        let replacement = Replacement::Value { value, expires_at: None };
        let expected = found.map_or(0, |found| found.seq);
        if let Swap::Done(_) = region.set_if(key, expected.into(), replacement, Origin::default(), Wait::LONG).unwrap()
        {
            return n + 1;
        }
    }
}

/// Not a test by itself: the life of one who counts until it is killed, and tells each step that was acknowledged.
#[test]
fn swapper() {
    let Some(region) = begin() else { return };
    loop {
        // Read again and again, so that it is moved whenever the head reaches it, unless those who start anew take too long.
        match get(&region, "anchor") {
            Some(anchor) => assert_eq!(anchor, "anchor"),
            None => {
                set(&region, "anchor", "anchor");
            }
        }
        set(&region, "beside", &whole(1, 40_000));
        increment(&region, &key_of("counter"));
        tell("counted");
    }
}

/// Nothing acknowledged is lost, and a kill adds at most the one step under way.
fn kill_swappers(places: &[Option<String>]) {
    let fixture = Fixture::new(2 * MIN_BYTES);
    let mut acknowledged = 0;
    let mut dice = Dice(7);
    for (killed, place) in (1..).zip(places) {
        let mut victim = Victim::start("swaps::swapper", fixture.directory.path(), &[], place.as_deref());
        // Some places are so rare that one who counts may not pass them as often as that.
        let budget = if place.is_none() { 1 + dice.roll(100) } else { 2000 };
        for count in 0.. {
            if count == budget {
                victim.kill();
            }
            let Some(line) = victim.next() else { break };
            acknowledged += u64::from(line == "counted");
            // Somebody counts at the same time.
            increment(&fixture.region, &key_of("counter"));
            acknowledged += 1;
        }
        victim.bury();
        let sum = fixture.get("counter").map_or(0, |text| assert_whole(&text));
        let most = acknowledged + killed;
        assert!(sum >= acknowledged && sum <= most, "{sum}, not {acknowledged} to {most}, killed at {place:?}");
        fixture.region.validate().unwrap();
    }
}

#[test]
fn those_who_swap_and_are_killed_by_chance_lose_nothing_that_was_acknowledged() {
    kill_swappers(&vec![None; rounds(20, 200) as usize]);
}

#[cfg(feature = "failpoints")]
#[test]
fn those_who_swap_and_are_killed_between_any_two_stores_lose_nothing_that_was_acknowledged() {
    let names = crate::store::shared::FAILPOINTS;
    let places: Vec<_> = (0..rounds(names.len() as u64 * 2, 300) as usize)
        .map(|round| Some(format!("{}#{}", names[round % names.len()], 1 + round / names.len() * 9)))
        .collect();
    kill_swappers(&places);
}

/// Who counts on from what was there before a clear, while that is under way, counts what is to be cleared.
#[test]
fn r9_a_clear_leaves_nothing_that_was_swapped_for_what_was_there_before() {
    let fixture = Fixture::new(4 * MIN_BYTES);
    let scope = Scope::named(b"s").unwrap();
    let counter = scope.entry_key(b"counter").unwrap();
    let done = AtomicBool::new(false);
    let region = &fixture.region;
    // The change that set the first of the entries that were swapped for one another, and the one that set the last.
    let read = || {
        let mut bytes = Vec::new();
        let found = region.get(&counter, &mut bytes).unwrap()?;
        let first = std::str::from_utf8(&bytes).unwrap().parse::<u64>().unwrap();
        Some((if first == 0 { found.seq } else { first }, found.seq))
    };
    let set = |key: &[u8], expected: u64, text: &str| {
        let value = Value { bytes: text.as_bytes(), format: Format::Ascii };
        let replacement = Replacement::Value { value, expires_at: None };
        region.set_if(key, expected.into(), replacement, Origin::default(), Wait::LONG).unwrap()
    };
    let outlived = std::thread::scope(|threads| {
        threads.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                let (first, expected) = read().unwrap_or((0, 0));
                set(&counter, expected, &first.to_string());
            }
        });
        let outlived = (0..100).find_map(|_| {
            // Enough for the clear to need several turns.
            for n in 0..2000 {
                set(&scope.entry_key(format!("k{n}").as_bytes()).unwrap(), 0, "v");
            }
            let cleared = region.clear(&scope, Origin::default(), Wait::LONG).unwrap();
            read().filter(|(first, _)| *first < cleared).map(|(first, _)| (first, cleared))
        });
        done.store(true, Ordering::SeqCst);
        outlived
    });
    assert_eq!(outlived, None, "what began at the first outlived a clear at the second");
    fixture.region.validate().unwrap();
}
