//! Live counts, exact after a kill at any instruction (R10).
//!
//! A step is one store into one index word together with what it does to the counts. Before the store, the step is
//! written down with the counts before and after it; a successor looks whether the word was stored and sets the counts
//! to the one or the other. No walk, whatever the size.

use super::index::Index;
use super::layout::{SCOPE_COUNT_BYTES, SCOPE_COUNTS, header};
use std::sync::atomic::{Ordering, compiler_fence};

/// Words that the step under way takes in the header.
pub const INTENT_WORDS: usize = 9;

const SLOT: usize = 0;
const OLD_WORD: usize = 1;
const SCOPE: usize = 2;
// Three pairs of before and after: entries, bytes, entries of the scope.
const COUNTS: usize = 3;

/// What a step does to the counts.
#[derive(Clone, Copy, Debug)]
pub struct Effect {
    pub entries: i64,
    pub bytes: i64,
    /// The scope's place in the table of scope counts.
    pub scope: usize,
}

/// The counts of a region. Only the lock's holder calls these.
#[derive(Clone, Copy, Debug)]
pub struct Counts<'a>(pub Index<'a>);

impl Counts<'_> {
    /// Where a scope is counted, by the hash of its prefix.
    pub fn scope_of(hash: u64) -> usize {
        hash as usize % SCOPE_COUNTS
    }

    /// Live entries of all scopes that are counted here.
    pub fn scope_entries(&self, scope: usize) -> u64 {
        self.0.map.word(self.scope_offset(scope)).load(Ordering::Relaxed)
    }

    /// No entry that is counted here lies before this position (R9).
    pub fn scope_since(&self, scope: usize) -> u64 {
        self.0.map.word(self.scope_offset(scope) + 8).load(Ordering::Relaxed)
    }

    /// An entry at this position is about to be counted here. To be told before it is: what leaves or moves later only
    /// makes the first position greater.
    pub fn enter_scope(&self, scope: usize, position: u64) {
        if self.scope_entries(scope) == 0 {
            self.0.map.word(self.scope_offset(scope) + 8).store(position, Ordering::Relaxed);
            compiler_fence(Ordering::SeqCst);
        }
    }

    fn scope_offset(&self, scope: usize) -> usize {
        self.0.layout.scopes + scope % SCOPE_COUNTS * SCOPE_COUNT_BYTES
    }

    fn offsets(&self, scope: usize) -> [usize; 3] {
        [header::ENTRIES, header::LIVE_BYTES, self.scope_offset(scope)]
    }

    /// Stores `word` into the slot, and counts it.
    pub fn step(&self, slot: usize, word: u64, effect: Effect) {
        let Index { map, .. } = self.0;
        let offsets = self.offsets(effect.scope);
        let before = offsets.map(|offset| map.word(offset).load(Ordering::Relaxed));
        let deltas = [effect.entries, effect.bytes, effect.entries];
        let after: [u64; 3] = std::array::from_fn(|i| before[i].saturating_add_signed(deltas[i]));

        let target = self.0.word(slot);
        let intent = map.words(header::INTENT, INTENT_WORDS);
        intent[OLD_WORD].store(target.load(Ordering::Relaxed), Ordering::Relaxed);
        intent[SCOPE].store(effect.scope as u64, Ordering::Relaxed);
        for i in 0..3 {
            intent[COUNTS + 2 * i].store(before[i], Ordering::Relaxed);
            intent[COUNTS + 2 * i + 1].store(after[i], Ordering::Relaxed);
        }
        // A killed thread has executed a prefix of its instructions, so against kills it is the compiler alone that
        // must keep the order: written down, then done, then struck out.
        compiler_fence(Ordering::SeqCst);
        intent[SLOT].store(slot as u64 + 1, Ordering::Release);
        compiler_fence(Ordering::SeqCst);
        fail_point!("step:intended");
        target.store(word, Ordering::Release);
        fail_point!("step:stored");
        for i in 0..3 {
            map.word(offsets[i]).store(after[i], Ordering::Relaxed);
            fail_point!("step:counting");
        }
        intent[SLOT].store(0, Ordering::Release);
    }

    /// Settles a step that its owner did not live to finish.
    pub fn repair(&self) {
        let Index { map, layout } = self.0;
        let intent = map.words(header::INTENT, INTENT_WORDS);
        let load = |index: usize| intent[index].load(Ordering::Acquire);
        let slot = load(SLOT);
        if slot == 0 {
            return;
        }
        if slot <= layout.words as u64 {
            let stored = self.0.word(slot as usize - 1).load(Ordering::Acquire) != load(OLD_WORD);
            let offsets = self.offsets(load(SCOPE) as usize);
            for (i, offset) in offsets.into_iter().enumerate() {
                map.word(offset).store(load(COUNTS + 2 * i + usize::from(stored)), Ordering::Relaxed);
            }
        }
        intent[SLOT].store(0, Ordering::Release);
    }

    /// Whether a step is under way.
    pub fn interrupted(&self) -> bool {
        self.0.map.word(header::INTENT).load(Ordering::Relaxed) != 0
    }

    /// Adds one to a counter in the header that is only for people.
    pub fn bump(&self, offset: usize) {
        let counter = self.0.map.word(offset);
        counter.store(counter.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    }
}
