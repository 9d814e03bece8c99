//! The values of settings as scripts read them: each by the type of its setting.

use crate::conf::{self, Setting};
use crate::state::{Scalar, Section, Settings, State, Subject, ValueType, WantedState};
use crate::step::Outcome;

use super::Value;

impl Outcome {
    /// The state before: one value, or a map by setting.
    pub fn before(&self) -> Value {
        self.collect(|change| value(&change.subject, change.before.clone().into()))
    }

    /// The state now.
    pub fn after(&self) -> Value {
        self.collect(|change| value(&change.subject, change.after.clone()))
    }
}

fn value(subject: &Subject, wanted: WantedState) -> Value {
    match (subject, wanted.setting_secret()) {
        (Subject::Setting(section, name), None) => of_name(section, name, &wanted.state),
        _ => wanted.into(),
    }
}

/// All settings of a section by name.
pub(super) fn of_section(section: &Section, settings: Settings) -> Value {
    let settings = settings.into_iter();
    Value::map(settings.map(|(name, state)| {
        let value = of_name(section, &name, &state);
        (name, value)
    }))
}

/// The value of a setting. One that does not fit the type is a string, as the file has it.
pub fn of_setting(setting: &Setting, state: &State) -> Value {
    let Some(text) = state.text() else {
        return state.clone().into();
    };
    if setting.kind == ValueType::Decimal {
        return decimal(text);
    }
    let read = setting.read(text);
    if let Scalar::Int(int) = read {
        return i64::try_from(int).map_or_else(|_| text.into(), Value::Int);
    }
    read.into()
}

fn of_name(section: &Section, name: &str, state: &State) -> Value {
    // A value with a condition has the type of its setting.
    let bare = name.split('[').next().unwrap_or(name);
    match conf::find(section, bare) {
        Some(setting) => of_setting(setting, state),
        None => state.clone().into(),
    }
}

fn decimal(text: &str) -> Value {
    let whole = text.parse().map(Value::Int);
    let number = || text.parse().map(Value::Float);
    whole.or_else(|_| number()).unwrap_or_else(|_| text.into())
}
