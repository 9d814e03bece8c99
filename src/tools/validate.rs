//! Refuses argument values that a program could take for an option, a separator
//! or a second line.

use crate::fault::{FaultKind, Result};
use crate::state::{Scalar, ValueType};

/// Refuses a string that is not of that type; `label` says what it is.
pub(super) fn argument(ty: ValueType, label: &str, text: &str) -> Result<()> {
    ty.check(label, Scalar::Text(text))
        .map_err(|fault| fault.with_kind(FaultKind::Refused))
}
