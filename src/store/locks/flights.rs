//! Single flights and writes (R38): the value that a flight computes is stored only if nothing was said about its key since
//! it began.
//!
//! Who begins to compute says so in its row. Whoever writes to the key takes that row away, in the writer's turn and once
//! the write can be read. So a flight whose row is gone computed what nobody wants any more: it does not store it, and who
//! asks later does not wait for it.

use super::table::{Flight, Hash, Row, Seen, Table};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

impl<'a> Table<'a> {
    fn counter(&self, entry: u64) -> &'a AtomicU64 {
        #[cfg(test)]
        super::model::step();
        let filter = self.filter();
        &filter[(entry % filter.len() as u64) as usize]
    }

    /// The holder of this row begins to compute its entry. `false` if the row was taken away before. To be called before it
    /// is looked whether the entry is there by now: then either this look sees a write, or the writer sees this row.
    pub fn begin_flight(&self, row: &mut Row, flight: Flight) -> bool {
        let began = self.compute(row);
        // Behind the row, so that a writer who counts the rows does not reset what belongs to one it has not seen.
        self.counter(flight.entry).fetch_add(1, SeqCst);
        began
    }

    /// An entry was written: takes the rows away of those who compute it. Only in the writer's turn, behind a fence that
    /// follows the write. Returns the queues that are shorter now.
    pub fn end_flights_of_entry(&self, entry: u64) -> Vec<Hash> {
        let counter = self.counter(entry);
        let count = counter.load(SeqCst);
        if count == 0 {
            return Vec::new();
        }
        let mut others = false;
        let ended = self.end_flights(|flight| {
            let is_meant = flight.entry == entry;
            others |= !is_meant && std::ptr::eq(self.counter(flight.entry), counter);
            is_meant
        });
        if !others {
            // Whoever has begun since has counted itself, and then this fails. Only the writer of the moment resets.
            let _ = counter.compare_exchange(count, 0, SeqCst, SeqCst);
        }
        ended
    }

    /// As [`Table::end_flights_of_entry`], for all entries of a scope.
    pub fn end_flights_of_scope(&self, scope: u64) -> Vec<Hash> {
        self.end_flights(|flight| flight.scope == scope)
    }

    /// As [`Table::end_flights_of_entry`], for all entries: a writer died, and nobody knows what it has written.
    pub fn end_all_flights(&self) -> Vec<Hash> {
        self.end_flights(|_| true)
    }

    fn end_flights(&self, mut is_meant: impl FnMut(Flight) -> bool) -> Vec<Hash> {
        let computing = (0..self.used()).filter_map(|row| self.seen(row)).filter(Seen::is_computing);
        computing.filter(|seen| is_meant(seen.flight) && self.take_away(seen)).map(|seen| seen.hash).collect()
    }
}
