//! What the next synchronizer asks for holds, and the entries of the region before come along (R39).

#[cfg(feature = "failpoints")]
use super::victims::Victim;
use super::*;
use crate::store::shared::MIN_BYTES;
use std::sync::atomic::{AtomicBool, Ordering};

/// Where a region is: in the home, in another folder, in a file that is kept, and in another such file.
const PLACES: [&str; 4] = ["home", "folder", "file", "other file"];

struct Run {
    home: tempfile::TempDir,
    data: tempfile::TempDir,
}

impl Run {
    fn new() -> Self {
        let [home, data] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        Self { home, data }
    }

    fn options(&self, place: &str, max_bytes: u64) -> Options {
        let options = at(self.home.path(), max_bytes);
        let data = self.data.path();
        match place {
            "home" => options,
            "folder" => Options { directory: Some(data.into()), ..options },
            file => Options { persist: Some(data.join(file)), ..options },
        }
    }

    fn start(&self, place: &str, max_bytes: u64) -> Synchronizer {
        Synchronizer::start(NAME, NAME, &self.options(place, max_bytes)).unwrap()
    }
}

/// Goes on in the successor when its region is retired.
struct Follower<'a> {
    home: &'a Path,
    region: Arc<Region>,
}

impl Follower<'_> {
    fn ask<T>(&mut self, mut call: impl FnMut(&Region) -> crate::Result<T>) -> T {
        loop {
            match call(&self.region) {
                Ok(answer) => return answer,
                Err(error) => assert_eq!(error.code(), "ERR_PSC_RETIRED"),
            }
            if let Some(successor) = join(self.home).unwrap() {
                self.region = successor;
            }
        }
    }
}

#[test]
fn r39_the_bounds_and_the_place_that_are_asked_for_hold_and_what_was_there_is_there() {
    for (before, after) in PLACES.iter().flat_map(|before| PLACES.map(|after| (before, after))) {
        for max_bytes in [MIN_BYTES, 4 * MIN_BYTES] {
            let run = Run::new();
            let first = run.start(before, MIN_BYTES);
            let user = first.region();
            set(&user, "k", "v");
            let end = user.clock().now() + 3_600_000;
            let value = Value { bytes: b"passing", format: Format::Ascii };
            let origin = Origin { sender: b"me", session: b"s", ..Origin::default() };
            user.set(&key_of("passing"), value, end, origin, Wait::LONG).unwrap();
            user.remove(&key_of("k2"), Origin::default(), Wait::LONG).unwrap();
            drop(first);
            let second = run.start(after, max_bytes);
            let (region, case) = (second.region(), format!("{before}, then {after} with {max_bytes}"));
            let is_the_same = before == &after && max_bytes == MIN_BYTES;
            assert_eq!(user.is_retired(), !is_the_same, "{case}");
            assert_eq!(Arc::ptr_eq(&user, &region), is_the_same, "{case}");
            assert_eq!(get(&region, "k").as_deref(), Some("v"), "{case}");
            let found = region.get(&key_of("passing"), &mut Vec::new()).unwrap().unwrap();
            assert_eq!(found.expires_at, end, "{case}");
            assert_eq!(region.stats().max_bytes, max_bytes, "{case}");
            let asked = run.options(after, max_bytes);
            match (&asked.persist, &asked.directory) {
                (Some(file), _) => assert_eq!(region.path(), file, "{case}"),
                (None, folder) => assert_eq!(region.path().parent(), folder.as_deref().or(Some(run.home.path()))),
            }
            region.validate().unwrap();
            // Whoever looks for it finds this one.
            assert!(Arc::ptr_eq(&join(run.home.path()).unwrap().unwrap(), &region), "{case}");
            drop((user, second, region));
            let left: Vec<_> = files_in(run.data.path()).into_iter().filter(|file| !file.ends_with("file")).collect();
            assert!(left.is_empty() && files_in(run.home.path()).is_empty(), "{case} leaves {left:?}");
        }
    }
}

#[test]
fn r39_a_bound_of_one_value_that_is_asked_for_holds_too() {
    let run = Run::new();
    let first = run.start("home", MIN_BYTES);
    let user = first.region();
    set(&user, "k", "v");
    set(&user, "long", &"v".repeat(2000));
    drop(first);
    let options = Options { max_value_bytes: Some(1000), ..run.options("home", MIN_BYTES) };
    let second = Synchronizer::start(NAME, NAME, &options).unwrap();
    let region = second.region();
    assert!(get(&region, "k").is_some() && get(&region, "long").is_none());
    let value = "v".repeat(1001);
    let value = Value { bytes: value.as_bytes(), format: Format::Ascii };
    let error = region.set(&key_of("k"), value, 0, Origin::default(), Wait::LONG).unwrap_err();
    assert_eq!(error.code(), "ERR_PSC_VALUE_TOO_LARGE");
    // Who is still in the one before is sent on, whatever its bound was.
    let value = "v".repeat(MIN_BYTES as usize);
    let value = Value { bytes: value.as_bytes(), format: Format::Ascii };
    assert_eq!(user.set(&key_of("k"), value, 0, Origin::default(), Wait::LONG).unwrap_err().code(), "ERR_PSC_RETIRED");
}

#[test]
fn r39_into_a_smaller_region_come_the_newest() {
    let run = Run::new();
    let first = run.start("home", 8 * MIN_BYTES);
    let user = first.region();
    let count = 8 * MIN_BYTES / 2000;
    for n in 0..count {
        set(&user, &n.to_string(), &whole(n, 1000));
    }
    let before = user.stats();
    drop(first);
    let region = run.start("home", MIN_BYTES).region();
    assert_eq!(region.stats().max_bytes, MIN_BYTES);
    let there: Vec<u64> = (0..count).filter(|n| get(&region, &n.to_string()).is_some()).collect();
    assert!(before.entries == count && there.len() as u64 > count / 16, "{} of {count}", there.len());
    assert_eq!(there, (count - there.len() as u64..count).collect::<Vec<_>>());
    region.validate().unwrap();
}

#[test]
fn r39_what_is_over_is_left_out() {
    let run = Run::new();
    let first = run.start("home", MIN_BYTES);
    let user = first.region();
    let value = Value { bytes: b"v", format: Format::Ascii };
    user.set(&key_of("k"), value, 1, Origin::default(), Wait::LONG).unwrap();
    drop(first);
    assert_eq!(run.start("home", 2 * MIN_BYTES).region().stats().entries, 0);
}

#[test]
fn r39_what_killed_processes_left_comes_along() {
    for (before, after) in [("home", "home"), ("home", "file"), ("folder", "home")] {
        let run = Run::new();
        let first = run.start(before, MIN_BYTES);
        let region = first.region();
        set(&region, "k", "v");
        let (path, folder) = (region.path().to_owned(), region.folder.clone());
        let [file, note] = [path.clone(), run.home.path().join("test.elsewhere")].map(|file| std::fs::read(file).ok());
        drop((first, region));
        std::fs::write(&path, file.unwrap()).unwrap();
        std::fs::create_dir(&folder).unwrap();
        if let Some(note) = note {
            std::fs::write(run.home.path().join("test.elsewhere"), note).unwrap();
        }
        let region = run.start(after, 2 * MIN_BYTES).region();
        assert_eq!(get(&region, "k").as_deref(), Some("v"), "{before}, then {after}");
        assert_eq!(region.stats().max_bytes, 2 * MIN_BYTES);
    }
}

#[test]
fn r39_where_the_note_is_lost_that_leads_to_a_region_it_is_gone_on_with_all_the_same() {
    let run = Run::new();
    let first = run.start("folder", MIN_BYTES);
    let user = first.region();
    set(&user, "k", "v");
    drop(first);
    std::fs::remove_file(run.home.path().join("test.elsewhere")).unwrap();
    assert!(join(run.home.path()).unwrap().is_none());
    let second = run.start("folder", MIN_BYTES);
    assert!(Arc::ptr_eq(&second.region(), &user));
    assert!(Arc::ptr_eq(&join(run.home.path()).unwrap().unwrap(), &user));
    drop(second);
    // And where the name leads to another one meanwhile, it makes way for that.
    std::fs::remove_file(run.home.path().join("test.elsewhere")).unwrap();
    let other = run.start("home", MIN_BYTES);
    set(&other.region(), "k", "of the other");
    drop(other.region());
    let elsewhere = other.region();
    drop(other);
    let third = run.start("folder", MIN_BYTES);
    assert!(user.is_retired() && elsewhere.is_retired());
    assert_eq!(get(&third.region(), "k").as_deref(), Some("of the other"));
    drop((user, elsewhere, third));
    assert!(files_in(run.data.path()).is_empty() && files_in(run.home.path()).is_empty());
}

#[test]
fn r39_a_file_has_what_is_in_use_and_not_what_it_had_before() {
    let run = Run::new();
    let earlier = run.start("file", MIN_BYTES);
    set(&earlier.region(), "k", "old");
    set(&earlier.region(), "gone", "old");
    drop(earlier);
    let first = run.start("home", MIN_BYTES);
    let user = first.region();
    assert_eq!(get(&user, "k"), None);
    set(&user, "k", "new");
    drop(first);
    let region = run.start("file", MIN_BYTES).region();
    assert_eq!([get(&region, "k").as_deref(), get(&region, "gone").as_deref()], [Some("new"), None]);
}

#[test]
fn r39_no_acknowledged_write_is_lost_while_the_entries_come_along() {
    for round in 0..rounds(10, 100) {
        let run = Run::new();
        let first = run.start("home", MIN_BYTES);
        let user = first.region();
        for n in 0..200 {
            set(&user, &n.to_string(), &whole(n, 1000));
        }
        drop(first);
        let over = &AtomicBool::new(false);
        let (last, region) = std::thread::scope(|threads| {
            let writer = threads.spawn(|| {
                let mut user = Follower { home: run.home.path(), region: user.clone() };
                for n in 1_u64.. {
                    let text = n.to_string();
                    let value = Value { bytes: text.as_bytes(), format: Format::Ascii };
                    user.ask(|region| region.set(&key_of("k"), value, 0, Origin::default(), Wait::LONG));
                    let mut read = Vec::new();
                    user.ask(|region| region.get(&key_of("k"), &mut read));
                    assert_eq!(read, text.as_bytes());
                    // More would drive the entries out.
                    while n > 5000 && !over.load(Ordering::SeqCst) {
                        std::thread::yield_now();
                    }
                    if over.load(Ordering::SeqCst) {
                        return n;
                    }
                }
                0
            });
            let after = ["home", "folder", "file"][round as usize % 3];
            let region = run.start(after, 2 * MIN_BYTES).region();
            over.store(true, Ordering::SeqCst);
            (writer.join().unwrap(), region)
        });
        assert_eq!(get(&region, "k").unwrap(), last.to_string());
        assert!((0..200).all(|n| get(&region, &n.to_string()).is_some_and(|text| assert_whole(&text) == n)));
    }
}

/// Not a test by itself: the victim's life. It starts a synchronizer that asks for another bound.
#[cfg(feature = "failpoints")]
#[test]
fn successor() {
    let Some(region) = super::victims::begin() else { return };
    start(&region.home.0, 2 * MIN_BYTES).unwrap();
}

#[cfg(feature = "failpoints")]
#[test]
fn r39_a_synchronizer_that_is_killed_meanwhile_leaves_the_one_before_or_nothing() {
    for (place, is_there) in [("migrate:filled", true), ("migrate:retired", false)] {
        let Fixture { region: user, synchronizer, directory } = Fixture::new(MIN_BYTES);
        set(&user, "k", "v");
        drop(synchronizer);
        Victim::start("migrating::successor", directory.path(), &[], Some(place)).bury();
        assert_eq!(user.is_retired(), !is_there, "{place}");
        let next = start(directory.path(), 2 * MIN_BYTES).unwrap();
        let region = next.region();
        assert_eq!(get(&region, "k").is_some(), is_there, "{place}");
        set(&region, "k", "new");
        assert!(Arc::ptr_eq(&join(directory.path()).unwrap().unwrap(), &region));
        drop((user, next, region));
        assert!(files_in(directory.path()).is_empty(), "{place} leaves {:?}", files_in(directory.path()));
    }
}

/// Not a test by itself: the victim's life. It sets a value and tells what has become of it.
#[cfg(feature = "failpoints")]
#[test]
fn writer() {
    let Some(region) = super::victims::begin() else { return };
    let value = Value { bytes: b"w", format: Format::Ascii };
    let set = region.set(&key_of("w"), value, 0, Origin::default(), Wait::LONG);
    super::victims::tell(&set.map_or_else(|error| error.code().to_owned(), |_| "set".to_owned()));
    std::process::exit(0);
}

#[cfg(feature = "failpoints")]
#[test]
fn r39_where_the_writer_does_not_run_the_successor_is_empty_and_what_it_writes_later_counts_for_nothing() {
    let Fixture { region: user, synchronizer, directory } = Fixture::new(MIN_BYTES);
    set(&user, "k", "v");
    drop(synchronizer);
    let settings = [("PSC_FAILPOINT_SIGNAL", "STOP")];
    let writer = Victim::start("migrating::writer", directory.path(), &settings, Some("set:word"));
    writer.until_stopped();
    let next = start(directory.path(), 2 * MIN_BYTES).unwrap();
    assert!(user.is_retired());
    let region = next.region();
    assert_eq!([region.stats().max_bytes, region.stats().entries], [2 * MIN_BYTES, 0]);
    writer.go_on();
    assert_eq!(writer.last().as_deref(), Some("ERR_PSC_RETIRED"));
    region.validate().unwrap();
}
