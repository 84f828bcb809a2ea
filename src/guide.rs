//! The guides: the pages of `docs/`, with links that work here.
//!
//! They use all vendors and the sandbox, so they are there when the documentation is built with these features.

macro_rules! pages {
    ($($(#[$about:meta])* $name:ident = $page:literal;)*) => {$(
        $(#[$about])*
        // A page names its links at its end, for those who read the file. Of two definitions the first one counts.
        #[doc = include_str!("guide_links.md")]
        #[doc = include_str!($page)]
        pub mod $name {}
    )*};
}

pages! {
    apideck = "../docs/apideck.md";
    architecture = "../docs/architecture.md";
    changelog = "../CHANGELOG.md";
    codat = "../docs/codat.md";
    contributing = "../CONTRIBUTING.md";
    customer = "../docs/customer.md";
    deck = "../docs/deck.md";
    deck_v2 = "../docs/deck-v2.md";
    errors = "../docs/errors.md";
    events = "../docs/events.md";
    operations = "../docs/operations.md";
    performance = "../docs/performance.md";
    reliability = "../docs/reliability.md";
    sandbox = "../docs/sandbox.md";
    security = "../docs/security.md";
    testing = "../docs/testing.md";
    tracing = "../docs/tracing.md";
    waiting = "../docs/waiting.md";
}
