//! What is known about an element that the table of settings does not have where it stands.

use std::sync::LazyLock;

use super::element_kind::ElementKind;
use super::places::Place;
use super::table;
use crate::fault::nearest;
use crate::state::{FastMap, SectionKind};

/// What an element without a row in the table may be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum UnknownElement {
    /// A known element, written with other letters.
    OtherCase(String),
    /// A known element in the wrong place; the right place.
    Misplaced(String),
    /// Perhaps this known element.
    Misspelled(String),
    /// A setting of another version, or of nothing.
    NotInTable,
}

/// What an element may be that stands in a container of sections.
pub(super) fn in_container(container: ElementKind, name: &str) -> UnknownElement {
    if let Some(known) = ElementKind::with_tag_like(name) {
        return UnknownElement::OtherCase(known.to_owned());
    }
    let place = container.path();
    if let Some(right) = right_place(&place, name) {
        return UnknownElement::Misplaced(right);
    }
    match nearest(name, container.child_tags()) {
        Some(near) => UnknownElement::Misspelled(near.to_owned()),
        None => UnknownElement::NotInTable,
    }
}

/// What a child may be that a place in a section does not have in the table.
pub(super) fn in_section(kind: SectionKind, parent: Place, name: &str) -> UnknownElement {
    let children = || table::places(kind).child_tags(parent);
    if let Some(known) = children().find(|child| child.eq_ignore_ascii_case(name)) {
        return UnknownElement::OtherCase(known.to_owned());
    }
    // `validation/file_stop` is written `validation_file_stop`.
    let joined = |child: &&str| child.strip_prefix(name).is_some_and(|r| r.starts_with('_'));
    let mut joined = children().filter(joined);
    if let Some(first) = joined.next() {
        let others = if joined.next().is_some() {
            " and others"
        } else {
            ""
        };
        return UnknownElement::Misplaced(format!("`{first}`{others} instead"));
    }
    if let Some(right) = right_place(kind.info().path, name) {
        return UnknownElement::Misplaced(right);
    }
    match nearest(name, children()) {
        Some(near) => UnknownElement::Misspelled(near.to_owned()),
        None => UnknownElement::NotInTable,
    }
}

/// The elements that settings with the same last tag are in, by that tag, each once.
static PLACES: LazyLock<FastMap<&'static str, Vec<String>>> = LazyLock::new(|| {
    let mut places = FastMap::<_, Vec<String>>::default();
    for kind in SectionKind::all() {
        let section = kind.info().path;
        for setting in table::settings_of(kind) {
            let (above, leaf) = setting.path.rsplit_once('/').unwrap_or(("", setting.path));
            let parent = match above {
                "" => section.to_owned(),
                above => format!("{section}/{above}"),
            };
            let known = places.entry(leaf).or_default();
            if !leaf.is_empty() && !known.contains(&parent) {
                known.push(parent);
            }
        }
    }
    places
});

/// The only place inside `place` where the table has a setting with that element.
fn right_place(place: &str, name: &str) -> Option<String> {
    let places = PLACES.get(name).into_iter().flatten();
    let mut places = places.filter(|parent| is_inside(parent, place));
    let parent = places.next().filter(|_| places.next().is_none())?;
    let shown = parent.strip_prefix(place).unwrap_or(parent);
    let shown = shown.trim_start_matches('/');
    // A section is named with what contains it.
    let shown = if SectionKind::all().any(|kind| kind.info().path == parent) {
        parent
    } else {
        shown
    };
    (!shown.is_empty()).then(|| format!("it in `{shown}`"))
}

fn is_inside(path: &str, place: &str) -> bool {
    let rest = path.strip_prefix(place);
    rest.is_some_and(|rest| place.is_empty() || rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_place_of_a_known_element_is_found() {
        let misplaced = |text: &str| UnknownElement::Misplaced(text.to_owned());
        let logging = ElementKind::of_section(SectionKind::Logging)
            .parent()
            .unwrap();
        for name in ["level", "directory"] {
            let found = in_container(logging, name);
            assert_eq!(found, misplaced("it in `logging/log_setting`"));
        }
        let user = SectionKind::User;
        let transfer = table::places(user).find("transfer").unwrap();
        for (parent, name, right) in [
            (
                Place::SECTION,
                "absolute",
                "it in `file_system/access/paths/path`",
            ),
            (
                transfer,
                "validation",
                "`validation_file_start` and others instead",
            ),
        ] {
            let found = in_section(user, parent, name);
            assert_eq!(found, misplaced(right), "{name}");
        }
    }

    #[test]
    fn an_element_that_nothing_is_known_about_is_not_in_the_table() {
        let in_server = |name| in_section(SectionKind::Server, Place::SECTION, name);
        assert_eq!(in_server("of_a_newer_server"), UnknownElement::NotInTable);
        assert_eq!(
            in_container(ElementKind::ROOT, "of_a_newer_server"),
            UnknownElement::NotInTable
        );
        let other = |text: &str| UnknownElement::OtherCase(text.to_owned());
        assert_eq!(in_server("Http_Port"), other("http_port"));
        assert_eq!(in_container(ElementKind::ROOT, "Server"), other("server"));
        let near = UnknownElement::Misspelled("server_name".to_owned());
        assert_eq!(in_server("server_nam"), near);
    }
}
