//! A model of a mirror, by rules M1 to M3 and M5.

use super::{KEYS, SCOPES};
use serde_json::Value as Json;
use std::collections::{BTreeMap, VecDeque};

/// What a mirror sent. A value is a number; one above `MAX_VALUE` stands for a text that the store refuses.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    Set(usize, u64),
    Remove(usize),
    Clear,
}

impl Action {
    fn concerns(self, key: &str) -> bool {
        match self {
            Self::Set(own, _) | Self::Remove(own) => key_text(own) == key,
            Self::Clear => true,
        }
    }
}

pub(super) enum Message {
    Write(u64, Action),
    Init,
}

pub(super) fn key_text(key: usize) -> String {
    // The first key is '', which a clear also names.
    "k".repeat(key)
}

/// One mirror: `visible` is what its process reads, `acknowledged` what it was told, `pending` its unsettled writes.
pub(super) struct Mirror {
    pub(super) id: String,
    pub(super) scope: Option<&'static [u8]>,
    pub(super) visible: BTreeMap<String, u64>,
    acknowledged: BTreeMap<String, u64>,
    pub(super) pending: VecDeque<(u64, Action)>,
    writes: u64,
    /// Where in the store's order each write was applied, and what of each key came before is not to be shown again.
    pub(super) positions: BTreeMap<u64, u64>,
    floors: BTreeMap<String, u64>,
    arriving: BTreeMap<String, u64>,
    pub(super) uplink: VecDeque<Message>,
    pub(super) downlink: VecDeque<Json>,
}

impl Mirror {
    pub(super) fn new(number: usize) -> Self {
        Self {
            id: format!("m{number}"),
            scope: SCOPES[number % SCOPES.len()],
            visible: BTreeMap::new(),
            acknowledged: BTreeMap::new(),
            pending: VecDeque::new(),
            writes: 0,
            positions: BTreeMap::new(),
            floors: BTreeMap::new(),
            arriving: BTreeMap::new(),
            uplink: VecDeque::from([Message::Init]),
            downlink: VecDeque::new(),
        }
    }

    pub(super) fn write(&mut self, action: Action) {
        self.writes += 1;
        match action {
            Action::Set(key, value) => drop(self.visible.insert(key_text(key), value)),
            Action::Remove(key) => drop(self.visible.remove(&key_text(key))),
            Action::Clear => self.visible.clear(),
        }
        self.pending.push_back((self.writes, action));
        self.uplink.push_back(Message::Write(self.writes, action));
    }

    /// M3: as long as a write of the key is pending, what others did is not shown.
    fn show(&mut self) {
        for key in (0..KEYS).map(key_text).filter(|key| !self.is_pending(key)).collect::<Vec<_>>() {
            match self.acknowledged.get(&key) {
                Some(value) => drop(self.visible.insert(key, *value)),
                None => drop(self.visible.remove(&key)),
            }
        }
    }

    pub(super) fn receive(&mut self) {
        let Some(event) = self.downlink.pop_front() else { return };
        if event.get("to").is_some_and(|to| *to != *self.id) {
            return;
        }
        assert_eq!(event.get("scope").map(|scope| scope.as_str().unwrap().as_bytes()), self.scope);
        let key = event["key"].as_str().unwrap().to_owned();
        match event["type"].as_str().unwrap() {
            "init" => {
                let state: BTreeMap<String, u64> = serde_json::from_str(event["value"].as_str().unwrap()).unwrap();
                self.arriving.extend(state);
                if event.get("more").is_some() {
                    return;
                }
                self.acknowledged = std::mem::take(&mut self.arriving);
            }
            "set" => drop(self.acknowledged.insert(key, event["value"].as_u64().unwrap())),
            "remove" => drop(self.acknowledged.remove(&key)),
            "clear" => self.acknowledged.clear(),
            other => panic!("{other}"),
        }
        if let Some(settled) = event.get("ack").and_then(|ack| ack.get(&self.id)) {
            let settled = settled.as_u64().unwrap();
            while let Some(&(write, action)) = self.pending.front().filter(|(write, _)| *write <= settled) {
                self.pending.pop_front();
                // A rejected write has no position.
                let position = self.positions.get(&write).copied().unwrap_or_default();
                (0..KEYS)
                    .map(key_text)
                    .filter(|key| action.concerns(key))
                    .for_each(|key| self.raise_floor(key, position));
            }
        }
        self.show();
    }

    fn raise_floor(&mut self, key: String, position: u64) {
        let floor = self.floors.entry(key).or_default();
        *floor = position.max(*floor);
    }

    /// Whether each value that others wrote is shown in the store's order, and none from before a settled write of
    /// this mirror. A miss is always allowed. `placed` tells where in that order a value was written.
    pub(super) fn never_goes_back(&mut self, placed: &BTreeMap<u64, u64>) -> bool {
        for key in (0..KEYS).map(key_text).filter(|key| !self.is_pending(key)).collect::<Vec<_>>() {
            let Some(position) = self.visible.get(&key).map(|value| placed[value]) else { continue };
            if self.floors.get(&key).is_some_and(|floor| position < *floor) {
                return false;
            }
            self.raise_floor(key, position);
        }
        true
    }

    fn is_pending(&self, key: &str) -> bool {
        self.pending.iter().any(|(_, action)| action.concerns(key))
    }

    pub(super) fn reads_its_own_writes(&self) -> bool {
        (0..KEYS).map(key_text).all(|key| {
            let Some((_, last)) = self.pending.iter().rev().find(|(_, action)| action.concerns(&key)) else {
                return true;
            };
            let written = if let Action::Set(_, value) = last { Some(value) } else { None };
            self.visible.get(&key) == written
        })
    }
}
