//! The writer lock (R13 to R15): one word with the owner's slot and generation.

use super::Region;
use super::layout::header;
use crate::error::{Error, Result};
use crate::store::{Wait, locks};
use parking_lot::MutexGuard;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How long to wait before asking whether the owner lives: less than the shortest wait, so that even on the JavaScript
/// thread one that is gone is replaced, and nothing has to go off it.
const PATIENCE: Duration = Duration::from_millis(1);
/// Most time between two such questions. They cost some 30 us, so who has waited for long asks less often.
const LONGEST_PATIENCE: Duration = Duration::from_millis(3);
/// How often the lock is looked at between two sleeps.
const SPINS: u32 = 100;
/// Waits from here on are for the writer's turn, not for a moment; a failed one says that the owner does not run.
const LONG_WAIT: Duration = Duration::from_millis(500);

/// The right to write. Dropping it unlocks, in a panic too.
pub struct Writer<'a> {
    region: &'a Region,
    word: u64,
    _threads: MutexGuard<'a, ()>,
}

impl std::ops::Deref for Writer<'_> {
    type Target = Region;

    fn deref(&self) -> &Region {
        self.region
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        // From mine to free and from nothing else: if the word is not mine any more, it is not mine to free.
        let lock = self.region.map.word(header::LOCK);
        let _ = lock.compare_exchange(self.word, 0, Ordering::Release, Ordering::Relaxed);
    }
}

impl Region {
    /// Waits for the writer's turn. Threads of this process queue on a mutex, processes on the lock word.
    ///
    /// ## Errors
    /// [`Error::Timeout`] when `wait` is over and the owner still lives; at once if an earlier long wait ended so and
    /// nobody got the lock since. [`Error::Retired`] if the region was replaced.
    pub(super) fn lock(&self, wait: Wait) -> Result<Writer<'_>> {
        let threads = match self.threads.try_lock() {
            Some(guard) => guard,
            None => self.threads.try_lock_for(wait.0).ok_or_else(|| self.timed_out(wait, 0))?,
        };
        let lock = self.map.word(header::LOCK);
        let word = self.membership.lock_word();
        if lock.compare_exchange(0, word, Ordering::Acquire, Ordering::Relaxed).is_err() {
            self.wait_for_lock(wait, word)?;
        }
        let writer = Writer { region: self, word, _threads: threads };
        let acquisitions = self.map.word(header::ACQUISITIONS);
        acquisitions.store(acquisitions.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
        writer.repair();
        if self.is_retired() {
            return Err(Error::Retired);
        }
        Ok(writer)
    }

    pub(super) fn wait_for_lock(&self, wait: Wait, word: u64) -> Result<()> {
        let lock = self.map.word(header::LOCK);
        let started = Instant::now();
        let acquisitions = self.map.word(header::ACQUISITIONS).load(Ordering::Relaxed);
        // After a long wait in vain only a living owner's absence can change anything, so ask at once.
        let hopeless = self.stuck_at.load(Ordering::Relaxed) == acquisitions.wrapping_add(1);
        let mut ask_at = if hopeless { Duration::ZERO } else { PATIENCE };
        for round in 0_u32.. {
            let seen = lock.load(Ordering::Relaxed);
            if seen == 0 {
                if lock.compare_exchange(0, word, Ordering::Acquire, Ordering::Relaxed).is_ok() {
                    return Ok(());
                }
                continue;
            }
            // A set takes well under a microsecond, so most waits end while spinning; after each sleep it is tried again,
            // or somebody who sets all the time would be met only by luck.
            if round % SPINS != SPINS - 1 && !hopeless {
                std::hint::spin_loop();
                continue;
            }
            let sleeps = u64::from(round / SPINS);
            if sleeps < 4 {
                std::thread::yield_now()
            } else {
                std::thread::sleep(Duration::from_micros((10 * sleeps).min(500)))
            }
            let waited = started.elapsed();
            if waited >= ask_at {
                ask_at = waited + (waited / 4).clamp(PATIENCE, LONGEST_PATIENCE);
                if !self.members().owner_lives(seen, &self.membership) {
                    // From exactly the dead owner's value: of several who found it dead, one succeeds (R13).
                    if lock.compare_exchange(seen, word, Ordering::Acquire, Ordering::Relaxed).is_ok() {
                        return Ok(());
                    }
                    continue;
                }
                if hopeless {
                    return Err(self.timed_out(wait, seen));
                }
            }
            if waited >= wait.0 {
                if wait.0 >= LONG_WAIT {
                    self.stuck_at.store(acquisitions.wrapping_add(1), Ordering::Relaxed);
                }
                return Err(self.timed_out(wait, seen));
            }
        }
        Err(self.timed_out(wait, lock.load(Ordering::Relaxed)))
    }

    fn timed_out(&self, wait: Wait, owner: u64) -> Error {
        Error::Timeout { waited_ms: wait.0.as_millis() as u64, owner: self.members().owner_pid(owner) }
    }
}

impl Writer<'_> {
    /// What a killed owner may have left: an unpublished tail and a step half counted. That is all (R10).
    fn repair(&self) {
        self.counts().repair();
        let tail = self.map.word(header::TAIL).load(Ordering::Relaxed);
        let published = self.map.word(header::PUBLISHED);
        if published.load(Ordering::Relaxed) != tail {
            published.store(tail, Ordering::Release);
        }
        let ended = self.map.word(header::FLIGHTS_ENDED);
        if ended.load(Ordering::Relaxed) != tail {
            // What was written is not known: so nobody stores what was computed before.
            std::sync::atomic::fence(Ordering::SeqCst);
            locks::end_all_flights(self.region);
            ended.store(tail, Ordering::Release);
        }
    }
}
