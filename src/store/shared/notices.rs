//! Notices of what left for room or because its time was over, for those who listen (R23).

use super::lock::Writer;
use super::ring::{Kind, NewRecord};
use super::write::NOTHING;
use crate::entry::Origin;

/// One part in so many of the ring is what the notices of one write may take: what leaves can have as many bytes as the
/// notice of it, and a large set would drive everything out. Beyond it entries leave untold.
const TOLD: u64 = 16;

/// An entry that left.
struct Notice {
    kind: Kind,
    hash: u64,
    key: Vec<u8>,
}

/// The notices that one write leaves in the log before its own record.
pub(super) struct Notices {
    list: Vec<Notice>,
    /// What they take, and may take, pads aside.
    bytes: u64,
    most: u64,
    pid: u32,
    sealed: bool,
}

impl Notices {
    pub fn push(&mut self, kind: Kind, hash: u64, key: Vec<u8>) {
        let notice = Notice { kind, hash, key };
        let bytes = self.bytes + self.record(&notice).len() as u64;
        if bytes <= self.most {
            self.bytes = bytes;
            self.list.push(notice);
        }
    }

    pub fn clear(&mut self) {
        self.list.clear();
        self.bytes = 0;
    }

    /// What they take in the ring, pads aside.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    pub fn records(&self) -> impl Iterator<Item = NewRecord<'_>> {
        self.list.iter().map(|notice| self.record(notice))
    }

    fn record<'a>(&self, notice: &'a Notice) -> NewRecord<'a> {
        NewRecord {
            kind: notice.kind,
            hash: notice.hash,
            key: &notice.key,
            value: NOTHING,
            expires_at: 0,
            origin: Origin { pid: self.pid, ..Origin::default() },
            base: None,
            sealed: self.sealed,
            stamp: None,
        }
    }
}

impl Writer<'_> {
    /// No notices yet.
    pub(super) fn notices(&self) -> Notices {
        let most = self.ring().capacity() / TOLD;
        Notices { list: Vec::new(), bytes: 0, most, pid: self.pid, sealed: self.persisted }
    }

    /// Appends notices alone, and publishes. Those that find no room are no loss: mirrors know when their entries expire.
    pub(super) fn tell(&self, notices: Notices) {
        let _ = notices.records().try_for_each(|notice| self.append(&notice, self.notices()).map(drop));
        self.publish();
    }
}
