//! Which synchronizer a process descends from (R21), for those whose environment was cleaned.
//!
//! A synchronizer leaves a note for as long as it lives: an empty file, whose name says which process it is in, of which
//! application, and the name it took, and whose lock it holds, so that the note of a dead one is told from a living one's.

use super::directory::Directory;
use super::lock_file::{Held, open_existing, open_lock_file};
use super::process::{Birth, ancestors};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How often a note is made anew that somebody has swept away before it was locked.
const TRIES: usize = 16;
const BETWEEN_TRIES: Duration = Duration::from_millis(1);

/// A note of a synchronizer. Dropping it takes it back.
#[derive(Debug)]
pub struct Note {
    path: PathBuf,
    lock: File,
}

/// What a note's name says. Its parts are separated by dots, which neither numbers nor names of regions contain.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    process: Birth,
    /// Later synchronizers of a process have higher ones.
    number: u64,
    application: String,
    name: String,
}

impl Note {
    /// Tells the descendants of this process that belong to `application` the name that its synchronizer took. Without a
    /// note, only those with a cleaned environment miss it, so what goes wrong here is no error.
    pub fn leave(home: &Directory, application: &str, name: &str) -> Option<Self> {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        let said = Said {
            process: Birth::own(),
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            application: application.into(),
            name: name.into(),
        };
        let path = Directory::named(&home.descent()).ok()?.0.join(said.to_text()?);
        for _ in 0..TRIES {
            let lock = open_lock_file(&path).ok()?;
            // Refused only while somebody looks whether it is held, who may then take it away.
            if lock.try_lock().is_ok() && path.exists() {
                return Some(Self { path, lock });
            }
            std::thread::sleep(BETWEEN_TRIES);
        }
        None
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
        let _ = self.lock.unlock();
    }
}

impl Said {
    fn to_text(&self) -> Option<String> {
        let Self { process, number, application, name } = self;
        let plain = |text: &str| !text.is_empty() && !text.contains(['.', '/', '\\']);
        let Birth { pid, started, namespace } = process;
        (plain(application) && plain(name))
            .then(|| format!("{pid}.{started}.{namespace}.{number}.{application}.{name}"))
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let mut number = || parts.next()?.parse().ok();
        let (pid, started, namespace, number) = (number()?, number()?, number()?, number()?);
        let process = Birth { pid: u32::try_from(pid).ok()?, started, namespace };
        Some(Self { process, number, application: parts.next()?.into(), name: parts.next()?.into() })
    }
}

/// The name that the nearest ancestor with a synchronizer of this application took, if there is one.
pub fn inherited(home: &Directory, application: &str) -> Option<String> {
    let notes: Vec<(PathBuf, Said)> = notes(home).filter(|(_, said)| said.application == application).collect();
    if notes.is_empty() {
        return None;
    }
    let namespace = Birth::own().namespace;
    ancestors().find_map(|(pid, started)| {
        let ancestor = Birth { pid, started, namespace };
        let of_ancestor = notes.iter().filter(|(path, said)| said.process == ancestor && dead(path).is_none());
        of_ancestor.max_by_key(|(_, said)| said.number).map(|(_, said)| said.name.clone())
    })
}

/// Takes away the notes of the dead.
pub fn sweep(home: &Directory) {
    for (path, _) in notes(home) {
        if let Some(_held_meanwhile) = dead(&path) {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn notes(home: &Directory) -> impl Iterator<Item = (PathBuf, Said)> + use<> {
    let files = std::fs::read_dir(home.descent()).into_iter().flatten();
    files.filter_map(|file| {
        let path = file.ok()?.path();
        let said = Said::from_text(path.file_name()?.to_str()?)?;
        Some((path, said))
    })
}

/// A note that no process holds, held itself until dropped; `None` if one does, or it is not there any more.
fn dead(path: &Path) -> Option<Held> {
    Held::share(open_existing(path).ok()?).ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn home() -> (tempfile::TempDir, Directory) {
        let folder = tempfile::tempdir().unwrap();
        let home = Directory::named(folder.path()).unwrap();
        (folder, home)
    }

    #[test]
    fn r21_a_note_is_there_until_it_is_dropped_and_dead_ones_are_swept_away() {
        let (_folder, home) = home();
        let note = Note::leave(&home, "app-a-1", "run-7-1").unwrap();
        let dead = home.descent().join("1.2.3.4.app-a-1.run-8-2");
        std::fs::write(&dead, "").unwrap();
        sweep(&home);
        assert!(note.path.exists() && !dead.exists());
        drop(note);
        assert_eq!(notes(&home).count(), 0);
    }

    #[test]
    fn r21_the_nearest_ancestor_of_the_same_application_counts_and_its_last_synchronizer() {
        let (_folder, home) = home();
        let namespace = Birth::own().namespace;
        let lineage: Vec<_> = ancestors().collect();
        let (nearest, farthest) = (lineage[0], lineage[lineage.len() - 1]);
        let mut held = Vec::new();
        let mut leave = |(pid, started), number, application: &str, name: &str, lives: bool| {
            let process = Birth { pid, started, namespace };
            let said = Said { process, number, application: application.into(), name: name.into() };
            let folder = Directory::named(&home.descent()).unwrap();
            let file = open_lock_file(&folder.0.join(said.to_text().unwrap())).unwrap();
            if lives {
                file.lock().unwrap();
            }
            held.push(file);
        };
        leave(nearest, 3, "other", "theirs", true);
        leave((nearest.0, nearest.1 + 1), 3, "app", "of another process with this pid", true);
        leave(nearest, 9, "app", "dead", false);
        assert_eq!(inherited(&home, "app"), None);
        leave(farthest, 5, "app", "far", true);
        assert_eq!(inherited(&home, "app").as_deref(), Some("far"));
        if lineage.len() > 1 {
            leave(nearest, 10, "app", "later", true);
            leave(nearest, 2, "app", "earlier", true);
            assert_eq!(inherited(&home, "app").as_deref(), Some("later"));
        }
    }
}
