//! Opening a region and becoming a member of it (R18).

use super::checksum;
use super::directory::{Directory, beside, leads_to, number_of};
use super::index::Hasher;
use super::layout::{Fixed, Layout, MAGIC, VERSION, header};
use super::lock_file::open_existing;
use super::mapping::Mapping;
use super::members::Members;
use super::region::Region;
use super::ring::Ring;
use super::room::plausible;
use crate::clock::{Clock, boot_id};
use crate::error::{Error, Result};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

/// The regions this process has joined: all its threads and JavaScript environments share one membership.
pub(super) static JOINED: Mutex<Option<HashMap<PathBuf, Weak<Region>>>> = Mutex::new(None);

/// How often a joiner starts over because the region was replaced under its hands.
const TRIES: usize = 16;

/// What the first page of a file says.
pub(super) struct Opened {
    pub file: File,
    pub map: Mapping,
    pub layout: Layout,
    pub folder: PathBuf,
    pub same_boot: bool,
}

/// Why a file cannot be joined.
pub(super) enum Refusal {
    Absent,
    /// Another layout version; its members' folder, so that one can ask whether they live.
    Version(u32),
    Error(Error),
}

impl Region {
    /// Joins the region of this name, or the one this process has joined already. `None` if there is none yet.
    ///
    /// ## Errors
    /// [`Error::Corrupt`], [`Error::VersionMismatch`], [`Error::TooManyProcesses`], [`Error::Directory`], [`Error::Io`].
    pub fn join(name: &str, home: Option<&Path>) -> Result<Option<Arc<Self>>> {
        let home = home.map_or_else(Directory::default_home, Directory::named)?;
        Self::join_at(&home.path_of(name), &home, name)
    }

    /// As [`Region::join`], also where root's synchronizer said that it is (`inherited`), and where root has its caches: there
    /// first, for a process that gave up its privileges descends from it (R40).
    ///
    /// ## Errors
    /// As [`Region::join`]; [`Error::NotAdmitted`] if the only one is not open to this user.
    pub fn join_own_or_root(name: &str, inherited: Option<&Path>) -> Result<Option<Arc<Self>>> {
        let mut denied = None;
        let mut join_roots = |home: Option<Directory>| {
            let home = home?;
            let path = home.path_of(name);
            match Self::join_at(&path, &home, name) {
                Ok(region) => region,
                Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::PermissionDenied => {
                    denied = Some(Error::NotAdmitted { path });
                    None
                }
                Err(_) => None,
            }
        };
        let inherited = inherited.and_then(Directory::of_root);
        if let Some(region) = join_roots(inherited.clone()) {
            return Ok(Some(region));
        }
        if let Some(region) = Self::join(name, None)? {
            return Ok(Some(region));
        }
        // Who was told nothing may be admitted all the same. What is shut there may be no cache at all.
        let roots =
            Directory::roots_home().filter(|home| inherited.as_ref() != Some(home) && home.region(name).exists());
        match join_roots(roots) {
            Some(region) => Ok(Some(region)),
            None => denied.map_or(Ok(None), Err),
        }
    }

    /// Joins the region at this path, to which the name leads.
    pub(super) fn join_at(path: &Path, home: &Directory, name: &str) -> Result<Option<Arc<Self>>> {
        let mut joined = JOINED.lock();
        let joined = joined.get_or_insert_default();
        let mut failure = None;
        for _ in 0..TRIES {
            if let Some(region) = joined.get(path).and_then(Weak::upgrade)
                && !region.is_retired()
                && region.is_at_its_path()
            {
                return Ok(Some(region));
            }
            let opened = match open(path) {
                Ok(opened) if opened.same_boot && opened.is_vouched_for() => opened,
                // A region of an earlier boot has no users; the next synchronizer replaces it, or reads what is in it.
                Ok(_) | Err(Refusal::Absent) => return Ok(None),
                Err(Refusal::Version(found)) => {
                    return Err(Error::VersionMismatch { path: path.into(), found, expected: VERSION });
                }
                Err(Refusal::Error(error)) => return Err(error),
            };
            let region = match opened.claim(path, (home, name), None) {
                Ok(region) => Arc::new(region),
                // Taken away with its members' folder since it was opened.
                Err(Error::Io { action, path, source }) if source.kind() == std::io::ErrorKind::NotFound => {
                    failure = Some(Error::Io { action, path, source });
                    continue;
                }
                Err(error) => return Err(error),
            };
            // Claimed, then looked again: a region that was taken away meanwhile has nobody who would tell us.
            if region.is_at_its_path() && !region.is_retired() {
                joined.retain(|_, region| region.strong_count() > 0);
                joined.insert(path.into(), Arc::downgrade(&region));
                super::exit::leave_at_exit();
                return Ok(Some(region));
            }
        }
        failure.map_or(Ok(None), Err)
    }

    /// Whether the path still leads to this file (R19).
    pub fn is_at_its_path(&self) -> bool {
        leads_to(&self.path, &self.file)
    }
}

impl Opened {
    pub(super) fn members(&self) -> Members<'_> {
        Members { map: &self.map, layout: &self.layout, folder: &self.folder }
    }

    pub(super) fn persisted(&self) -> bool {
        self.map.word(header::PERSISTED).load(Ordering::Relaxed) != 0
    }

    /// Whether what is in it may be believed unread. A persisted file may have been changed while nobody used it, or be a
    /// copy of another one: only those who use it vouch for it (R32).
    pub(super) fn is_vouched_for(&self) -> bool {
        let load = |offset| self.map.word(offset).load(Ordering::Relaxed);
        let is_original =
            self.file.metadata().is_ok_and(|file| number_of(&file) == [load(header::DEVICE), load(header::INODE)]);
        // Nobody is a member where there is no folder for members' locks.
        !self.persisted() || (is_original && self.folder.is_dir() && self.members().others_live(None))
    }

    /// Tells its users to leave, and takes it away; a persisted one stays, for who will ask for it.
    pub(super) fn replace(&self, path: &Path) {
        super::retire::retire(&self.map, &self.layout);
        if !self.persisted() {
            remove(path, &self.folder);
        }
    }

    /// Becomes a member, on the boot-time clock or on that of a test.
    pub(super) fn claim(self, path: &Path, name: (&Directory, &str), clock: Option<Clock>) -> Result<Region> {
        let membership = self.members().claim()?;
        let seed = self.map.word(header::SEED).load(Ordering::Relaxed);
        let persisted = self.persisted();
        let creators = self.map.word(header::CLOCK_OFFSET).load(Ordering::Relaxed) as i64;
        Ok(Region {
            clock: clock.unwrap_or_else(|| Clock::boot_in_namespace_of(creators)),
            hasher: Hasher::new(seed),
            pid: std::process::id(),
            membership,
            map: self.map,
            layout: self.layout,
            file: self.file,
            path: path.to_owned(),
            home: name.0.clone(),
            name: name.1.to_owned(),
            folder: self.folder,
            threads: Mutex::new(()),
            stuck_at: AtomicU64::new(0),
            desk: Arc::default(),
            persisted,
        })
    }
}

/// Opens and checks a region's file: nothing it says is believed before it was compared with the file itself.
pub(super) fn open(path: &Path) -> std::result::Result<Opened, Refusal> {
    open_as(path, path)
}

/// Opens the file at a path that is to be at another one later.
pub(super) fn open_as(path: &Path, later: &Path) -> std::result::Result<Opened, Refusal> {
    let io = |source| Refusal::Error(Error::Io { action: "Opening the region", path: path.into(), source });
    let corrupt = |reason: String| Refusal::Error(Error::Corrupt { path: path.into(), reason });
    let file = match open_existing(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(Refusal::Absent),
        Err(error) => return Err(io(error)),
    };
    let metadata = file.metadata().map_err(io)?;
    if !metadata.is_file() {
        return Err(corrupt("it is no regular file".into()));
    }
    let size = metadata.len();
    if size < 4096 {
        return Err(corrupt(format!("it has {size} bytes, less than a header")));
    }
    let head = Mapping::new(&file, 0, 4096).map_err(io)?;
    let load = |offset| head.word(offset).load(Ordering::Relaxed);
    if load(header::MAGIC) != MAGIC {
        return Err(corrupt("it does not begin like one".into()));
    }
    let version = load(header::VERSION) as u32;
    if version != VERSION {
        return Err(Refusal::Version(version));
    }
    let fixed: Fixed = std::array::from_fn(|index| load(index * 8));
    if load(header::FIXED_SUM) != checksum::of_fixed(&fixed) {
        return Err(corrupt("its header is damaged".into()));
    }
    let max_bytes = load(header::MAX_BYTES);
    let layout = Layout::new(max_bytes).map_err(|_| corrupt(format!("its header says {max_bytes} bytes")))?;
    if layout.max_bytes != max_bytes || size != max_bytes {
        return Err(corrupt(format!("its header says {max_bytes} bytes and it has {size}")));
    }
    let map = Mapping::new(&file, 0, max_bytes as usize).map_err(io)?;
    let ring = Ring { map: &map, layout: &layout };
    let position = |offset| map.word(offset).load(Ordering::Acquire);
    // The head first: read in the other order, a busy writer could make them look wrong.
    let (head_position, tail) = (position(header::HEAD), position(header::TAIL));
    if !plausible(head_position.min(tail), tail.max(1), u64::MAX) || ring.capacity() < super::room::RESERVE_STEP {
        return Err(corrupt(format!("its log runs from {head_position} to {tail}")));
    }
    let id = uuid::Uuid::from_u64_pair(load(header::REGION_ID), load(header::REGION_ID + 8));
    let boot = boot_id();
    let same_boot =
        load(header::BOOT_ID).to_le_bytes() == boot[..8] && load(header::BOOT_ID + 8).to_le_bytes() == boot[8..];
    let folder = members_folder(later, id, load(header::PERSISTED) != 0);
    Ok(Opened { folder, file, map, layout, same_boot })
}

/// The folder of a region's members' locks: named after the region, because a name may see many.
pub(super) fn members_folder(path: &Path, id: uuid::Uuid, persisted: bool) -> PathBuf {
    let id = id.simple().to_string();
    if persisted { beside(path, &id) } else { path.with_extension(id) }
}

/// Whether any member of any region of this name, or of this persisted file, holds its lock: what can be asked about a
/// region whose layout is not known.
pub(super) fn locks_held_beside(path: &Path, persisted: bool) -> bool {
    let name = if persisted { path.file_name() } else { path.file_stem() };
    let (Some(home), Some(name)) = (path.parent(), name) else { return false };
    // What cannot be read may hold anything.
    let Ok(found) = std::fs::read_dir(home) else { return true };
    found.filter_map(|entry| Some(entry.ok()?.path())).any(|folder| {
        folder.is_dir() && folder.file_stem() == Some(name) && super::lock_file::any_lock_is_held_in(&folder)
    })
}

/// Takes a region's file and its members' folder away. What cannot be removed is left to the next collection.
pub(super) fn remove(path: &Path, folder: &Path) {
    let _ = std::fs::remove_file(path);
    let _ = std::fs::remove_dir_all(folder);
}
