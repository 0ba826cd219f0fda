//! What a start makes of a file that the last of its users had no time to finish (R31, R32).

use super::persisting::Site;
use super::*;
use crate::store::shared::MIN_BYTES;
use crate::store::shared::layout::{Layout, header};
use std::sync::atomic::Ordering;

#[test]
fn r31_what_lies_under_the_pad_before_a_torn_record_is_dead() {
    let site = Site::new();
    let synchronizer = site.start();
    let region = synchronizer.region();
    let layout = Layout::new(MIN_BYTES).unwrap();
    let place_of = |position: u64| position as usize * 8 % layout.ring_bytes;
    let filler = "x".repeat(1000);
    let mut filled = 0;
    let mut fill_until = |end: usize| loop {
        filled += 1;
        let place = place_of(set(&region, &format!("f{}", filled % 10), &filler));
        // Whether another one would go beyond.
        if place < end && place + 2300 > end {
            return place;
        }
    };
    fill_until(layout.ring_bytes - 5000);
    let superseded = place_of(set(&region, "k", "old"));
    fill_until(layout.ring_bytes);
    assert_eq!(place_of(set(&region, "k", &"new".repeat(1000))), 0, "the first of the next lap");
    let last = fill_until(superseded);
    let tail = region.map.word(header::TAIL).load(Ordering::SeqCst);
    let pad = place_of(tail);
    assert!(last < pad && pad <= superseded);
    drop(region);
    drop(synchronizer);
    // A record that does not fit any more is begun at the ring's start, over what superseded the other, and the writer is killed.
    site.overwrite(layout.ring + pad, &[(layout.ring_bytes - pad) as u64 | 1 << 32]);
    site.overwrite(layout.ring, &[0]);
    let synchronizer = site.start();
    assert_eq!(get(&synchronizer.region(), "k"), None);
    assert_eq!(synchronizer.recovered().entries, 10);
}

#[test]
fn r32_a_file_whose_folder_of_locks_is_gone_is_used_by_nobody() {
    let site = Site::new();
    let synchronizer = site.start();
    set(&synchronizer.region(), "k", "v");
    drop(synchronizer);
    // A member that was killed, of a namespace in which nobody can ask for it; the others have left in good order.
    site.overwrite(Layout::new(MIN_BYTES).unwrap().member(5), &[1; 5]);
    site.overwrite(header::RETIRED, &[0]);
    let synchronizer = site.start();
    assert_eq!(get(&synchronizer.region(), "k").as_deref(), Some("v"));
}
