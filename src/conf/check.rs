//! Whether the vendor's parser would refuse the file for one of its sections,
//! edits included: one bad value there stops the server for everyone.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::document::{Document, Stage, Staged};
use super::grammar;
use super::index::{Element, ElementSite};
use super::read::spot;
use super::settings::Setting;
use super::table;
use crate::fault::{Fault, Result};
use crate::state::Section;

/// Either direction's target-rate cap and default, by the settings' names.
const RATES: [Direction; 2] = [
    Direction {
        word: "in",
        cap: "transfer_in_bandwidth_flow_target_rate_cap",
        default: "transfer_in_bandwidth_flow_target_rate_default",
    },
    Direction {
        word: "out",
        cap: "transfer_out_bandwidth_flow_target_rate_cap",
        default: "transfer_out_bandwidth_flow_target_rate_default",
    },
];

/// The default rate where nothing sets one, in kbps.
const BUILT_IN_RATE: &str = "10000";

struct Direction {
    word: &'static str,
    cap: &'static str,
    default: &'static str,
}

/// A cap that is less than the default rate in force.
pub(super) struct LowCap {
    pub(super) section: Section,
    pub(super) setting: Option<&'static Setting>,
    word: &'static str,
    cap: String,
    default: String,
}

impl fmt::Display for LowCap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            section,
            word,
            cap,
            default,
            ..
        } = self;
        write!(
            f,
            "the {word} target-rate cap of conf/{section}, {cap} kbps, is less than the default \
             rate in force there, {default} kbps"
        )
    }
}

impl Document {
    /// Refuses what would make the vendor's parser refuse the whole file
    /// because of this section: a value it does not take, a cap below its
    /// default rate, an entry without a name or with another's.
    ///
    /// Cheap, but for edits of the node's own rates, which every user and
    /// group without rates of its own inherits. Which groups a user is in is
    /// not known here, so a user inherits from the node alone.
    pub fn check(&self, section: &Section) -> Result<()> {
        if !self.index.is_read {
            return Err(Fault::refused(
                "the server reads nothing of this file: its root element is not written CONF",
            ));
        }
        self.check_name(section)?;
        let stage = self.stages.get(section);
        for (order, staged) in stage.iter().flat_map(|stage| &stage.values) {
            if let (Some(setting), Staged::Text(text)) = (table::at(*order), staged) {
                setting.check(text)?;
            }
        }
        for (order, value) in self.left(section) {
            if let Some(setting) = table::at(order).filter(|s| s.is_refused(&value)) {
                let shown = value.escape_debug();
                return Err(refused(format!(
                    "`{}` of conf/{section} is `{shown}`",
                    setting.name
                )));
            }
        }
        match self.low_cap(section) {
            Some(low) => Err(refused(low).hint("lower the default rate with the cap")),
            None => Ok(()),
        }
    }

    fn check_name(&self, section: &Section) -> Result<()> {
        let (Section::User(name) | Section::Group(name) | Section::Logging(name)) = section else {
            return Ok(());
        };
        let stage = self.stages.get(section);
        let word = section.info().keyword;
        if stage.is_some_and(|stage| stage.is_ensured) {
            let is_unfit = |c: char| c.is_control() || matches!(c, ';' | ',');
            if name.is_empty() || name.trim() != &**name || name.contains(is_unfit) {
                return Err(Fault::script(format!(
                    "`{}` cannot be the name of a {word}",
                    name.escape_debug()
                ))
                .hint("it must not be empty, start or end with a blank, or have a `;` or `,`"));
            }
        }
        let is_kept = !stage.is_some_and(|stage| stage.is_replaced);
        if is_kept && spot(section) == ElementSite::User && self.is_repeated(section) {
            return Err(refused(format!("{word} `{name}` is there twice"))
                .hint("remove the user and set it anew, or delete one entry by hand"));
        }
        Ok(())
    }

    fn is_repeated(&self, section: &Section) -> bool {
        let Some(first) = self.place(section) else {
            return false;
        };
        let index = &self.index;
        let mut repeated = index.repeated.iter();
        repeated.any(|number| {
            let place = &index.places[*number as usize];
            place.spot == first.spot && place.name == first.name
        })
    }

    // What the file sets in the section and no edit replaces, null markers
    // included.
    fn left(&self, section: &Section) -> BTreeMap<u16, Cow<'_, str>> {
        let stage = self.stages.get(section);
        let mut values = match self.place(section) {
            Some(place) if !stage.is_some_and(|stage| stage.is_replaced) => {
                self.raw_all(section, place.element)
            }
            Some(_) | None => BTreeMap::new(),
        };
        for (order, _) in stage.iter().flat_map(|stage| &stage.values) {
            values.remove(order);
        }
        values
    }

    // The first cap below its default that is the section's doing.
    fn low_cap(&self, section: &Section) -> Option<LowCap> {
        if !self.may_set_rates(section) && !self.may_set_rates(&Section::Node) {
            return None;
        }
        let rate = |section: &Section, name: &str| self.rate(section, name);
        low_cap(section, &rate).or_else(|| {
            let stage = self
                .stages
                .get(section)
                .filter(|_| *section == Section::Node);
            stage
                .is_some_and(sets_rates)
                .then(|| self.low_cap_below())?
        })
    }

    /// The first cap of a section below its default in the file as it was read.
    pub(super) fn low_cap_in_file(&self, section: &Section) -> Option<LowCap> {
        low_cap(section, &|section, name| self.rate_in_file(section, name))
    }

    // Every user and group that says something of its own about rates.
    fn low_cap_below(&self) -> Option<LowCap> {
        let users = self.users().into_iter().map(|n| Section::User(n.into()));
        let groups = self.groups().into_iter().map(|n| Section::Group(n.into()));
        users
            .chain(groups)
            .filter(|section| self.may_set_rates(section))
            .find_map(|section| low_cap(&section, &|section, name| self.rate(section, name)))
    }

    fn may_set_rates(&self, section: &Section) -> bool {
        let in_file = |element: Element| {
            let text = &self.text.as_bytes()[element.inner..element.close];
            memchr::memmem::find(text, b"target_rate").is_some()
        };
        self.stages.get(section).is_some_and(sets_rates)
            || self.place(section).is_some_and(|p| in_file(p.element))
    }

    fn rate(&self, section: &Section, name: &str) -> Option<String> {
        let setting = table::find(section, name)?;
        let stage = self.stages.get(section);
        match stage.and_then(|stage| stage.staged(setting)) {
            Some(Staged::Text(text)) => some_rate(text),
            Some(Staged::Gone | Staged::Secret(_)) => None,
            None if stage.is_some_and(|stage| stage.is_replaced) => None,
            None => self.rate_in_file(section, name),
        }
    }

    fn rate_in_file(&self, section: &Section, name: &str) -> Option<String> {
        let setting = table::find(section, name)?;
        some_rate(&self.read(self.place(section)?, setting)?)
    }
}

// An empty rate is as good as none.
fn some_rate(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn low_cap(section: &Section, set: &dyn Fn(&Section, &str) -> Option<String>) -> Option<LowCap> {
    let has_rates = matches!(
        section,
        Section::Node | Section::User(_) | Section::Group(_)
    );
    let rate = |name| set(section, name).or_else(|| set(&Section::Node, name));
    let mut directions = RATES.iter().filter(|_| has_rates);
    directions.find_map(|direction| {
        let cap = rate(direction.cap)?;
        let default = rate(direction.default).unwrap_or_else(|| BUILT_IN_RATE.to_owned());
        is_low(&cap, &default).then(|| LowCap {
            section: section.clone(),
            setting: table::find(section, direction.cap),
            word: direction.word,
            cap,
            default,
        })
    })
}

fn refused(what: impl fmt::Display) -> Fault {
    Fault::refused(format!(
        "the server would refuse the whole of aspera.conf: {what}"
    ))
}

fn sets_rates(stage: &Stage) -> bool {
    stage.values.iter().any(|(order, _)| {
        let name = table::at(*order).map_or("", |setting| setting.name);
        RATES.iter().any(|d| name == d.cap || name == d.default)
    })
}

// `Unlimited` is no number, and is never low; a negative number always is.
fn is_low(cap: &str, default: &str) -> bool {
    let default = grammar::number(default);
    grammar::number(cap)
        .is_some_and(|cap| cap < 0 || default.is_some_and(|default| default < 0 || cap < default))
}

#[cfg(test)]
mod tests {
    use super::super::Value;
    use super::*;

    const CAP: &str = "transfer_in_bandwidth_flow_target_rate_cap";
    const DEFAULT: &str = "transfer_in_bandwidth_flow_target_rate_default";

    fn user() -> Section {
        Section::User("u".into())
    }

    fn set(document: &mut Document, section: &Section, name: &str, value: &str) {
        let setting = table::find(section, name).unwrap();
        document.set(section, setting, Some(Value::Text(value.to_owned().into())));
    }

    #[test]
    fn a_cap_below_the_built_in_default_is_refused() {
        let mut document = Document::blank();
        set(&mut document, &user(), CAP, "5000");
        let fault = document.check(&user()).unwrap_err();
        assert!(fault.message().contains("5000 kbps"), "{fault}");
        set(&mut document, &user(), DEFAULT, "5000");
        document.check(&user()).unwrap();
        set(&mut document, &user(), CAP, "Unlimited");
        document.check(&user()).unwrap();
    }

    #[test]
    fn a_nodes_default_counts_for_its_users() {
        let mut document = Document::blank();
        set(&mut document, &user(), CAP, "20000");
        document.check(&user()).unwrap();
        set(&mut document, &Section::Node, DEFAULT, "30000");
        assert!(document.check(&user()).is_err());
        let fault = document.check(&Section::Node).unwrap_err();
        assert!(fault.message().contains("conf/user/u"), "{fault}");
    }

    #[test]
    fn bad_values_and_names_are_refused() {
        let file = b"<CONF><server><workers>many</workers></server><default>\
            <transfer><encryption><byok_enabled>AS_NULL</byok_enabled></encryption></transfer>\
            </default></CONF>";
        let document = Document::parse(file.to_vec()).unwrap();
        assert!(document.check(&Section::Server).is_err());
        assert!(document.check(&Section::Node).is_err());
        let mut document = Document::blank();
        let nameless = Section::User(" ".into());
        document.ensure(&nameless);
        assert!(document.check(&nameless).is_err());
    }

    #[test]
    fn a_user_that_is_there_twice_can_only_go() {
        let users = "<user><name>u</name></user>".repeat(2);
        let file = format!(
            "<CONF><aaa><realms><realm><users>{users}</users></realm></realms></aaa></CONF>"
        );
        let mut document = Document::parse(file.into_bytes()).unwrap();
        assert!(document.check(&user()).is_err());
        document.remove(&user());
        document.check(&user()).unwrap();
        assert_eq!(document.users(), Vec::<&str>::new());
        let bytes = document.to_bytes();
        assert!(!String::from_utf8(bytes).unwrap().contains("<user>"));
    }
}
