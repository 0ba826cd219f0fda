use super::*;
use crate::store::shared::layout::header;
use crate::store::shared::ring::Kind;
use crate::store::shared::{MIN_BYTES, claim};
use std::os::unix::fs::FileExt;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

#[test]
fn who_stops_a_synchronizer_waits_for_no_round_of_its_thread() {
    let stopping = |_| {
        let mut fixture = Fixture::new(MIN_BYTES);
        let value = Value { bytes: b"v", format: Format::Ascii };
        let soon = fixture.region.clock().now() + 1;
        fixture.region.set(&key_of("k"), value, soon, Origin::default(), Wait::LONG).unwrap();
        // Then the thread is in its rounds, and next there is nothing to do for it.
        while fixture.region.stats().expirations == 0 {
            std::thread::yield_now();
        }
        let began = Instant::now();
        fixture.synchronizer = None;
        began.elapsed()
    };
    let took: Duration = (0..5).map(stopping).sum();
    // A round begins every 200 ms.
    assert!(took < Duration::from_millis(500), "stopping five took {took:?}");
}

#[test]
fn r18_a_second_synchronizer_is_refused_while_the_first_lives() {
    let mut fixture = Fixture::new(MIN_BYTES);
    assert_eq!(start(fixture.directory.path(), MIN_BYTES).unwrap_err().code(), "ERR_PSC_ENDPOINT_IN_USE");
    fixture.set("k", "warm");
    fixture.synchronizer = None;
    let again = start(fixture.directory.path(), MIN_BYTES).unwrap();
    assert_eq!(get(&again.region(), "k").as_deref(), Some("warm"));
}

#[test]
fn a_joiner_before_the_synchronizer_finds_nothing_and_later_the_same_region() {
    let directory = tempfile::tempdir().unwrap();
    assert!(join(directory.path()).unwrap().is_none());
    let synchronizer = start(directory.path(), MIN_BYTES).unwrap();
    let joined = join(directory.path()).unwrap().unwrap();
    assert!(Arc::ptr_eq(&joined, &synchronizer.region()));
}

#[test]
fn r18_files_that_are_no_whole_region_are_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("test.region");
    for content in [vec![], vec![7; 100], vec![7; 8192]] {
        std::fs::write(&path, &content).unwrap();
        assert_eq!(join(directory.path()).unwrap_err().code(), "ERR_PSC_CORRUPT");
        assert_eq!(start(directory.path(), MIN_BYTES).unwrap_err().code(), "ERR_PSC_CORRUPT");
        assert_eq!(std::fs::read(&path).unwrap(), content);
    }
}

#[test]
fn r18_a_truncated_region_is_refused() {
    let fixture = Fixture::new(MIN_BYTES);
    let bytes = std::fs::read(fixture.region.path()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("test.region"), &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(join(directory.path()).unwrap_err().code(), "ERR_PSC_CORRUPT");
}

#[test]
fn r18_another_layout_version_is_refused_while_its_members_live_and_replaced_when_none_does() {
    let mut fixture = Fixture::new(MIN_BYTES);
    let path = fixture.region.path().to_owned();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.write_all_at(&99_u64.to_le_bytes(), header::VERSION as u64).unwrap();
    fixture.synchronizer = None;
    // The registry would hand out the region this process has joined already, so another name is tried.
    assert!(matches!(claim::open(&path), Err(claim::Refusal::Version(99))));
    let error = start(fixture.directory.path(), MIN_BYTES).unwrap_err();
    assert_eq!(error.code(), "ERR_PSC_VERSION_MISMATCH");
    assert!(error.to_string().contains("99"), "{error}");
    // Its only member leaves without taking the file away, as a killed one would.
    let copy = std::fs::read(&path).unwrap();
    drop(fixture.region);
    std::fs::write(&path, copy).unwrap();
    let synchronizer = start(fixture.directory.path(), MIN_BYTES).unwrap();
    set(&synchronizer.region(), "k", "new");
    synchronizer.region().validate().unwrap();
}

#[test]
fn r18_a_region_of_an_earlier_boot_is_not_joined_and_replaced() {
    let Fixture { region, synchronizer, directory } = Fixture::new(MIN_BYTES);
    set(&region, "k", "old");
    drop(synchronizer);
    let path = region.path().to_owned();
    let copy = std::fs::read(&path).unwrap();
    drop(region);
    std::fs::write(&path, copy).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.write_all_at(&[1; 16], header::BOOT_ID as u64).unwrap();
    vouch(&path);
    assert!(join(directory.path()).unwrap().is_none());
    let synchronizer = start(directory.path(), MIN_BYTES).unwrap();
    assert_eq!(get(&synchronizer.region(), "k"), None);
}

#[test]
fn r19_a_region_that_was_taken_away_is_retired_and_made_anew() {
    let fixture = Fixture::new(MIN_BYTES);
    fixture.set("k", "v");
    std::fs::remove_file(fixture.region.path()).unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !fixture.region.is_retired() {
        assert!(std::time::Instant::now() < deadline, "nobody noticed");
        std::thread::yield_now();
    }
    let value = Value { bytes: b"v", format: Format::Ascii };
    let error = fixture.region.set(&key_of("k"), value, 0, Origin::default(), Wait::LONG).unwrap_err();
    assert_eq!(error.code(), "ERR_PSC_RETIRED");
    let new = loop {
        if let Some(region) = join(fixture.directory.path()).unwrap() {
            break region;
        }
        assert!(std::time::Instant::now() < deadline, "no new region");
    };
    set(&new, "k", "new");
    assert_eq!(get(&new, "k").as_deref(), Some("new"));
}

#[test]
fn r19_a_write_that_ends_in_a_region_retired_meanwhile_is_made_again_in_its_successor() {
    let fixture = Fixture::new(MIN_BYTES);
    let region = &fixture.region;
    fixture.set("k", "v");
    let key = key_of("k");
    let tombstone = region.tombstone(Kind::Remove, region.hasher.hash(&key), &key, Origin::default());
    let writer = region.lock(Wait::LONG).unwrap();
    region.retire();
    assert_eq!(writer.take_out(&tombstone).unwrap_err().code(), "ERR_PSC_RETIRED");
}

#[test]
fn r19_whoever_replaces_a_region_from_outside_clears_its_words() {
    let fixture = Fixture::new(MIN_BYTES);
    let region = &fixture.region;
    fixture.set("k", "v");
    let found = region.get(&key_of("k"), &mut Vec::new()).unwrap().unwrap();
    assert!(region.is_current(found.slot, found.version));
    let Ok(opened) = claim::open(region.path()) else { panic!("the region cannot be opened") };
    opened.replace(region.path());
    assert!(!region.is_current(found.slot, found.version));
    assert_eq!(region.index().word(found.slot).load(Ordering::Relaxed), 0, "a memo compares nothing but the word");
    assert_eq!(region.get(&key_of("k"), &mut Vec::new()).unwrap_err().code(), "ERR_PSC_RETIRED");
}

#[test]
fn r20_directories_that_others_can_write_to_and_links_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let open = directory.path().join("open");
    std::fs::create_dir(&open).unwrap();
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(start(&open, MIN_BYTES).unwrap_err().code(), "ERR_PSC_DIRECTORY");
    let link = directory.path().join("link");
    std::os::unix::fs::symlink(directory.path(), &link).unwrap();
    assert_eq!(start(&link, MIN_BYTES).unwrap_err().code(), "ERR_PSC_DIRECTORY");
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert_eq!(start(&file, MIN_BYTES).unwrap_err().code(), "ERR_PSC_DIRECTORY");
}

#[test]
fn options_that_cannot_work_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(start(directory.path(), 1000).unwrap_err().code(), "ERR_PSC_INVALID_OPTION");
    for max_value_bytes in [0, MIN_BYTES] {
        let options = Options {
            max_bytes: Some(MIN_BYTES),
            max_value_bytes: Some(max_value_bytes),
            home: Some(directory.path().into()),
            ..Options::default()
        };
        assert_eq!(Synchronizer::start(NAME, NAME, &options).unwrap_err().code(), "ERR_PSC_INVALID_OPTION");
    }
}

#[test]
fn r19_a_folder_that_was_deleted_with_its_region_stays_deleted() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let options = |directory: Option<&Path>| Options {
        max_bytes: Some(MIN_BYTES),
        directory: directory.map(Path::to_owned),
        home: Some(home.path().into()),
        ..Options::default()
    };
    let first = Synchronizer::start(NAME, NAME, &options(Some(folder.path()))).unwrap();
    let note = home.path().join("test.elsewhere");
    assert!(note.exists());
    let path = folder.path().to_owned();
    std::fs::remove_dir_all(&path).unwrap();
    drop(first);
    let _other = Synchronizer::start("other", "other", &options(None)).unwrap();
    assert!(!path.exists() && !note.exists());
}
