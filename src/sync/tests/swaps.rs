//! Writes that expect something of their key (M11).

use super::{Incoming, Json, Kind, NO_EVENT, Outcome, SET, Subject, ascii, json};
use crate::store::Wait;
use crate::sync::{Exact, Expected, Holder, Poll};

const ASKED: Exact<'static> = Exact { scope: None, key: b"k", sender: b"m", write: 1, applied: None, error: None };

impl Subject {
    fn expected(&self, seq: u64) -> Option<Expected> {
        Some(Expected { epoch: self.hub.store().epoch(), seq, flight: 0 })
    }

    fn swap(&self, write: u64, kind: Kind<'_>, seq: u64) -> Outcome {
        self.apply(&Incoming { kind, write, expected: self.expected(seq), ..NO_EVENT })
    }

    fn answer_exactly(&self, exact: Exact<'_>) -> Json {
        let text = self.hub.answer_exactly(exact).unwrap();
        serde_json::from_str(&super::without_epoch(&text, &self.hub)).unwrap()
    }
}

#[test]
fn a_swap_is_applied_if_the_key_has_what_is_expected_and_rejected_else() {
    let subject = Subject::new();
    assert!(matches!(subject.swap(1, SET, 1), Outcome::Rejected(crate::Error::Changed)));
    assert!(matches!(subject.swap(2, SET, 0), Outcome::Applied));
    assert!(matches!(subject.swap(3, SET, 0), Outcome::Rejected(crate::Error::Changed)));
    assert!(matches!(subject.swap(4, Kind::Set { text: b"[2]", ttl: 9.0 }, 1), Outcome::Applied));
    assert!(matches!(subject.swap(5, Kind::Remove, 2), Outcome::Applied));
    assert!(matches!(subject.swap(5, Kind::Remove, 2), Outcome::Duplicate));
}

#[test]
fn what_is_expected_in_another_order_is_not_there() {
    let subject = Subject::new();
    subject.write(1, b"k", SET);
    let expected = Some(Expected { epoch: subject.hub.store().epoch() ^ 1, seq: 1, flight: 0 });
    let outcome = subject.apply(&Incoming { write: 2, expected, ..NO_EVENT });
    assert!(matches!(outcome, Outcome::Rejected(crate::Error::Changed)));
}

#[test]
fn a_swap_without_a_time_to_live_keeps_the_end_that_is_there() {
    let subject = Subject::new();
    subject.write(1, b"k", Kind::Set { text: b"1", ttl: 50.0 });
    subject.clock.advance(20);
    let kept = Kind::Set { text: b"2", ttl: f64::NAN };
    assert!(matches!(subject.swap(2, kept, 1), Outcome::Applied));
    let told = subject.poll();
    assert_eq!((&told[0]["value"], &told[0]["ttl"]), (&json!(2), &json!(30)));
}

#[test]
fn a_key_is_told_to_the_one_who_asks_with_the_change_that_set_it() {
    let subject = Subject::new();
    let nothing = json!({ "senderID": "", "type": "remove", "key": "k", "write": 1, "if": 0, "to": "m" });
    assert_eq!(subject.answer_exactly(ASKED), nothing);
    subject.set(b"other", ascii("1"), 0);
    subject.set(b"k", ascii("[1]"), subject.clock.now() + 7);
    subject.poll();
    let there = json!({
        "senderID": "", "type": "set", "key": "k", "value": [1], "seq": 2, "write": 1, "if": 2, "ttl": 7, "to": "m",
    });
    assert_eq!(subject.answer_exactly(ASKED), there);
}

#[test]
fn an_applied_swap_is_answered_at_its_own_place_and_a_rejected_one_with_what_there_is() {
    let subject = Subject::new();
    subject.write(1, b"other", SET);
    subject.swap(2, SET, 0);
    let applied = subject.answer_exactly(Exact { write: 2, applied: Some(2), ..ASKED });
    assert_eq!((&applied["seq"], &applied["if"], applied.get("error")), (&json!(2), &json!(2), None));
    let error = crate::Error::Changed;
    let rejected = subject.answer_exactly(Exact { write: 3, error: Some(&error), ..ASKED });
    assert_eq!((&rejected["if"], &rejected["error"]["code"]), (&json!(2), &json!("ERR_PSC_CHANGED")));
    let refused = crate::Error::Timeout { waited_ms: 1, owner: 2 };
    let refused = subject.answer_exactly(Exact { write: 3, error: Some(&refused), ..ASKED });
    assert_eq!(refused.get("if"), None, "it was not compared");
}

#[test]
fn an_exchanged_swap_is_answered_and_told_in_full() {
    let subject = Subject::new();
    let event = Incoming { write: 1, expected: subject.expected(0), ..NO_EVENT };
    let exchanged = subject.hub.exchange(Holder::NOBODY, &event, Wait::BRIEFLY, 100).unwrap();
    assert!(exchanged.answer.is_some_and(|answer| answer.header.contains("\"if\":1")));
    let Poll::Events(told) = exchanged.told else { panic!() };
    assert!(told.len() == 1 && told[0].own.is_none() && told[0].header.contains("\"ack\":{\"m\":1}"));
}
