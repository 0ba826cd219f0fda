//! Which process this is, and whether another one still runs: the second opinion of R14.

/// What tells a process from every other, earlier ones with the same pid included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    pub pid: u32,
    /// When it started, in the kernel's ticks; 0 where it cannot be told.
    pub started: u64,
    /// The namespace in which the pid is meant; 0 where it cannot be told.
    pub namespace: u64,
}

/// How a process is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Running,
    /// Dead, and its parent has not asked yet. Its other threads may still be on their way out.
    Zombie,
    Gone,
}

impl Identity {
    /// This process.
    pub fn own() -> Self {
        let pid = std::process::id();
        Self { pid, started: stat(pid).map_or(0, |stat| stat.started), namespace: pid_namespace() }
    }

    /// How the process with this identity is doing; `None` if that cannot be told from here.
    pub fn state(&self) -> Option<State> {
        if self.started == 0 || self.namespace == 0 || self.namespace != pid_namespace() {
            return None;
        }
        match stat(self.pid) {
            Some(stat) if stat.started == self.started => Some(stat.state),
            Some(_) => Some(State::Gone),
            // Gone, unless /proc itself is.
            None => stat(std::process::id()).map(|_| State::Gone),
        }
    }
}

/// The processes that this one descends from, the nearest first, as far as it can be told: their pids, and when they
/// started, 0 where that cannot be told. A process whose parent has died is the child of another one from then on.
#[cfg(target_os = "linux")]
pub fn ancestors() -> impl Iterator<Item = (u32, u64)> {
    let mut next = stat(std::process::id()).map(|own| own.parent);
    std::iter::from_fn(move || {
        let pid = next?;
        let ancestor = stat(pid)?;
        next = Some(ancestor.parent);
        Some((pid, ancestor.started))
    })
}

/// As above; only the parent is known.
#[cfg(all(unix, not(target_os = "linux")))]
pub fn ancestors() -> impl Iterator<Item = (u32, u64)> {
    std::iter::once((std::os::unix::process::parent_id(), 0))
}

/// As above; nobody is known.
#[cfg(not(unix))]
pub fn ancestors() -> impl Iterator<Item = (u32, u64)> {
    std::iter::empty()
}

/// What the process table says of a process.
struct Stat {
    state: State,
    #[cfg_attr(not(target_os = "linux"), expect(dead_code))]
    parent: u32,
    started: u64,
}

#[cfg(target_os = "linux")]
fn stat(pid: u32) -> Option<Stat> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the name in parentheses, which may contain anything.
    let mut fields = stat[stat.rfind(')')? + 1..].split_ascii_whitespace();
    let state = match fields.next()? {
        "Z" | "X" => State::Zombie,
        _ => State::Running,
    };
    let parent = fields.next()?.parse().ok()?;
    Some(Stat { state, parent, started: fields.nth(17)?.parse().ok()? })
}

#[cfg(target_os = "linux")]
fn pid_namespace() -> u64 {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self/ns/pid").map_or(0, |namespace| namespace.ino())
}

#[cfg(not(target_os = "linux"))]
fn stat(_pid: u32) -> Option<Stat> {
    None
}

#[cfg(not(target_os = "linux"))]
fn pid_namespace() -> u64 {
    0
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_runs_then_is_a_zombie_then_is_gone() {
        assert_eq!(Identity::own().state(), Some(State::Running));
        let mut child = std::process::Command::new("sleep").arg("100").spawn().unwrap();
        let identity = Identity { pid: child.id(), started: stat(child.id()).unwrap().started, ..Identity::own() };
        assert_eq!(identity.state(), Some(State::Running));
        child.kill().unwrap();
        while identity.state() == Some(State::Running) {
            std::thread::yield_now();
        }
        assert_eq!(identity.state(), Some(State::Zombie));
        child.wait().unwrap();
        assert_eq!(identity.state(), Some(State::Gone));
    }

    #[test]
    fn the_nearest_ancestor_is_the_parent() {
        let (parent, started) = ancestors().next().unwrap();
        assert_eq!(parent, std::os::unix::process::parent_id());
        assert_eq!(started, stat(parent).unwrap().started);
    }

    #[test]
    fn a_later_process_with_the_same_pid_is_not_the_one_meant() {
        let earlier = Identity { started: Identity::own().started - 1, ..Identity::own() };
        assert_eq!(earlier.state(), Some(State::Gone));
        let elsewhere = Identity { namespace: 1, ..Identity::own() };
        assert_eq!(elsewhere.state(), None);
    }
}
