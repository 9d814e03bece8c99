//! Shell scripts and pages that become scripts: whatever the text is, the script has no error.

use ascript::fault::Severity;
use ascript::recipe::{Recipe, translate};
use ascript::script::{Script, check};

pub(super) fn holds(text: &str) {
    for name in ["a.sh", "a.md", "a.txt"] {
        let translation = translate(&[Recipe { name, text }]);
        let checked = check(vec![Script::piped(translation.script)]);
        for finding in checked.iter().flat_map(|one| &one.findings) {
            let rule = finding.rule.id();
            assert!(finding.severity() != Severity::Error, "{name}: {rule}");
        }
    }
}
