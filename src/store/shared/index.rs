//! The index (R3): buckets of eight words. A word is 16 bits of tag and 48 bits of position; storing it commits a set,
//! and as positions are never reused it is the entry's version too. Beside each word is a mark (R4), never in the ring:
//! a reader may be late, and would write into somebody else's record.

use super::layout::{BUCKET, Layout};
use super::mapping::Mapping;
use super::ring::MAX_POSITION;
use rapidhash::v3::{RapidSecrets, rapidhash_v3_seeded};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// The hash of a region; its seed differs from region to region, so nobody can prepare keys that collide.
#[derive(Debug)]
pub struct Hasher(RapidSecrets);

impl Hasher {
    /// The hash with this seed.
    pub fn new(seed: u64) -> Self {
        Self(RapidSecrets::seed(seed))
    }

    /// The hash of a stored key, or of a scope's prefix.
    #[inline]
    pub fn hash(&self, bytes: &[u8]) -> u64 {
        rapidhash_v3_seeded(bytes, &self.0)
    }
}

/// The word that says "the entry with this hash is at this position".
#[inline]
pub fn word_of(hash: u64, position: u64) -> u64 {
    (hash & 0xFFFF) << 48 | position
}

/// The position in a word.
#[inline]
pub fn position_of(word: u64) -> u64 {
    word & MAX_POSITION
}

/// Asks for the cache line at a byte offset of the mapping, so that it is there when it is read: of several lines that
/// are asked for before the first is waited for, the others cost next to nothing. It touches no page (R12).
#[inline]
pub fn prefetch(map: &Mapping, offset: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads nothing and never faults, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(map.as_ptr().wrapping_add(offset).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (map, offset);
}

/// The index inside a mapping.
#[derive(Clone, Copy, Debug)]
pub struct Index<'a> {
    pub map: &'a Mapping,
    pub layout: &'a Layout,
}

impl<'a> Index<'a> {
    /// The word in a slot.
    #[inline]
    pub fn word(&self, slot: usize) -> &'a AtomicU64 {
        assert!(slot < self.layout.words);
        self.map.word(self.layout.index + slot * 8)
    }

    /// The mark beside it.
    #[inline]
    pub fn mark(&self, slot: usize) -> &'a AtomicU8 {
        assert!(slot < self.layout.words);
        self.map.byte(self.layout.marks + slot)
    }

    /// The first slots of the two buckets where an entry with this hash may be. The low 16 bits are the tag's; both
    /// buckets come from the others.
    #[inline]
    pub fn buckets(&self, hash: u64) -> [usize; 2] {
        let buckets = self.layout.words / BUCKET;
        let pick = |bits: u64| ((u128::from(bits) * buckets as u128) >> 64) as usize;
        let first = pick(hash);
        let second = pick((hash >> 16).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let second = if second == first { (first + 1) % buckets } else { second };
        [first * BUCKET, second * BUCKET]
    }

    /// Asks for the words and the marks of both buckets.
    #[inline]
    pub fn prefetch(&self, hash: u64) {
        for slot in self.buckets(hash) {
            prefetch(self.map, self.layout.index + slot * 8);
            prefetch(self.map, self.layout.marks + slot);
        }
    }

    /// The slots where an entry with this hash may be.
    #[inline]
    pub fn candidates(&self, hash: u64) -> [usize; 2 * BUCKET] {
        let [first, second] = self.buckets(hash);
        std::array::from_fn(|i| if i < BUCKET { first + i } else { second + i - BUCKET })
    }

    /// The slots whose word has the hash's tag, with that word.
    #[inline]
    pub fn matches(&self, hash: u64) -> impl Iterator<Item = (usize, u64)> + use<'a> {
        let index = *self;
        self.candidates(hash).into_iter().filter_map(move |slot| {
            let word = index.word(slot).load(Ordering::Acquire);
            (word != 0 && word >> 48 == hash & 0xFFFF).then_some((slot, word))
        })
    }

    /// The slot that holds exactly this word.
    pub fn slot_of(&self, hash: u64, word: u64) -> Option<usize> {
        self.candidates(hash).into_iter().find(|&slot| self.word(slot).load(Ordering::Relaxed) == word)
    }

    /// The slot for a new entry: an empty one in the emptier bucket, or the one of the oldest unmarked entry, or of the
    /// oldest if all are marked, in which case all marks are cleared. That entry is then displaced.
    pub fn slot_for(&self, hash: u64) -> usize {
        let slots = self.candidates(hash).map(|slot| (slot, self.word(slot).load(Ordering::Relaxed)));
        let (first, second) = slots.split_at(BUCKET);
        let empty = |bucket: &[(usize, u64)]| bucket.iter().filter(|(_, word)| *word == 0).count();
        // Filling the emptier of two keeps both from being full until the whole index nearly is.
        let emptier = if empty(first) >= empty(second) { first } else { second };
        if let Some(&(slot, _)) = emptier.iter().find(|(_, word)| *word == 0) {
            return slot;
        }
        let age = |&&(_, word): &&(usize, u64)| position_of(word);
        let unmarked = slots.iter().filter(|(slot, _)| self.mark(*slot).load(Ordering::Relaxed) == 0).min_by_key(age);
        match unmarked.or_else(|| {
            slots.iter().for_each(|(slot, _)| self.mark(*slot).store(0, Ordering::Relaxed));
            slots.iter().min_by_key(age)
        }) {
            Some(&(slot, _)) => slot,
            // There are always sixteen candidates.
            None => self.buckets(hash)[0],
        }
    }
}
