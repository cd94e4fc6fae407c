//! Sorting for short lists. The standard library's sort is made for long lists, and adds four kilobytes of code for
//! each type.

/// Sorts a short list. Equal elements keep their order.
pub(crate) fn by<T>(list: &mut [T], is_before: impl Fn(&T, &T) -> bool) {
    for end in 1..list.len() {
        let mut at = end;
        while at > 0 && is_before(&list[at], &list[at - 1]) {
            list.swap(at, at - 1);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sorts_and_keeps_the_order_of_equals() {
        let mut numbers = [31, 12, 30, 11, 20, 10, 32];
        by(&mut numbers, |one, other| one / 10 < other / 10);
        assert_eq!(numbers, [12, 11, 10, 20, 31, 30, 32]);
        by(&mut numbers[..0], |_, _| true);
    }
}
