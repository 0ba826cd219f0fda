use super::{Incoming, Json, Kind, NO_EVENT, Outcome, Part, Poll, SET, StatePart, Subject, Value, ascii, json};
use crate::entry::Format;
use crate::sync::simulation::form::{entries_of, join};

impl Subject {
    fn poll_parts(&self) -> Vec<Part> {
        match self.hub.poll_parts(100).unwrap() {
            Poll::Events(parts) => parts,
            Poll::Behind => panic!("the hub is behind"),
        }
    }

    fn init_parts(&self, max_bytes: Option<usize>, chunk_bytes: usize) -> Vec<StatePart> {
        self.hub.init_parts(None, Some(b"m"), max_bytes, chunk_bytes).unwrap()
    }
}

fn keys_of(parts: &[StatePart]) -> Vec<String> {
    parts.iter().flat_map(entries_of).map(|(key, ..)| key).collect()
}

fn set(text: &[u8]) -> Kind<'_> {
    Kind::Set { text, ttl: f64::INFINITY }
}

#[test]
fn parts_are_scope_header_and_text_and_the_text_is_as_it_was_set() {
    let subject = Subject::new();
    let epoch = subject.hub.store().epoch();
    let pid = std::process::id();
    subject.apply(&Incoming { kind: Kind::Set { text: b"[ 1 ]", ttl: 50.0 }, scope: Some(b"s"), write: 1, ..NO_EVENT });
    subject.write(1, b"gone", Kind::Remove);
    let parts = subject.poll_parts();
    assert_eq!((parts[0].scope.as_deref(), parts[0].text.as_deref()), (Some(&b"s"[..]), Some(&b"[ 1 ]"[..])));
    assert_eq!(
        parts[0].header,
        format!(
            "{{\"scope\":\"s\",\"senderID\":\"m\",\"type\":\"set\",\"key\":\"k\",\"seq\":1,\"epoch\":{epoch},\
             \"ack\":{{\"m\":1}},\"ttl\":50,\"pid\":{pid}}}"
        )
    );
    assert_eq!((&parts[1].scope, &parts[1].text), (&None, &None));
    assert!(parts.len() == 2 && parts[1].header.contains("\"type\":\"remove\""));
    assert!(subject.poll_parts().is_empty());
}

#[test]
fn parts_carry_text_that_is_no_json_and_tell_what_is_no_text_as_removed() {
    let subject = Subject::new();
    subject.set(b"torn", ascii("{\"a\":"), 0);
    subject.set(b"bytes", Value { bytes: b"\xFF\xFE", format: Format::Binary }, 0);
    let parts = subject.poll_parts();
    assert_eq!(parts[0].text.as_deref(), Some(&b"{\"a\":"[..]));
    assert_eq!((&parts[1].text, parts[1].header.contains("\"type\":\"remove\"")), (&None, true));
    assert_eq!(keys_of(&subject.init_parts(None, 1000)), ["torn"]);
}

#[test]
fn parts_say_that_the_hub_is_behind_and_take_a_long_backlog_in_pieces() {
    let subject = Subject::new();
    for n in 0..25 {
        subject.set(format!("k{n}").as_bytes(), ascii("1"), 0);
    }
    let mut sizes = Vec::new();
    while let Poll::Events(parts) = subject.hub.poll_parts(10).unwrap()
        && !parts.is_empty()
    {
        sizes.push(parts.len());
    }
    assert_eq!(sizes, [10, 10, 5]);
    for _ in 0..1000 {
        subject.set(b"other", ascii("1"), 0);
    }
    assert!(matches!(subject.hub.poll_parts(10).unwrap(), Poll::Behind));
}

#[test]
fn a_rejected_write_is_answered_in_parts_with_the_text_its_key_has() {
    let subject = Subject::new();
    subject.write(1, b"k", SET);
    subject.poll_parts();
    let Outcome::Rejected(error) = subject.write(2, b"k", set(&[b'1'; 1001])) else { panic!() };
    let answer = subject.hub.answer_parts(None, b"k", b"m", 2, Some(&error)).unwrap();
    assert_eq!(answer.text.as_deref(), Some(&b"[1]"[..]));
    let whole: Json = serde_json::from_str(&subject.hub.answer(None, b"k", b"m", 2, Some(&error)).unwrap()).unwrap();
    assert_eq!(join(answer), whole);
    let absent = subject.hub.answer_parts(None, b"absent", b"m", 2, None).unwrap();
    assert!(absent.text.is_none() && absent.header.contains("\"type\":\"remove\""));
}

#[test]
fn lengths_of_state_are_in_utf16_code_units_whatever_the_text() {
    let subject = Subject::new();
    let lone = b"\"\xED\xA0\xBD\"";
    let texts: [&[u8]; 5] = [b"\"ascii\"", "\"é\"".as_bytes(), "\"€\"".as_bytes(), "\"\u{1F600}\"".as_bytes(), lone];
    for (n, text) in (1..).zip(texts) {
        subject.write(n, format!("k{n}").as_bytes(), set(text));
    }
    // Canonical bytes cut in two: what a damaged file might hold.
    subject.set(b"k6", Value { bytes: b"\"\xF0\x9F", format: Format::Text }, 0);
    subject.set(b"k7", Value { bytes: b"\x98\x80\"", format: Format::Text }, 0);
    subject.poll_parts();
    let parts = subject.init_parts(None, usize::MAX);
    let mut entries = entries_of(&parts[0]);
    entries.sort();
    let told: Vec<_> = entries.iter().map(|(_, text, _)| (text.as_str(), text.encode_utf16().count())).collect();
    assert_eq!(
        told,
        [
            ("\"ascii\"", 7),
            ("\"é\"", 3),
            ("\"€\"", 3),
            ("\"\u{1F600}\"", 4),
            ("\"\u{FFFD}\"", 3),
            ("\"\u{FFFD}\u{FFFD}", 3),
            ("\u{FFFD}\u{FFFD}\"", 3),
        ]
    );
    let told = entries_of(&parts[0]).len();
    assert!(told == 7 && parts[0].text.windows(lone.len()).any(|bytes| bytes == lone));
}

#[test]
fn state_in_parts_has_entries_in_the_place_of_the_value() {
    let subject = Subject::new();
    let epoch = subject.hub.store().epoch();
    subject.write(1, b"\"", Kind::Set { text: b"{}", ttl: 30.0 });
    subject.write(2, b"b", SET);
    subject.poll_parts();
    subject.clock.advance(10);
    let parts = subject.init_parts(Some(1000), 1000);
    assert_eq!((parts.len(), parts[0].text.as_slice()), (1, &b"[1]{}"[..]));
    assert_eq!(
        parts[0].header,
        format!(
            "{{\"senderID\":\"\",\"type\":\"init\",\"key\":\"\",\"entries\":[[\"b\",3],[\"\\\"\",2,20]],\"seq\":2,\
             \"epoch\":{epoch},\"ack\":{{\"m\":2}},\"to\":\"m\"}}"
        )
    );
    let empty = subject.hub.init_parts(Some(b"empty"), None, None, 1000).unwrap();
    assert!(empty.len() == 1 && empty[0].text.is_empty() && empty[0].header.contains("\"entries\":[]"));
}

#[test]
fn state_in_parts_comes_in_chunks_with_an_explicit_end_and_the_acknowledgement_there() {
    let subject = Subject::new();
    for n in 1..=50 {
        subject.write(n, format!("k{n}").as_bytes(), SET);
    }
    subject.poll_parts();
    let parts = subject.init_parts(None, 64);
    assert!(parts.len() > 5);
    for (n, part) in parts.iter().enumerate() {
        let (header, last): (Json, _) = (serde_json::from_str(&part.header).unwrap(), n + 1 == parts.len());
        assert_eq!((header.get("more").is_some(), header.get("ack").is_some()), (!last, last));
        assert_eq!(header.get("partial"), None);
    }
    assert_eq!(keys_of(&parts).len(), 50);
}

#[test]
fn partial_state_is_the_newest_that_fits_and_its_last_chunk_says_so() {
    let subject = Subject::new();
    for n in 10..60 {
        subject.write(n, format!("k{n}").as_bytes(), SET);
    }
    // What is set again is new again.
    subject.write(60, b"k10", set(b"[2]"));
    subject.poll_parts();
    // Three bytes for a key and three for a value.
    let parts = subject.init_parts(Some(6 * 6 + 5), 24);
    let mut keys = keys_of(&parts);
    keys.sort();
    assert_eq!(keys, ["k10", "k55", "k56", "k57", "k58", "k59"]);
    assert!(parts.len() > 1);
    let marks: Vec<_> = parts.iter().map(|part| part.header.contains("\"partial\":true}")).collect();
    assert_eq!(marks.iter().filter(|&&is_marked| is_marked).count(), 1);
    assert_eq!(marks.last(), Some(&true));
    let last: Json = serde_json::from_str(&parts.last().unwrap().header).unwrap();
    assert_eq!(last["ack"], json!({ "m": 60 }));
    assert!(!subject.init_parts(Some(50 * 6), 24).last().unwrap().header.contains("partial"));
    let none = subject.init_parts(Some(0), 24);
    assert!(none.len() == 1 && none[0].text.is_empty() && none[0].header.contains("\"partial\":true"));
}
