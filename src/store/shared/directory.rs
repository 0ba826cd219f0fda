//! Where regions are (R20): a folder of the user's own, that no other user can write to or put a link into.

use super::ownership;
use crate::error::{Error, Result};
use std::fs::DirBuilder;
use std::path::{Path, PathBuf};

/// A folder for regions that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory(pub PathBuf);

impl Directory {
    /// The folder that the user named.
    ///
    /// ## Errors
    /// [`Error::Directory`] if it is not writable or somebody else's.
    pub fn named(path: &Path) -> Result<Self> {
        Self::checked(path.to_owned(), "Pass another `directory`.")
    }

    /// The folder where everyone looks first: in shared memory where there is such a thing. It hardly depends on the
    /// environment, so that a child with a cleaned one finds it too.
    ///
    /// Anybody can make a folder there, and so take the one of another user. Then it is one that nobody else can make, and
    /// all of the user's processes look there, because all are refused the first one.
    ///
    /// ## Errors
    /// [`Error::Directory`].
    pub fn default_home() -> Result<Self> {
        Self::first_of_ones_own(shared_memory().unwrap_or_else(std::env::temp_dir).join(folder_name()))
    }

    /// The folder for a region too large for shared memory; as [`Directory::default_home`] otherwise.
    ///
    /// ## Errors
    /// [`Error::Directory`].
    pub fn temporary() -> Result<Self> {
        Self::first_of_ones_own(std::env::temp_dir().join(folder_name()))
    }

    /// Why the folder where everyone looks first is not used, if another user has taken it.
    pub fn taken_by_another() -> Option<String> {
        let path = shared_memory().unwrap_or_else(std::env::temp_dir).join(folder_name());
        is_anothers(&path).then(|| format!("{} belongs to another user, or leads elsewhere", path.display()))
    }

    fn first_of_ones_own(path: PathBuf) -> Result<Self> {
        if !is_anothers(&path) {
            return Self::checked(path, "Pass a `directory`.");
        }
        let tried = Self::checked(path, "Pass a `directory`.");
        private_folders().find_map(|folder| Self::checked(folder, "Pass a `directory`.").ok()).map_or(tried, Ok)
    }

    /// Root's folder, if this process is another user's and may believe what is in it: nobody but root can put anything there.
    /// Not made if it is not there.
    pub fn of_root(path: &Path) -> Option<Self> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let folder = std::fs::symlink_metadata(path).ok()?;
            let is_root = rustix::process::geteuid().is_root();
            (!is_root && folder.is_dir() && folder.uid() == 0 && folder.mode() & 0o022 == 0)
                .then(|| Self(path.to_owned()))
        }
        #[cfg(not(unix))]
        {
            let _ = path;
            None
        }
    }

    /// Where root looks first.
    pub fn roots_home() -> Option<Self> {
        Self::of_root(&shared_memory().unwrap_or_else(std::env::temp_dir).join(name_for("0")))
    }

    fn is_ours(&self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let user = rustix::process::geteuid().as_raw();
            std::fs::symlink_metadata(&self.0).is_ok_and(|folder| folder.uid() == user)
        }
        #[cfg(not(unix))]
        {
            true
        }
    }

    fn checked(path: PathBuf, remedy: &'static str) -> Result<Self> {
        let refused = |reason: String| Error::Directory { path: path.clone(), reason, remedy };
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).map_err(|error| refused(format!("it cannot be created ({error})")))?;
        let metadata = std::fs::symlink_metadata(&path).map_err(|error| refused(error.to_string()))?;
        if !metadata.is_dir() {
            return Err(refused("it is a link, and links are not followed".into()));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let user = rustix::process::geteuid().as_raw();
            if metadata.uid() != user {
                return Err(refused(format!("it belongs to user {}, and this is user {user}", metadata.uid())));
            }
            if metadata.mode() & 0o022 != 0 {
                return Err(refused(format!("others may write to it (mode {:o})", metadata.mode() & 0o777)));
            }
            rustix::fs::access(&path, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK)
                .map_err(|_| refused("it is not writable".into()))?;
        }
        Ok(Self(path))
    }

    /// Free bytes on its file system.
    pub fn free_bytes(&self) -> u64 {
        #[cfg(unix)]
        {
            rustix::fs::statvfs(&self.0).map_or(u64::MAX, |stat| stat.f_bavail.saturating_mul(stat.f_frsize))
        }
        #[cfg(not(unix))]
        {
            u64::MAX
        }
    }

    /// The lock that the synchronizer of this name holds (R18).
    pub fn lock(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.lock"))
    }

    /// The region of this name.
    pub fn region(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.region"))
    }

    /// The note that says in which other folder the region of this name is.
    pub fn note(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.elsewhere"))
    }

    /// Removes the note that leads to this file, or to its folder, unless a synchronizer may be using it.
    pub(super) fn remove_note(&self, name: &str, file: &Path) {
        let note = self.note(name);
        let leads_there = || {
            std::fs::read_to_string(&note)
                .is_ok_and(|place| [Some(file), file.parent()].contains(&Some(Path::new(&place))))
        };
        if leads_there()
            && let Some(_moment) = ownership::while_nobody_owns(&self.lock(name))
            && leads_there()
        {
            let _ = std::fs::remove_file(note);
        }
    }

    /// Removes the lock of a name that has no region, and that nobody holds (R18).
    pub(super) fn remove_lock(&self, name: &str) {
        ownership::remove_lock(&self.lock(name), || !self.region(name).exists() && !self.note(name).exists());
    }

    /// The folder where synchronizers leave notes for their descendants (R21).
    pub fn descent(&self) -> PathBuf {
        self.0.join("descent")
    }

    /// Where the region of this name is, as far as is known here: in this folder, or where the note says, which names a
    /// folder, or the file of a persisted region.
    pub fn path_of(&self, name: &str) -> PathBuf {
        let here = self.region(name);
        match std::fs::read_to_string(self.note(name)).map(PathBuf::from) {
            Ok(_) if here.exists() => here,
            // A folder that was deleted stays so: looking must not bring it back.
            Ok(path) if path.is_dir() && !self.is_ours() => {
                Self::of_root(&path).map_or(here, |folder| folder.region(name))
            }
            Ok(path) if path.is_dir() => Self::named(&path).map_or(here, |folder| folder.region(name)),
            Ok(path) if path.is_file() => path,
            _ => here,
        }
    }

    /// Whether the path of this name is that of a file which a user named: whatever is in it, nobody takes it away.
    pub fn leads_to_a_kept_file(&self, name: &str) -> bool {
        !self.region(name).exists()
            && std::fs::read_to_string(self.note(name)).is_ok_and(|path| Path::new(&path).is_file())
    }
}

/// The path with something behind the file's whole name: two files of a user's that differ only in what follows the last
/// dot must not meet.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(suffix);
    path.with_file_name(name)
}

/// What tells a file from its copies; nothing where that cannot be told.
pub(super) fn number_of(file: &std::fs::Metadata) -> [u64; 2] {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        [file.dev(), file.ino()]
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        [0; 2]
    }
}

/// Whether a path leads to this open file.
pub(super) fn leads_to(path: &Path, file: &std::fs::File) -> bool {
    #[cfg(unix)]
    {
        match (file.metadata(), std::fs::symlink_metadata(path)) {
            (Ok(ours), Ok(theirs)) => number_of(&ours) == number_of(&theirs),
            _ => false,
        }
    }
    #[cfg(not(unix))]
    {
        // A mapped file cannot be removed or replaced here, and locks are not removed.
        let _ = file;
        path.exists()
    }
}

fn shared_memory() -> Option<PathBuf> {
    let path = PathBuf::from("/dev/shm");
    (cfg!(target_os = "linux") && path.is_dir() && is_writable(&path)).then_some(path)
}

#[cfg(unix)]
fn is_writable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
fn is_writable(_path: &Path) -> bool {
    true
}

/// Whether another user has put something at a path.
#[cfg(unix)]
fn is_anothers(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::symlink_metadata(path)
        .is_ok_and(|found| !found.is_dir() || found.uid() != rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn is_anothers(_path: &Path) -> bool {
    // The temporary directory is the user's own here.
    false
}

/// Folders in places where no other user can make one, the fastest first.
fn private_folders() -> impl Iterator<Item = PathBuf> {
    #[cfg(unix)]
    let session = Some(PathBuf::from(format!("/run/user/{}", rustix::process::geteuid().as_raw())));
    #[cfg(not(unix))]
    let session: Option<PathBuf> = None;
    let session =
        session.filter(|folder| folder.is_dir() && !is_anothers(folder)).map(|folder| folder.join("psc-native"));
    let home =
        std::env::home_dir().filter(|home| !is_anothers(home)).map(|home| home.join(".cache").join("psc-native"));
    session.into_iter().chain(home)
}

/// The name of a user's folder.
fn name_for(user: &str) -> String {
    format!("psc-native-{user}")
}

fn folder_name() -> String {
    #[cfg(unix)]
    {
        name_for(&rustix::process::geteuid().as_raw().to_string())
    }
    #[cfg(not(unix))]
    {
        // The temporary directory is the user's own here.
        "psc-native".to_owned()
    }
}
