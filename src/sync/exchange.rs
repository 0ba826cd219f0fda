//! A mirror's event in, and what is to be told out, in one step.

use super::answer::Exact;
use super::form::{InParts, Part};
use super::holdings::Holder;
use super::hub::{Hub, Incoming, Outcome};
use super::poll::Poll;
use crate::error::Result;
use crate::store::Wait;

/// What came of [`Hub::exchange`].
#[derive(Debug)]
pub struct Exchanged {
    /// What became of the event.
    pub outcome: Outcome,
    /// For the writer alone, before what is told to all: the answer to an event that was not applied, or that expected
    /// something.
    pub answer: Option<Part>,
    /// What is to be told, in order; [`Poll::Behind`] as for [`Hub::poll_parts`].
    pub told: Poll<Vec<Part>>,
    /// Whether there is nothing more to tell.
    pub is_all: bool,
}

impl Hub {
    /// [`Hub::apply_for`] and [`Hub::poll_parts`] in one, for a caller that tells everybody what it hears. The event
    /// itself is told as [`Part::own`] where the store holds just what it says and nothing else is settled with it: the
    /// caller has all of it in hand, so nothing is copied.
    ///
    /// ## Errors
    /// As those two.
    pub fn exchange(&self, holder: Holder, event: &Incoming<'_>, wait: Wait, limit: usize) -> Result<Exchanged> {
        let (outcome, seq) = self.apply_at(holder, event, wait)?;
        let Incoming { scope, key, sender, write, expected, .. } = *event;
        let exact = Exact { scope, key, sender, write, applied: seq, error: None };
        let answer = match &outcome {
            Outcome::Applied if expected.is_some() => Some(self.answer_exactly_parts(exact)?),
            Outcome::Applied => None,
            Outcome::Rejected(error) if expected.is_some() => {
                Some(self.answer_exactly_parts(Exact { error: Some(error), ..exact })?)
            }
            Outcome::Duplicate => Some(self.answer_parts(scope, key, sender, write, None)?),
            Outcome::Rejected(error) => Some(self.answer_parts(scope, key, sender, write, Some(error))?),
        };
        // The caller does not know the end that a conditional write may have kept.
        let own = seq.filter(|_| expected.is_none());
        let (told, is_all) = match self.read(limit, InParts::default(), own)? {
            Poll::Events((told, is_all)) => (Poll::Events(told.parts), is_all),
            Poll::Behind => (Poll::Behind, false),
        };
        Ok(Exchanged { outcome, answer, told, is_all })
    }
}
