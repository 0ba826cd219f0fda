//! Which region a synchronizer goes on with: the one that its name leads to, or a new one (R18, R39).

use super::admission;
use super::claim::{self, Refusal};
use super::directory::Directory;
use super::layout::VERSION;
use super::ownership;
use super::persist::{self, Recovered};
use super::region::Region;
use super::synchronizer::Plan;
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Plan {
    /// Goes on with the region of this name if there is one of this boot that is still of use, or makes one.
    pub(super) fn adopt_or_make(&self) -> Result<(Arc<Region>, Recovered)> {
        match &self.persist {
            Some(path) => self.adopt_or_recover(path),
            None => Ok((self.adopt_or_make_anew()?, Recovered::default())),
        }
    }

    fn adopt_or_make_anew(&self) -> Result<Arc<Region>> {
        let known = self.home.path_of(&self.name);
        let mut former = self.former(&known, self.home.leads_to_a_kept_file(&self.name))?;
        // Where it is asked for there may be one to which the name does not lead any more: the home was cleared up.
        if known != self.path()
            && let Some(lost) = self.former(&self.path(), false)?
        {
            if former.is_some() {
                lost.retire_and_remove();
            } else {
                former = Some(lost);
            }
        }
        match former {
            Some(former) if self.matches_options(&former) => {
                self.lead_to(&former.path)?;
                Ok(former)
            }
            Some(former) => self.migrate(&former),
            None => self.make(),
        }
    }

    /// The region at a place, if it can be gone on with. If not, it is taken away, and its users are told to leave; a file that
    /// a user named (`is_kept`) stays.
    ///
    /// ## Errors
    /// What says that processes use one there that cannot be told, or that would be found there first.
    pub(super) fn former(&self, place: &Path, is_kept: bool) -> Result<Option<Arc<Region>>> {
        // It may be another synchronizer's by now (R32). Whatever is in it stays.
        let _moment = match is_kept.then(|| ownership::while_nobody_owns(&persist::lock_of(place))) {
            Some(None) => return Ok(None),
            Some(moment) => moment,
            None => None,
        };
        match claim::open(place) {
            Ok(former) => {
                if former.same_boot
                    && former.is_vouched_for()
                    && let Some(region) = self.join(place)?
                {
                    return Ok(Some(region));
                }
                former.replace(place);
            }
            Err(_) if is_kept => {}
            Err(Refusal::Absent) => {}
            Err(Refusal::Error(error)) => return Err(error),
            Err(Refusal::Version(found)) if claim::locks_held_beside(place, false) => {
                return Err(Error::VersionMismatch { path: place.into(), found, expected: VERSION });
            }
            Err(Refusal::Version(_)) => {
                let _ = std::fs::remove_file(place);
            }
        }
        Ok(None)
    }

    /// Makes a region where nothing is.
    pub(super) fn make(&self) -> Result<Arc<Region>> {
        self.draft()?.publish()?;
        self.join_published()
    }

    /// Has the name lead to the region that was just published, and joins it.
    pub(super) fn join_published(&self) -> Result<Arc<Region>> {
        let path = self.path();
        self.lead_to(&path)?;
        self.join(&path)?.ok_or_else(|| Error::Corrupt { path, reason: "it was taken away at once".into() })
    }

    /// Has the name lead to this path.
    fn lead_to(&self, path: &Path) -> Result<()> {
        match path.parent() {
            _ if self.persist.is_some() => self.leave_note(path),
            Some(folder) if folder != self.home.0 => self.leave_note(folder),
            _ => {
                let _ = std::fs::remove_file(self.home.note(&self.name));
                Ok(())
            }
        }
    }

    /// Where the region that is asked for is to be.
    pub(super) fn path(&self) -> PathBuf {
        self.persist.clone().unwrap_or_else(|| self.data.region(&self.name))
    }

    /// Whether the region may be in a folder. Where no place is asked for, it stays where it was found.
    pub(super) fn may_be_in(&self, folder: &Path) -> bool {
        let is = |directory: &Directory| directory.0 == folder;
        let is_usual = || is(&self.home) || Directory::temporary().is_ok_and(|temporary| is(&temporary));
        is(&self.data) || (!self.data_is_asked && is_usual())
    }

    /// Joins the region at the path to which the name leads.
    pub(super) fn join(&self, path: &Path) -> Result<Option<Arc<Region>>> {
        Region::join_at(path, &self.home, &self.name)
    }

    /// Tells who looks for the region where it is.
    pub(super) fn leave_note(&self, place: &Path) -> Result<()> {
        let note = self.home.note(&self.name);
        std::fs::write(&note, place.to_string_lossy().as_bytes())
            .and_then(|()| admission::make_readable(&note, self.admit))
            .map_err(Error::io("Writing", &note))
    }
}
