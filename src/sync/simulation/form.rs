//! The simulation's hub told in either form. What comes in parts is put together again, so that mirrors read the same.

use super::World;
use crate::sync::{Part, Poll, StatePart};
use serde_json::{Map, Value as Json};

/// In which form the hub tells events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sync) enum Form {
    Joined,
    InParts,
}

impl World {
    pub(super) fn next_events(&self, limit: usize) -> Vec<Json> {
        match self.form {
            Form::Joined => match self.hub.poll(limit).unwrap() {
                Poll::Events(json) => serde_json::from_str(&json).unwrap(),
                Poll::Behind => panic!("the hub is behind"),
            },
            Form::InParts => match self.hub.poll_parts(limit).unwrap() {
                Poll::Events(parts) => parts.into_iter().map(join).collect(),
                Poll::Behind => panic!("the hub is behind"),
            },
        }
    }

    pub(super) fn state_of(&self, scope: Option<&[u8]>, asker: &[u8]) -> Vec<Json> {
        let (asker, chunk) = (Some(asker), self.chunk_bytes);
        match self.form {
            Form::Joined => serde_json::from_str(&self.hub.init(scope, asker, chunk).unwrap()).unwrap(),
            Form::InParts => {
                self.hub.init_parts(scope, asker, None, chunk).unwrap().into_iter().map(join_state).collect()
            }
        }
    }

    pub(super) fn answer(
        &self,
        scope: Option<&[u8]>,
        key: &[u8],
        sender: &[u8],
        write: u64,
        error: Option<&crate::Error>,
    ) -> Json {
        match self.form {
            Form::Joined => serde_json::from_str(&self.hub.answer(scope, key, sender, write, error).unwrap()).unwrap(),
            Form::InParts => join(self.hub.answer_parts(scope, key, sender, write, error).unwrap()),
        }
    }
}

/// The event as [`crate::sync::Hub::poll`] tells it.
pub(in crate::sync) fn join(Part { scope, header, text, .. }: Part) -> Json {
    let mut event: Json = serde_json::from_str(&header).unwrap();
    assert_eq!(event.get("scope"), scope.map(|scope| String::from_utf8(scope.into()).unwrap().into()).as_ref());
    assert_eq!(event.get("value"), None);
    if let Some(text) = text {
        event["value"] = serde_json::from_slice(&text).unwrap();
    }
    event
}

/// The keys, values and times to live of a chunk of state.
pub(in crate::sync) fn entries_of(part: &StatePart) -> Vec<(String, String, Option<u64>)> {
    let (mut units, mut from) = (Vec::new(), 0);
    crate::text::decode(&part.text, &mut units);
    let header: Json = serde_json::from_str(&part.header).unwrap();
    let mut entries = Vec::new();
    for entry in header["entries"].as_array().unwrap() {
        let to = from + entry[1].as_u64().unwrap() as usize;
        let value = String::from_utf16_lossy(&units[from..to]);
        entries.push((entry[0].as_str().unwrap().to_owned(), value, entry.get(2).map(|ttl| ttl.as_u64().unwrap())));
        from = to;
    }
    assert_eq!(from, units.len());
    entries
}

/// The event as [`crate::sync::Hub::init`] tells it.
pub(in crate::sync) fn join_state(part: StatePart) -> Json {
    let mut event: Json = serde_json::from_str(&part.header).unwrap();
    assert_eq!(event.get("value"), None);
    event.as_object_mut().unwrap().remove("entries");
    let (mut state, mut ttls) = (Map::new(), Map::new());
    for (key, value, ttl) in entries_of(&part) {
        if let Some(ttl) = ttl {
            ttls.insert(key.clone(), ttl.into());
        }
        state.insert(key, serde_json::from_str(&value).unwrap());
    }
    event["value"] = Json::Object(state).to_string().into();
    if !ttls.is_empty() {
        event["ttl"] = ttls.into();
    }
    event
}
