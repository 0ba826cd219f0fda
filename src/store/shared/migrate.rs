//! The successor of a region: what is asked for holds, and the entries come along (R39).

use super::Region;
use super::admission;
use super::claim::remove;
use super::index::position_of;
use super::lock::Writer;
use super::ring::Kind;
use super::synchronizer::Plan;
use crate::entry::{Origin, Value};
use crate::error::{Error, Result};
use crate::store::Wait;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long a writer is waited for that does not run. Who starts a synchronizer waits too.
const PATIENCE: Wait = Wait(Duration::from_millis(500));

impl Plan {
    /// Whether a region has the bounds and the place that are asked for, and is open to whom it is to be.
    pub(super) fn matches_options(&self, region: &Region) -> bool {
        let is_in_place = match &self.persist {
            Some(file) => region.path == *file,
            None => !region.persisted && region.path.parent().is_some_and(|folder| self.may_be_in(folder)),
        };
        let is_open = admission::is_open_to(&region.file, self.admit);
        is_in_place && is_open && region.layout == self.layout && region.max_value_bytes() == self.max_value_bytes
    }

    /// Makes the region that is asked for, with what is in the one before, whose users follow. No write is lost: it is done
    /// in the writer's turn, so those who write meanwhile do so in the successor. If the writer does not run, the successor is
    /// empty: what is half written is nothing to go on with.
    ///
    /// ## Errors
    /// [`Error::NoSpace`], [`Error::Io`]. Then the one before is as it was, unless it is the publishing that fails.
    pub(super) fn migrate(&self, former: &Region) -> Result<Arc<Region>> {
        let draft = self.draft()?;
        let successor = draft.claim()?;
        let turn = former.lock(PATIENCE).ok();
        if let Some(turn) = &turn {
            successor.take_over(turn)?;
        }
        let is_in_its_place = former.path == self.path();
        if self.persist.is_some() {
            successor.bring_to_disk()?;
        }
        fail_point!("migrate:filled");
        // Before the other can be found: nobody reads here what was set there.
        former.retire();
        fail_point!("migrate:retired");
        if self.persist.is_some() || is_in_its_place {
            draft.publish_over()?;
        } else {
            draft.publish()?;
        }
        let region = self.join_published()?;
        if !former.persisted && !is_in_its_place {
            remove(&former.path, &former.folder);
        } else if is_in_its_place {
            let _ = std::fs::remove_dir_all(&former.folder);
        }
        Ok(region)
    }
}

impl Region {
    /// Sets what is in another region: the newest entries that fit, the oldest of them first.
    fn take_over(&self, former: &Writer<'_>) -> Result<()> {
        let ring = former.ring();
        let mut room = self.ring().capacity();
        let words = former.slots_newest_first().map(|slot| former.index().word(slot).load(Ordering::Relaxed));
        let newest: Vec<u64> = words
            .map(position_of)
            .take_while(|&position| {
                let len = ring.record(position).map_or(0, |record| record.len as u64);
                room = room.saturating_sub(len);
                room > 0
            })
            .collect();
        let (mut key, mut value) = (Vec::new(), Vec::new());
        for record in newest.into_iter().rev().filter_map(|position| ring.record(position)) {
            if record.kind != Kind::Set || record.expired(former.clock.now()) {
                continue;
            }
            key.clear();
            value.clear();
            ring.read_key(&record, &mut key);
            ring.read_value(&record, &mut value);
            let (sender, session) = ring.read_names(&record);
            let origin = Origin { sender: &sender, session: &session, write: record.write, pid: record.pid };
            let expires_at = match record.expires_at {
                0 => 0,
                instant => instant.saturating_add_signed(self.clock.ms_ahead_of(&former.clock)),
            };
            let value = Value { bytes: &value, format: record.format };
            match self.write_set(&key, value, expires_at, origin, Wait::LONG) {
                Ok(_) | Err(Error::ValueTooLarge { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Brings what was set before a persisted region is published to the disk.
    ///
    /// ## Errors
    /// [`Error::NoSpace`] if it does not fit: it would be lost for good, while what is there now has it.
    pub(super) fn bring_to_disk(&self) -> Result<()> {
        if self.is_out_of_space() {
            let folder = self.path.parent().unwrap_or(&self.path).to_owned();
            return Err(Error::NoSpace { path: folder, needed: self.layout.max_bytes });
        }
        self.flush()
    }
}
