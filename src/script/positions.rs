//! Converts the engine's positions.

use rhai::Position;

use crate::fault::Location;

/// The line and column of a position, both counted from 1.
pub(super) fn line_column(position: Position) -> Option<(u32, u32)> {
    let line = u32::try_from(position.line()?).ok()?;
    let column = u32::try_from(position.position().unwrap_or(1)).ok()?;
    Some((line, column))
}

/// The location of a position in a file.
pub(super) fn location(file: &str, position: Position) -> Option<Location> {
    let (line, column) = line_column(position)?;
    Some(Location {
        file: file.into(),
        line,
        column,
    })
}
