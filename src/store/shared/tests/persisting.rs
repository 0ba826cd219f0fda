//! A region that is kept in a file (R30 to R34). A copy of the file stands for what a machine finds after everything on it
//! has ended: nobody uses it.

use super::*;
use crate::store::shared::MIN_BYTES;
use crate::store::shared::checksum;
use crate::store::shared::index::Hasher;
use crate::store::shared::layout::{Layout, header};
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt};
use std::path::PathBuf;

pub(super) fn persist(path: &Path, max_bytes: u64) -> crate::Result<Synchronizer> {
    persist_as(NAME, path, max_bytes)
}

fn persist_as(name: &str, path: &Path, max_bytes: u64) -> crate::Result<Synchronizer> {
    let options = Options {
        max_bytes: Some(max_bytes),
        home: Some(path.with_file_name("home")),
        persist: Some(path.into()),
        ..Options::default()
    };
    Synchronizer::start(name, name, &options)
}

/// A place for a persisted file.
pub(super) struct Site {
    pub directory: tempfile::TempDir,
    pub path: PathBuf,
}

impl Site {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().canonicalize().unwrap().join("cache.psc");
        Self { directory, path }
    }

    pub fn start(&self) -> Synchronizer {
        persist(&self.path, MIN_BYTES).unwrap()
    }

    /// A place with a copy of this one's file.
    pub fn copied(&self) -> Self {
        let other = Self::new();
        std::fs::copy(&self.path, &other.path).unwrap();
        other
    }

    fn files(&self) -> Vec<String> {
        files_in(self.directory.path())
    }

    pub fn overwrite(&self, offset: usize, words: &[u64]) {
        let file = std::fs::OpenOptions::new().write(true).open(&self.path).unwrap();
        for (index, word) in words.iter().enumerate() {
            file.write_all_at(&word.to_le_bytes(), (offset + index * 8) as u64).unwrap();
        }
    }

    /// Changes a bit of the byte at an offset.
    pub fn flip(&self, offset: usize) {
        self.overwrite(offset, &[self.word(offset) ^ 1]);
    }

    fn word(&self, offset: usize) -> u64 {
        let mut word = [0; 8];
        std::fs::File::open(&self.path).unwrap().read_exact_at(&mut word, offset as u64).unwrap();
        u64::from_le_bytes(word)
    }
}

fn set_until(region: &Region, key: &str, expires_at: u64) {
    let value = Value { bytes: key.as_bytes(), format: Format::Ascii };
    region.set(&key_of(key), value, expires_at, Origin::default(), Wait::LONG).unwrap();
}

#[test]
fn r30_what_was_set_is_there_after_all_have_ended_in_good_order() {
    let site = Site::new();
    let synchronizer = site.start();
    let scope = Scope::named(b"scope").unwrap();
    let region = synchronizer.region();
    set(&region, "kept", "old");
    set(&region, "kept", "new");
    set(&region, "removed", "x");
    region.remove(&key_of("removed"), Origin::default(), Wait::LONG).unwrap();
    let cleared = scope.entry_key(b"cleared").unwrap();
    let value = Value { bytes: "schön".as_bytes(), format: Format::Text };
    region.set(&cleared, value, 0, Origin::default(), Wait::LONG).unwrap();
    region.clear(&scope, Origin::default(), Wait::LONG).unwrap();
    let again = scope.entry_key(b"again").unwrap();
    region.set(&again, value, 0, Origin::default(), Wait::LONG).unwrap();
    drop(synchronizer);
    drop(region);
    assert_eq!(site.files(), ["cache.psc", "home"]);
    assert!(files_in(&site.path.with_file_name("home")).is_empty());
    for _ in 0..2 {
        let synchronizer = site.start();
        let region = synchronizer.region();
        assert_eq!(synchronizer.recovered().entries, 2);
        assert_eq!(synchronizer.recovered().damaged_bytes, 0);
        assert_eq!(get(&region, "kept").as_deref(), Some("new"));
        assert_eq!(get(&region, "removed"), None);
        let mut bytes = Vec::new();
        assert!(region.get(&cleared, &mut bytes).unwrap().is_none());
        assert_eq!(region.get(&again, &mut bytes).unwrap().unwrap().format, Format::Text);
        assert_eq!(bytes, "schön".as_bytes());
        region.validate().unwrap();
    }
}

#[test]
fn r32_those_who_live_vouch_for_a_region_and_a_copy_is_read_anew() {
    let site = Site::new();
    let first = site.start();
    let region = first.region();
    set(&region, "k", "v");
    drop(first);
    // This process has it still.
    let second = site.start();
    assert!(Arc::ptr_eq(&region, &second.region()));
    let copy = site.copied();
    // Nobody joins a copy, although those who use the original live.
    let home = copy.path.with_file_name("home");
    std::fs::create_dir(&home).unwrap();
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o700)).unwrap();
    std::fs::write(home.join("test.elsewhere"), copy.path.to_str().unwrap()).unwrap();
    assert!(Region::join(NAME, Some(&home)).unwrap().is_none());
    let third = copy.start();
    assert_eq!(third.recovered().entries, 1);
    assert_eq!(get(&third.region(), "k").as_deref(), Some("v"));
    assert!(Arc::ptr_eq(&Region::join(NAME, Some(&home)).unwrap().unwrap(), &third.region()));
}

#[test]
fn r32_one_path_has_one_synchronizer_whatever_its_name() {
    let site = Site::new();
    let first = site.start();
    let error = persist_as("other", &site.path, MIN_BYTES).unwrap_err();
    assert_eq!(error.code(), "ERR_PSC_ENDPOINT_IN_USE");
    assert!(error.to_string().contains("cache.psc"), "{error}");
    // Nothing is left of who started in vain.
    assert!(files_in(&site.path.with_file_name("home")).iter().all(|file| !file.starts_with("other")));
    drop(first);
    persist_as("other", &site.path, MIN_BYTES).unwrap();
}

#[test]
fn r32_another_size_takes_what_fits() {
    let site = Site::new();
    let synchronizer = persist(&site.path, 4 * MIN_BYTES).unwrap();
    for n in 0..300 {
        set(&synchronizer.region(), &format!("{n}"), &whole(n, 20_000));
    }
    drop(synchronizer);
    let smaller = persist(&site.path, MIN_BYTES).unwrap();
    smaller.region().validate().unwrap();
    assert_eq!(std::fs::metadata(&site.path).unwrap().len(), MIN_BYTES);
    // The newest.
    assert!((40..=104).contains(&smaller.recovered().entries), "{:?}", smaller.recovered());
    assert_eq!(get(&smaller.region(), "299"), Some(whole(299, 20_000)));
    assert_eq!(get(&smaller.region(), "0"), None);
    drop(smaller);
    let larger = persist(&site.path, 4 * MIN_BYTES).unwrap();
    assert_eq!(get(&larger.region(), "299"), Some(whole(299, 20_000)));
}

#[test]
fn r33_after_a_reboot_entries_live_as_long_as_the_wall_clock_says() {
    let site = Site::new();
    let synchronizer = site.start();
    let region = synchronizer.region();
    let now = region.clock().now();
    for (key, expires_at) in [("soon", now + 5_000), ("late", now + 3_600_000), ("never", 0)] {
        set_until(&region, key, expires_at);
    }
    region.flush().unwrap();
    let hasher = Hasher::new(site.word(header::SEED));
    // As if noted on a machine whose boot-time clock, and whose wall clock, were so far off.
    let rebooted = |wall_ms: i64| {
        let copy = site.copied();
        copy.overwrite(header::BOOT_ID, &[1, 2]);
        vouch(&copy.path);
        let readings = [now, crate::clock::wall_ms().saturating_add_signed(wall_ms)];
        let [boot, wall] = readings;
        copy.overwrite(header::CLOCKS, &[boot, wall, checksum::of_clocks(&hasher, readings), 0, 0, 0]);
        copy
    };
    let left = |region: &Region, key: &str| {
        let found = region.get(&key_of(key), &mut Vec::new()).unwrap()?;
        Some(found.expires_at.saturating_sub(region.clock().now()))
    };
    let copy = rebooted(-60_000).start();
    assert_eq!(left(&copy.region(), "soon"), None);
    assert_eq!(left(&copy.region(), "never"), Some(0));
    let late = left(&copy.region(), "late").unwrap();
    assert!((3_000_000..=3_540_000).contains(&late), "{late}");
    // A wall clock that was set back gives nobody more time than was left.
    let back = rebooted(86_400_000).start();
    assert!((1..=5_000).contains(&left(&back.region(), "soon").unwrap()));
    assert!((1..=3_600_000).contains(&left(&back.region(), "late").unwrap()));
    // Without a clock that can be believed, nobody can tell.
    let lost = rebooted(0);
    lost.overwrite(header::CLOCKS, &[0; 6]);
    let lost = lost.start();
    assert_eq!((left(&lost.region(), "late"), left(&lost.region(), "never")), (None, Some(0)));
}

#[test]
fn r34_a_file_that_cannot_be_read_is_set_aside_and_another_program_s_is_refused() {
    let site = Site::new();
    drop(site.start());
    let whole_file = std::fs::read(&site.path).unwrap();
    let mut seed = whole_file.clone();
    seed[header::SEED] ^= 1;
    let mut magic = whole_file.clone();
    magic[..4096 - 8].fill(0xAB);
    let mut version = whole_file.clone();
    version[header::VERSION] = 1;
    let zeros = vec![0; MIN_BYTES as usize];
    for (unreadable, reason) in [(&seed, "damaged"), (&magic, "damaged"), (&version, "version 1"), (&zeros, "damaged")]
    {
        let site = Site::new();
        std::fs::write(&site.path, unreadable).unwrap();
        let synchronizer = site.start();
        let recovered = synchronizer.recovered();
        assert!(recovered.reason.as_ref().unwrap().contains(reason), "{recovered:?}");
        assert_eq!(&std::fs::read(recovered.set_aside.as_ref().unwrap()).unwrap(), unreadable);
        set(&synchronizer.region(), "k", "v");
        synchronizer.region().validate().unwrap();
    }
    for foreign in [&b"{ \"name\": \"app\" }"[..], &[7; 100_000]] {
        let site = Site::new();
        std::fs::write(&site.path, foreign).unwrap();
        assert_eq!(persist(&site.path, MIN_BYTES).unwrap_err().code(), "ERR_PSC_CORRUPT");
        assert_eq!(std::fs::read(&site.path).unwrap(), foreign);
    }
    let empty = Site::new();
    std::fs::write(&empty.path, []).unwrap();
    empty.start();
}

#[test]
fn r34_paths_that_cannot_be_the_file_are_refused_and_the_rest_is_the_user_s_alone() {
    let site = Site::new();
    let folder = site.directory.path();
    let refused = |path: &Path| persist(path, MIN_BYTES).unwrap_err().code();
    assert_eq!(refused(folder), "ERR_PSC_INVALID_OPTION");
    std::os::unix::fs::symlink(folder.join("target"), folder.join("link")).unwrap();
    assert_eq!(refused(&folder.join("link")), "ERR_PSC_INVALID_OPTION");
    std::fs::write(folder.join("file"), "text").unwrap();
    assert_eq!(refused(&folder.join("file/below")), "ERR_PSC_DIRECTORY");
    std::fs::create_dir(folder.join("open")).unwrap();
    std::fs::set_permissions(folder.join("open"), std::fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(refused(&folder.join("open/cache")), "ERR_PSC_DIRECTORY");
    let home = folder.join("home");
    let in_it = Options { home: Some(home.clone()), persist: Some(home.join("cache")), ..Options::default() };
    assert_eq!(Synchronizer::start(NAME, NAME, &in_it).unwrap_err().code(), "ERR_PSC_DIRECTORY");

    let below = folder.join("made/for/it/cache");
    let synchronizer = persist(&below, MIN_BYTES).unwrap();
    assert_eq!(std::fs::metadata(&below).unwrap().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(below.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
    let layout = Layout::new(MIN_BYTES).unwrap();
    assert!(std::fs::metadata(&below).unwrap().blocks() * 512 >= layout.ring as u64 + (1 << 20));
    drop(synchronizer);
}
