//! Shell scripts and pages that become scripts: whatever the text is, the script is formatted, and
//! has no error.

use ascript::fault::Severity;
use ascript::recipe::{Recipe, translate};
use ascript::script::{Script, check};
use ascript::source;

pub(super) fn holds(text: &str) {
    for name in ["a.sh", "a.md", "a.txt"] {
        let translation = translate(&[Recipe { name, text }]);
        let script = &translation.script;
        assert_eq!(&source::format(script), script, "{name} is not formatted");
        let checked = check(vec![Script::piped(translation.script)]);
        for finding in checked.iter().flat_map(|one| &one.findings) {
            let rule = finding.rule.id();
            assert!(finding.severity() != Severity::Error, "{name}: {rule}");
        }
    }
}
