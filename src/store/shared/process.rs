//! Which process this is, and whether another one still runs: the second opinion of R14.

/// What tells a process from every other, earlier ones with the same pid included, among those in its namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birth {
    pub pid: u32,
    /// When it started, in the kernel's ticks, as its time namespace counts them; 0 where it cannot be told.
    pub started: u64,
    /// The namespace in which the pid is meant; 0 where it cannot be told.
    pub namespace: u64,
}

/// What a process notes of itself, so that others can find out what has become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    pub birth: Birth,
    /// The namespace whose clock tells when it started; 0 where it cannot be told.
    pub time_namespace: u64,
    /// Where its stack begins: another program that the process has become has another one. 0 where it cannot be told.
    pub stack: u64,
}

/// How a process is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Running,
    /// Dead, and its parent has not asked yet. Its other threads may still be on their way out.
    Zombie,
    /// It ended, or became another program.
    Gone,
}

impl Birth {
    /// This process's.
    pub fn own() -> Self {
        let pid = std::process::id();
        let started = own_stat().map_or(0, |stat| stat.started);
        Self { pid, started, namespace: namespace("pid") }
    }
}

impl Identity {
    /// This process's.
    pub fn own() -> Self {
        let stack = own_stat().map_or(0, |stat| stat.stack);
        Self { birth: Birth::own(), time_namespace: namespace("time"), stack }
    }

    /// How the process with this identity is doing; `None` if that cannot be told from here. **Only what is known for certain
    /// is told**: a process table that cannot be read, or that is not that of this process's namespace, tells nothing (R14).
    pub fn state(&self) -> Option<State> {
        let Birth { pid, started, namespace: theirs } = self.birth;
        if theirs == 0 || theirs != namespace("pid") {
            return None;
        }
        // The kernel itself, in the namespace of the caller: no file, and so no descriptor and no mount, is in between.
        if !exists(pid) {
            return Some(State::Gone);
        }
        // Another namespace's clock tells other ticks.
        if started == 0 || self.time_namespace == 0 || self.time_namespace != namespace("time") || !is_table_ours() {
            return None;
        }
        let stat = stat(pid)?;
        let is_another = stat.started != started;
        let has_become_another = self.stack != 0 && stat.stack != 0 && stat.stack != self.stack;
        Some(if is_another || (has_become_another && stat.state == State::Running) { State::Gone } else { stat.state })
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
    /// Below 2 where the system does not tell.
    stack: u64,
}

/// Of this process, if the table is that of its own namespace.
fn own_stat() -> Option<Stat> {
    is_table_ours().then(|| stat(std::process::id())).flatten()
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
    let started = fields.nth(17)?.parse().ok()?;
    let stack: u64 = fields.nth(5)?.parse().ok()?;
    Some(Stat { state, parent, started, stack: if stack > 1 { stack } else { 0 } })
}

/// Whether the process table is that of this process's own pid namespace. One that was made without mounting a table of its
/// own sees the outer one, in which the same numbers are other processes.
#[cfg(target_os = "linux")]
fn is_table_ours() -> bool {
    std::fs::read_link("/proc/self").is_ok_and(|own| own.as_os_str() == std::process::id().to_string().as_str())
}

/// The number of a namespace of this process; 0 where it cannot be told. Needs no descriptor.
#[cfg(target_os = "linux")]
fn namespace(kind: &str) -> u64 {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(format!("/proc/self/ns/{kind}")).map_or(0, |namespace| namespace.ino())
}

/// Whether there is a process with this number. Whatever else cannot be told is "yes".
#[cfg(unix)]
fn exists(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    pid.is_none_or(|pid| rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn exists(_pid: u32) -> bool {
    true
}

#[cfg(not(target_os = "linux"))]
fn stat(_pid: u32) -> Option<Stat> {
    None
}

#[cfg(not(target_os = "linux"))]
fn is_table_ours() -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
fn namespace(_kind: &str) -> u64 {
    0
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::process::{Child, Command, Stdio};

    /// Starts a shell, and waits until it runs: a program that is just being loaded has no stack to tell it by.
    fn run(script: &str) -> Child {
        let script = format!("echo; {script}");
        let mut command = Command::new("sh");
        let mut child = command.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
        child
    }

    #[test]
    fn a_process_runs_then_is_a_zombie_then_is_gone() {
        assert_eq!(Identity::own().state(), Some(State::Running));
        let mut child = run("read line");
        let Stat { started, stack, .. } = stat(child.id()).unwrap();
        let birth = Birth { pid: child.id(), started, ..Birth::own() };
        let identity = Identity { birth, stack, ..Identity::own() };
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
    fn a_later_process_with_the_same_pid_is_not_the_one_meant_and_other_namespaces_tell_nothing() {
        let own = Identity::own();
        let with = |birth: Birth| Identity { birth, ..own };
        assert_eq!(with(Birth { started: own.birth.started - 1, ..own.birth }).state(), Some(State::Gone));
        assert_eq!(with(Birth { namespace: 1, ..own.birth }).state(), None);
        assert_eq!(with(Birth { started: 0, ..own.birth }).state(), None);
        assert_eq!(Identity { time_namespace: 1, ..own }.state(), None, "another clock tells other ticks");
        let no_process = Birth { pid: (1 << 22) + 1, ..own.birth };
        assert_eq!(Identity { birth: no_process, time_namespace: 1, ..own }.state(), Some(State::Gone));
    }

    #[test]
    fn a_process_that_has_become_another_program_is_gone() {
        let mut shell = run("read line; exec sleep 100");
        let pid = shell.id();
        let Stat { started, stack, .. } = stat(pid).unwrap();
        let identity = Identity { birth: Birth { pid, started, ..Birth::own() }, stack, ..Identity::own() };
        assert_eq!(identity.state(), Some(State::Running));
        shell.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while identity.state() != Some(State::Gone) {
            assert!(std::time::Instant::now() < deadline, "{:?}", identity.state());
            std::thread::yield_now();
        }
        assert!(exists(pid), "it is gone though its process is there");
        shell.kill().unwrap();
        shell.wait().unwrap();
    }
}
