//! Snapshots: whatever the text is, it is refused or can be read as a node.

use ascript::exec::{Snapshot, StateSource as _};
use ascript::state::Subject;

pub(super) fn holds(text: &str) {
    let Ok(mut snapshot) = Snapshot::load(text) else {
        return;
    };
    snapshot
        .conf()
        .expect("it was read when it was loaded")
        .findings();
    let _ = snapshot.api_users();
    let _ = snapshot.read(&Subject::License);
    let _ = snapshot.loaded_conf("asperanoded");
}
