//! The thread that waits on behalf of a process: one per table, and only while something waits (R27, R28).

use super::desk::{Desk, Requests, Waker};
use super::table::{Hash, Seen};
use super::{Ground, call_next};
use crate::error::{Error, Result};
use crate::guard;
use crate::store::shared::sleep_on;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// How often those who are in the way are asked whether they live. Asking costs some 30 us.
const ROUND: Duration = Duration::from_millis(20);
/// How long the thread stays when nothing waits any more: starting one costs as much as handing a lock over.
const LINGER: Duration = Duration::from_millis(200);

/// Sees to it that the thread runs.
pub fn begin(ground: &Arc<dyn Ground>, requests: &mut Requests) -> Result<()> {
    #[cfg(test)]
    if super::model::is_running() {
        // There, threads of the model go round.
        return Ok(());
    }
    if requests.watched {
        ground.desk().asked.notify_all();
        return Ok(());
    }
    let (weak, desk) = (Arc::downgrade(ground), ground.desk().clone());
    std::thread::Builder::new()
        .name("psc-locks".into())
        .spawn(move || guard::service("the thread that waits for locks", || watch(&weak, &desk)))
        .map_err(Error::io("Starting a thread that waits for locks", "psc-locks"))?;
    requests.watched = true;
    Ok(())
}

fn watch(weak: &Weak<dyn Ground>, desk: &Desk) {
    let mut asked_at = Instant::now();
    loop {
        {
            let mut requests = desk.lock();
            if !requests.wait() {
                // Without the ground: who lingers keeps no region.
                desk.asked.wait_for(&mut requests, LINGER);
                if !requests.wait() {
                    requests.watched = false;
                    return;
                }
            }
        }
        fail_point!("locks:look");
        let Some(ground) = weak.upgrade() else { return };
        let Some(bell) = ground.bell(ground.owner()) else { return };
        let rung = bell.load(Ordering::SeqCst);
        let asks = asked_at.elapsed() >= ROUND;
        if asks {
            asked_at = Instant::now();
        }
        if round(&*ground, desk, asks) {
            continue;
        }
        sleep_on(bell, rung, ROUND.saturating_sub(asked_at.elapsed()).max(Duration::from_millis(1)));
    }
}

/// Tells those whose turn has come, and, if `asks`, takes away the rows of those in the way who are gone. Whether there were
/// any, so that there may be more to do.
pub(super) fn round(ground: &dyn Ground, desk: &Desk, asks: bool) -> bool {
    let (turns, in_the_way) = survey(ground, desk);
    if !turns.is_empty() {
        turns.into_iter().for_each(|(number, waker)| waker(number));
        return true;
    }
    asks && clear(ground, &in_the_way)
}

/// Whom to call, and who is first where this process is not.
fn survey(ground: &dyn Ground, desk: &Desk) -> (Vec<(u64, Waker)>, Vec<Seen>) {
    let over = ground.is_over();
    let mut requests = desk.lock();
    let mut first: HashMap<Hash, Seen> = HashMap::new();
    for seen in ground.table().queued() {
        let place = first.entry(seen.hash).or_insert(seen);
        if seen.place() < place.place() {
            *place = seen;
        }
    }
    let mut turns = Vec::new();
    let mut in_the_way: HashMap<usize, Seen> = HashMap::new();
    for (&number, request) in requests.by_number.iter_mut().filter(|(_, request)| request.is_waiting()) {
        let mut blocked = false;
        for row in &request.rows {
            if let Some(first) = first.get(&row.hash)
                && first.state != row.state
                && ground.table().holds(row)
            {
                blocked = true;
                in_the_way.insert(first.row, *first);
            }
        }
        if !blocked || over {
            turns.push((number, request.call()));
        }
    }
    (turns, in_the_way.into_values().collect())
}

/// Takes the rows away of those in the way who are dead, or beyond their deadline. Whether there were any.
fn clear(ground: &dyn Ground, in_the_way: &[Seen]) -> bool {
    let now = ground.now();
    let owners: HashSet<u64> =
        in_the_way.iter().map(|seen| seen.owner).filter(|&owner| owner != ground.owner()).collect();
    let dead: HashSet<u64> = owners.into_iter().filter(|&owner| !ground.lives(owner)).collect();
    let over = in_the_way.iter().filter(|seen| seen.deadline < now || dead.contains(&seen.owner));
    let cleared: Vec<Hash> = over.filter(|seen| ground.table().take_away(seen)).map(|seen| seen.hash).collect();
    let any = !cleared.is_empty();
    call_next(ground, cleared);
    any
}
