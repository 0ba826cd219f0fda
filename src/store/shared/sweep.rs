//! Entries whose time is over leave without being read (R36). The synchronizer's thread knows when entries end: it follows
//! the feed as far as that says so, and sleeps until the next end. Who sets one that ends sooner wakes it.

use super::Region;
use super::index::position_of;
use super::layout::header;
use super::ring::Kind;
use crate::clock::Instant;
use crate::error::Result;
use crate::store::Wait;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicU32, Ordering, fence};
use std::time::Duration;

/// Nothing is known to end: whoever sets an entry that does is to wake the sweeper.
const NEVER: u64 = u64::MAX;
/// How many entries leave before others get the lock: some ten microseconds.
const SLICE: usize = 64;
/// How long the sweeper waits for the lock. What it cannot do it does in its next round.
const PATIENCE: Wait = Wait(Duration::from_millis(20));
/// So many ends are remembered, whether or not they still hold, before anybody looks.
const FEW: usize = 1024;

/// When the entries of a region end, soonest first: by end, and by hash, because a record has another place each time it
/// moves. An entry that was set again, or has left, stays here until its time is over or there are too many such.
#[derive(Debug, Default)]
pub(super) struct Sweeper {
    /// Which region this is about.
    epoch: Option<u64>,
    cursor: u64,
    ends: BinaryHeap<Reverse<(Instant, u64)>>,
    tidy_at: usize,
}

impl Sweeper {
    /// Takes out what is over. Returns how long from now the next entry ends, `None` if none does.
    pub(super) fn round(&mut self, region: &Region) -> Option<Duration> {
        let next_end = region.map.word(header::NEXT_END);
        // First, so that whoever sets what this round does not see says so. A setter publishes, fences and looks here; this
        // says so, fences and looks at what is published: one of the two sees the other.
        next_end.store(NEVER, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        if self.epoch != Some(region.region_id()) {
            *self = Self { epoch: Some(region.region_id()), tidy_at: FEW, ..Self::default() };
            self.walk(region);
        } else if !self.follow(region) {
            self.walk(region);
        }
        let done = self.take_out(region);
        let &Reverse((next, _)) = self.ends.peek()?;
        next_end.fetch_min(next, Ordering::SeqCst);
        let left = Duration::from_millis(next.saturating_sub(region.clock.now()));
        // A writer that does not run has the lock: there is no point in asking again at once.
        Some(if done.is_ok() { left } else { left.max(PATIENCE.0) })
    }

    /// How many ends it remembers.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.ends.len()
    }

    /// Reads on what was set. `false` if the feed has lost some of it.
    fn follow(&mut self, region: &Region) -> bool {
        while self.cursor < region.feed_cursor() {
            let record = region.ring().record(self.cursor);
            fence(Ordering::Acquire);
            if self.cursor < region.map.word(header::HEAD).load(Ordering::Relaxed) {
                return false;
            }
            let Some(record) = record else { return false };
            self.cursor = record.next();
            if record.kind == Kind::Set && !record.moved {
                self.note(region, record.expires_at, record.hash);
            }
        }
        true
    }

    /// Looks at every entry.
    fn walk(&mut self, region: &Region) {
        self.cursor = region.feed_cursor();
        self.ends.clear();
        for slot in 0..region.layout.words {
            // A word that changes meanwhile is that of a set behind the cursor, or of the same entry at another place.
            loop {
                let word = region.index().word(slot).load(Ordering::Acquire);
                if word == 0 {
                    break;
                }
                let record = region.ring().record(position_of(word));
                if !region.was_intact(slot, word) {
                    continue;
                }
                if let Some(record) = record {
                    self.note(region, record.expires_at, record.hash);
                }
                break;
            }
        }
    }

    fn note(&mut self, region: &Region, expires_at: Instant, hash: u64) {
        if expires_at == 0 {
            return;
        }
        self.ends.push(Reverse((expires_at, hash)));
        if self.ends.len() > self.tidy_at {
            self.ends.retain(|&Reverse((expires_at, hash))| region.may_end(hash, expires_at));
            self.tidy_at = FEW.max(self.ends.len() * 2);
        }
    }

    fn take_out(&mut self, region: &Region) -> Result<()> {
        let now = region.clock.now();
        loop {
            let mut over = Vec::new();
            while over.len() < SLICE
                && let Some(&Reverse((expires_at, hash))) = self.ends.peek()
                && expires_at <= now
            {
                self.ends.pop();
                // Most of what was set again or read when it was over is not there any more: that needs no lock.
                if region.may_end(hash, expires_at) {
                    over.push((expires_at, hash));
                }
            }
            if over.is_empty() {
                return Ok(());
            }
            if let Err(error) = region.expire_all(&over, now) {
                self.ends.extend(over.into_iter().map(Reverse));
                return Err(error);
            }
        }
    }
}

impl Region {
    /// After an entry was published: whoever sweeps is woken if it ends sooner than anything else.
    pub(super) fn announce_end(&self, expires_at: Instant) {
        let next_end = self.map.word(header::NEXT_END);
        if expires_at == 0 || expires_at >= next_end.load(Ordering::Relaxed) {
            return;
        }
        if expires_at < next_end.fetch_min(expires_at, Ordering::SeqCst) {
            self.wake_sweeper();
        }
    }

    /// Wakes whoever sweeps.
    pub(super) fn wake_sweeper(&self) {
        let bell = self.sweepers_bell();
        bell.fetch_add(1, Ordering::SeqCst);
        super::doorbell::wake(bell);
    }

    /// How often the sweeper was woken so far. To be read before it looks when the next entry ends.
    pub(super) fn sweepers_calls(&self) -> u32 {
        self.sweepers_bell().load(Ordering::SeqCst)
    }

    /// Sleeps until the time is over or the sweeper was woken since it read `calls`, unless there is no use in that any
    /// more. May return early without reason.
    pub(super) fn sleep_until_an_end(&self, calls: u32, timeout: Duration, is_over: impl FnOnce() -> bool) {
        if !is_over() {
            super::doorbell::sleep(self.sweepers_bell(), calls, timeout);
        }
    }

    fn sweepers_bell(&self) -> &AtomicU32 {
        self.map.half_word(header::SWEEPERS_BELL)
    }

    /// Whether there may be an entry with this hash that ends then.
    fn may_end(&self, hash: u64, expires_at: Instant) -> bool {
        self.index().matches(hash).any(|(slot, word)| {
            let record = self.ring().record(position_of(word));
            let is_such = record.is_some_and(|record| {
                record.kind == Kind::Set && record.hash == hash && record.expires_at == expires_at
            });
            is_such || !self.was_intact(slot, word)
        })
    }

    /// Takes out the entries with these hashes that are over.
    fn expire_all(&self, over: &[(Instant, u64)], now: Instant) -> Result<()> {
        let writer = self.lock(PATIENCE)?;
        let mut notices = writer.notices();
        for &(_, hash) in over {
            for (slot, word) in writer.index().matches(hash) {
                if let Some(record) = writer.ring().record(position_of(word))
                    && record.kind == Kind::Set
                    && record.hash == hash
                    && record.expired(now)
                {
                    writer.evict(slot, &record, now, &mut notices);
                }
            }
        }
        writer.tell(notices);
        drop(writer);
        self.ring_the_bell();
        Ok(())
    }
}
