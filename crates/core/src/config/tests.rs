//! Configuration files that are not valid TOML, and some that are.

use proptest::prelude::*;

use super::*;

#[test]
fn an_address_is_an_ip_address() {
    let table: &[(&str, Option<BindPolicy>)] = &[
        ("auto", Some(BindPolicy::Auto)),
        ("keep", Some(BindPolicy::Keep)),
        ("127.0.0.1", Some(BindPolicy::Address(b"127.0.0.1".to_vec()))),
        ("0.0.0.0", Some(BindPolicy::Address(b"0.0.0.0".to_vec()))),
        ("::1", Some(BindPolicy::Address(b"::1".to_vec()))),
        ("[fe80:0::1]", Some(BindPolicy::Address(b"fe80:0::1".to_vec()))),
        ("[127.0.0.1]", None),
        ("localhost", None),
        ("127.1", None),
        ("", None),
        (":4000", None),
        ("[::1]:4000", None),
    ];
    for (word, policy) in table {
        assert_eq!(BindPolicy::named(word.as_bytes()), *policy, "{word:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_pointed_at() {
    let mut config = Config::default();
    let failure =
        syntax::apply(&mut config, b"f", b"pe = 'auto'\n# \xc3\xbc \xff\n", trust::LineVisibility::Public).unwrap_err();
    assert_eq!(failure.message, b"f:2:5: this byte is not UTF-8\n  # \xc3\xbc \xff\n      ^");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let outcome = syntax::apply(&mut Config::default(), b"f", &bytes, trust::LineVisibility::Public);
        prop_assert!(outcome.is_ok() || outcome.is_err_and(|failure| failure.message.starts_with(b"f:")));
    }

    #[test]
    fn no_toml_makes_it_panic(text in "((pe|\\[|\\]|tools|\\.go|path|debug|names|restore|=|'|\"|\\{|\\}|,|1|true|\\n| |é|\t|#)){0,30}") {
        let outcome = syntax::apply(&mut Config::default(), b"f", text.as_bytes(), trust::LineVisibility::Public);
        prop_assert!(outcome.is_ok() || outcome.is_err_and(|failure| failure.message.starts_with(b"f:")));
    }
}
