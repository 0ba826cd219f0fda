use super::{Holder, Incoming, Kind, NO_EVENT, Outcome, SET, Subject, ascii};
use crate::entry::{Origin, Scope};
use crate::store::Wait;
use crate::sync::HELD_ENTRY_BYTES;

/// What an entry of no scope counts: four bytes say that it has none.
fn cost(key: &str, value_bytes: usize) -> u64 {
    4 + (key.len() + value_bytes) as u64 + HELD_ENTRY_BYTES
}

const K: u64 = 4 + 1 + 3 + HELD_ENTRY_BYTES;

impl Subject {
    fn write_for(&self, owner: u32, max_held_bytes: u64, event: &Incoming<'_>) -> Outcome {
        self.hub.apply_for(Holder { owner, max_held_bytes }, event, Wait::LONG).unwrap()
    }

    /// A set of `[1]` that is sure to be applied.
    fn set_for(&self, owner: u32, key: &str) {
        let event = Incoming { key: key.as_bytes(), ..NO_EVENT };
        assert!(matches!(self.write_for(owner, u64::MAX, &event), Outcome::Applied));
    }

    fn held(&self, owners: [u32; 2]) -> [u64; 2] {
        owners.map(|owner| self.hub.held_bytes(owner))
    }

    fn notes(&self) -> usize {
        self.hub.order.lock().holdings.notes()
    }
}

#[test]
fn an_owner_holds_what_it_set_last() {
    let subject = Subject::new();
    subject.set_for(1, "k");
    subject.set_for(1, "other");
    assert_eq!(subject.held([1, 2]), [K + cost("other", 3), 0]);
    subject.set_for(2, "k");
    assert_eq!(subject.held([1, 2]), [cost("other", 3), K]);
    subject.poll();
    assert_eq!(subject.held([1, 2]), [cost("other", 3), K]);
}

#[test]
fn an_entry_that_is_set_again_counts_once_and_makes_room_for_itself() {
    let subject = Subject::new();
    let larger = Incoming { kind: Kind::Set { text: b"[1234]", ttl: f64::INFINITY }, ..NO_EVENT };
    subject.set_for(1, "k");
    assert!(matches!(subject.write_for(1, K + 3, &larger), Outcome::Applied));
    assert_eq!(subject.hub.held_bytes(1), K + 3);
    assert!(matches!(subject.write_for(1, K, &NO_EVENT), Outcome::Applied));
    assert_eq!(subject.hub.held_bytes(1), K);
}

#[test]
fn a_set_beyond_the_quota_leaves_the_older_value_and_is_acknowledged_with_it() {
    let subject = Subject::new();
    subject.write_for(1, K, &Incoming { write: 1, ..NO_EVENT });
    subject.poll();
    let kind = Kind::Set { text: b"[22]", ttl: f64::INFINITY };
    let Outcome::Rejected(error) = subject.write_for(1, K, &Incoming { kind, write: 2, ..NO_EVENT }) else { panic!() };
    assert_eq!(error.code(), "ERR_PSC_QUOTA_EXCEEDED");
    let message = error.to_string();
    assert!(message.contains(&format!("{} bytes beside the 0", K + 1)) && message.contains("Raise `limits.maxBytes`"));
    let answer = subject.hub.answer_parts(None, b"k", b"m", 2, Some(&error)).unwrap();
    assert_eq!(answer.text.as_deref(), Some(&b"[1]"[..]));
    assert!(answer.header.contains("\"ack\":{\"m\":2}") && answer.header.contains("ERR_PSC_QUOTA_EXCEEDED"));
    assert_eq!((subject.poll().len(), subject.hub.held_bytes(1)), (0, K));
    assert!(matches!(subject.write_for(1, u64::MAX, &Incoming { write: 2, ..NO_EVENT }), Outcome::Duplicate));
}

#[test]
fn the_quota_is_no_bound_for_removes_clears_and_other_owners() {
    let subject = Subject::new();
    subject.set_for(1, "k");
    for kind in [Kind::Remove, Kind::Clear] {
        assert!(matches!(subject.write_for(1, 0, &Incoming { kind, ..NO_EVENT }), Outcome::Applied));
    }
    assert!(matches!(subject.write_for(2, K, &NO_EVENT), Outcome::Applied));
    assert!(matches!(subject.write_for(0, 0, &NO_EVENT), Outcome::Applied));
}

#[test]
fn nobody_is_an_owner_of_nothing() {
    let subject = Subject::new();
    subject.set_for(0, "k");
    subject.write(1, b"other", SET);
    assert_eq!((subject.hub.held_bytes(0), subject.notes()), (0, 0));
}

#[test]
fn a_refused_set_is_not_held() {
    let subject = Subject::new();
    let kind = Kind::Set { text: &[b'1'; 1001], ttl: f64::INFINITY };
    assert!(matches!(subject.write_for(1, u64::MAX, &Incoming { kind, ..NO_EVENT }), Outcome::Rejected(_)));
    assert_eq!((subject.hub.held_bytes(1), subject.notes()), (0, 0));
}

#[test]
fn what_others_set_or_remove_is_released_once_it_is_told() {
    let subject = Subject::new();
    for (key, kind) in [("a", SET), ("b", Kind::Remove)] {
        subject.set_for(1, key);
        subject.write(0, key.as_bytes(), kind);
        assert_eq!(subject.hub.held_bytes(1), K);
        subject.poll();
        assert_eq!((subject.hub.held_bytes(1), subject.notes()), (0, 0));
    }
    subject.set_for(1, "k");
    subject.set(b"k", ascii("2"), 0);
    assert_eq!(subject.hub.poll_parts(9).is_ok().then(|| subject.hub.held_bytes(1)), Some(0));
}

#[test]
fn what_is_evicted_or_expires_is_released_once_it_is_told() {
    let subject = Subject::new();
    subject.set_for(1, "k");
    let kind = Kind::Set { text: b"[1]", ttl: 10.0 };
    subject.write_for(2, u64::MAX, &Incoming { kind, key: b"e", ..NO_EVENT });
    subject.poll();
    subject.clock.advance(10);
    assert_eq!(subject.hub.store().get(&Scope::none().entry_key(b"e").unwrap(), &mut Vec::new()).unwrap(), None);
    for n in 0..100 {
        subject.set(format!("k{n}").as_bytes(), ascii("1"), 0);
    }
    assert_eq!(subject.held([1, 2]), [K, K]);
    subject.poll();
    subject.poll();
    assert_eq!((subject.held([1, 2]), subject.notes()), ([0, 0], 0));
}

#[test]
fn a_clear_releases_what_its_scope_held_before_it_and_no_more() {
    let subject = Subject::new();
    subject.set_for(1, "a");
    subject.set_for(2, "b");
    subject.write_for(1, u64::MAX, &Incoming { scope: Some(b"s"), ..NO_EVENT });
    subject.hub.store().clear(&Scope::none(), Origin { pid: 7, ..Origin::default() }, Wait::LONG).unwrap();
    subject.set_for(2, "b");
    subject.poll();
    assert_eq!((subject.held([1, 2]), subject.notes()), ([K + 1, K], 2));
}

#[test]
fn an_own_set_that_is_told_late_releases_nothing_newer() {
    let subject = Subject::new();
    subject.set_for(1, "k");
    subject.write(0, b"k", Kind::Remove);
    subject.set_for(1, "k");
    subject.poll();
    assert_eq!(subject.hub.held_bytes(1), K);
}

#[test]
fn an_owner_that_is_forgotten_holds_nothing_and_its_entries_stay() {
    let subject = Subject::new();
    subject.set_for(1, "a");
    subject.set_for(2, "b");
    subject.hub.forget_owner(1);
    subject.hub.forget_owner(3);
    assert_eq!((subject.held([1, 2]), subject.notes()), ([0, K], 1));
    assert_eq!(subject.poll().len(), 2);
    subject.set_for(1, "a");
    assert_eq!(subject.hub.held_bytes(1), K);
}

#[test]
fn everybody_starts_from_nothing_after_a_loss() {
    let subject = Subject::new();
    subject.set_for(1, "a");
    subject.hub.resync();
    assert_eq!((subject.held([1, 2]), subject.notes()), ([0, 0], 0));
}
