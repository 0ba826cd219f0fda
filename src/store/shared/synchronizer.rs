//! The one party per application that owns a region's life (R18, R19).

use super::admission::{self, Admission};
use super::descent::{self, Note};
use super::directory::Directory;
use super::flush::Flusher;
use super::layout::Layout;
use super::leftovers;
use super::ownership::Ownership;
use super::persist::{self, Recovered};
use super::region::Region;
use super::sweep::Sweeper;
use crate::error::{Error, Result};
use crate::guard;
use crate::store::{Wait, locks};
use parking_lot::Mutex;
use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;
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
    /// The file that keeps the region for later runs, instead of one in a directory.
    pub persist: Option<PathBuf>,
    /// Who may use it beside root.
    pub admit: Option<Admission>,
    /// Which application this is; its processes that descend from this one are told the name.
    pub application: Option<String>,
}

/// Holds the right to own the region of a name. Dropping it gives that up; the region goes on for its other users.
#[derive(Debug)]
pub struct Synchronizer {
    ownership: Arc<Ownership>,
    region: Arc<Mutex<Arc<Region>>>,
    thread: Option<std::thread::JoinHandle<()>>,
    /// Of the persisted file, which is nobody else's meanwhile, whatever name they have for it.
    path_ownership: Option<Arc<Ownership>>,
    _flusher: Option<Flusher>,
    recovered: Recovered,
}

pub(super) struct Plan {
    pub layout: Layout,
    pub max_value_bytes: u64,
    pub name: String,
    pub home: Directory,
    pub data: Directory,
    /// Whether the user named it.
    pub data_is_asked: bool,
    pub persist: Option<PathBuf>,
    pub admit: Option<Admission>,
}

impl Synchronizer {
    /// Becomes the synchronizer of this name: adopts its region, still warm, or makes one. One that has other bounds, or is
    /// elsewhere, gets a successor with the same entries, the newest if not all fit. `id` is what the user calls it.
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
        if let Some(admission) = options.admit {
            admission.check()?;
        }
        let home = options.home.as_deref().map_or_else(Directory::default_home, Directory::named)?;
        let persist = options.persist.as_deref().map(|path| persist::check(path, &home, options.admit)).transpose()?;
        let data = match &options.directory {
            Some(path) => Directory::named(path)?,
            None if home.free_bytes() / 2 >= layout.max_bytes => home.clone(),
            None => Directory::temporary()?,
        };
        let ownership = Ownership::take(&home.lock(name), id)?;
        let plan = Plan {
            layout,
            max_value_bytes,
            name: name.into(),
            home: home.clone(),
            data,
            data_is_asked: options.directory.is_some(),
            persist: persist.clone(),
            admit: options.admit,
        };
        Self::start_as_owner(plan, ownership.clone(), options).inspect_err(|_| {
            ownership.give_back();
            if let Some(path) = persist {
                persist::remove_lock(&path);
            }
            home.remove_lock(name);
        })
    }

    fn start_as_owner(plan: Plan, ownership: Arc<Ownership>, options: &Options) -> Result<Self> {
        let path_ownership = plan.persist.as_deref().map(persist::own).transpose()?;
        leftovers::collect(&plan.home, &plan.name);
        leftovers::sweep(&plan.home, &plan.name);
        leftovers::remove_locks(&plan.home, &plan.name);
        descent::sweep(&plan.home);
        admission::make_reachable(&plan.home, false, plan.admit)?;
        if plan.persist.is_none() && plan.data != plan.home {
            admission::make_reachable(&plan.data, plan.data_is_asked, plan.admit)?;
        }
        let (region, recovered) = plan.adopt_or_make()?;
        if let Some(application) = &options.application {
            ownership.keep(Note::leave(&plan.home, application, &plan.name));
        }
        let mut started = Self::watch(plan, region, ownership);
        started.path_ownership = path_ownership;
        started.recovered = recovered;
        Ok(started)
    }

    /// What was found in the persisted file at the start.
    #[must_use]
    pub fn recovered(&self) -> &Recovered {
        &self.recovered
    }

    /// The region.
    #[must_use]
    pub fn region(&self) -> Arc<Region> {
        self.region.lock().clone()
    }

    fn watch(plan: Plan, region: Arc<Region>, ownership: Arc<Ownership>) -> Self {
        let region = Arc::new(Mutex::new(region));
        let flusher = plan.persist.is_some().then(|| Flusher::start(&region));
        let (watched, lasting) = (region.clone(), ownership.clone());
        let thread = std::thread::Builder::new().name("psc-synchronizer".into()).spawn(move || {
            guard::service("the synchronizer's thread", || plan.keep(&watched, &lasting));
        });
        let recovered = Recovered::default();
        Self { ownership, region, thread: thread.ok(), path_ownership: None, _flusher: flusher, recovered }
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
        if let Some(of_path) = &self.path_ownership {
            of_path.give_back();
        }
        self.ownership.give_back();
    }
}

impl Plan {
    /// Sweeps the region whenever an entry ends, and looks after it every [`ROUND`].
    fn keep(&self, region: &Mutex<Arc<Region>>, ownership: &Ownership) {
        let mut sweeper = Sweeper::default();
        let mut looked: Option<Instant> = None;
        let next_end = Cell::new(None);
        let calls = Cell::new(0);
        let look = || {
            fail_point!("synchronizer:look");
            if looked.is_none_or(|looked| looked.elapsed() >= ROUND) {
                // Not at once: who starts a synchronizer has just looked.
                if looked.is_some() {
                    self.look_after(region);
                }
                looked = Some(Instant::now());
            }
            let current = region.lock().clone();
            calls.set(current.sweepers_calls());
            next_end.set(sweeper.round(&current));
        };
        ownership.each_round(look, |is_over| {
            let timeout = next_end.get().map_or(ROUND, |left| left.min(ROUND));
            // Not in one expression: that would hold the lock while it sleeps, and who stops it would wait.
            let current = region.lock().clone();
            current.sleep_until_an_end(calls.get(), timeout, is_over);
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
            if let Ok((new, _)) = self.adopt_or_make() {
                *region.lock() = new;
            }
        }
    }
}
