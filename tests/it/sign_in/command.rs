//! `gongce staff …`, run on the host.

use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

use gongce::domain::holiday::Calendars;
use gongce::domain::key::KeyRing;
use gongce::domain::secret::Passphrase;
use gongce::http::render_fragment;
use gongce::store::Store;
use gongce::usecase::invitations::{self, Joining};
use gongce::usecase::{Clock, Ctx};

use super::{PASSWORD, PIN};
use crate::harness::program::{gongce, run, stderr, stdout};

/// The invitation in what a command printed.
fn invitation(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    let printed = stdout(output);
    let told = printed.lines().find_map(|line| line.strip_prefix("invitation  "));
    told.filter(|told| told.starts_with("gci_")).unwrap_or_else(|| panic!("{printed}")).to_owned()
}

/// The lines of `gongce staff list`.
fn list(folder: &Path) -> Vec<String> {
    let output = run(folder, &["staff", "list"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output).lines().map(ToOwned::to_owned).collect()
}

fn type_password(folder: &Path, login: &str, password: &str) -> Output {
    let mut command = gongce(folder);
    command.args(["staff", "passwd", login]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
    child.wait_with_output().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_host_makes_the_first_admin_and_sees_to_the_staff() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let void = invitation(&run(folder, &["staff", "bootstrap"]));
    let first = invitation(&run(folder, &["staff", "bootstrap", "--name", "王丽"]));
    assert!(list(folder).is_empty());

    let url = format!("sqlite://{}", folder.join("gongce.db").display());
    let store = Store::open(&url, None).await.unwrap();
    let keys = KeyRing::new(gongce::gateway::read(&folder.join("gongce.db.keys")).unwrap()).unwrap();
    let ctx = Ctx::new(store, Clock::system(), Calendars::builtin(), keys, render_fragment);
    let password = Passphrase::password(PASSWORD.to_owned(), "wang.li").unwrap();
    let joining = Joining::Password("wang.li".parse().unwrap(), password);
    assert!(invitations::accept(&ctx, &void, joining.clone(), "test").await.is_err(), "the newer one voids it");
    let admin = invitations::accept(&ctx, &first, joining, "test").await.unwrap().person.to_string();
    assert_eq!(list(folder), [format!("{admin} 1 admin everywhere 王丽")]);

    let late = run(folder, &["staff", "bootstrap"]);
    assert_eq!(late.status.code(), Some(1));
    assert!(stderr(&late).contains("there is an admin already"), "{}", stderr(&late));
    let last = run(folder, &["staff", "revoke", &admin, "1"]);
    assert_eq!(last.status.code(), Some(1));
    assert!(stderr(&last).contains("the last admin stays"), "{}", stderr(&last));

    let second = invitation(&run(folder, &["staff", "invite", "--name", "李娜", "--role", "cleaner"]));
    let joining = Joining::Pin(Passphrase::pin(PIN.to_owned()).unwrap());
    let cleaner = invitations::accept(&ctx, &second, joining, "test").await.unwrap().person.to_string();
    assert!(list(folder).contains(&format!("{cleaner} 2 cleaner everywhere 李娜")));
    let revoked = run(folder, &["staff", "revoke", &cleaner, "2"]);
    assert_eq!(revoked.status.code(), Some(0), "{}", stderr(&revoked));
    assert_eq!(list(folder).len(), 1);

    assert_eq!(type_password(folder, "wang.li", "another-correct-horse").status.code(), Some(0));
    let unknown = type_password(folder, "nobody.here", "another-correct-horse");
    assert_eq!(unknown.status.code(), Some(1));
    assert!(stderr(&unknown).contains("nobody has this login"), "{}", stderr(&unknown));
    let short = type_password(folder, "wang.li", "canary");
    assert_eq!(short.status.code(), Some(2));
    assert!(!stderr(&short).contains("canary"), "{}", stderr(&short));
}

#[test]
fn what_does_not_exist_is_not_invited_to() {
    let folder = tempfile::tempdir().unwrap();
    let role = run(folder.path(), &["staff", "invite", "--name", "李娜", "--role", "king"]);
    assert_eq!(role.status.code(), Some(2));
    let area = run(folder.path(), &["staff", "invite", "--name", "李娜", "--role", "cleaner", "--area", "999999"]);
    assert_eq!(area.status.code(), Some(1));
    assert!(stderr(&area).contains("no such area"), "{}", stderr(&area));
}
