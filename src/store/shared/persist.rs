//! A region that is kept for later runs, in a file of the user's choice (R30 to R34).

use super::admission::{self, Admission};
use super::claim::{self, Opened, Refusal};
use super::directory::{Directory, beside};
use super::layout::{VERSION, header};
use super::ownership::{self, Ownership};
use super::region::Region;
use super::salvage::{self, Old, Salvage};
use super::synchronizer::Plan;
use crate::clock::wall_ms;
use crate::entry::{Origin, Value, split_entry_key};
use crate::error::{Error, Result};
use crate::store::Wait;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// How often it is looked whether somebody has joined just when nobody was thought to be there.
const TRIES: usize = 16;

/// What was found in a persisted file.
#[derive(Clone, Debug, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recovered {
    /// Entries that were taken over from a file that nobody used.
    pub entries: u64,
    /// Bytes of its log that no whole record was found in.
    pub damaged_bytes: u64,
    /// Where the file was moved to because it cannot be read.
    pub set_aside: Option<PathBuf>,
    /// Why it cannot.
    pub reason: Option<String>,
}

fn refused(path: &Path, reason: impl Into<String>) -> Error {
    Error::InvalidOption { option: "persist", value: path.display().to_string(), remedy: reason.into() }
}

/// Checks where the file is to be, makes its folder if there is none, and returns its real path (R34). Not in the home,
/// where what is left behind is taken away by its name.
///
/// ## Errors
/// [`Error::InvalidOption`] for what cannot be the file, [`Error::Directory`] for what cannot be its folder.
pub(super) fn check(path: &Path, home: &Directory, admit: Option<Admission>) -> Result<PathBuf> {
    let absolute = std::path::absolute(path).map_err(|error| refused(path, error.to_string()))?;
    let (Some(folder), Some(name)) = (absolute.parent(), absolute.file_name()) else {
        return Err(refused(path, "it takes the path of a file"));
    };
    let unusable =
        |reason: String| Error::Directory { path: folder.into(), reason, remedy: "Choose another path for `persist`." };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| unusable(format!("it cannot be created ({error})")))?;
    let folder = folder.canonicalize().map_err(|error| unusable(error.to_string()))?;
    if home.0.canonicalize().is_ok_and(|home| home == folder) {
        return Err(unusable("it is where caches are that nobody keeps".into()));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let mode = std::fs::metadata(&folder).map_err(|error| unusable(error.to_string()))?.mode();
        // In a sticky one, such as /tmp, nobody can replace what is not theirs.
        if mode & 0o002 != 0 && mode & 0o1000 == 0 {
            return Err(unusable(format!("everybody may write to it (mode {:o})", mode & 0o7777)));
        }
        if admit.is_some() && !admission::only_root_writes_to(&folder) {
            return Err(unusable("with `admit` it has to be root's, and nobody else's to write to".into()));
        }
        rustix::fs::access(&folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK)
            .map_err(|_| unusable("it is not writable".into()))?;
    }
    let path = folder.join(name);
    match std::fs::symlink_metadata(&path) {
        Ok(file) if !file.is_file() => Err(refused(&path, "it takes a plain file, and this is none")),
        #[cfg(unix)]
        Ok(file) if !admission::may_own(std::os::unix::fs::MetadataExt::uid(&file), admit) => {
            Err(refused(&path, "the file belongs to another user"))
        }
        _ => Ok(path),
    }
}

/// Takes the lock that keeps every other synchronizer off the file, whatever id it has.
///
/// ## Errors
/// [`Error::PathInUse`], [`Error::Io`].
pub(super) fn own(path: &Path) -> Result<Arc<Ownership>> {
    Ownership::take(&lock_of(path), "").map_err(|error| match error {
        Error::EndpointInUse { .. } => Error::PathInUse { path: path.into() },
        other => other,
    })
}

/// Removes that lock, if nobody holds it.
pub(super) fn remove_lock(path: &Path) {
    ownership::remove_lock(&lock_of(path), || true);
}

/// The lock of a persisted region's file.
pub(super) fn lock_of(path: &Path) -> PathBuf {
    beside(path, "lock")
}

impl Plan {
    /// Goes on with the region in the file if somebody uses it, or with the one that the name leads to; else makes a new one
    /// of what can be believed in the file.
    pub(super) fn adopt_or_recover(&self, path: &Path) -> Result<(Arc<Region>, Recovered)> {
        let elsewhere = Some(self.home.path_of(&self.name)).filter(|place| place != path);
        let is_kept = self.home.leads_to_a_kept_file(&self.name);
        let former = elsewhere.map(|place| self.former(&place, is_kept)).transpose()?.flatten();
        for _ in 0..TRIES {
            let old = match claim::open(path) {
                Ok(old) => old,
                Err(Refusal::Version(found)) if claim::locks_held_beside(path, true) => {
                    return Err(Error::VersionMismatch { path: path.into(), found, expected: VERSION });
                }
                Err(_) => break,
            };
            let retired = old.map.word(header::RETIRED);
            if retired.load(Ordering::SeqCst) == 0
                && old.is_in_use()
                && let Some(region) = self.join(path)?
            {
                self.leave_note(path)?;
                if let Some(former) = former {
                    former.retire_and_remove();
                }
                let matches_options = self.matches_options(&region);
                return Ok((if matches_options { region } else { self.migrate(&region)? }, Recovered::default()));
            }
            // From here on nobody joins it. Who has done so just now goes on with it, and so does this.
            if retired.swap(1, Ordering::SeqCst) != 0 || !old.is_in_use() {
                break;
            }
            retired.store(0, Ordering::SeqCst);
        }
        let mut recovered = Recovered::default();
        let mut salvage = None;
        match read(path)? {
            Old::Nothing => {}
            Old::Foreign => {
                let reason = "it holds something else".into();
                return Err(Error::Corrupt { path: path.into(), reason });
            }
            Old::Unreadable(reason) => {
                let aside = beside(path, &format!("aside-{}", wall_ms()));
                std::fs::rename(path, &aside).map_err(Error::io("Setting a damaged file aside", path))?;
                recovered = Recovered { set_aside: Some(aside), reason: Some(reason), ..recovered };
            }
            Old::Records(records) => {
                recovered.damaged_bytes = records.damaged_bytes;
                salvage = Some(*records);
            }
        }
        sweep(path);
        let (region, entries) = match former {
            // What the file has is older.
            Some(former) => (self.migrate(&former)?, 0),
            None => self.make_of(path, salvage)?,
        };
        Ok((region, Recovered { entries, ..recovered }))
    }

    /// Makes a region of these records, brings it to the disk, and puts it in the place of whatever the file was.
    fn make_of(&self, path: &Path, salvage: Option<Salvage>) -> Result<(Arc<Region>, u64)> {
        let draft = self.draft()?;
        let region = draft.claim()?;
        if let Some(mut records) = salvage {
            take_over(&region, &mut records, path)?;
            region.bring_to_disk()?;
        } else {
            region.flush()?;
        }
        let entries = region.counted().entries;
        draft.publish_over()?;
        // Joined while this process vouches for it.
        Ok((self.join_published()?, entries))
    }
}

impl Opened {
    /// Whether somebody uses it, so that it can be gone on with as it is.
    fn is_in_use(&self) -> bool {
        self.persisted() && self.same_boot && self.is_vouched_for()
    }
}

fn read(path: &Path) -> Result<Old> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NOFOLLOW.bits() as i32);
    match options.open(path).and_then(salvage::read) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Old::Nothing),
        other => other.map_err(Error::io("Reading", path)),
    }
}

/// Sets what was salvaged, the oldest first, as it was set; what has expired meanwhile, and what does not fit any more, is
/// left out.
fn take_over(region: &Region, salvage: &mut Salvage, path: &Path) -> Result<()> {
    let now = region.clock.now();
    for place in std::mem::take(&mut salvage.found) {
        let mut owned = None;
        salvage
            .with(place, |record, [key, sender, session, value]| {
                let origin = (sender.to_vec(), session.to_vec(), record.write, record.pid);
                owned = Some((key.to_vec(), value.to_vec(), origin, record.format, record.expires_at, record.since()));
            })
            .map_err(Error::io("Reading", path))?;
        let Some((key, value, (sender, session, write, pid), format, expires_at, since)) = owned else { continue };
        let Some((scope, _)) = split_entry_key(&key) else { continue };
        if salvage.cleared.get(&salvage.hasher.hash(scope)).is_some_and(|&cleared| since < cleared) {
            continue;
        }
        let expires_at = match expires_at {
            0 => 0,
            instant => match salvage.left(instant, now) {
                Some(left) => now + left,
                None => continue,
            },
        };
        let origin = Origin { sender: &sender, session: &session, write, pid };
        match region.write_set(&key, Value { bytes: &value, format }, expires_at, origin, Wait::LONG) {
            Ok(_) | Err(Error::ValueTooLarge { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Takes away what runs that were killed have left beside the file.
fn sweep(path: &Path) {
    let (Some(folder), Some(own)) = (path.parent(), path.file_name()) else { return };
    let own = own.to_string_lossy();
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let Some(rest) = name.strip_prefix(&*own).and_then(|rest| rest.strip_prefix('.')) else { continue };
        let is_id = |text: &str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_id(rest) {
            let _ = std::fs::remove_dir_all(file.path());
        } else if rest.strip_prefix("new-").is_some_and(is_id) {
            let _ = std::fs::remove_file(file.path());
        }
    }
}
