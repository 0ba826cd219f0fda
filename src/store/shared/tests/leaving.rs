//! Leaving a region, and what those who left, or were killed, leave behind.

use super::*;
use crate::store::shared::MIN_BYTES;
use crate::store::shared::layout::Layout;
use std::os::unix::fs::FileExt;

#[test]
fn r18_the_last_to_leave_takes_the_file_away() {
    let fixture = Fixture::new(MIN_BYTES);
    let Fixture { region, synchronizer, directory } = fixture;
    drop(synchronizer);
    assert!(region.path().exists());
    let path = region.path().to_owned();
    drop(region);
    assert!(!path.exists());
    assert!(files_in(directory.path()).is_empty());
}

#[test]
fn r18_a_region_at_another_place_leaves_nothing_there_or_in_the_home() {
    let [home, data] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let options = Options { directory: Some(data.path().into()), ..at(home.path(), MIN_BYTES) };
    let first = Synchronizer::start(NAME, NAME, &options).unwrap();
    let region = first.region();
    drop(first);
    // Who leaves now is not the last: another synchronizer is there, though its lock is not beside the region.
    let second = Synchronizer::start(NAME, NAME, &options).unwrap();
    drop(region);
    assert!(second.region().is_at_its_path());
    drop(second);
    assert!(files_in(data.path()).is_empty() && files_in(home.path()).is_empty());
}

/// Not a test by itself: the victim's life. It leaves as soon as it is alone.
#[test]
fn leaver() {
    let Some(region) = super::victims::begin() else { return };
    while region.members().others_live(Some(&region.membership)) {
        std::thread::yield_now();
    }
    drop(region);
}

#[cfg(feature = "failpoints")]
#[test]
fn r18_who_joins_while_the_last_one_leaves_loses_nothing_that_was_acknowledged() {
    let Fixture { region, synchronizer, directory } = Fixture::new(MIN_BYTES);
    let settings = [("PSC_FAILPOINT_SIGNAL", "STOP")];
    let leaver = super::victims::Victim::start("leaving::leaver", directory.path(), &settings, Some("leave:alone"));
    drop((synchronizer, region));
    leaver.until_stopped();
    let joined = join(directory.path()).unwrap().unwrap();
    std::thread::scope(|threads| {
        let write = threads.spawn(|| {
            let value = Value { bytes: b"v", format: Format::Ascii };
            joined.set(&key_of("k"), value, 0, Origin::default(), Wait::LONG)
        });
        leaver.go_on();
        write.join().unwrap().unwrap();
    });
    leaver.bury();
    assert_eq!(get(&joined, "k").as_deref(), Some("v"), "an acknowledged write is gone with the region");
    assert!(joined.is_at_its_path() && !joined.is_retired());
}

#[test]
fn r19_regions_that_nobody_uses_are_collected_by_the_next_synchronizer() {
    let Fixture { region, synchronizer, directory } = Fixture::new(MIN_BYTES);
    drop(synchronizer);
    let (path, folder) = (region.path().to_owned(), region.folder.clone());
    let copy = std::fs::read(&path).unwrap();
    drop(region);
    std::fs::write(&path, copy).unwrap();
    std::fs::create_dir(&folder).unwrap();
    // Its member was this process, which lives; one with the same pid and another start is dead.
    let started = Layout::new(MIN_BYTES).unwrap().member(0) as u64 + 16;
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().write_all_at(&[1; 8], started).unwrap();
    let options = at(directory.path(), MIN_BYTES);
    let _other = Synchronizer::start("other", "other", &options).unwrap();
    assert!(!path.exists() && !folder.exists());
}

#[test]
fn r19_drafts_and_folders_that_the_killed_have_left_are_swept_away_and_those_in_use_are_not() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    let id = "0123456789abcdef0123456789abcdef";
    for name in [NAME, "other", "owned"] {
        std::fs::write(path(&format!("{name}.{id}.new")), "a draft").unwrap();
        std::fs::create_dir(path(&format!("{name}.{id}"))).unwrap();
        std::fs::write(path(&format!("{name}.{id}/0")), "").unwrap();
    }
    // One whose region is gone while its member has not noticed yet.
    let other = id.replace('0', "f");
    std::fs::create_dir(path(&format!("other.{other}"))).unwrap();
    let member = std::fs::File::create(path(&format!("other.{other}/0"))).unwrap();
    member.lock().unwrap();
    // Locks of those who were killed, and of one whose region goes on.
    std::fs::write(path("killed.lock"), "1").unwrap();
    std::fs::write(path("used.lock"), "1").unwrap();
    std::fs::write(path("used.region"), "of another kind").unwrap();
    // One whose synchronizer is just making a region.
    let owner = std::fs::File::create(path("owned.lock")).unwrap();
    owner.lock().unwrap();
    let options = at(home.path(), MIN_BYTES);
    let synchronizer = Synchronizer::start(NAME, NAME, &options).unwrap();
    for name in [NAME, "other"] {
        assert!(!path(&format!("{name}.{id}.new")).exists() && !path(&format!("{name}.{id}")).exists(), "{name}");
    }
    assert!(path(&format!("other.{other}")).exists());
    assert!(!path("killed.lock").exists() && path("used.lock").exists() && path("owned.lock").exists());
    assert!(path(&format!("owned.{id}.new")).exists() && path(&format!("owned.{id}")).exists());
    assert!(synchronizer.region().folder.exists());
}
