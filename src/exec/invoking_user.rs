//! The person who started this program.

/// The login name of the person who started this program: under sudo, of the one
/// who called it. `None` for root.
pub(super) fn invoking_user() -> Option<String> {
    let variable = |name| std::env::var(name).ok().filter(|name| !name.is_empty());
    let is_root = rustix::process::geteuid().is_root();
    let name = variable("SUDO_USER").or_else(|| variable("USER").filter(|_| !is_root));
    name.filter(|name| name != "root")
}
