//! Records against a model: every kind, with and without base and seal, at every distance from the ring's end.

use super::*;
use crate::store::shared::index::Hasher;
use crate::store::shared::layout::{Layout, header};
use crate::store::shared::mapping::Mapping;
use crate::store::shared::ring::{Kind, NewRecord, Record, Ring};
use crate::store::shared::{MIN_BYTES, checksum};
use std::sync::atomic::Ordering;

/// Bytes of the ring under test; what lies behind it in the mapping belongs to somebody else.
const CAPACITY: usize = 4096;
const GUARD: u64 = 0xDEAD_BEEF_DEAD_BEEF;

/// A ring whose last byte is the mapping's last, or that something else follows.
struct Bench {
    map: Mapping,
    layout: Layout,
    hasher: Hasher,
    _file: std::fs::File,
}

impl Bench {
    fn new(behind: usize) -> Self {
        let mut layout = Layout::new(MIN_BYTES).unwrap();
        layout.ring = 4096;
        layout.ring_bytes = CAPACITY;
        let file = tempfile::tempfile().unwrap();
        let size = layout.ring + CAPACITY + behind;
        file.set_len(size as u64).unwrap();
        let map = Mapping::new(&file, 0, size).unwrap();
        map.word(header::CAPACITY).store(CAPACITY as u64, Ordering::Relaxed);
        Self { map, layout, hasher: Hasher::new(7), _file: file }
    }

    fn ring(&self) -> Ring<'_> {
        Ring { map: &self.map, layout: &self.layout }
    }

    fn fill(&self) {
        for word in self.map.words(self.layout.ring, (self.map.size() - self.layout.ring) / 8) {
            word.store(GUARD, Ordering::Relaxed);
        }
    }

    /// Whether nothing but these bytes of the ring was written.
    fn check_guards(&self, written: &[(usize, usize)], what: &str) {
        let words = self.map.words(self.layout.ring, (self.map.size() - self.layout.ring) / 8);
        for (index, word) in words.iter().enumerate() {
            let at = index * 8;
            let is_ours = written.iter().any(|&(from, len)| (from..from + len).contains(&at));
            assert!(is_ours || word.load(Ordering::Relaxed) == GUARD, "{what}: byte {at} of the ring was written");
        }
    }

    fn contents(&self, record: &Record) -> [Vec<u8>; 4] {
        let (mut key, mut value) = (Vec::new(), Vec::new());
        self.ring().read_key(record, &mut key);
        self.ring().read_value(record, &mut value);
        let (sender, session) = self.ring().read_names(record);
        [key, value, sender, session]
    }

    fn seal_holds(&self, record: &Record) -> bool {
        let [_, value, sender, session] = self.contents(record);
        let body = checksum::of_body(&self.hasher, &[sender, session].concat(), &value);
        let words = self.map.words(record.seal_offset(), 2);
        words[0].load(Ordering::Relaxed) == record.position
            && words[1].load(Ordering::Relaxed) == body.wrapping_add(checksum::of_head(&self.hasher, record))
    }

    /// Writes the record so that it ends `gap` bytes before the ring's end, copies it to the same place of the next lap but
    /// `shift` bytes earlier, and compares everything.
    fn drive(&self, new: &NewRecord<'_>, gap: usize, shift: usize, what: &str) {
        let len = new.len();
        let place = CAPACITY - gap - len;
        let units = CAPACITY as u64 / 8;
        let position = units + place as u64 / 8;
        self.fill();
        self.ring().write(position, new, &self.hasher);
        self.check_guards(&[(place, len)], what);
        let record = self.ring().record(position).unwrap_or_else(|| panic!("{what}: there is no record"));
        assert_eq!((record.len, record.kind, record.base, record.sealed), (len, new.kind, new.base, new.sealed));
        let expected = [new.key, new.value.bytes, new.origin.sender, new.origin.session].map(<[u8]>::to_vec);
        assert_eq!(self.contents(&record), expected, "{what}");
        assert!(!new.sealed || self.seal_holds(&record), "{what}: its seal");
        // To where it does not overlap itself: a copy goes to the log's end, which is never inside the record.
        let Some(target) = place.checked_sub(shift + len) else { return };
        for (to, name) in [(target, "before it"), (CAPACITY - len, "at the ring's end")] {
            if to + len > place && to < place + len {
                continue;
            }
            let copied = 2 * units + to as u64 / 8;
            self.ring().copy(&record, copied, &self.hasher);
            self.check_guards(&[(place, len), (target, len), (to, len)], &format!("{what}, copied {name}"));
            let copy = self.ring().record(copied).unwrap_or_else(|| panic!("{what}: there is no copy {name}"));
            assert!(copy.moved && copy.stamp == record.stamp && copy.base == record.base);
            assert_eq!(self.contents(&copy), expected, "{what}, copied {name}");
            assert!(!new.sealed || self.seal_holds(&copy), "{what}: the seal of its copy {name}");
        }
        // And from the front to the very end.
        if place >= len && gap == 0 {
            self.fill();
            self.ring().write(units, new, &self.hasher);
            let first = self.ring().record(units).unwrap();
            self.ring().copy(&first, position, &self.hasher);
            self.check_guards(&[(0, len), (place, len)], &format!("{what}, copied to the end"));
            let copy = self.ring().record(position).unwrap();
            assert_eq!(self.contents(&copy), expected, "{what}, copied to the end");
        }
    }
}

fn each_record(mut visit: impl FnMut(NewRecord<'_>, String)) {
    const BYTES: [u8; 64] = [0xA5; 64];
    let kinds = [Kind::Set, Kind::Remove, Kind::Clear, Kind::Evict, Kind::Expire];
    for kind in kinds {
        for base in [None, Some(3)] {
            for sealed in [false, true] {
                for (key, value, sender, session) in lengths() {
                    let origin = Origin { sender: &BYTES[..sender], session: &BYTES[..session], ..Origin::default() };
                    let value_of = Value { bytes: &BYTES[..value], format: Format::Ascii };
                    let record = NewRecord {
                        kind,
                        hash: 5,
                        key: &BYTES[..key],
                        value: value_of,
                        expires_at: 9,
                        origin,
                        base,
                        sealed,
                        stamp: None,
                    };
                    let what = format!(
                        "{kind:?} base {base:?} sealed {sealed} key {key} value {value} sender {sender} session {session}"
                    );
                    visit(record, what);
                }
            }
        }
    }
}

/// Lengths around the words' edges.
fn lengths() -> impl Iterator<Item = (usize, usize, usize, usize)> {
    let edges = [0, 1, 7, 8, 9, 16];
    edges.into_iter().flat_map(move |key| {
        edges.into_iter().flat_map(move |value| [(key, value, 0, 0), (key, value, 8, 0), (key, value, 5, 4)])
    })
}

#[test]
fn a_record_and_its_copy_are_whole_and_write_nothing_else_wherever_the_ring_ends() {
    for behind in [0, 4096] {
        let bench = Bench::new(behind);
        each_record(|record, what| {
            for gap in (0..=24).step_by(8) {
                bench.drive(&record, gap, gap, &what);
            }
        });
    }
}
