//! What every [`Store`] promises, as tests that any of them can be held to.
//!
//! `conformance_tests!(make)` makes a test of every behaviour in [`reads_and_writes`], [`swaps`], [`feed`] and [`model`], over
//! fresh stores from `make`: a `fn(max_bytes: u64, clock: &Clock) -> Arc<dyn Store>`.

pub(crate) mod feed;
pub(crate) mod flights;
pub(crate) mod model;
pub(crate) mod reads_and_writes;
pub(crate) mod swaps;

use super::{Follow, Found, Store, Wait};
use crate::clock::{Clock, Instant};
use crate::entry::{ChangeKind, Format, Origin, Scope, State, Value};
use std::sync::Arc;

/// Makes a fresh store.
pub(crate) type Make = fn(max_bytes: u64, clock: &Clock) -> Arc<dyn Store>;

/// `max_bytes` of stores that keep all that a behaviour sets.
pub(crate) const ROOMY: u64 = 16 * 1024 * 1024;
/// `max_bytes` of stores that have to evict.
pub(crate) const SMALL: u64 = 4 * 1024 * 1024;

/// One test for every behaviour.
macro_rules! conformance_tests {
    ($make:expr) => {
        $crate::store::conformance::conformance_tests!($make, reads_and_writes:
            a_value_that_was_set_is_found_with_its_format_and_expiry
            a_miss_is_none_and_appends_nothing
            get_appends_behind_what_the_buffer_holds
            a_set_replaces_the_value_and_its_version
            a_removed_key_is_a_miss
            keys_and_values_may_be_empty_long_or_any_bytes
            scopes_never_see_each_others_entries
            clear_removes_the_entries_of_its_scope_alone
            an_entry_set_after_a_clear_stays
            an_entry_is_found_until_its_time_is_over_and_never_after
            a_set_renews_the_expiry
            a_value_that_is_too_large_is_refused_and_changes_nothing
            the_bound_holds_and_the_newest_entry_is_there
            what_is_read_again_and_again_outlives_what_is_not
            stats_count_entries_and_evictions
            readers_never_see_an_older_or_torn_value_while_others_write
        );
        $crate::store::conformance::conformance_tests!($make, swaps:
            what_is_found_says_which_change_set_it
            an_entry_is_swapped_if_it_is_the_expected_one
            an_entry_that_has_changed_is_not_swapped
            nothing_is_swapped_where_nothing_is_expected
            an_entry_whose_time_is_over_is_none_to_swap
            a_swap_keeps_the_end_that_the_entry_has_or_gives_it_another
            a_swap_with_a_value_that_is_too_large_is_refused_and_changes_nothing
            a_swap_tells_its_origin
            an_entry_that_was_kept_while_others_left_is_the_expected_one
            of_all_who_expect_the_same_entry_one_swaps_it
        );
        $crate::store::conformance::conformance_tests!($make, feed:
            changes_are_told_in_order_with_the_seq_that_the_write_returned
            a_cursor_tells_what_comes_after_it_and_nothing_before
            a_follower_takes_as_many_changes_as_it_asks_for
            the_origin_of_a_change_is_told
            a_change_that_was_overtaken_is_not_current
            removing_what_is_not_there_is_told_all_the_same
            a_clear_is_told_once_with_its_scope
            an_entry_that_expired_is_told_as_gone
            an_entry_that_was_evicted_is_told_as_gone
            a_follower_too_far_behind_is_told_so
            a_snapshot_has_the_live_entries_of_its_scope_alone
            a_snapshot_leaves_what_came_after_its_cursor_to_the_feed
            a_visitor_may_use_the_store
            waiting_ends_when_something_changes
            waiting_ends_when_the_time_is_over
            waiting_ends_when_somebody_wakes_the_store
        );
        $crate::store::conformance::conformance_tests!($make, model:
            a_roomy_store_does_what_a_map_does
            a_small_store_does_what_a_map_does_but_may_forget
        );
    };
    ($make:expr, $module:ident: $($behaviour:ident)*) => {
        $(
            #[test]
            fn $behaviour() {
                $crate::store::conformance::$module::$behaviour($make);
            }
        )*
    };
}
pub(crate) use conformance_tests;

/// A store under test, with the calls that all behaviours make.
pub(crate) struct Subject {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Clock,
}

impl Subject {
    pub(crate) fn new(make: Make, max_bytes: u64) -> Self {
        let clock = Clock::manual(1000);
        Self { store: make(max_bytes, &clock), clock }
    }

    pub(crate) fn set(&self, key: &[u8], bytes: &[u8]) -> u64 {
        self.set_until(key, bytes, 0)
    }

    pub(crate) fn set_until(&self, key: &[u8], bytes: &[u8], expires_at: Instant) -> u64 {
        let value = Value { bytes, format: Format::Ascii };
        self.store.set(key, value, expires_at, Origin::default(), Wait::LONG).unwrap()
    }

    pub(crate) fn remove(&self, key: &[u8]) -> u64 {
        self.store.remove(key, Origin::default(), Wait::LONG).unwrap()
    }

    pub(crate) fn clear(&self, scope: &Scope) -> u64 {
        self.store.clear(scope, Origin::default(), Wait::LONG).unwrap()
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.find(key).map(|(bytes, _)| bytes)
    }

    pub(crate) fn find(&self, key: &[u8]) -> Option<(Vec<u8>, Found)> {
        let mut bytes = Vec::new();
        self.store.get(key, &mut bytes).unwrap().map(|found| (bytes, found))
    }

    /// All that follows the cursor.
    pub(crate) fn follow(&self, cursor: &mut u64) -> Vec<ToldChange> {
        let mut told = Vec::new();
        loop {
            let follow = self.store.changes(cursor, 100, &mut |change| {
                told.push(ToldChange {
                    seq: change.seq,
                    kind: change.kind,
                    entry_key: change.entry_key.to_vec(),
                    state: ToldState::from(change.state),
                });
            });
            match follow.unwrap() {
                Follow::More => {}
                Follow::CaughtUp => return told,
                Follow::Behind => panic!("the follower is behind"),
            }
        }
    }

    pub(crate) fn snapshot(&self, scope: &Scope, cursor: u64) -> Vec<(Vec<u8>, Vec<u8>, Instant)> {
        let mut told = Vec::new();
        let mut visit = |key: &[u8], value: Value<'_>, expires_at| {
            told.push((key.to_vec(), value.bytes.to_vec(), expires_at));
        };
        self.store.snapshot(scope, cursor, &mut visit).unwrap();
        told.sort();
        told
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.store.validate().unwrap();
        }
    }
}

/// A change, kept.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ToldChange {
    pub(crate) seq: u64,
    pub(crate) kind: ChangeKind,
    pub(crate) entry_key: Vec<u8>,
    pub(crate) state: ToldState,
}

/// A state, kept.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ToldState {
    Current(Vec<u8>, Instant),
    Absent,
    Superseded,
}

impl From<State<'_>> for ToldState {
    fn from(state: State<'_>) -> Self {
        match state {
            State::Current { value, expires_at } => Self::Current(value.bytes.to_vec(), expires_at),
            State::Absent => Self::Absent,
            State::Superseded => Self::Superseded,
        }
    }
}

/// The stored key of a key without scope.
pub(crate) fn key(text: &str) -> Vec<u8> {
    Scope::none().entry_key(text.as_bytes()).unwrap()
}
