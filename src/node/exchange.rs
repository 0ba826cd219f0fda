//! The hub's call for every event of a window: it crosses N-API with as little as it can.

use super::error::Result;
use super::raw::Call;
use super::text;
use crate::store::Wait;
use crate::sync::{self, Exchanged, Expected, Holder, Incoming, Kind, Outcome, Part, Poll};
use napi::{check_status, sys};
use std::cell::RefCell;
use std::ptr;
use std::sync::Arc;

/// Most events that are told at once.
const LIMIT: usize = 256;
/// A buffer up to this size stays in place for the next value: fresh memory costs more than what is done with it.
const KEPT_BYTES: usize = 2 * 1024 * 1024;

/// `(owner, type, scope, key, text, ttl, sender, write, expected, epoch, session, flight)`.
const ARGUMENTS: usize = 12;

#[derive(Default)]
struct Buffers {
    scope: Vec<u8>,
    key: Vec<u8>,
    text: Vec<u8>,
    sender: Vec<u8>,
    session: Vec<u8>,
}

thread_local! {
    static BUFFERS: RefCell<Buffers> = RefCell::default();
}

/// What the call needs.
pub struct Exchange {
    pub hub: Arc<sync::Hub>,
    pub wait: Wait,
    pub max_held_bytes: u64,
}

impl Exchange {
    /// The call.
    pub fn run(&self, call: Call<ARGUMENTS>) -> Result<sys::napi_value> {
        BUFFERS.with_borrow_mut(|buffers| {
            let result = self.exchange(call, buffers);
            if buffers.text.capacity() > KEPT_BYTES {
                buffers.text = Vec::new();
            }
            result
        })
    }

    fn exchange(&self, call: Call<ARGUMENTS>, buffers: &mut Buffers) -> Result<sys::napi_value> {
        let Call {
            env,
            arguments:
                [_, _, scope_argument, key_argument, text_argument, _, sender_argument, _, _, _, session_argument, _],
        } = call;
        let Buffers { scope, key, text, sender, session } = buffers;
        let kind = call.integer(1);
        let mut is_scoped = false;
        // SAFETY: the environment and the arguments are of the running call.
        unsafe {
            if !is_undefined(env, scope_argument) {
                is_scoped = true;
                read(env, scope_argument, scope)?;
            }
            read(env, key_argument, key)?;
            read(env, sender_argument, sender)?;
            session.clear();
            if !is_undefined(env, session_argument) {
                read(env, session_argument, session)?;
            }
            text.clear();
            if kind == 0 {
                text::read_long_into(env, text_argument, text).map_err(text::unreadable)?;
            }
        }
        let kind = match kind {
            0 => Kind::Set { text, ttl: call.number(5) },
            1 => Kind::Remove,
            _ => Kind::Clear,
        };
        let scope = is_scoped.then_some(scope.as_slice());
        // A cast saturates: what is no number of a write is none, or one that no other follows.
        let expected = call.number(8);
        let expected = (!expected.is_nan()).then(|| Expected {
            epoch: call.number(9) as u64,
            seq: expected as u64,
            flight: call.number(11) as u64,
        });
        let event = Incoming { kind, scope, key, sender, write: call.number(7) as u64, session, expected };
        let holder = Holder { owner: call.integer(0) as u32, max_held_bytes: self.max_held_bytes };
        let exchanged = self.hub.exchange(holder, &event, self.wait, LIMIT)?;
        if let Exchanged { outcome: Outcome::Applied, told: Poll::Events(told), is_all: true, answer: None } =
            &exchanged
            && let [Part { own: Some(seq), .. }] = told.as_slice()
        {
            // SAFETY: the environment is of the running call.
            return unsafe { number(env, *seq as f64) }.map_err(text::unreadable);
        }
        // SAFETY: as above.
        unsafe { list(env, exchanged) }.map_err(text::unreadable)
    }
}

/// # Safety
/// `env` is the environment of the running call, and `value` a handle of it.
unsafe fn read(env: sys::napi_env, value: sys::napi_value, into: &mut Vec<u8>) -> Result<()> {
    into.clear();
    // SAFETY: the caller's promise is the one that is asked for.
    unsafe { text::read_into(env, value, into) }.map_err(text::unreadable)?;
    Ok(())
}

/// # Safety
/// As [`read`].
unsafe fn is_undefined(env: sys::napi_env, value: sys::napi_value) -> bool {
    let mut kind = sys::ValueType::napi_undefined;
    // SAFETY: the caller's promise; the result is a local.
    unsafe { sys::napi_typeof(env, value, &mut kind) };
    kind == sys::ValueType::napi_undefined
}

/// # Safety
/// `env` is the environment of the running call.
unsafe fn number(env: sys::napi_env, number: f64) -> napi::Result<sys::napi_value> {
    let mut value = ptr::null_mut();
    // SAFETY: as the caller promises; the result is a local.
    let status = unsafe { sys::napi_create_double(env, number, &mut value) };
    check_status!(status, "A number could not be made")?;
    Ok(value)
}

/// # Safety
/// As [`number`].
unsafe fn list(env: sys::napi_env, exchanged: Exchanged) -> napi::Result<sys::napi_value> {
    let Exchanged { outcome, answer, told, is_all } = exchanged;
    let outcome = match outcome {
        Outcome::Applied => 0.0,
        Outcome::Duplicate => 1.0,
        Outcome::Rejected(_) => 2.0,
    };
    let (told, is_all) = match told {
        Poll::Events(told) => (told, Some(is_all)),
        Poll::Behind => (Vec::new(), None),
    };
    let mut items = Vec::with_capacity(4 + told.len() * 3);
    let maybe = |text: Option<&[u8]>| match text {
        // SAFETY: as the caller promises.
        Some(text) => unsafe { text::write(env, text) },
        None => Ok(ptr::null_mut()),
    };
    // SAFETY: as the caller promises; the results are locals.
    unsafe {
        items.push(number(env, outcome)?);
        let mut value = ptr::null_mut();
        if let Some(is_all) = is_all {
            check_status!(sys::napi_get_boolean(env, is_all, &mut value), "A boolean could not be made")?;
        }
        items.push(value);
    }
    items.push(maybe(answer.as_ref().map(|answer| answer.header.as_bytes()))?);
    items.push(maybe(answer.as_ref().and_then(|answer| answer.text.as_deref()))?);
    for Part { scope, header, text, own } in told {
        items.push(maybe(scope.as_deref())?);
        items.push(match own {
            // SAFETY: as the caller promises.
            Some(seq) => unsafe { number(env, seq as f64) }?,
            None => maybe(Some(header.as_bytes()))?,
        });
        items.push(maybe(text.as_deref())?);
    }
    let mut array = ptr::null_mut();
    // SAFETY: as the caller promises; each item is a handle of the running call.
    unsafe {
        check_status!(sys::napi_create_array_with_length(env, items.len(), &mut array), "A list could not be made")?;
        for (at, item) in items.into_iter().enumerate().filter(|(_, item)| !item.is_null()) {
            check_status!(sys::napi_set_element(env, array, at as u32, item), "A list could not be filled")?;
        }
    }
    Ok(array)
}
