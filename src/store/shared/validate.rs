//! Every invariant of a region, checked with the writer lock held. Tests call it after every step.

use super::counts::Counts;
use super::index::{position_of, word_of};
use super::layout::{SCOPE_COUNTS, header};
use super::region::Region;
use super::ring::{Kind, Record};
use super::room::plausible;
use crate::entry::split_entry_key;
use crate::store::Wait;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;

macro_rules! ensure {
    ($holds:expr, $($message:tt)+) => {
        if !$holds {
            return Err(format!($($message)+));
        }
    };
}

impl Region {
    pub(super) fn check_invariants(&self) -> Result<(), String> {
        let writer = self.lock(Wait::LONG).map_err(|error| error.to_string())?;
        let load = |offset| writer.map.word(offset).load(Ordering::SeqCst);
        let (head, tail, capacity) = (load(header::HEAD), load(header::TAIL), writer.ring().capacity());
        ensure!(plausible(head, tail, capacity), "the log runs from {head} to {tail} in {capacity} bytes");
        ensure!(load(header::PUBLISHED) == tail, "published {} is not the tail {tail}", load(header::PUBLISHED));
        ensure!(!writer.counts().interrupted(), "a step was left half done");
        let reserved = load(header::RESERVED);
        ensure!(reserved <= capacity, "{reserved} bytes reserved of {capacity}");
        let size = writer.file.metadata().map_err(|error| error.to_string())?.len();
        ensure!(size == writer.layout.max_bytes, "the file has {size} bytes, not {}", writer.layout.max_bytes);

        let records = writer.walk(head, tail, reserved)?;
        let mut scopes = vec![0_u64; SCOPE_COUNTS];
        let (mut entries, mut bytes, mut keys) = (0, 0, HashSet::new());
        for slot in 0..writer.layout.words {
            let word = writer.index().word(slot).load(Ordering::SeqCst);
            if word == 0 {
                continue;
            }
            let position = position_of(word);
            let record =
                records.get(&position).ok_or_else(|| format!("slot {slot} leads to {position}, where no record is"))?;
            ensure!(record.kind == Kind::Set, "slot {slot} leads to a record of kind {:?}", record.kind);
            ensure!(word_of(record.hash, position) == word, "slot {slot} has the tag of another hash");
            ensure!(writer.index().candidates(record.hash).contains(&slot), "slot {slot} is not one of the record's");
            let mut key = Vec::new();
            writer.ring().read_key(record, &mut key);
            ensure!(writer.hasher.hash(&key) == record.hash, "the record at {position} has the hash of another key");
            let (scope, _) = split_entry_key(&key).ok_or_else(|| format!("the record at {position} has no key"))?;
            let scope = Counts::scope_of(writer.hasher.hash(scope));
            ensure!(writer.counts().scope_since(scope) <= position, "scope {scope} has an entry at {position} already");
            scopes[scope] += 1;
            entries += 1;
            bytes += record.len as u64;
            ensure!(keys.insert(key), "two slots lead to the same key");
        }
        ensure!(entries == load(header::ENTRIES), "{entries} entries, {} counted", load(header::ENTRIES));
        ensure!(bytes == load(header::LIVE_BYTES), "{bytes} live bytes, {} counted", load(header::LIVE_BYTES));
        for (scope, &expected) in scopes.iter().enumerate() {
            let counted = writer.counts().scope_entries(scope);
            ensure!(expected == counted, "{expected} entries in scope {scope}, {counted} counted");
        }
        // Others queue and free meanwhile, without a lock: what holds does so at every instant.
        writer.check_locks()
    }

    /// All records from head to tail, by position.
    fn walk(&self, head: u64, tail: u64, reserved: u64) -> Result<HashMap<u64, Record>, String> {
        let mut records = HashMap::new();
        let mut position = head;
        while position < tail {
            let record = self.ring().record(position).ok_or_else(|| format!("no record at {position}"))?;
            let needs = if record.kind == Kind::Pad { 8 } else { record.len };
            let end = record.offset - self.layout.ring + needs;
            ensure!(end as u64 <= reserved, "the record at {position} ends at {end}, and {reserved} is reserved");
            ensure!(record.stamp <= position, "the record at {position} has the stamp {}", record.stamp);
            records.insert(position, record);
            position = record.next();
        }
        ensure!(position == tail, "the last record ends at {position}, the tail is {tail}");
        Ok(records)
    }
}
