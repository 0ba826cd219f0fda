//! Who may use a region of root's beside root itself: workers that gave up their privileges (R40).
//!
//! Nobody else gets to write into root's folders. They can be entered but not listed, and what is to be opened in them, the
//! region and the locks of its members, belongs to who is admitted.

use super::directory::Directory;
use super::layout::MEMBERS;
use super::lock_file::open_lock_file;
use crate::error::{Error, Result};
use std::fs::File;
use std::path::Path;

/// Whom a synchronizer of root's admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// The user with this number.
    User(u32),
    /// The group with this number.
    Group(u32),
}

impl Admission {
    /// Whether this process can admit anybody.
    ///
    /// ## Errors
    /// [`Error::InvalidOption`].
    pub(super) fn check(self) -> Result<()> {
        #[cfg(unix)]
        if rustix::process::geteuid().is_root() {
            return Ok(());
        }
        let (Self::User(number) | Self::Group(number)) = self;
        Err(Error::InvalidOption {
            option: "admit",
            value: number.to_string(),
            remedy: "only root can admit others; all processes of one user share anyway".into(),
        })
    }
}

/// Whether a region's file may belong to this user: to this process's own, or to who is admitted.
#[cfg(unix)]
pub(super) fn may_own(user: u32, admission: Option<Admission>) -> bool {
    user == rustix::process::geteuid().as_raw() || admission == Some(Admission::User(user))
}

/// Whether nobody but root can put anything into a folder.
#[cfg(unix)]
pub(super) fn only_root_writes_to(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(folder).is_ok_and(|folder| folder.uid() == 0 && folder.mode() & 0o022 == 0)
}

/// Lets all read a note, whatever the umask, if anybody is admitted: it says no more than a path. Only root can write it.
pub(super) fn make_readable(note: &Path, admission: Option<Admission>) -> std::io::Result<()> {
    #[cfg(unix)]
    if admission.is_some() {
        std::fs::set_permissions(note, std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    }
    #[cfg(not(unix))]
    let _ = (note, admission);
    Ok(())
}

/// Opens a new file to who is admitted, if anybody is.
pub(super) fn admit(file: &File, admission: Option<Admission>) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::fs::{Gid, Mode, Uid, fchmod, fchown};
        match admission {
            None => {}
            Some(Admission::User(user)) => fchown(file, Some(Uid::from_raw(user)), None)?,
            Some(Admission::Group(group)) => {
                fchown(file, None, Some(Gid::from_raw(group)))?;
                fchmod(file, Mode::from_raw_mode(0o660))?;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = (file, admission);
    Ok(())
}

/// Whether a file is open to those who are to be admitted, and to nobody else.
pub(super) fn is_open_to(file: &File, admission: Option<Admission>) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let Ok(file) = file.metadata() else { return false };
        let owner = match admission {
            Some(Admission::User(user)) => user,
            _ => rustix::process::geteuid().as_raw(),
        };
        let is_open_to_group = match admission {
            Some(Admission::Group(group)) => file.gid() == group && file.mode() & 0o077 == 0o060,
            _ => file.mode() & 0o077 == 0,
        };
        file.uid() == owner && is_open_to_group
    }
    #[cfg(not(unix))]
    {
        let _ = (file, admission);
        true
    }
}

/// Makes the locks of all members there may be: who is admitted cannot make a file in root's folder.
pub(super) fn create_member_locks(folder: &Path, admission: Option<Admission>) -> Result<()> {
    if admission.is_none() {
        return Ok(());
    }
    for slot in 0..MEMBERS {
        let path = folder.join(slot.to_string());
        let made = open_lock_file(&path).and_then(|lock| admit(&lock, admission));
        made.map_err(Error::io("Making a member's lock", &path))?;
    }
    make_traversable(folder).map_err(Error::io("Opening the members' folder", folder))
}

/// Lets everybody enter a folder, who then can open what is theirs in it. Nobody can list it.
pub(super) fn make_traversable(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::fs::{Mode, OFlags, fchmod, fstat, open};
        // By its descriptor, and no link: nothing can take its place in between.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = open(folder, flags, Mode::empty())?;
        let mode = fstat(&opened)?.st_mode & 0o7777 | 0o011;
        fchmod(&opened, Mode::from_raw_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Lets those who are admitted reach what is in a folder of ours; one that the user named, and those above, are the user's
/// to open.
///
/// ## Errors
/// [`Error::Directory`].
pub(super) fn make_reachable(directory: &Directory, is_named: bool, admission: Option<Admission>) -> Result<()> {
    if admission.is_none() {
        return Ok(());
    }
    let refused = |path: &Path, reason: String| Error::Directory {
        path: path.to_owned(),
        reason,
        remedy: "Let others enter it (mode 711), or choose another one.",
    };
    if !is_named {
        make_traversable(&directory.0).map_err(|error| refused(&directory.0, error.to_string()))?;
    }
    #[cfg(unix)]
    for folder in directory.0.ancestors().filter(|folder| !folder.as_os_str().is_empty()) {
        use std::os::unix::fs::PermissionsExt;
        let metadata = std::fs::metadata(folder).map_err(|error| refused(folder, error.to_string()))?;
        if metadata.permissions().mode() & 0o011 == 0 {
            return Err(refused(folder, "whom `admit` names cannot enter it".into()));
        }
    }
    Ok(())
}
