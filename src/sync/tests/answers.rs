use super::{Incoming, Json, Kind, NO_EVENT, Outcome, SET, Subject, json};

#[test]
fn a_rejected_write_is_answered_with_the_present_state_and_is_settled() {
    let subject = Subject::new();
    subject.write(1, b"k", SET);
    subject.poll();
    let Outcome::Rejected(error) = subject.write(2, b"k", Kind::Set { text: &[b'1'; 1001], ttl: 5.0 }) else {
        panic!()
    };
    let answer: Json = serde_json::from_str(&subject.answer(None, b"k", 2, Some(&error))).unwrap();
    let message = error.to_string();
    assert_eq!(
        answer,
        json!({
            "senderID": "", "type": "set", "key": "k", "value": [1], "seq": 1, "write": 2, "ack": { "m": 2 }, "to": "m",
            "error": { "code": "ERR_PSC_VALUE_TOO_LARGE", "message": message },
        })
    );
    assert!(matches!(subject.write(2, b"k", SET), Outcome::Duplicate));
    let answer = subject.answer(None, b"gone", 2, None);
    let expected = r#"{"senderID":"","type":"remove","key":"gone","seq":1,"write":2,"ack":{"m":2},"to":"m"}"#;
    assert_eq!(answer, expected);
}

#[test]
fn a_rejected_write_settles_no_earlier_one_that_was_not_told_yet() {
    let subject = Subject::new();
    subject.write(1, b"k", SET);
    assert!(matches!(subject.write(2, &[b'k'; 70_000], SET), Outcome::Rejected(_)));
    let answer = subject.answer(None, b"k", 2, None);
    assert!(!answer.contains("ack"), "{answer}");
    assert_eq!(subject.poll()[0]["ack"], json!({ "m": 2 }));
}

#[test]
fn a_scope_or_key_beyond_its_limit_is_rejected_and_answered_as_absent() {
    let subject = Subject::new();
    let long = vec![b's'; 70_000];
    for event in [Incoming { scope: Some(&long), ..NO_EVENT }, Incoming { key: &long, ..NO_EVENT }] {
        let Outcome::Rejected(error) = subject.apply(&event) else { panic!() };
        let answer = subject.answer(event.scope, event.key, 1, Some(&error));
        assert!(answer.contains("\"type\":\"remove\"") && answer.contains(error.code()));
    }
}

#[test]
fn init_of_an_empty_fresh_store_is_upstreams_reply() {
    let empty = r#"[{"senderID":"","type":"init","key":"","value":"{}"}]"#;
    assert_eq!(Subject::new().init_text(None, None, 1000), empty);
}

#[test]
fn init_tells_one_scope_with_what_the_asker_has_settled() {
    let subject = Subject::new();
    subject.write(1, b"__proto__", Kind::Set { text: b"{}", ttl: 30.0 });
    subject.apply(&Incoming { scope: Some(b"s"), write: 8, ..NO_EVENT });
    subject.poll();
    subject.clock.advance(10);
    let state = r#"{"__proto__":{}}"#;
    assert_eq!(
        subject.init(Some(b"m"), 1000),
        [json!({
            "senderID": "", "type": "init", "key": "", "value": state, "seq": 2,
            "ack": { "m": 1 }, "ttl": serde_json::from_str::<Json>(r#"{"__proto__":20}"#).unwrap(), "to": "m",
        })]
    );
    assert_eq!(subject.init(Some(b"other"), 1000)[0].get("ack"), None);
    let scoped = subject.init_text(Some(b"s"), None, 1000);
    assert_eq!(scoped, r#"[{"scope":"s","senderID":"","type":"init","key":"","value":"{\"k\":[1]}","seq":2}]"#);
}

#[test]
fn init_comes_in_chunks_with_an_explicit_end_and_the_acknowledgement_there() {
    let subject = Subject::new();
    for n in 1..=50 {
        subject.write(n, format!("k{n}").as_bytes(), SET);
    }
    subject.poll();
    let chunks = subject.init(Some(b"m"), 64);
    assert!(chunks.len() > 5);
    let mut keys = 0;
    for (n, chunk) in chunks.iter().enumerate() {
        let last = n + 1 == chunks.len();
        assert_eq!((chunk.get("more").is_some(), chunk.get("ack").is_some()), (!last, last));
        let state: Json = serde_json::from_str(chunk["value"].as_str().unwrap()).unwrap();
        keys += state.as_object().unwrap().len();
    }
    assert_eq!(keys, 50);
}

#[test]
fn init_leaves_what_was_not_polled_yet_to_the_polls_to_come() {
    let subject = Subject::new();
    subject.write(1, b"a", SET);
    subject.poll();
    subject.write(2, b"b", SET);
    let init = subject.init(Some(b"m"), 1000);
    assert_eq!((&init[0]["value"], &init[0]["ack"]), (&json!("{\"a\":[1]}"), &json!({ "m": 1 })));
    assert_eq!(subject.poll()[0]["key"], "b");
}
