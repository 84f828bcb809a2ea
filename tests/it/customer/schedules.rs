//! A thousand schedules of faults over one view.

use connectory::customer::{Key, Status, View};
use connectory::deck::connections::ScrapingStatus;
use connectory::sandbox::{Customer, Fault, FaultRule, Sandbox};
use connectory::{Client, Provider};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;
use tokio::time::Instant;

const SCHEDULES: u64 = 1000;

/// What a vendor is asked for the view.
const ASKED: [(Provider, &str); 5] = [
    (Provider::Deck, "deck.connections.context"),
    (Provider::Apideck, "apideck.vault.connections.list"),
    (Provider::Codat, "codat.connections.list"),
    (Provider::DeckV2, "deck_v2.credentials.list"),
    (Provider::DeckV2, "deck_v2.sources.get"),
];

/// Numbers that follow from the schedule's: SplitMix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % end
    }

    fn fault(&mut self) -> Fault {
        match self.below(17) {
            0 => Fault::Latency(Duration::from_millis(self.below(20_000))),
            1 => Fault::Silence,
            2 => Fault::ResetBefore,
            3 => Fault::ResetAfter,
            4 => Fault::CutBody,
            5 => Fault::RateLimited(self.below(40)),
            6 => Fault::RateLimitedUntil(Duration::from_secs(self.below(40))),
            7 => Fault::Status(200 + self.below(400) as u16),
            8 => Fault::Html,
            9 => Fault::TruncatedJson,
            10 => Fault::WrongLength,
            11 => Fault::GzipBomb([1 << 10, 1 << 18, 17 << 20][self.below(3) as usize]),
            12 => Fault::Redirect("https://elsewhere.example/".to_owned()),
            13 => Fault::UnseenValues,
            14 => Fault::NulledFields,
            15 => Fault::ExtraFields,
            _ => Fault::Status(503),
        }
    }
}

/// What has happened to the customer's connections before anybody looks.
fn disturb(sandbox: &Sandbox, customer: &Customer, chance: &mut Chance) {
    if chance.below(2) == 0 {
        sandbox.deck().disconnect(customer.deck.expose_secret(), ScrapingStatus::InvalidCredentials);
    }
    match chance.below(4) {
        0 => drop(sandbox.apideck().revoke("acme", "crm", "salesforce")),
        1 => drop(sandbox.apideck().fail_refresh("acme", "crm", "salesforce")),
        2 => drop(sandbox.apideck().authorize("acme", "crm", "hubspot")),
        _ => {}
    }
}

/// The rows of each vendor, as far as they can be told apart.
fn rows(view: &View, provider: Provider) -> BTreeMap<Key, (String, Status)> {
    let own = view.connections().iter().chain(view.available()).filter(|it| it.provider() == provider);
    own.map(|it| (it.key().unwrap().clone(), (it.service().to_owned(), it.status()))).collect()
}

async fn play(schedule: u64) -> (usize, usize) {
    let mut chance = Chance(schedule);
    let sandbox = Sandbox::builder().seed(schedule).in_memory().unwrap();
    let seeded = sandbox.customer("acme");
    let client: Client = sandbox.client();
    disturb(&sandbox, &seeded, &mut chance);
    let customer = seeded.at(&client);
    let truth = customer.connections().await;
    assert!(truth.is_complete(), "{truth:?}");
    let active = truth.connections().iter().filter(|it| it.status() == Status::Active);
    let active: BTreeSet<_> = active.map(|it| it.key().unwrap().clone()).collect();

    let mut touched = HashSet::new();
    for _ in 0..1 + chance.below(4) {
        let (provider, operation) = ASKED[chance.below(5) as usize];
        touched.insert(provider);
        let mut rule = FaultRule::new(chance.fault()).operation(operation);
        if chance.below(2) == 0 {
            rule = rule.times(1 + chance.below(4) as u32);
        }
        if chance.below(3) == 0 {
            rule = rule.rate(0.5);
        }
        sandbox.inject(rule);
    }
    let start = Instant::now();
    let view = customer.timeout(Duration::from_secs(8)).connections().await;
    assert!(start.elapsed() <= Duration::from_millis(8_100), "{:?}", start.elapsed());
    for provider in ASKED.map(|(provider, _)| provider) {
        if !touched.contains(&provider) {
            assert_eq!(rows(&view, provider), rows(&truth, provider), "{provider}");
            assert!(view.failures().iter().all(|failure| failure.provider() != Some(provider)));
        }
    }
    for connection in view.connections().iter().filter(|it| it.status() == Status::Active) {
        assert!(active.contains(connection.key().unwrap()), "{connection:?} is not active");
    }
    assert!(view.failures().iter().all(|failure| touched.contains(&failure.provider().unwrap())));
    (view.connections().len(), view.failures().len())
}

#[tokio::test(start_paused = true)]
async fn no_schedule_of_faults_loses_the_rows_of_others_or_says_active_of_what_is_not() {
    let only = std::env::var("CONNECTORY_SCHEDULE").ok().and_then(|number| number.parse().ok());
    let (mut shown, mut failed) = (0, 0);
    for schedule in only.map_or(0..SCHEDULES, |only| only..only + 1) {
        let played = tokio::spawn(play(schedule)).await;
        let (rows, failures) = played.unwrap_or_else(|_| panic!("CONNECTORY_SCHEDULE={schedule}"));
        (shown, failed) = (shown + rows, failed + failures);
    }
    assert!(only.is_some() || shown > 3000 && failed > 300, "{shown} rows, {failed} failures");
}
