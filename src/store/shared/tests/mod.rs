//! What only the region can get wrong.

mod capacity;
mod clearing;
mod conforming;
mod damage;
mod flights;
mod following;
mod kills;
mod leaving;
mod lives;
mod locks;
mod members;
mod migrating;
mod persisting;
mod races;
mod records;
mod recovering;
mod releases;
mod swaps;
mod sweeping;
mod victims;

use super::directory::Directory;
use super::{Options, Region, Synchronizer, claim};
use crate::clock::Clock;
use crate::entry::{Format, Origin, Scope, Value};
use crate::store::{Store, Wait};
use std::path::Path;
use std::sync::Arc;

/// A region in a directory of its own.
pub(super) struct Fixture {
    pub region: Arc<Region>,
    pub synchronizer: Option<Synchronizer>,
    pub directory: tempfile::TempDir,
}

pub(super) const NAME: &str = "test";

pub(super) fn at(home: &Path, max_bytes: u64) -> Options {
    Options { max_bytes: Some(max_bytes), home: Some(home.to_owned()), ..Options::default() }
}

pub(super) fn start(directory: &Path, max_bytes: u64) -> crate::Result<Synchronizer> {
    Synchronizer::start(NAME, NAME, &at(directory, max_bytes))
}

pub(super) fn join(directory: &Path) -> crate::Result<Option<Arc<Region>>> {
    Region::join(NAME, Some(directory))
}

/// The names of what lies in a folder, in order.
pub(super) fn files_in(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Writes anew what vouches for a header that a test has changed.
pub(super) fn vouch(path: &Path) {
    use super::{checksum, layout};
    use std::os::unix::fs::FileExt;
    let file = std::fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    let fixed: layout::Fixed = std::array::from_fn(|index| {
        let mut word = [0; 8];
        file.read_exact_at(&mut word, index as u64 * 8).unwrap();
        u64::from_le_bytes(word)
    });
    file.write_all_at(&checksum::of_fixed(&fixed).to_le_bytes(), layout::header::FIXED_SUM as u64).unwrap();
}

/// How often a test is repeated: as often as everybody does, or as `PSC_TEST=full` asks for.
pub(super) fn rounds(quick: u64, full: u64) -> u64 {
    if std::env::var("PSC_TEST").is_ok_and(|mode| mode == "full") { full } else { quick }
}

impl Fixture {
    pub fn new(max_bytes: u64) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let synchronizer = start(directory.path(), max_bytes).unwrap();
        Self { region: synchronizer.region(), synchronizer: Some(synchronizer), directory }
    }

    /// The region once more, as another member on a clock of the test's.
    pub fn region_on(&self, clock: Clock) -> Region {
        let path = self.region.path();
        let Ok(opened) = claim::open(path) else { panic!("the region cannot be opened") };
        let home = Directory::named(self.directory.path()).unwrap();
        opened.claim(path, (&home, NAME), Some(clock)).unwrap()
    }

    pub fn set(&self, key: &str, value: &str) -> u64 {
        set(&self.region, key, value)
    }

    pub fn get(&self, key: &str) -> Option<String> {
        get(&self.region, key)
    }
}

pub(super) fn key_of(key: &str) -> Vec<u8> {
    Scope::none().entry_key(key.as_bytes()).unwrap()
}

pub(super) fn set(region: &Region, key: &str, value: &str) -> u64 {
    let value = Value { bytes: value.as_bytes(), format: Format::Ascii };
    region.set(&key_of(key), value, 0, Origin::default(), Wait::LONG).unwrap()
}

pub(super) fn get(region: &Region, key: &str) -> Option<String> {
    let mut bytes = Vec::new();
    region.get(&key_of(key), &mut bytes).unwrap().map(|_| String::from_utf8(bytes).unwrap())
}

/// A text that says of itself whether it is whole: `n` repeated, with its length.
pub(super) fn whole(n: u64, len: usize) -> String {
    let unit = format!("{n}:{len};");
    unit.repeat(len / unit.len() + 1)
}

pub(super) fn assert_whole(text: &str) -> u64 {
    let (n, rest) = text.split_once(':').unwrap();
    let (len, _) = rest.split_once(';').unwrap();
    let n = n.parse().unwrap();
    assert_eq!(text, whole(n, len.parse().unwrap()), "a torn value");
    n
}

/// Numbers that look random and are the same in every run.
pub(super) struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}
