//! What the killed have left beside the regions (R19): drafts of regions that were never published, folders of locks whose
//! region is gone, and locks of names that have no region.

use super::claim::{self, Refusal};
use super::directory::Directory;
use super::lock_file::any_lock_is_held_in;
use super::ownership;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Takes them away: those of `own`, whose lock the caller holds, and those of all names that nobody owns.
pub fn sweep(directory: &Directory, own: &str) {
    for (name, paths) in found(directory) {
        let _moment = match ownership::while_nobody_owns(&directory.lock(&name)) {
            None if name != own => continue,
            moment => moment,
        };
        let in_use = match claim::open(&directory.region(&name)) {
            Ok(region) => Some(region.folder),
            Err(Refusal::Absent) => None,
            // Which folder is its own cannot be told.
            Err(_) => continue,
        };
        for path in paths.iter().filter(|path| in_use.as_ref() != Some(path)) {
            if path.is_file() {
                let _ = std::fs::remove_file(path);
            } else if !any_lock_is_held_in(path) {
                let _ = std::fs::remove_dir_all(path);
            }
        }
    }
}

/// Takes away the regions of other names that nobody uses (R19).
pub fn collect(directory: &Directory, own: &str) {
    let Ok(files) = std::fs::read_dir(&directory.0) else { return };
    for file in files.filter_map(|file| Some(file.ok()?.path())) {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let known = file.extension().is_some_and(|extension| extension == "region" || extension == "elsewhere");
        if !known || name == own {
            continue;
        }
        let path = directory.path_of(&name);
        if let Some(_moment) = ownership::while_nobody_owns(&directory.lock(&name)) {
            let kept = directory.leads_to_a_kept_file(&name);
            if !path.exists() {
                // A note about a region that somebody deleted.
                let _ = std::fs::remove_file(directory.note(&name));
                continue;
            }
            let opened = match claim::open(&path) {
                Ok(opened) => opened,
                // Of another release, whose members alone can be asked for.
                Err(Refusal::Version(_)) if !kept && !claim::locks_held_beside(&path, false) => {
                    let _ = std::fs::remove_file(&path);
                    continue;
                }
                Err(_) => continue,
            };
            if opened.members().others_live(None) {
                continue;
            }
            opened.replace(&path);
            let _ = std::fs::remove_file(directory.note(&name));
        }
    }
}

/// Removes the locks of other names that nobody holds and that have no region.
pub fn remove_locks(directory: &Directory, own: &str) {
    for file in std::fs::read_dir(&directory.0).into_iter().flatten().filter_map(|file| Some(file.ok()?.path())) {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        if file.extension().is_some_and(|extension| extension == "lock") && name != own {
            directory.remove_lock(&name);
        }
    }
}

/// What has the form of a draft or of a members' folder, by the name of its region.
fn found(directory: &Directory) -> HashMap<String, Vec<PathBuf>> {
    let mut found: HashMap<String, Vec<PathBuf>> = HashMap::new();
    for path in std::fs::read_dir(&directory.0).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())) {
        if let Some(name) = name_of(&path) {
            found.entry(name).or_default().push(path);
        }
    }
    found
}

/// `name.id` or `name.id.new`: neither names nor ids contain dots.
fn name_of(path: &Path) -> Option<String> {
    let mut parts = path.file_name()?.to_str()?.split('.');
    let (name, id, last) = (parts.next()?, parts.next()?, parts.next());
    let is_id = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let fits = if path.is_dir() { last.is_none() } else { last == Some("new") };
    (is_id && fits && !name.is_empty() && parts.next().is_none()).then(|| name.to_owned())
}
