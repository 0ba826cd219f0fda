//! Making a region: its file, and what its header says at first.

use super::checksum;
use super::claim::{self, Refusal};
use super::directory::number_of;
use super::layout::{Fixed, MAGIC, VERSION, header};
use super::lock_file::open_lock_file;
use super::mapping::Mapping;
use super::ownership;
use super::persist::{self, Recovered};
use super::region::Region;
use super::room::RESERVE_STEP;
use super::synchronizer::Plan;
use crate::clock::{boot_id, namespace_offset_ms};
use crate::error::{Error, Result};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

impl Plan {
    /// Goes on with the region of this name if there is one of this boot that is still of use, or makes one.
    pub(super) fn adopt_or_make(&self) -> Result<(Arc<Region>, Recovered)> {
        match &self.persist {
            Some(path) => self.adopt_or_recover(path),
            None => Ok((self.adopt_or_make_anew()?, Recovered::default())),
        }
    }

    fn adopt_or_make_anew(&self) -> Result<Arc<Region>> {
        let path = self.home.path_of(&self.name);
        if self.home.leads_to_a_kept_file(&self.name) {
            leave_kept_file(&path);
            return self.make();
        }
        match claim::open(&path) {
            Err(Refusal::Absent) => {}
            Err(Refusal::Error(error)) => return Err(error),
            Err(Refusal::Version(found)) => {
                if claim::locks_held_beside(&path, false) {
                    return Err(Error::VersionMismatch { path, found, expected: VERSION });
                }
                let _ = std::fs::remove_file(&path);
            }
            Ok(old) => {
                let wanted = old.same_boot && (old.layout == self.layout || old.members().others_live(None));
                if wanted && let Some(region) = self.join(&path)? {
                    return Ok(region);
                }
                old.replace(&path);
            }
        }
        self.make()
    }

    /// Tells the users of a region at another place that the one of this name is not there any more.
    ///
    /// ## Errors
    /// What says that processes use one there that cannot be told, or that would be found there first.
    pub(super) fn leave_elsewhere(&self, place: &Path) -> Result<()> {
        if self.home.leads_to_a_kept_file(&self.name) {
            leave_kept_file(place);
            return Ok(());
        }
        match claim::open(place) {
            Ok(other) => other.replace(place),
            Err(Refusal::Absent) => {}
            Err(Refusal::Error(error)) => return Err(error),
            Err(Refusal::Version(found)) if claim::locks_held_beside(place, false) => {
                return Err(Error::VersionMismatch { path: place.into(), found, expected: VERSION });
            }
            Err(Refusal::Version(_)) => {
                let _ = std::fs::remove_file(place);
            }
        }
        Ok(())
    }

    /// Builds a region under a random name, reserved and initialised, then publishes it under its own, where nothing is
    /// replaced (R18).
    pub(super) fn make(&self) -> Result<Arc<Region>> {
        let path = self.data.region(&self.name);
        let id = uuid::Uuid::new_v4();
        let folder = claim::members_folder(&path, id, false);
        let draft = path.with_extension(format!("{}.new", id.simple()));
        let made = self
            .build(&draft, &folder, id)
            .and_then(|()| std::fs::hard_link(&draft, &path).map_err(Error::io("Publishing the region", &path)));
        let _ = std::fs::remove_file(&draft);
        if let Err(error) = made {
            let _ = std::fs::remove_dir_all(&folder);
            return Err(error);
        }
        if self.data == self.home {
            let _ = std::fs::remove_file(self.home.note(&self.name));
        } else {
            self.leave_note(&self.data.0)?;
        }
        self.join(&path)?.ok_or_else(|| Error::Corrupt { path, reason: "it was taken away at once".into() })
    }

    /// Joins the region at the path to which the name leads.
    pub(super) fn join(&self, path: &Path) -> Result<Option<Arc<Region>>> {
        Region::join_at(path, &self.home, &self.name)
    }

    /// Tells who looks for the region where it is.
    pub(super) fn leave_note(&self, place: &Path) -> Result<()> {
        let note = self.home.note(&self.name);
        std::fs::write(&note, place.to_string_lossy().as_bytes()).map_err(Error::io("Writing", &note))
    }

    /// Makes the file of a region and the folder of its members' locks.
    pub(super) fn build(&self, draft: &Path, folder: &Path, id: uuid::Uuid) -> Result<()> {
        let layout = &self.layout;
        let no_space = |needed| {
            move |source: std::io::Error| match source.kind() {
                std::io::ErrorKind::StorageFull
                | std::io::ErrorKind::QuotaExceeded
                | std::io::ErrorKind::FileTooLarge => {
                    let folder = draft.parent().unwrap_or(draft).to_owned();
                    Error::NoSpace { path: folder, needed }
                }
                _ => Error::Io { action: "Reserving the region", path: draft.into(), source },
            }
        };
        let mut directory = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut directory, 0o700);
        directory.create(folder).map_err(Error::io("Creating the members' folder", folder))?;
        let file = open_lock_file(draft).map_err(Error::io("Creating the region", draft))?;
        let [device, inode] = number_of(&file.metadata().map_err(Error::io("Creating the region", draft))?);
        file.set_len(layout.max_bytes).map_err(no_space(layout.max_bytes))?;
        let first = layout.ring as u64 + RESERVE_STEP;
        super::space::reserve(&file, 0, first).map_err(no_space(first))?;

        let map = Mapping::new(&file, 0, layout.ring).map_err(Error::io("Mapping the region", draft))?;
        let seed = uuid::Uuid::new_v4().as_u64_pair().0;
        let boot = boot_id();
        let half = |bytes: &[u8]| bytes.iter().rev().fold(0_u64, |word, &byte| word << 8 | u64::from(byte));
        let (id_high, id_low) = id.as_u64_pair();
        for (offset, value) in [
            (header::VERSION, u64::from(VERSION)),
            (header::MAX_BYTES, layout.max_bytes),
            (header::MAX_VALUE_BYTES, self.max_value_bytes),
            (header::SEED, seed),
            (header::BOOT_ID, half(&boot[..8])),
            (header::BOOT_ID + 8, half(&boot[8..])),
            (header::REGION_ID, id_high),
            (header::REGION_ID + 8, id_low),
            (header::CLOCK_OFFSET, namespace_offset_ms() as u64),
            (header::PERSISTED, u64::from(self.persist.is_some())),
            (header::DEVICE, device),
            (header::INODE, inode),
            (header::HEAD, super::ring::FIRST_POSITION),
            (header::TAIL, super::ring::FIRST_POSITION),
            (header::PUBLISHED, super::ring::FIRST_POSITION),
            (header::FLIGHTS_ENDED, super::ring::FIRST_POSITION),
            (header::CAPACITY, layout.ring_bytes as u64),
            (header::RESERVED, RESERVE_STEP),
            (header::MAGIC_AGAIN, MAGIC),
            (header::MAGIC, MAGIC),
        ] {
            map.word(offset).store(value, Ordering::SeqCst);
        }
        let fixed: Fixed = std::array::from_fn(|index| map.word(index * 8).load(Ordering::Relaxed));
        map.word(header::FIXED_SUM).store(checksum::of_fixed(&fixed), Ordering::SeqCst);
        Ok(())
    }
}

/// Tells the users of a file to leave it, unless it is another synchronizer's by now (R32). Whatever is in it stays.
fn leave_kept_file(place: &Path) {
    if let Ok(other) = claim::open(place)
        && let Some(_moment) = ownership::while_nobody_owns(&persist::lock_of(place))
    {
        other.replace(place);
    }
}
