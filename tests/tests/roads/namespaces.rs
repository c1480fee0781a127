//! Networks for one test: made by it, seen by nobody else, and gone with its process.
//!
//! A test runs itself once more inside `unshare`, as the administrator of networks that exist for that process alone. There
//! it names a namespace for each phone, and joins them with cables; a thread enters one, and what it opens is in there. No
//! rights on the machine are needed, and nothing of it is changed.

use std::fs::File;
use std::io::Write;
use std::os::fd::AsFd;
use std::process::{Command, Output};
use std::{env, thread};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// Set in the process that is inside.
const INSIDE: &str = "NIGHTSTAND_INSIDE";

/// What has to work: names for namespaces, and a cable into one.
const TRIAL: &str = "mount -t tmpfs none /run && ip netns add trial && ip link add one type veth peer name other \
                     && ip link set other netns trial && ip -n trial link set other up multicast on";

/// As somebody who is root in there alone, or, where that is not to be had, as the root that this is.
const WAYS: [&[&str]; 2] = [&["--user", "--map-root-user"], &[]];

/// Tells a story in a process with networks of its own. Where the system makes none, it is skipped aloud;
/// `NIGHTSTAND_REQUIRE=namespaces` makes that a failure.
pub(crate) fn apart_alone(test: &str, story: impl FnOnce()) {
    if env::var_os(INSIDE).is_some() {
        must("mount", "-t tmpfs none /run");
        ip("link set lo up");
        return story();
    }
    let mut missing = String::new();
    let way = WAYS.into_iter().find(|way| {
        let trial = unshared(way).args(["sh", "-c", TRIAL]).output();
        went_wrong(trial).map(|wrong| missing = wrong).is_none()
    });
    let Some(way) = way else { return skip(test, &missing) };
    let mut itself = unshared(way);
    itself.arg(env::current_exe().unwrap()).args([test, "--exact", "--nocapture"]).env(INSIDE, "1");
    let told = itself.output().unwrap();
    let said = String::from_utf8_lossy(&told.stdout);
    let ended_well = told.status.success() && said.contains("1 passed");
    assert!(ended_well, "{test} in a process of its own:\n{said}{}", String::from_utf8_lossy(&told.stderr));
}

fn unshared(way: &[&str]) -> Command {
    let mut unshare = Command::new("unshare");
    unshare.args(way).args(["--net", "--mount", "--kill-child", "--"]);
    unshare
}

fn skip(test: &str, missing: &str) {
    let required = env::var("NIGHTSTAND_REQUIRE").is_ok_and(|list| list.split(',').any(|one| one == "namespaces"));
    assert!(!required, "NIGHTSTAND_REQUIRE names namespaces: {missing}");
    // Past the test's captured output: a skip has to be seen.
    let said = format!("SKIPPED: {test}: no network namespaces: {missing}\n");
    std::io::stderr().write_all(said.as_bytes()).unwrap();
}

fn went_wrong(ended: std::io::Result<Output>) -> Option<String> {
    match ended {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Some(error.to_string()),
    }
}

/// Alex and Sam in one network.
pub(crate) fn one_network() {
    ip("netns add alex");
    ip("netns add sam");
    for name in ["alex", "sam"] {
        ip(&format!("-n {name} link set lo up"));
    }
    join("10.77.0", "lan");
    for name in ["alex", "sam"] {
        ip(&format!("-n {name} route add 224.0.0.0/4 dev lan"));
    }
}

/// One more network for both: Alex is its `.1`, Sam its `.2`.
pub(crate) fn join(network: &str, cable: &str) {
    ip(&format!("link add {cable} netns alex type veth peer name {cable} netns sam"));
    for (name, number) in [("alex", 1), ("sam", 2)] {
        ip(&format!("-n {name} address add {network}.{number}/24 dev {cable}"));
        ip(&format!("-n {name} link set {cable} up multicast on"));
    }
}

/// Alex and Sam in networks of which neither reaches the other's; both reach `relay`, at 10.78.9.1.
pub(crate) fn apart() {
    for name in ["alex", "sam", "relay"] {
        ip(&format!("netns add {name}"));
        ip(&format!("-n {name} link set lo up"));
    }
    ip("-n relay address add 10.78.9.1/32 dev lo");
    for (name, number) in [("alex", 1), ("sam", 2)] {
        ip(&format!("link add way netns {name} type veth peer name {name} netns relay"));
        ip(&format!("-n {name} address add 10.78.{number}.2/24 dev way"));
        ip(&format!("-n relay address add 10.78.{number}.1/24 dev {name}"));
        ip(&format!("-n {name} link set way up"));
        ip(&format!("-n relay link set {name} up"));
        ip(&format!("-n {name} route add default via 10.78.{number}.1"));
    }
}

/// Does something on a thread that is in a namespace.
pub(crate) fn inside<R: Send>(namespace: &str, what: impl FnOnce() -> R + Send) -> R {
    let there = File::open(format!("/run/netns/{namespace}")).unwrap();
    let entering = move || {
        move_into_link_name_space(there.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
        what()
    };
    thread::scope(|scope| scope.spawn(entering).join().unwrap())
}

pub(crate) fn ip(arguments: &str) {
    must("ip", arguments);
}

fn must(command: &str, arguments: &str) {
    let ended = Command::new(command).args(arguments.split(' ')).output();
    let wrong = went_wrong(ended);
    assert!(wrong.is_none(), "{command} {arguments}: {}", wrong.unwrap_or_default());
}
