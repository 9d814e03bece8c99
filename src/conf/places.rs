//! The places of elements in a kind of section: the paths of its settings, as a tree.

use crate::state::FastMap;

/// Where an element is in its section, by the names of the elements that lead to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place(u16);

/// Marks an element that the table does not have, inside a place that it has.
const UNKNOWN: u16 = 1 << 15;

impl Place {
    /// The section's own element.
    pub(super) const SECTION: Self = Self(0);

    /// An element that is in no section.
    pub(super) const OUTSIDE: Self = Self(UNKNOWN);

    /// Whether the table has the element.
    pub(super) fn is_known(self) -> bool {
        self.0 & UNKNOWN == 0
    }

    /// The innermost place of the table that an unknown element is in.
    pub(super) fn known_parent(self) -> Self {
        Self(self.0 & !UNKNOWN)
    }
}

/// The places of one kind of section. The first is its own element.
pub(super) struct SectionPlaces {
    rows: Vec<PlaceRow>,
    by_tag: FastMap<(Place, &'static str), Place>,
}

struct PlaceRow {
    tag: &'static str,
    parent: Place,
    /// The row of the setting that has this place.
    setting: Option<usize>,
}

impl SectionPlaces {
    /// The place of a section's own element.
    pub(super) fn new() -> Self {
        let section = PlaceRow {
            tag: "",
            parent: Place::SECTION,
            setting: None,
        };
        Self {
            rows: vec![section],
            by_tag: FastMap::default(),
        }
    }

    /// Adds the place with that path, unless it is there.
    pub(super) fn add(&mut self, path: &'static str) -> Place {
        let tags = path.split('/');
        tags.fold(Place::SECTION, |parent, tag| {
            let next = u16::try_from(self.rows.len()).expect("there are about 600");
            *self.by_tag.entry((parent, tag)).or_insert_with(|| {
                let setting = None;
                self.rows.push(PlaceRow {
                    tag,
                    parent,
                    setting,
                });
                Place(next)
            })
        })
    }

    /// Adds the place of a setting. The first of several at a place counts.
    pub(super) fn add_setting(&mut self, path: &'static str, row: usize) {
        let place = self.add(path);
        self.rows[usize::from(place.0)].setting.get_or_insert(row);
    }

    /// The place of a child with that tag.
    #[inline]
    pub(super) fn child(&self, parent: Place, tag: &str) -> Place {
        let known = self.by_tag.get(&(parent, tag)).copied();
        known.unwrap_or(Place(parent.0 | UNKNOWN))
    }

    /// The place with that path.
    pub(super) fn find(&self, path: &str) -> Option<Place> {
        let mut tags = path.split('/');
        let child = |parent, tag| self.by_tag.get(&(parent, tag)).copied();
        tags.try_fold(Place::SECTION, child)
    }

    /// The row of the setting that has a place.
    #[inline]
    pub(super) fn setting(&self, place: Place) -> Option<usize> {
        self.rows.get(usize::from(place.0))?.setting
    }

    /// The tags of a place's children.
    pub(super) fn child_tags(&self, parent: Place) -> impl Iterator<Item = &'static str> {
        let rows = self.rows.iter().skip(1);
        let children = rows.filter(move |row| row.parent == parent);
        children.map(|row| row.tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_has_the_place_of_its_path() {
        let mut places = SectionPlaces::new();
        places.add_setting("a/b", 7);
        places.add_setting("a/b", 8);
        let (a, b) = (places.find("a").unwrap(), places.find("a/b").unwrap());
        assert_eq!(places.child(Place::SECTION, "a"), a);
        assert_eq!(places.child(a, "b"), b);
        assert_eq!((places.setting(a), places.setting(b)), (None, Some(7)));
        assert_eq!(places.find("b"), None);
        assert!(places.child_tags(a).eq(["b"]));
    }

    #[test]
    fn an_unknown_element_is_in_the_last_known_place() {
        let mut places = SectionPlaces::new();
        let a = places.add("a");
        let unknown = places.child(a, "x");
        assert!(a.is_known() && !unknown.is_known());
        assert_eq!(unknown.known_parent(), a);
        assert_eq!(places.child(unknown, "b"), unknown);
        assert_eq!(places.setting(unknown), None);
        assert_eq!(places.child(Place::OUTSIDE, "a"), Place::OUTSIDE);
    }
}
