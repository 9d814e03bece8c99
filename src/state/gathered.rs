//! Sets and maps that are put together one item at a time. What is in them,
//! and how much of it, is not its business.

/// What `items` make, without sorting them first, as `collect` does for a set
/// or a map in order: that brings 4 KB of code for each kind of item.
pub(crate) fn gathered<C: Default + Extend<T>, T>(items: impl IntoIterator<Item = T>) -> C {
    let mut gathered = C::default();
    items.into_iter().for_each(|item| gathered.extend([item]));
    gathered
}
