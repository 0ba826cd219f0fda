//! The one party per application that owns a region's life (R18, R19).

use super::claim::{self, Refusal};
use super::descent::{self, Note};
use super::directory::Directory;
use super::layout::{Layout, MAGIC, VERSION, header};
use super::leftovers;
use super::mapping::Mapping;
use super::members::open_lock_file;
use super::ownership::{self, Ownership};
use super::region::Region;
use super::room::RESERVE_STEP;
use super::sweep::Sweeper;
use crate::clock::{boot_id, namespace_offset_ms};
use crate::error::{Error, Result};
use crate::store::{Wait, locks};
use parking_lot::Mutex;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How often the synchronizer looks after members and file.
const ROUND: Duration = Duration::from_millis(200);
/// The bound of a region unless said otherwise.
const DEFAULT_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// How to make a region.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The bound of everything; 64 MiB unless said otherwise.
    pub max_bytes: Option<u64>,
    /// The bound of one encoded value; a quarter of `max_bytes` unless said otherwise.
    pub max_value_bytes: Option<u64>,
    /// Where; the home if it has twice `max_bytes` free, else the temporary directory, unless said otherwise.
    pub directory: Option<PathBuf>,
    /// Where everyone looks first; shared memory if there is such a thing, else the temporary directory.
    pub home: Option<PathBuf>,
    /// Which application this is; its processes that descend from this one are told the name.
    pub application: Option<String>,
}

/// Holds the right to own the region of a name. Dropping it gives that up; the region goes on for its other users.
#[derive(Debug)]
pub struct Synchronizer {
    ownership: Arc<Ownership>,
    region: Arc<Mutex<Arc<Region>>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

struct Plan {
    layout: Layout,
    max_value_bytes: u64,
    name: String,
    home: Directory,
    data: Directory,
}

impl Synchronizer {
    /// Becomes the synchronizer of this name: adopts its region, still warm, or makes one. `id` is what the user calls it.
    ///
    /// ## Errors
    /// [`Error::EndpointInUse`] if another synchronizer lives; [`Error::VersionMismatch`] if another release's region has
    /// live members; [`Error::Corrupt`] if the file is no region; [`Error::NoSpace`], [`Error::Directory`],
    /// [`Error::InvalidOption`], [`Error::Io`]. Nothing has changed then.
    pub fn start(name: &str, id: &str, options: &Options) -> Result<Self> {
        let max_bytes = options.max_bytes.unwrap_or(DEFAULT_MAX_BYTES);
        let layout = Layout::new(max_bytes)?;
        let max_value_bytes = options.max_value_bytes.unwrap_or_else(|| layout.max_value_bytes());
        if max_value_bytes == 0 || max_value_bytes > layout.max_value_bytes() {
            return Err(Error::InvalidOption {
                option: "maxValueBytes",
                value: max_value_bytes.to_string(),
                remedy: format!("it takes 1 to {} (a quarter of `maxBytes`)", layout.max_value_bytes()),
            });
        }
        let home = options.home.as_deref().map_or_else(Directory::default_home, Directory::named)?;
        let data = match &options.directory {
            Some(path) => Directory::named(path)?,
            None if home.free_bytes() / 2 >= layout.max_bytes => home.clone(),
            None => Directory::temporary()?,
        };
        let ownership = Ownership::take(&home.lock(name), id)?;
        collect(&home, name);
        leftovers::sweep(&home, name);
        descent::sweep(&home);
        let plan = Plan { layout, max_value_bytes, name: name.into(), home, data };
        let region = plan.adopt_or_make()?;
        if let Some(application) = &options.application {
            ownership.keep(Note::leave(&plan.home, application, name));
        }
        Ok(Self::watch(plan, region, ownership))
    }

    /// The region.
    #[must_use]
    pub fn region(&self) -> Arc<Region> {
        self.region.lock().clone()
    }

    fn watch(plan: Plan, region: Arc<Region>, ownership: Arc<Ownership>) -> Self {
        let region = Arc::new(Mutex::new(region));
        let (watched, lasting) = (region.clone(), ownership.clone());
        let thread =
            std::thread::Builder::new().name("psc-synchronizer".into()).spawn(move || plan.keep(&watched, &lasting));
        Self { ownership, region, thread: thread.ok() }
    }
}

impl Drop for Synchronizer {
    fn drop(&mut self) {
        self.ownership.end();
        self.region().wake_sweeper();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        // Before the region is left, so that the last one to leave may take the file away.
        self.ownership.give_back();
    }
}

impl Plan {
    fn adopt_or_make(&self) -> Result<Arc<Region>> {
        let path = self.home.of_region(&self.name).region(&self.name);
        match claim::open(&path) {
            Err(Refusal::Absent) => {}
            Err(Refusal::Error(error)) => return Err(error),
            Err(Refusal::Version(found)) => {
                if claim::locks_held_beside(&path) {
                    return Err(Error::VersionMismatch { path, found, expected: VERSION });
                }
                let _ = std::fs::remove_file(&path);
            }
            Ok(old) => {
                let wanted = old.same_boot && (old.layout == self.layout || old.members().others_live(None));
                if wanted && let Some(region) = Region::join_path(&path)? {
                    return Ok(region);
                }
                old.map.word(header::RETIRED).store(1, Ordering::SeqCst);
                claim::remove(&path, &old.folder);
            }
        }
        self.make()
    }

    /// Builds a region under a random name, reserved and initialised, then publishes it under its own, where nothing is
    /// replaced (R18).
    fn make(&self) -> Result<Arc<Region>> {
        let path = self.data.region(&self.name);
        let id = uuid::Uuid::new_v4();
        let folder = claim::members_folder(&path, id);
        let draft = path.with_extension(format!("{}.new", id.simple()));
        let made = self
            .build(&draft, &folder, id)
            .and_then(|()| std::fs::hard_link(&draft, &path).map_err(Error::io("Publishing the region", &path)));
        let _ = std::fs::remove_file(&draft);
        if let Err(error) = made {
            let _ = std::fs::remove_dir_all(&folder);
            return Err(error);
        }
        let note = self.home.note(&self.name);
        if self.data == self.home {
            let _ = std::fs::remove_file(&note);
        } else {
            std::fs::write(&note, self.data.0.to_string_lossy().as_bytes()).map_err(Error::io("Writing", &note))?;
        }
        Region::join_path(&path)?.ok_or_else(|| Error::Corrupt { path, reason: "it was taken away at once".into() })
    }

    fn build(&self, draft: &Path, folder: &Path, id: uuid::Uuid) -> Result<()> {
        let layout = &self.layout;
        let no_space = |needed| {
            move |source: std::io::Error| match source.kind() {
                std::io::ErrorKind::StorageFull
                | std::io::ErrorKind::QuotaExceeded
                | std::io::ErrorKind::FileTooLarge => Error::NoSpace { path: self.data.0.clone(), needed },
                _ => Error::Io { action: "Reserving the region", path: draft.into(), source },
            }
        };
        let mut directory = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut directory, 0o700);
        directory.create(folder).map_err(Error::io("Creating the members' folder", folder))?;
        let file = open_lock_file(draft).map_err(Error::io("Creating the region", draft))?;
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
            (header::HEAD, super::ring::FIRST_POSITION),
            (header::TAIL, super::ring::FIRST_POSITION),
            (header::PUBLISHED, super::ring::FIRST_POSITION),
            (header::CAPACITY, layout.ring_bytes as u64),
            (header::RESERVED, RESERVE_STEP),
            (header::MAGIC, MAGIC),
        ] {
            map.word(offset).store(value, Ordering::SeqCst);
        }
        Ok(())
    }

    /// Sweeps the region whenever an entry ends, and looks after it every [`ROUND`].
    fn keep(&self, region: &Mutex<Arc<Region>>, ownership: &Ownership) {
        let mut sweeper = Sweeper::default();
        let mut looked: Option<Instant> = None;
        let next_end = Cell::new(None);
        let look = || {
            if looked.is_none_or(|looked| looked.elapsed() >= ROUND) {
                // Not at once: who starts a synchronizer has just looked.
                if looked.is_some() {
                    self.look_after(region);
                }
                looked = Some(Instant::now());
            }
            let current = region.lock().clone();
            next_end.set(sweeper.round(&current));
        };
        ownership.each_round(look, |is_over| {
            let timeout = next_end.get().map_or(ROUND, |left| left.min(ROUND));
            region.lock().clone().sleep_until_an_end(timeout, is_over);
        });
    }

    /// One round: publish what a dead member left (R10), and replace a region that was taken away (R19).
    fn look_after(&self, region: &Mutex<Arc<Region>>) {
        let current = region.lock().clone();
        let dead = current.members().dead();
        if !dead.is_empty() && current.lock(Wait::LONG).is_ok() {
            // Also if nobody seems to sleep: the dead one may have disarmed the bell, and not rung it (R17).
            current.wake_all();
            locks::sweep(&*current);
            dead.into_iter().for_each(|stay| current.members().bury(stay));
        }
        if current.is_retired() || !current.is_at_its_path() {
            let _last_word = current.lock(Wait::LONG);
            current.retire();
            drop(_last_word);
            if let Ok(new) = self.adopt_or_make() {
                *region.lock() = new;
            }
        }
    }
}

/// Takes away the regions of other names that nobody uses (R19).
fn collect(home: &Directory, own: &str) {
    let Ok(files) = std::fs::read_dir(&home.0) else { return };
    for file in files.filter_map(|file| Some(file.ok()?.path())) {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let known = file.extension().is_some_and(|extension| extension == "region" || extension == "elsewhere");
        if !known || name == own {
            continue;
        }
        let path = home.of_region(&name).region(&name);
        if let Some(_moment) = ownership::while_nobody_owns(&home.lock(&name)) {
            if !path.exists() {
                // A note about a region that somebody deleted.
                let _ = std::fs::remove_file(home.note(&name));
                continue;
            }
            let opened = match claim::open(&path) {
                Ok(opened) => opened,
                // Of another release, whose members alone can be asked for.
                Err(Refusal::Version(_)) if !claim::locks_held_beside(&path) => {
                    let _ = std::fs::remove_file(&path);
                    continue;
                }
                Err(_) => continue,
            };
            if opened.members().others_live(None) {
                continue;
            }
            opened.map.word(header::RETIRED).store(1, Ordering::SeqCst);
            claim::remove(&path, &opened.folder);
            let _ = std::fs::remove_file(home.note(&name));
        }
    }
}
