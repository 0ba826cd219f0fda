//! The log of a memory store's changes: the feed that followers read (R16, R17).

use crate::entry::{ChangeKind, MAX_NAME_BYTES, Origin};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Most changes the log keeps. A follower further behind takes a snapshot, which is then the cheaper way.
pub(super) const MAX_RECORDS: usize = 65_536;

/// What a change costs in the log beyond the bytes of its key and names: record, queue slot, index slot, reference
/// counts and what the allocator adds to each, rounded up.
pub(super) const RECORD_OVERHEAD_BYTES: u64 = 256;

/// One change. Its `seq` is its place in the log.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) kind: ChangeKind,
    /// The stored key; for a clear the scope's prefix.
    pub(super) key: Arc<[u8]>,
    sender: Box<[u8]>,
    write: u64,
    session: Box<[u8]>,
    pid: u32,
}

impl Record {
    pub(super) fn origin(&self) -> Origin<'_> {
        Origin { sender: &self.sender, write: self.write, session: &self.session, pid: self.pid }
    }

    fn cost(&self) -> u64 {
        (self.key.len() + self.sender.len() + self.session.len()) as u64 + RECORD_OVERHEAD_BYTES
    }

    /// The key that the record speaks of, if it is one: the prefix of a cleared scope has the same bytes as the
    /// scope's key `''`.
    fn own_key(&self) -> Option<&Arc<[u8]>> {
        (self.kind != ChangeKind::Clear).then_some(&self.key)
    }
}

/// The last changes, bounded by count ([`MAX_RECORDS`]) and by bytes; the oldest leave first.
#[derive(Debug)]
pub(super) struct Log {
    records: VecDeque<Arc<Record>>,
    /// The `seq` of the first record, or of the one to come.
    first: u64,
    /// The last change of each key that the log still holds.
    newest: HashMap<Arc<[u8]>, u64>,
    bytes: u64,
    max_bytes: u64,
}

impl Log {
    pub(super) fn new(max_bytes: u64) -> Self {
        Self { records: VecDeque::new(), first: 1, newest: HashMap::new(), bytes: 0, max_bytes }
    }

    pub(super) fn max_bytes(&self) -> u64 {
        self.max_bytes
    }

    /// The `seq` of the change to come.
    pub(super) fn next_seq(&self) -> u64 {
        self.first + self.records.len() as u64
    }

    /// Whether everything from this `seq` on is still here.
    pub(super) fn reaches(&self, seq: u64) -> bool {
        (self.first..=self.next_seq()).contains(&seq)
    }

    /// The change with this `seq`.
    pub(super) fn record(&self, seq: u64) -> Option<&Arc<Record>> {
        self.records.get(usize::try_from(seq.checked_sub(self.first)?).ok()?)
    }

    /// The `seq` of the last change of this key, if the log still holds it.
    pub(super) fn newest(&self, key: &[u8]) -> Option<u64> {
        self.newest.get(key).copied()
    }

    /// Appends a change and returns its `seq`.
    pub(super) fn push(&mut self, kind: ChangeKind, key: Arc<[u8]>, origin: Origin<'_>) -> u64 {
        let seq = self.next_seq();
        // The index and all records of a key share its bytes.
        let key = match self.newest.get_key_value(&key) {
            Some((held, _)) if kind != ChangeKind::Clear => Arc::clone(held),
            _ => key,
        };
        let record = Record {
            kind,
            key,
            sender: cut(origin.sender),
            write: origin.write,
            session: cut(origin.session),
            pid: origin.pid,
        };
        if let Some(key) = record.own_key() {
            self.newest.insert(Arc::clone(key), seq);
        }
        self.bytes += record.cost();
        self.records.push_back(Arc::new(record));
        while self.records.len() > MAX_RECORDS || self.bytes > self.max_bytes {
            self.forget_oldest();
        }
        seq
    }

    fn forget_oldest(&mut self) {
        let Some(record) = self.records.pop_front() else { return };
        self.bytes -= record.cost();
        if let Some(key) = record.own_key()
            && self.newest(key) == Some(self.first)
        {
            self.newest.remove(key);
        }
        self.first += 1;
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        let bytes: u64 = self.records.iter().map(|record| record.cost()).sum();
        if bytes != self.bytes {
            return Err(format!("the log has {bytes} bytes and {} are counted", self.bytes));
        }
        if bytes > self.max_bytes || self.records.len() > MAX_RECORDS {
            return Err(format!("the log has {bytes} bytes of {}, {} records", self.max_bytes, self.records.len()));
        }
        let keyed = (self.first..).zip(&self.records).filter_map(|(seq, record)| Some((record.own_key()?, seq)));
        let newest: HashMap<_, _> = keyed.collect();
        if newest.len() != self.newest.len() || newest.iter().any(|(key, seq)| self.newest(key) != Some(*seq)) {
            return Err("the index of last changes differs from the log".to_owned());
        }
        Ok(())
    }
}

fn cut(name: &[u8]) -> Box<[u8]> {
    name[..name.len().min(MAX_NAME_BYTES)].into()
}
