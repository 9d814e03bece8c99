//! Plans and receipts: whatever the text is, it is refused, or is written and loaded again as the
//! same.

use ascript::plan;

pub(super) fn holds(text: &str) {
    if let Ok(run) = plan::load(text) {
        let written = plan::render(&run);
        let again = plan::load(&written).expect("a written plan can be loaded");
        assert_eq!(plan::render(&again), written);
    }
}
