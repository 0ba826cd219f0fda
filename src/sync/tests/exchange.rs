use super::{Incoming, Kind, NO_EVENT, Outcome, Part, Poll, SET, Subject, ascii};
use crate::store::Wait;
use crate::sync::{Exchanged, Holder};

impl Subject {
    fn exchange(&self, event: &Incoming<'_>) -> Exchanged {
        self.hub.exchange(Holder::NOBODY, event, Wait::BRIEFLY, 100).unwrap()
    }
}

fn told(exchanged: Exchanged) -> Vec<Part> {
    match exchanged.told {
        Poll::Events(parts) => parts,
        Poll::Behind => panic!("the hub is behind"),
    }
}

#[test]
fn a_write_that_is_all_there_is_to_tell_is_told_by_its_position_alone() {
    let subject = Subject::new();
    let kinds = [SET, Kind::Remove, Kind::Clear];
    for (kind, write) in kinds.into_iter().zip(1..) {
        let exchanged = subject.exchange(&Incoming { kind, write, ..NO_EVENT });
        assert!(matches!(exchanged.outcome, Outcome::Applied) && exchanged.is_all && exchanged.answer.is_none());
        let told = told(exchanged);
        assert_eq!((told.len(), told[0].own), (1, Some(write)));
        assert!(told[0].header.is_empty() && told[0].text.is_none());
    }
}

#[test]
fn a_write_is_told_in_full_where_it_settles_more_than_itself_or_was_over_at_once() {
    let subject = Subject::new();
    subject.apply(&Incoming { kind: SET, write: 1, ..NO_EVENT });
    let overtaking = told(subject.exchange(&Incoming { kind: SET, sender: b"n", write: 1, ..NO_EVENT }));
    assert!(overtaking.len() == 1 && overtaking[0].own.is_none());
    assert!(overtaking[0].header.contains("\"ack\":{\"m\":1,\"n\":1}"));
    let over = Kind::Set { text: b"1", ttl: 0.0 };
    let over = told(subject.exchange(&Incoming { kind: over, write: 2, ..NO_EVENT }));
    assert!(over.iter().all(|part| part.own.is_none() && part.header.contains("\"type\":\"remove\"")));
    let unnumbered = told(subject.exchange(&Incoming { kind: SET, write: 0, ..NO_EVENT }));
    assert!(unnumbered[0].own.is_none());
}

#[test]
fn what_others_changed_before_is_told_before_and_in_full() {
    let subject = Subject::new();
    subject.set(b"other", ascii("2"), 0);
    let told = told(subject.exchange(&Incoming { kind: SET, write: 1, ..NO_EVENT }));
    assert_eq!(told.iter().map(|part| part.own).collect::<Vec<_>>(), [None, Some(2)]);
    assert_eq!(told[0].text.as_deref(), Some(&b"2"[..]));
}

#[test]
fn a_duplicate_is_answered_and_changes_nothing() {
    let subject = Subject::new();
    subject.exchange(&Incoming { kind: SET, write: 1, ..NO_EVENT });
    let again = subject.exchange(&Incoming { kind: SET, write: 1, ..NO_EVENT });
    assert!(matches!(again.outcome, Outcome::Duplicate));
    assert!(again.answer.as_ref().is_some_and(|answer| answer.header.contains("\"to\":\"m\"")));
    assert!(told(again).is_empty());
}
