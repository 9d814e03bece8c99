//! The requirements of SARIF 2.1.0 on a document.

use serde_json::Value;

use super::{checked, folder, on_large_stack, report};

fn document() -> Value {
    let text = on_large_stack(|| {
        let text = std::fs::read_to_string(folder().join("names.rhai")).unwrap();
        report::sarif(&checked("site/a b.rhai", text))
    });
    serde_json::from_str(&text).unwrap()
}

/// The value at a path, which must be there.
fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    let found = value.pointer(path);
    found.unwrap_or_else(|| panic!("{path} is missing in {value:#}"))
}

#[test]
fn a_document_has_what_the_standard_requires() {
    let document = document();
    assert_eq!(at(&document, "/version"), "2.1.0");
    assert!(
        at(&document, "/$schema")
            .as_str()
            .unwrap()
            .starts_with("https://")
    );
    let run = at(&document, "/runs/0");
    assert_eq!(at(run, "/tool/driver/name"), "ascript");
    assert_eq!(at(run, "/columnKind"), "unicodeCodePoints");
    let rules = at(run, "/tool/driver/rules").as_array().unwrap();
    for rule in rules {
        assert!(at(rule, "/shortDescription/text").is_string());
        let level = at(rule, "/defaultConfiguration/level").as_str().unwrap();
        assert!(["error", "warning"].contains(&level));
    }
    let results = at(run, "/results").as_array().unwrap();
    assert!(results.len() > 8);
    for result in results {
        let rule = &rules[usize::try_from(at(result, "/ruleIndex").as_u64().unwrap()).unwrap()];
        assert_eq!(at(rule, "/id"), at(result, "/ruleId"));
        assert!(!at(result, "/message/text").as_str().unwrap().is_empty());
        check_location(at(result, "/locations/0/physicalLocation"), "/region");
        for fix in result
            .get("fixes")
            .into_iter()
            .flat_map(|fixes| fixes.as_array().unwrap())
        {
            assert!(at(fix, "/description/text").is_string());
            let change = at(fix, "/artifactChanges/0");
            assert!(at(change, "/replacements/0/insertedContent/text").is_string());
            check_location(change, "/replacements/0/deletedRegion");
        }
    }
}

/// Checks that a location has a relative reference and a region that counts from 1 and does not
/// end before it starts.
fn check_location(place: &Value, region: &str) {
    assert_eq!(at(place, "/artifactLocation/uri"), "site/a%20b.rhai");
    let number = |name: &str| at(place, &format!("{region}/{name}")).as_u64().unwrap();
    let start = (number("startLine"), number("startColumn"));
    let end = (number("endLine"), number("endColumn"));
    assert!(start >= (1, 1) && end >= start, "{place:#}");
}
