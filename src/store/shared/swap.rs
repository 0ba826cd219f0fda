//! Compare and swap: a set or a remove that happens only if the key has the entry that the caller knows, or if nobody has
//! written to it since a flight began (R38). Looking and
//! writing are one turn of the writer, so nothing comes between them; the order of stores is that of any write (R6, R8).

use super::Region;
use super::ring::{Kind, NewRecord};
use super::write::NOTHING;
use crate::entry::Origin;
use crate::error::Result;
use crate::store::{Expected, Replacement, Swap, Wait};

impl Region {
    /// See [`crate::store::Store::set_if`].
    pub(super) fn write_if(
        &self,
        key: &[u8],
        expected: Expected,
        replacement: Replacement<'_>,
        origin: Origin<'_>,
        wait: Wait,
    ) -> Result<Swap> {
        let (kind, value, expires_at) = match replacement {
            Replacement::Nothing => (Kind::Remove, NOTHING, Some(0)),
            Replacement::Value { value, expires_at } => (Kind::Set, value, expires_at),
        };
        self.check_value(value)?;
        let hash = self.hasher.hash(key);
        self.foresee(hash);
        let (origin, sealed) = (self.signed(origin), self.persisted);
        let mut record = NewRecord { kind, hash, key, value, expires_at: 0, origin, base: None, sealed, stamp: None };
        let position = {
            let writer = self.lock(wait)?;
            fail_point!("set:locked");
            let old = writer.find(hash, key);
            // The clock is asked only about an entry that can expire.
            let present = old.filter(|(_, old)| old.expires_at == 0 || !old.expired(self.clock.now()));
            // The stamp: a move changes an entry's place and not the entry (R7).
            let (seq, end) = present.map_or((0, 0), |(_, present)| (present.stamp, present.expires_at));
            if seq != expected.seq || (expected.flight != 0 && !self.desk.holds(self, expected.flight)) {
                return Ok(Swap::Changed);
            }
            match kind {
                Kind::Set => {
                    record.expires_at = expires_at.unwrap_or(end);
                    record.base = present.map(|(_, present)| present.since());
                    writer.put(&record, old)?
                }
                _ => writer.take_out(&record)?,
            }
        };
        fail_point!("set:unlocked");
        self.ring_the_bell_behind_a_fence();
        self.announce_end(record.expires_at);
        self.look_ahead(record.len());
        Ok(Swap::Done(position))
    }
}
