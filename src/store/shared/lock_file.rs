//! Files whose locks the kernel drops when their holder's process ends, whatever ended it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// The file of a lock, made if it is not there.
pub(super) fn open_lock_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32);
    }
    options.open(path)
}

/// A file that is there already, and no link.
pub(super) fn open_existing(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NOFOLLOW.bits() as i32);
    options.open(path)
}

/// A lock, held until this is dropped. Unlocking reaches copies of the descriptor too, such as the one that a child has between
/// fork and exec; closing would not.
#[derive(Debug)]
pub(super) struct Held(File);

impl Held {
    /// Shares the lock of a file with others, unless somebody has it alone.
    pub(super) fn share(file: File) -> std::result::Result<Self, TryLockError> {
        file.try_lock_shared().map(|()| Self(file))
    }

    pub(super) fn file(&self) -> &File {
        &self.0
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// What the lock of a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Probe {
    Held,
    Free,
    /// The file cannot be opened or is not there, for example for lack of descriptors.
    Unknown,
}

/// A file that is not there is not made: its lock would be free, and say that somebody died.
pub(super) fn probe(path: &Path) -> Probe {
    let Ok(file) = open_existing(path) else { return Probe::Unknown };
    // Shared, so that two who probe at the same time do not take each other for the owner.
    match Held::share(file) {
        Ok(_) => Probe::Free,
        Err(TryLockError::WouldBlock) => Probe::Held,
        Err(TryLockError::Error(_)) => Probe::Unknown,
    }
}

/// Whether somebody holds the lock of a file in a folder. "Cannot tell" is held, but for a folder that is not there.
pub(super) fn any_lock_is_held_in(folder: &Path) -> bool {
    match std::fs::read_dir(folder) {
        Ok(mut files) => files.any(|file| file.map_or(true, |file| probe(&file.path()) != Probe::Free)),
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}
