//! A region that is not published yet: its file under a random name, and what its header says at first (R18).

use super::admission;
use super::checksum;
use super::claim::{self, Refusal};
use super::directory::{beside, number_of};
use super::layout::{Fixed, MAGIC, VERSION, header};
use super::lock_file::open_lock_file;
use super::mapping::Mapping;
use super::region::Region;
use super::room::RESERVE_STEP;
use super::synchronizer::Plan;
use crate::clock::{boot_id, namespace_offset_ms};
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// The file of a region that nobody finds yet. Dropped, it is gone.
pub(super) struct Draft<'a> {
    plan: &'a Plan,
    file: PathBuf,
    /// Of its members' locks.
    folder: PathBuf,
    /// Where it is to be.
    path: PathBuf,
    is_published: bool,
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
        if !self.is_published {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

impl Draft<'_> {
    /// Becomes a member of it, so that something can be set before anybody else sees it.
    pub(super) fn claim(&self) -> Result<Region> {
        let opened = claim::open_as(&self.file, &self.path).map_err(|refusal| match refusal {
            Refusal::Error(error) => error,
            Refusal::Absent | Refusal::Version(_) => {
                Error::Corrupt { path: self.file.clone(), reason: "it was taken away at once".into() }
            }
        })?;
        opened.claim(&self.path, (&self.plan.home, &self.plan.name), None)
    }

    /// Publishes it where nothing is. What is there is not replaced.
    pub(super) fn publish(mut self) -> Result<()> {
        std::fs::hard_link(&self.file, &self.path).map_err(Error::io("Publishing the region", &self.path))?;
        self.is_published = true;
        Ok(())
    }

    /// Publishes it in the place of what is there.
    pub(super) fn publish_over(mut self) -> Result<()> {
        std::fs::rename(&self.file, &self.path).map_err(Error::io("Publishing the region", &self.path))?;
        self.is_published = true;
        #[cfg(unix)]
        if self.plan.persist.is_some()
            && let Some(folder) = self.path.parent()
        {
            // The new name has to survive too. What cannot be done here is done by the kernel, later.
            let _ = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }
}

impl Plan {
    /// Begins the region that is asked for: reserved and initialised.
    pub(super) fn draft(&self) -> Result<Draft<'_>> {
        let id = uuid::Uuid::new_v4();
        let path = self.path();
        let folder = claim::members_folder(&path, id, self.persist.is_some());
        let file = match &self.persist {
            Some(path) => beside(path, &format!("new-{}", id.simple())),
            None => path.with_extension(format!("{}.new", id.simple())),
        };
        // From here on what there is of it goes if it does not succeed.
        let draft = Draft { plan: self, file, folder, path, is_published: false };
        self.build(&draft.file, &draft.folder, id)?;
        Ok(draft)
    }

    /// Makes the file of a region and the folder of its members' locks.
    fn build(&self, draft: &Path, folder: &Path, id: uuid::Uuid) -> Result<()> {
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
        admission::create_member_locks(folder, self.admit)?;
        let file = open_lock_file(draft).map_err(Error::io("Creating the region", draft))?;
        admission::admit(&file, self.admit).map_err(Error::io("Opening the region to others", draft))?;
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
