//! `conf.effective_user`: the values in force for a transfer user, and where each comes from.

use std::rc::Rc;

use crate::conf::{self, Setting};
use crate::facts::Facts;
use crate::fault::{Fault, FaultKind, Result};
use crate::state::{Section, SectionKind, Settings, State, Subject};

use super::{Value, reading};

/// The origin of a value that nothing in aspera.conf sets: the table has the defaults of that
/// version.
const BUILT_IN: &str = "default of 4.4.7";

/// The precedence of a group that sets none.
const NO_PRECEDENCE: f64 = 1000.0;

/// The sections whose settings hold for a transfer user.
pub(super) struct EffectiveUser {
    name: Rc<str>,
    /// The user, its groups by their precedence, and the node.
    layers: Vec<Layer>,
}

struct Layer {
    section: Section,
    settings: Settings,
    /// The precedence of a group.
    precedence: Option<f64>,
}

impl EffectiveUser {
    /// Reads the settings of a user, of its groups in aspera.conf, and of the node.
    pub(super) fn read(name: Rc<str>, facts: &mut Facts<'_>) -> Result<Self> {
        let mut layers = vec![Layer::read(Section::User(Rc::clone(&name)), facts)?];
        let mut groups = Vec::new();
        for group in names(facts.read(&Subject::Sections(SectionKind::Group))?) {
            // Most files have no groups, and then nothing asks the system.
            let of_user = names(facts.read(&Subject::AccountGroups(Rc::clone(&name)))?);
            if of_user.contains(&group) {
                groups.push(Layer::read(Section::Group(group.into()), facts)?);
            }
        }
        groups.sort_by(|a, b| a.rank().total_cmp(&b.rank()));
        layers.extend(groups);
        layers.push(Layer::read(Section::Node, facts)?);
        Ok(Self { name, layers })
    }

    /// The value of a setting that aspera.conf sets for the user, and the section that does.
    pub(super) fn get(&self, setting: &Setting) -> Result<Option<(&State, &Section)>> {
        let mut setting_it = self
            .layers
            .iter()
            .filter_map(|layer| Some((layer, layer.settings.get(setting.name)?)));
        let Some((first, value)) = setting_it.next() else {
            return Ok(None);
        };
        let same_rank = setting_it.take_while(|(layer, _)| {
            first.precedence.is_some() && layer.precedence == first.precedence
        });
        for (other, other_value) in same_rank {
            if value != other_value {
                return Err(self.undecided(setting, &first.section, &other.section));
            }
        }
        Ok(Some((value, &first.section)))
    }

    fn undecided(&self, setting: &Setting, one: &Section, other: &Section) -> Fault {
        let (user, name) = (&self.name, setting.name);
        Fault::new(
            FaultKind::Unknown,
            format!(
                "the `{name}` of {user} is not known: conf/{one} and conf/{other} have the same precedence"
            ),
        )
        .hint("set another `precedence` for one of the groups")
    }

    /// Every setting of a user: its value, and where that comes from.
    fn to_value(&self) -> Result<Value> {
        let settings = conf::settings_of(SectionKind::User);
        let in_force = settings.filter(|setting| !setting.path.is_empty());
        let entry = |setting: &'static Setting| {
            let (value, from) = match self.get(setting)? {
                Some((state, section)) => (
                    reading::of_setting(setting, state),
                    format!("conf/{section}"),
                ),
                None => (default_value(setting), BUILT_IN.to_owned()),
            };
            let parts = [("value", value), ("from", from.into())];
            Ok((setting.name, Value::map(parts)))
        };
        Ok(Value::map(in_force.map(entry).collect::<Result<Vec<_>>>()?))
    }
}

/// The values in force for the user of that name.
pub(super) fn effective_user(name: Rc<str>, facts: &mut Facts<'_>) -> Result<Value> {
    EffectiveUser::read(name, facts)?.to_value()
}

/// The built-in value of a setting; `()` where it has none, or none is known.
fn default_value(setting: &Setting) -> Value {
    match setting.default {
        "" => Value::Unit,
        default => reading::of_setting(setting, &State::Text(default.into())),
    }
}

impl Layer {
    fn read(section: Section, facts: &mut Facts<'_>) -> Result<Self> {
        let state = facts.read(&Subject::Settings(section.clone()))?;
        let State::Settings(settings) = state else {
            let settings = Settings::new();
            return Ok(Self {
                section,
                settings,
                precedence: None,
            });
        };
        let precedence = settings.get("precedence").and_then(State::text);
        let precedence = precedence.and_then(|text| text.parse().ok());
        let is_group = section.kind() == SectionKind::Group;
        Ok(Self {
            section,
            settings,
            precedence: is_group.then(|| precedence.unwrap_or(NO_PRECEDENCE)),
        })
    }

    fn rank(&self) -> f64 {
        self.precedence.unwrap_or_default()
    }
}

fn names(state: State) -> Vec<String> {
    if let State::Names(names) = state {
        names
    } else {
        Vec::new()
    }
}
