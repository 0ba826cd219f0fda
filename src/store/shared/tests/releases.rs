//! A persisted file that another release of this package has written (R34).

use super::persisting::{Site, persist};
use super::*;
use crate::store::shared::MIN_BYTES;
use crate::store::shared::layout::{VERSION, header};

fn start_without_a_file(name: &str, home: &Path) -> crate::Result<Synchronizer> {
    let options = at(home, MIN_BYTES);
    Synchronizer::start(name, name, &options)
}

#[test]
fn r34_nobody_takes_a_file_of_another_release_away() {
    let site = Site::new();
    let synchronizer = site.start();
    set(&synchronizer.region(), "k", "v");
    drop(synchronizer);
    site.overwrite(header::VERSION, &[u64::from(VERSION) + 1]);
    let home = site.path.with_file_name("home");
    let written = std::fs::read(&site.path).unwrap();
    // Neither who takes away what others have left, nor who has no use for the file any more.
    for name in ["other", NAME] {
        let synchronizer = start_without_a_file(name, &home).unwrap();
        assert_eq!(get(&synchronizer.region(), "k"), None);
        assert_eq!(std::fs::read(&site.path).unwrap(), written, "{name}");
    }
    let synchronizer = site.start();
    let recovered = synchronizer.recovered();
    assert!(recovered.reason.as_ref().unwrap().contains(&format!("version {VERSION}")), "{recovered:?}");
    assert_eq!(std::fs::read(recovered.set_aside.as_ref().unwrap()).unwrap(), written);
}

#[test]
fn r34_a_file_that_processes_of_another_release_use_is_left_to_them() {
    let site = Site::new();
    let synchronizer = site.start();
    let used = synchronizer.region();
    drop(synchronizer);
    site.overwrite(header::VERSION, &[u64::from(VERSION) + 1]);
    assert_eq!(persist(&site.path, MIN_BYTES).unwrap_err().code(), "ERR_PSC_VERSION_MISMATCH");
    drop(used);
    assert!(persist(&site.path, MIN_BYTES).unwrap().recovered().set_aside.is_some());
}

#[test]
fn r32_who_begins_without_the_file_leaves_it_as_it_is() {
    let site = Site::new();
    let synchronizer = site.start();
    let used = synchronizer.region();
    set(&used, "k", "v");
    drop(synchronizer);
    let without = start_without_a_file(NAME, &site.path.with_file_name("home")).unwrap();
    assert!(used.is_retired());
    assert_eq!(get(&without.region(), "k").as_deref(), Some("v"), "it is in use, and so comes along");
    drop((without, used));
    assert_eq!(get(&site.start().region(), "k").as_deref(), Some("v"));
}
