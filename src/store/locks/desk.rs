//! The requests of one process: which rows are theirs, who waits for them, and who holds what (R28, R29).

use super::table::{Flight, Hash, NoRow, Row};
use super::{Ground, call_next, sweep, watch};
use crate::error::{Error, Result};
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::collections::HashMap;
use std::sync::Arc;

/// Is told, on any thread, that something has become of a request.
pub type Waker = Arc<dyn Fn(u64) + Send + Sync>;

/// What is asked for.
pub struct Ask {
    /// The resources; all or none.
    pub hashes: Vec<Hash>,
    /// What is computed by whoever holds them; `None` if they are resources.
    pub flight: Option<Flight>,
    /// For whom, within this process: whose `unlock` frees it.
    pub holder: u64,
    /// Who renews it, and with whose end it ends.
    pub keeper: u64,
    /// Which of the keeper's users asks: they may end one by one.
    pub user: u64,
    /// Milliseconds from one renewal within which the next has to come.
    pub lease: u64,
    /// Who is told when there is something to [`Desk::take`].
    pub waker: Waker,
}

/// How a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It waits.
    Waiting,
    /// It holds its resources.
    Held,
    /// Its time was over before it was renewed, or the table was replaced, or it was never there.
    Lost,
}

/// A request and the rows it stands for.
pub(super) struct Request {
    pub rows: Vec<Row>,
    flight: Option<Flight>,
    holder: u64,
    keeper: u64,
    user: u64,
    lease: u64,
    taken: bool,
    waker: Waker,
    /// Its holder was told to look at it and has not done so. Until then it need not be told again; whoever looks and finds
    /// that it still has to wait is told again (R37).
    called: bool,
}

impl Request {
    /// Whether its holder has yet to be told that its turn has come.
    pub fn is_waiting(&self) -> bool {
        !self.taken && !self.called
    }

    /// What tells its holder, for once.
    pub fn call(&mut self) -> Waker {
        self.called = true;
        self.waker.clone()
    }
}

#[derive(Default)]
pub(super) struct Requests {
    pub by_number: HashMap<u64, Request>,
    /// Whether the waiting thread runs.
    pub watched: bool,
}

impl Requests {
    /// Whether anyone has yet to be called.
    pub fn wait(&self) -> bool {
        self.by_number.values().any(Request::is_waiting)
    }
}

/// The requests of one process at one table.
#[derive(Default)]
pub struct Desk {
    pub(super) requests: Mutex<Requests>,
    pub(super) asked: Condvar,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

impl Desk {
    /// Stands in the queues of the resources; returns the request's number. [`Desk::take`] tells how it stands: at once,
    /// and again whenever the waker was called.
    ///
    /// ## Errors
    /// [`Error::TooManyLocks`], [`Error::Io`] if no thread can be had to wait.
    pub fn queue(ground: &Arc<dyn Ground>, ask: Ask) -> Result<u64> {
        let (table, desk) = (ground.table(), ground.desk());
        let mut swept = false;
        let (number, rows) = loop {
            match table.queue_for(ground.owner(), &ask.hashes, ask.flight.unwrap_or_default(), ground.now() + ask.lease)
            {
                Ok(queued) => break queued,
                Err(NoRow::Full) if swept => return Err(Error::TooManyLocks { rows: table.rows() }),
                Err(NoRow::Full) => {
                    swept = true;
                    sweep(&**ground);
                }
                // It was stopped for longer than its lease, right there.
                Err(NoRow::Lost) => {}
            }
        };
        let Ask { flight, holder, keeper, user, lease, waker, .. } = ask;
        let mut request = Request { rows, flight, holder, keeper, user, lease, taken: false, waker, called: false };
        // Locked while it is looked whose turn it is: who frees a row later wakes a thread that looks at this request.
        let mut requests = desk.lock();
        // Its holder looks at it next anyway.
        request.called = is_first(&**ground, &request);
        let has_to_wait = !request.called;
        requests.by_number.insert(number, request);
        if has_to_wait && let Err(error) = watch::begin(ground, &mut requests) {
            drop(requests);
            desk.free(&**ground, number);
            return Err(error);
        }
        Ok(number)
    }

    /// How a request stands. One that is told to hold its resources is held from here on, and [`Desk::unlock`] finds it. One
    /// that has to wait is told by its waker when there is something to look at, however often it was told before (R37).
    ///
    /// ## Errors
    /// [`Error::Io`] if no thread can be had to wait; the request is freed then.
    pub fn take(ground: &Arc<dyn Ground>, number: u64) -> Result<Turn> {
        let desk = ground.desk();
        let turn = desk.look(&**ground, number);
        if turn == Turn::Waiting {
            let watched = watch::begin(ground, &mut desk.lock());
            if let Err(error) = watched {
                desk.free(&**ground, number);
                return Err(error);
            }
        }
        Ok(turn)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Requests> {
        #[cfg(test)]
        super::model::wait_for(|| !self.requests.is_locked());
        self.requests.lock()
    }

    fn look(&self, ground: &dyn Ground, number: u64) -> Turn {
        let mut requests = self.lock();
        let Some(request) = requests.by_number.get_mut(&number) else { return Turn::Lost };
        // Where the table was replaced nobody's turn comes any more; what is held is held until its holder learns of it.
        let over = !request.taken && ground.is_over();
        if over || !request.rows.iter().all(|row| ground.table().holds(row)) {
            drop(requests);
            self.free(ground, number);
            return Turn::Lost;
        }
        if !request.taken && !is_first(ground, request) {
            // It was told too early: somebody is just taking a number, which may be a smaller one, and may end there without a
            // word to this process. So the thread has to look after it again.
            request.called = false;
            return Turn::Waiting;
        }
        if !request.taken
            && let Some(flight) = request.flight
            && !request.rows.iter_mut().all(|row| ground.table().begin_flight(row, flight))
        {
            drop(requests);
            self.free(ground, number);
            return Turn::Lost;
        }
        request.taken = true;
        Turn::Held
    }

    /// Whether a request that was told to hold its resources still does.
    pub fn holds(&self, ground: &dyn Ground, number: u64) -> bool {
        let requests = self.lock();
        let held = requests.by_number.get(&number).filter(|request| request.taken && !request.rows.is_empty());
        held.is_some_and(|request| request.rows.iter().all(|row| ground.table().holds(row)))
    }

    /// Gives up a request: what it holds, or its place.
    pub fn free(&self, ground: &dyn Ground, number: u64) {
        let request = self.lock().by_number.remove(&number);
        if let Some(request) = request {
            self.end(ground, request.rows);
        }
    }

    /// Frees the resource if this holder holds it, whichever user asked for it. Of several that were locked at once, the
    /// others stay locked.
    pub fn unlock(&self, ground: &dyn Ground, holder: u64, hash: Hash) -> bool {
        let mut requests = self.lock();
        let found = requests.by_number.iter_mut().find_map(|(&number, request)| {
            let at = (request.taken && request.holder == holder)
                .then(|| request.rows.iter().position(|row| row.hash == hash))??;
            Some((number, request.rows.swap_remove(at), request.rows.is_empty()))
        });
        let Some((number, row, was_last)) = found else { return false };
        if was_last {
            requests.by_number.remove(&number);
        }
        drop(requests);
        self.end(ground, vec![row]);
        true
    }

    /// Renews everything of this keeper's. Returns the requests that were lost before.
    pub fn renew(&self, ground: &dyn Ground, keeper: u64) -> Vec<u64> {
        let (table, now) = (ground.table(), ground.now());
        let lost: Vec<u64> = {
            let requests = self.lock();
            let own = requests.by_number.iter().filter(|(_, request)| request.keeper == keeper);
            own.filter(|(_, request)| !request.rows.iter().all(|row| table.renew(row, now + request.lease)))
                .map(|(&number, _)| number)
                .collect()
        };
        lost.iter().for_each(|&number| self.free(ground, number));
        lost
    }

    /// How many requests of this keeper's there are.
    pub fn count(&self, keeper: u64) -> usize {
        self.lock().by_number.values().filter(|request| request.keeper == keeper).count()
    }

    /// Gives up everything of this keeper's, or of one of its users, who is no more.
    pub fn dismiss(&self, ground: &dyn Ground, keeper: u64, user: Option<u64>) {
        let own: Vec<u64> = {
            let requests = self.lock();
            let own = |request: &&Request| request.keeper == keeper && user.is_none_or(|user| request.user == user);
            requests.by_number.iter().filter(|(_, request)| own(request)).map(|(&number, _)| number).collect()
        };
        own.into_iter().for_each(|number| self.free(ground, number));
    }

    fn end(&self, ground: &dyn Ground, rows: Vec<Row>) {
        for row in &rows {
            ground.table().free(row);
        }
        fail_point!("lock:freed");
        call_next(ground, rows.into_iter().map(|row| row.hash));
    }
}

fn is_first(ground: &dyn Ground, request: &Request) -> bool {
    let table = ground.table();
    request.rows.iter().all(|row| table.first(row.hash).is_some_and(|first| first.state == row.state))
}
