//! A persisted file that was damaged while nobody used it, in every way that one can think of (R31): opening it never
//! fails by panic, nothing is read that was not set, and what is untouched is there.

use super::persisting::{Site, persist};
use super::*;
use crate::store::shared::layout::{Layout, header};
use crate::store::shared::{MIN_BYTES, checksum, index::Hasher, record};
use crate::store::{Replacement, Swap};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

const KEYS: u64 = 40;
/// The part of the header without which nothing can be read.
const FIXED: Range<usize> = 0..header::FIXED_SUM + 8;

/// A store that goes on and on, and all that was ever set in it.
struct Past {
    site: Site,
    synchronizer: Synchronizer,
    history: HashMap<String, HashSet<String>>,
    /// What each key was set to last.
    latest: HashMap<String, String>,
    /// Where the tombstone of a key is that was removed last.
    removed: HashMap<String, u64>,
    dice: Dice,
    n: u64,
}

/// What a copy holds.
struct Moment {
    bytes: Vec<u8>,
    /// The current values, and where their records are.
    current: HashMap<String, (String, Range<usize>)>,
    /// Where the tombstones are of what was removed.
    removed: HashMap<String, Range<usize>>,
}

impl Past {
    fn new(seed: u64) -> Self {
        let site = Site::new();
        let synchronizer = site.start();
        let (history, latest, removed) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { site, synchronizer, history, latest, removed, dice: Dice(seed), n: 0 }
    }

    fn act(&mut self) {
        let region = self.synchronizer.region();
        let key = format!("k{}", self.dice.roll(KEYS));
        match self.dice.roll(10) {
            0 => {
                let position = region.remove(&key_of(&key), Origin::default(), Wait::LONG).unwrap();
                self.latest.remove(&key);
                self.removed.insert(key, position);
            }
            1..3 => drop(get(&region, &key)),
            _ => {
                self.n += 1;
                let value = whole(self.n, [10, 300, 5_000, 40_000][self.dice.roll(4) as usize]);
                self.history.entry(key.clone()).or_default().insert(value.clone());
                self.removed.remove(&key);
                self.latest.insert(key.clone(), value.clone());
                if self.dice.roll(3) == 0 {
                    swap(&region, &key, &value);
                } else {
                    set(&region, &key, &value);
                }
            }
        }
    }

    fn moment(&self) -> Moment {
        let region = self.synchronizer.region();
        let mut current = HashMap::new();
        for key in self.history.keys() {
            let mut value = Vec::new();
            if let Some(seen) = region.look_up(&key_of(key), &mut value).unwrap() {
                let range = seen.record.offset..seen.record.offset + seen.record.len;
                current.insert(key.clone(), (String::from_utf8(value).unwrap(), range));
            }
        }
        let head = region.map.word(header::HEAD).load(std::sync::atomic::Ordering::SeqCst);
        let there = self.removed.iter().filter(|(_, position)| **position >= head);
        let removed = there.map(|(key, &position)| {
            let record = region.ring().record(position).unwrap();
            (key.clone(), record.offset..record.offset + record.len)
        });
        Moment { bytes: std::fs::read(&self.site.path).unwrap(), current, removed: removed.collect() }
    }
}

/// Sets a key in place of the entry that it has.
fn swap(region: &Region, key: &str, value: &str) {
    let found = region.get(&key_of(key), &mut Vec::new()).unwrap();
    let value = Value { bytes: value.as_bytes(), format: Format::Ascii };
    let replacement = Replacement::Value { value, expires_at: None };
    let expected = found.map_or(0, |found| found.seq);
    let swapped = region.set_if(&key_of(key), expected.into(), replacement, Origin::default(), Wait::LONG).unwrap();
    assert!(matches!(swapped, Swap::Done(_)));
}

/// Damages bytes, in one of many ways, which take turns. `earlier` is what the same file held at an earlier time.
fn damage(round: u64, bytes: &mut Vec<u8>, earlier: &[u8], dice: &mut Dice) -> &'static str {
    let len = bytes.len() as u64;
    let pages = len / 4096;
    match round % 10 {
        0 => {
            bytes.truncate(dice.roll(len) as usize);
            "truncated"
        }
        1 => {
            for _ in 0..=dice.roll(2000) {
                bytes[dice.roll(len) as usize] ^= 1 << dice.roll(8);
            }
            "flipped bits"
        }
        2 => {
            bytes[dice.roll(4096) as usize] ^= 1 << dice.roll(8);
            "flipped a bit in the header"
        }
        3 => {
            for _ in 0..=dice.roll(100) {
                let start = dice.roll(pages) as usize * 4096;
                bytes[start..start + 4096].fill(0);
            }
            "lost pages"
        }
        4 => {
            for page in 0..pages as usize {
                if dice.roll(2) == 0 {
                    let page = page * 4096..(page + 1) * 4096;
                    bytes[page.clone()].copy_from_slice(&earlier[page]);
                }
            }
            "mixed pages of two times"
        }
        5 => {
            bytes[4096..].copy_from_slice(&[&earlier[4096..]].concat());
            "header of a later time"
        }
        6 => {
            let from = dice.roll(len) as usize;
            bytes[from..].fill(0);
            "copied in part"
        }
        7 => {
            for _ in 0..=dice.roll(20) {
                let start = dice.roll(len - 512) as usize;
                for byte in &mut bytes[start..start + 512] {
                    *byte = dice.roll(256) as u8;
                }
            }
            "garbage in places"
        }
        8 => {
            bytes[dice.roll(FIXED.end as u64) as usize] ^= 1 << dice.roll(8);
            "flipped a bit in what never changes"
        }
        _ => "untouched",
    }
}

#[test]
fn r31_a_damaged_file_gives_nothing_that_was_not_set_and_all_that_is_untouched() {
    let mut past = Past::new(std::process::id().into());
    let mut dice = Dice(past.dice.0 ^ 5);
    for _ in 0..500 {
        past.act();
    }
    let mut earlier = past.moment();
    let (mut kept, mut aside) = (0, 0);
    for round in 0..rounds(60, 100) {
        for _ in 0..dice.roll(if round % 8 == 0 { 600 } else { 60 }) {
            past.act();
        }
        let moment = past.moment();
        let mut bytes = moment.bytes.clone();
        let how = damage(round, &mut bytes, &earlier.bytes, &mut dice);
        let touched = |range: &Range<usize>| bytes.get(range.clone()) != Some(&moment.bytes[range.clone()]);
        let place = Site::new();
        std::fs::write(&place.path, &bytes).unwrap();
        let copy = match persist(&place.path, MIN_BYTES) {
            Ok(copy) => copy,
            Err(error) => {
                assert_eq!(error.code(), "ERR_PSC_CORRUPT", "{how}: {error}");
                assert!(touched(&FIXED), "{how}: {error}");
                continue;
            }
        };
        let region = copy.region();
        region.validate().unwrap();
        assert_eq!(copy.recovered().set_aside.is_some(), touched(&FIXED) && !bytes.is_empty(), "{how}");
        if copy.recovered().set_aside.is_some() {
            aside += 1;
            assert_eq!(region.stats().entries, 0);
            continue;
        }
        for (key, set) in &past.history {
            let read = get(&region, key);
            if let Some(read) = &read {
                assert_whole(read);
                assert!(set.contains(read), "{how}: {key} was never {read}");
            }
            match moment.current.get(key) {
                Some((value, range)) if !touched(range) => {
                    kept += 1;
                    assert!(read.as_ref() == Some(value), "round {round}, {how}: {key} is lost or old");
                }
                _ => {}
            }
            if moment.removed.get(key).is_some_and(|range| !touched(range)) {
                assert!(read.is_none(), "round {round}, {how}: {key} was removed");
            }
            // What was evicted may be there again, but nothing that was superseded.
            let none_or_latest = read.is_none() || read.as_ref() == past.latest.get(key);
            assert!(none_or_latest || how != "untouched", "round {round}: {key} has an old value");
        }
        if how == "untouched" {
            assert_eq!(copy.recovered().damaged_bytes, 0);
        }
        set(&region, "afterwards", "v");
        region.validate().unwrap();
        earlier = moment;
    }
    assert!(kept > 100 && aside > 0, "{kept} kept, {aside} set aside");
}

#[test]
fn r31_a_file_made_to_do_harm_does_none() {
    let site = Site::new();
    let synchronizer = site.start();
    set(&synchronizer.region(), "k", "v");
    drop(synchronizer);
    let bytes = std::fs::read(&site.path).unwrap();
    let layout = Layout::new(MIN_BYTES).unwrap();
    let seed = u64::from_le_bytes(*bytes[header::SEED..].first_chunk().unwrap());
    let hasher = Hasher::new(seed);
    let mut dice = Dice(u64::from(std::process::id()) | 1);
    for round in 0..rounds(20, 60) {
        let mut hostile = bytes.clone();
        let mut put = |offset: usize, word: u64| hostile[offset..offset + 8].copy_from_slice(&word.to_le_bytes());
        let extreme = |dice: &mut Dice| [0, 1, 7, 8, u64::MAX, u64::MAX / 8, 1 << 48, dice.0][dice.roll(8) as usize];
        // All that nobody vouches for, at random.
        for offset in (header::FIXED_SUM + 8..header::MAGIC_AGAIN).step_by(8) {
            put(offset, extreme(&mut dice));
        }
        // Headers of records everywhere, whose keys have the right hash, and whose lengths reach far.
        let mut offset = layout.ring;
        while offset + 128 < hostile.len() {
            let mut put = |at: usize, word: u64| hostile[at..at + 8].copy_from_slice(&word.to_le_bytes());
            let len = (layout.max_bytes as usize - offset).min(1 << (7 + dice.roll(18))) as u64;
            let (key, sealed) = (8_u64, 1 << 8);
            let value = len - record::HEADER_BYTES as u64 - checksum::SEAL_BYTES as u64 - key;
            let kind = if round % 2 == 0 { 2 } else { 1 + dice.roll(7) };
            for (index, word) in [len | (kind | sealed) << 32, key | value << 32, hasher.hash(&[0; 8]), 1, 0, 0, 0, 0]
                .into_iter()
                .enumerate()
            {
                put(offset + index * 8, if dice.roll(50) == 0 { extreme(&mut dice) } else { word });
            }
            offset += if round % 4 == 0 { 64 } else { 8 * (8 + dice.roll(40) as usize) };
        }
        let place = Site::new();
        std::fs::write(&place.path, &hostile).unwrap();
        let started = std::time::Instant::now();
        let copy = persist(&place.path, MIN_BYTES).unwrap();
        assert!(started.elapsed() < std::time::Duration::from_secs(20), "round {round}: {:?}", started.elapsed());
        copy.region().validate().unwrap();
        set(&copy.region(), "k", "v");
        assert_eq!(get(&copy.region(), "k").as_deref(), Some("v"));
    }
}
