//! What a service has to notice of aspera.conf. What it makes of it, and
//! whether it has, is told elsewhere.

use std::borrow::Cow;
use std::rc::Rc;

use super::document::{Document, Value};
use super::table;
use crate::state::{Secret, Section, SectionKind};

impl Document {
    /// Calls with every setting that a service has to notice, and its raw
    /// value, secrets included, in an order that depends on nothing but the
    /// content. What a staged secret stands for is said by `reveal`.
    pub fn noticed_by(
        &self,
        service: &str,
        reveal: &mut dyn FnMut(&Secret) -> String,
        each: &mut dyn FnMut(&Section, &str, &str),
    ) {
        let each = &mut |section: &Section, name: &str, value: Value<'_>| {
            let raw = match value {
                Value::Text(text) => text,
                Value::Secret(secret) => Cow::Owned(reveal(&secret)),
                Value::Hidden => table::find(section, name)
                    .and_then(|setting| self.secret_text(section, setting))
                    .unwrap_or_default(),
            };
            each(section, name, &raw);
        };
        let unnamed = SectionKind::all().filter(|kind| !kind.is_named());
        for section in unnamed.filter_map(|kind| kind.section("")) {
            self.noticed_in(service, std::iter::once(section), each);
        }
        self.noticed_in(service, self.trunks().into_iter().map(Section::Trunk), each);
        let owned = |names: Vec<Cow<'_, str>>| {
            let mut names: Vec<Rc<str>> = names.into_iter().map(Rc::from).collect();
            names.sort_unstable();
            names.into_iter()
        };
        self.noticed_in(
            service,
            owned(self.log_classes()).map(Section::Logging),
            each,
        );
        self.noticed_in(service, owned(self.groups()).map(Section::Group), each);
        self.noticed_in(service, owned(self.users()).map(Section::User), each);
    }

    fn noticed_in(
        &self,
        service: &str,
        sections: impl Iterator<Item = Section>,
        each: &mut dyn FnMut(&Section, &str, Value<'_>),
    ) {
        for section in sections {
            if !table::is_noticed(&section, service) || !self.has(&section) {
                continue;
            }
            for (setting, value) in self.settings(&section) {
                if setting.is_noticed_by(service) {
                    each(&section, setting.name, value);
                }
            }
        }
    }
}
