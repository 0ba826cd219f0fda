//! What can go wrong, once: subject, fact, values, remedy. `docs/errors.md` has a heading per code.

use std::path::PathBuf;

/// An error of the store. Its [`code`](Error::code) is stable; its message is for people.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The key's text is longer than [`crate::entry::MAX_KEY_BYTES`].
    #[error("Key is too large: {bytes} bytes of {limit} allowed. Use a shorter key, for example a hash of it.")]
    KeyTooLarge {
        /// Bytes of the key as stored.
        bytes: usize,
        /// Most bytes a key may have.
        limit: usize,
    },
    /// The scope's text is longer than [`crate::entry::MAX_SCOPE_BYTES`].
    #[error("Scope is too large: {bytes} bytes of {limit} allowed. Use a shorter scope, for example a hash of it.")]
    ScopeTooLarge {
        /// Bytes of the scope as stored.
        bytes: usize,
        /// Most bytes a scope may have.
        limit: usize,
    },
    /// The encoded value is larger than `maxValueBytes`.
    #[error(
        "Value is too large: {bytes} bytes encoded, and `maxValueBytes` is {limit}. \
         Raise `maxValueBytes` (at most a quarter of `maxBytes`) where the synchronizer is created, or store less."
    )]
    ValueTooLarge {
        /// Bytes of the encoded value.
        bytes: usize,
        /// Most bytes a value may have.
        limit: usize,
    },
    /// The owner of the entry would hold more than its share.
    #[error(
        "Share of the cache is used up: the entry needs {bytes} bytes beside the {held} that its writer holds, \
         and {limit} are allowed. Raise `limits.maxBytes` where the synchronizer is created, or store less."
    )]
    QuotaExceeded {
        /// Bytes that the entry counts.
        bytes: u64,
        /// Bytes that the owner's other entries count.
        held: u64,
        /// Most bytes that the owner may hold.
        limit: u64,
    },
    /// An option has a value that cannot work.
    #[error("Option `{option}` cannot be {value}: {remedy}.")]
    InvalidOption {
        /// The option's name in JavaScript.
        option: &'static str,
        /// The value it had.
        value: String,
        /// What it may be.
        remedy: String,
    },
    /// The directory of the region cannot be used.
    #[error("Directory {} cannot hold the cache: {reason}. {remedy}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why not.
        reason: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The cache is root's, and not open to this process's user.
    #[error(
        "The cache at {} belongs to root, and this process is of another user. Where root creates the synchronizer, let this \
         user in: `admit: {{ user: <number> }}`, or `admit: {{ group: <number> }}`.",
        path.display()
    )]
    NotAdmitted {
        /// Where it is.
        path: PathBuf,
    },
    /// There is no room for the header, the index and the first step of the ring.
    #[error(
        "No space for the cache in {}: {needed} bytes could not be reserved. \
         Free some space, lower `maxBytes`, or choose another `directory`, or path for `persist`.",
        path.display()
    )]
    NoSpace {
        /// The directory.
        path: PathBuf,
        /// Bytes that were asked for.
        needed: u64,
    },
    /// The file is not a region, or not a whole one.
    #[error("{} is not a whole psc-native region: {reason}. Remove the file; a synchronizer makes a new one.", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A region of another layout version is in use by live processes.
    #[error(
        "{} has layout version {found} and this is version {expected}: another release of psc-native is using it. \
         Use one version in all processes, or another id.",
        path.display()
    )]
    VersionMismatch {
        /// The file.
        path: PathBuf,
        /// The layout version in the file.
        found: u32,
        /// The layout version of this build.
        expected: u32,
    },
    /// Another synchronizer is alive on this id.
    #[error(
        "A synchronizer with id \"{id}\" is running already. Call its stop function first, \
         choose another id, or leave the id out to have a free one chosen."
    )]
    EndpointInUse {
        /// The id.
        id: String,
    },
    /// Another synchronizer is alive on this persisted file, under whatever id.
    #[error(
        "The cache in {} belongs to a synchronizer that is running already, with another id or in another application. \
         Call its stop function first, or choose another path for `persist`.",
        path.display()
    )]
    PathInUse {
        /// The file.
        path: PathBuf,
    },
    /// Every member slot is taken by a live process.
    #[error(
        "The cache is in use by {members} processes, the most it allows. End some, or give groups of processes ids of their own."
    )]
    TooManyProcesses {
        /// How many member slots there are.
        members: usize,
    },
    /// Every row of the lock table is taken.
    #[error(
        "Too many locks: all {rows} that the cache has room for are held or waited for. Free some, lock fewer at once, \
         or raise `maxBytes` where the synchronizer is created: there is one for each 4 KiB, up to 4096."
    )]
    TooManyLocks {
        /// How many rows the table has.
        rows: usize,
    },
    /// The entry is not the one that the caller knew.
    #[error("The key was changed by somebody else meanwhile, and nothing was written. Read it again, and try again.")]
    Changed,
    /// The writer lock is held by a process that lives but does not run.
    #[error(
        "No write was possible for {waited_ms} ms: process {owner} holds the writer lock and does not run \
         (stopped by a signal, a debugger or a freezer). Resume or end it; reading still works."
    )]
    Timeout {
        /// How long was waited.
        waited_ms: u64,
        /// Process id of the owner, 0 if it could not be told.
        owner: u32,
    },
    /// The region was replaced; the caller joins the new one.
    #[error("The cache was replaced by a new one. Create a new adapter, or try again.")]
    Retired,
    /// A bug of ours: something panicked.
    #[error(
        "psc-native met a fault of its own in {place}: {reason}. The cache goes on; what was asked for may or may not have \
         happened. Please report this message."
    )]
    Internal {
        /// What was running.
        place: &'static str,
        /// What the panic said.
        reason: String,
    },
    /// The operating system refused something.
    #[error("{action} failed on {}: {source}.", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Error {
    /// The stable code, as JavaScript sees it in `error.code`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::KeyTooLarge { .. } => "ERR_PSC_KEY_TOO_LARGE",
            Self::ScopeTooLarge { .. } => "ERR_PSC_INVALID_SCOPE",
            Self::ValueTooLarge { .. } => "ERR_PSC_VALUE_TOO_LARGE",
            Self::QuotaExceeded { .. } => "ERR_PSC_QUOTA_EXCEEDED",
            Self::InvalidOption { .. } => "ERR_PSC_INVALID_OPTION",
            Self::NotAdmitted { .. } => "ERR_PSC_NOT_ADMITTED",
            Self::Directory { .. } => "ERR_PSC_DIRECTORY",
            Self::NoSpace { .. } => "ERR_PSC_NO_SPACE",
            Self::Corrupt { .. } => "ERR_PSC_CORRUPT",
            Self::VersionMismatch { .. } => "ERR_PSC_VERSION_MISMATCH",
            Self::EndpointInUse { .. } | Self::PathInUse { .. } => "ERR_PSC_ENDPOINT_IN_USE",
            Self::TooManyProcesses { .. } => "ERR_PSC_TOO_MANY_PROCESSES",
            Self::TooManyLocks { .. } => "ERR_PSC_TOO_MANY_LOCKS",
            Self::Changed => "ERR_PSC_CHANGED",
            Self::Timeout { .. } => "ERR_PSC_TIMEOUT",
            Self::Retired => "ERR_PSC_RETIRED",
            Self::Internal { .. } => "ERR_PSC_INTERNAL",
            Self::Io { .. } => "ERR_PSC_IO",
        }
    }

    /// Wraps a system error with what was tried and where.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

/// The result of anything in this crate.
pub type Result<T> = std::result::Result<T, Error>;
