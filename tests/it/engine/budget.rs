//! The bucket that keeps an outage from multiplying traffic.

use crate::support::{
    a_call,
    memory::{Memory, Step},
    offline, offline_builder, success,
};
use connectory::{Client, RetryPolicy};

fn outage() -> [Step; 1] {
    [Step::answer(503, "")]
}

/// How many requests this many failing calls make, each on a clone of the client.
async fn requests_of(calls: usize, client: &Client, memory: &Memory) -> usize {
    memory.play(outage());
    memory.take_requests();
    for _ in 0..calls {
        a_call(&client.clone()).await.unwrap_err();
    }
    memory.take_requests().len()
}

async fn succeed(times: usize, client: &Client, memory: &Memory) {
    for _ in 0..times {
        let call = a_call(client);
        memory.play([success(call.operation())]);
        call.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn r11_an_outage_adds_a_hundred_requests_and_fifty_successes_fill_the_budget_again() {
    let memory = Memory::default();
    let client = offline(&memory);
    let requests = requests_of(10_000, &client, &memory).await;
    assert_eq!(requests, 10_100, "and R11 allows 10,150");

    succeed(49, &client, &memory).await;
    assert_eq!(requests_of(1000, &client, &memory).await, 1098);
    succeed(50, &client, &memory).await;
    assert_eq!(requests_of(1000, &client, &memory).await, 1100);
    succeed(500, &client, &memory).await;
    assert_eq!(requests_of(1000, &client, &memory).await, 1100, "the bucket does not overflow");
}

#[tokio::test(start_paused = true)]
async fn the_budget_s_size_is_the_policy_s_and_each_client_has_its_own() {
    for (budget, requests) in [(0, 10), (4, 10), (5, 11), (49, 19), (u32::MAX, 30)] {
        for _ in 0..2 {
            let memory = Memory::default();
            let policy = RetryPolicy::default().budget(budget);
            let client = offline_builder(&memory).retry(policy).build().unwrap();
            assert_eq!(requests_of(10, &client, &memory).await, requests, "{budget}");
        }
    }
}
