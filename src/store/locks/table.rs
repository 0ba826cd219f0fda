//! The lock table (R25 to R29): rows of eight words behind a head of eight, all atomics, in shared memory or in this
//! process's own.
//!
//! The queue of a resource is the set of rows with its hash; whoever has the smallest number is first. No lock guards the
//! table: a row is one word that says what it is, and every step is one compare-and-swap from exactly the value seen.
//! As numbers are never used twice, no step can hit a row that has become somebody else's.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// Words of the head, and of a row: one cache line each.
pub const ROW_WORDS: usize = 8;

// Words of the head.
const NUMBERS: usize = 0;
const USED: usize = 1;

// Words of a row.
const STATE: usize = 0;
const OWNER: usize = 1;
const HASH: usize = 2;
const DEADLINE: usize = 4;
const ENTRY: usize = 5;
const SCOPE: usize = 6;

// The two highest bits of a state; the others are the owner of a claimed row, and the number of any other. 0 is free.
const CLAIMED: u64 = 1 << 62;
const CHOOSING: u64 = 2 << 62;
const QUEUED: u64 = 3 << 62;
/// Beside a number: the value of a key is being computed (R38).
const COMPUTING: u64 = 1 << 61;
const NUMBER: u64 = COMPUTING - 1;

/// Rows' worth of words behind the rows, by which writers find out that nothing is being computed ([`super::flights`]).
const FILTER_ROWS: usize = 32;

/// How often a row whose owner is just taking its number is looked at before it counts as being in the way: it takes well
/// under a microsecond.
const GLANCES: u32 = 200;

/// Words that a table with so many rows takes.
pub const fn words_for(rows: usize) -> usize {
    (1 + rows + FILTER_ROWS) * ROW_WORDS
}

/// Which resource: two halves of a seeded hash.
pub type Hash = [u64; 2];

/// A row in somebody's queue, as it was at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its place in the table.
    pub row: usize,
    /// The word that says so. Equal words are the same stay in the queue.
    pub state: u64,
    /// Whose it is.
    pub owner: u64,
    /// In which queue it stands.
    pub hash: Hash,
    /// Until when it may stand there.
    pub deadline: u64,
    /// Which entry its owner computes. Means nothing unless [`Seen::is_computing`].
    pub flight: Flight,
}

impl Seen {
    /// Whether its owner computes a value that a write to the key makes worthless.
    pub fn is_computing(&self) -> bool {
        self.state & COMPUTING != 0 && self.place() != 0
    }

    /// Where in the queue: rows that are taking their number may yet get any, and count as first.
    pub fn place(&self) -> u64 {
        if self.state & QUEUED == QUEUED { self.state & NUMBER } else { 0 }
    }
}

/// What a row's owner computes while it holds the row: the hashes of an entry's stored key, and of its scope's prefix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flight {
    /// Of the stored key.
    pub entry: u64,
    /// Of the scope's prefix.
    pub scope: u64,
}

/// A row that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its place in the table.
    pub row: usize,
    /// What its state has to be while it is still this one.
    pub state: u64,
    /// The resource.
    pub hash: Hash,
}

/// Why nobody was put into a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRow {
    /// All rows are taken.
    Full,
    /// The rows were taken away before they were numbered, because their time was over.
    Lost,
}

/// The table in some memory.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a>(pub &'a [AtomicU64]);

impl<'a> Table<'a> {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.0.len() / ROW_WORDS - 1 - FILTER_ROWS
    }

    /// The words behind the rows.
    pub(super) fn filter(&self) -> &'a [AtomicU64] {
        &self.0[(1 + self.rows()) * ROW_WORDS..]
    }

    fn word(&self, row: usize, field: usize) -> &'a AtomicU64 {
        #[cfg(test)]
        super::model::step();
        &self.0[(row + 1) * ROW_WORDS + field]
    }

    /// Rows that were ever used: the others need no look.
    pub fn used(&self) -> usize {
        (self.0[USED].load(SeqCst) as usize).min(self.rows())
    }

    /// As [`Table::queue_for`], for resources.
    #[cfg(test)]
    pub fn queue(&self, owner: u64, hashes: &[Hash], deadline: u64) -> Result<(u64, Vec<Row>), NoRow> {
        self.queue_for(owner, hashes, Flight::default(), deadline)
    }

    /// Takes one row for each of the hashes, which differ, and one number for all of them: the place in all queues (R26).
    /// What is computed with them, if anything is, is told when they are held ([`Table::begin_flight`]).
    pub fn queue_for(
        &self,
        owner: u64,
        hashes: &[Hash],
        flight: Flight,
        deadline: u64,
    ) -> Result<(u64, Vec<Row>), NoRow> {
        let mut rows: Vec<Row> = Vec::with_capacity(hashes.len());
        let mut from = 0;
        for &hash in hashes {
            let Some(row) = self.claim(owner, from) else {
                // Nobody else steps in while they are claimed and their owner lives.
                rows.iter().for_each(|row| self.word(row.row, STATE).store(0, SeqCst));
                return Err(NoRow::Full);
            };
            fail_point!("lock:claimed");
            self.word(row, OWNER).store(owner, SeqCst);
            self.word(row, HASH).store(hash[0], SeqCst);
            self.word(row, HASH + 1).store(hash[1], SeqCst);
            self.word(row, DEADLINE).store(deadline, SeqCst);
            self.word(row, ENTRY).store(flight.entry, SeqCst);
            self.word(row, SCOPE).store(flight.scope, SeqCst);
            rows.push(Row { row, state: CLAIMED | owner, hash });
            from = row + 1;
        }
        fail_point!("lock:written");
        // From here on others see them, and wait until they are numbered: whoever has its number before this looks at
        // rows after this. Without it, a smaller number could appear when a greater one has found itself first.
        let choosing = CHOOSING | self.next_number();
        rows.iter().for_each(|row| self.word(row.row, STATE).store(choosing, SeqCst));
        fail_point!("lock:choosing");
        let number = self.next_number();
        fail_point!("lock:numbered");
        let mut lost = false;
        for row in &mut rows {
            row.state = QUEUED | number;
            lost |= self.word(row.row, STATE).compare_exchange(choosing, row.state, SeqCst, SeqCst).is_err();
        }
        if lost {
            for row in &rows {
                self.free(row);
            }
            return Err(NoRow::Lost);
        }
        fail_point!("lock:queued");
        Ok((number, rows))
    }

    fn next_number(&self) -> u64 {
        #[cfg(test)]
        super::model::step();
        self.0[NUMBERS].fetch_add(1, SeqCst) & NUMBER
    }

    fn claim(&self, owner: u64, from: usize) -> Option<usize> {
        (from..self.rows()).find(|&row| {
            let state = self.word(row, STATE);
            // Counted as used first, or somebody could look and not find it.
            state.load(SeqCst) == 0 && {
                self.0[USED].fetch_max(row as u64 + 1, SeqCst);
                state.compare_exchange(0, CLAIMED | owner, SeqCst, SeqCst).is_ok()
            }
        })
    }

    /// The row, if it stands in a queue. What is told was all true at one instant.
    pub fn seen(&self, row: usize) -> Option<Seen> {
        loop {
            let state = self.word(row, STATE).load(SeqCst);
            if state & CHOOSING == 0 {
                return None;
            }
            let read = |field| self.word(row, field).load(SeqCst);
            let (owner, hash, deadline) = (read(OWNER), [read(HASH), read(HASH + 1)], read(DEADLINE));
            let flight = Flight { entry: read(ENTRY), scope: read(SCOPE) };
            if self.word(row, STATE).load(SeqCst) == state {
                return Some(Seen { row, state, owner, hash, deadline, flight });
            }
        }
    }

    /// All rows that stand in queues.
    pub fn queued(&self) -> impl Iterator<Item = Seen> + use<'a> {
        let table = *self;
        (0..table.used()).filter_map(move |row| {
            let mut seen = table.seen(row)?;
            for _ in 0..GLANCES {
                if seen.place() != 0 {
                    break;
                }
                std::hint::spin_loop();
                seen = table.seen(row)?;
            }
            Some(seen)
        })
    }

    /// Who is first in the queue of this resource.
    pub fn first(&self, hash: Hash) -> Option<Seen> {
        self.queued().filter(|seen| seen.hash == hash).min_by_key(Seen::place)
    }

    /// Whether the row is still the one that was taken.
    pub fn holds(&self, row: &Row) -> bool {
        self.word(row.row, STATE).load(SeqCst) == row.state
    }

    /// Says that a row that is held is held to compute a value. `false` if it was taken away before.
    pub(super) fn compute(&self, row: &mut Row) -> bool {
        let state = row.state | COMPUTING;
        let told = self.word(row.row, STATE).compare_exchange(row.state, state, SeqCst, SeqCst).is_ok();
        row.state = state;
        told
    }

    /// Gives a row back. `false` if it was taken away before.
    pub fn free(&self, row: &Row) -> bool {
        self.word(row.row, STATE).compare_exchange(row.state, 0, SeqCst, SeqCst).is_ok()
    }

    /// Takes a row away from whoever it was seen to belong to.
    pub fn take_away(&self, seen: &Seen) -> bool {
        self.word(seen.row, STATE).compare_exchange(seen.state, 0, SeqCst, SeqCst).is_ok()
    }

    /// Puts the deadline off. `false` if the row was taken away before.
    ///
    /// Never nearer: who was stopped right here may find somebody else's row, and must not cut its time short (R28).
    pub fn renew(&self, row: &Row, deadline: u64) -> bool {
        self.holds(row) && {
            self.word(row.row, DEADLINE).fetch_max(deadline, SeqCst);
            self.holds(row)
        }
    }

    /// Takes away what belongs to the dead, and what has stood beyond its deadline (R27). Returns the hashes of the queues
    /// that are shorter now.
    pub fn sweep(&self, now: u64, gone: &mut dyn FnMut(u64) -> bool) -> Vec<Hash> {
        let mut shorter = Vec::new();
        for row in 0..self.used() {
            let state = self.word(row, STATE).load(SeqCst);
            if state & CHOOSING == 0 && state != 0 {
                // Claimed by somebody who may be anywhere on its way to the next word; only its death ends that.
                if gone(state & NUMBER) {
                    let _ = self.word(row, STATE).compare_exchange(state, 0, SeqCst, SeqCst);
                }
            } else if let Some(seen) = self.seen(row)
                && (seen.deadline < now || gone(seen.owner))
                && self.take_away(&seen)
            {
                shorter.push(seen.hash);
            }
        }
        shorter
    }

    /// How many rows are taken.
    #[cfg(test)]
    pub fn taken(&self) -> usize {
        (0..self.rows()).filter(|&row| self.word(row, STATE).load(SeqCst) != 0).count()
    }

    /// Checks every invariant, `owns` being whether such an owner can exist; the text names the first that does not hold.
    pub fn check(&self, owns: &dyn Fn(u64) -> bool) -> Result<(), String> {
        let next = self.0[NUMBERS].load(SeqCst);
        let used = self.0[USED].load(SeqCst);
        if used > self.rows() as u64 {
            return Err(format!("{used} lock rows used of {}", self.rows()));
        }
        let mut places = std::collections::HashSet::new();
        for row in 0..self.rows() {
            let state = self.word(row, STATE).load(SeqCst);
            if state == 0 {
                continue;
            }
            if row as u64 >= used {
                return Err(format!("lock row {row} is taken, and {used} are used"));
            }
            let Some(seen) = self.seen(row) else {
                if state & CHOOSING == 0 && state & CLAIMED == 0 {
                    return Err(format!("lock row {row} is in no state: {state:x}"));
                }
                continue;
            };
            if !owns(seen.owner) {
                return Err(format!("lock row {row} belongs to {:x}, who is nobody", seen.owner));
            }
            if seen.state & NUMBER >= next {
                return Err(format!("lock row {row} has the number {}, and {next} comes next", seen.state & NUMBER));
            }
            if seen.place() != 0 && !places.insert((seen.place(), seen.hash)) {
                return Err(format!("number {} stands in a queue twice", seen.place()));
            }
        }
        Ok(())
    }
}
