use super::over_a_socket;
use connectory::Error;
use connectory::codat::companies::ListCompanies;
use connectory::sandbox::{Fault, Sandbox};
use std::time::Duration;

#[tokio::test]
async fn tokens_act_for_their_company_until_they_expire() {
    let sandbox = Sandbox::start().await.unwrap();
    let company = sandbox.codat().add_company("Acme");
    let response = sandbox.client().codat().companies().get_access_token(&company).response().await.unwrap();
    let token = response.into_value();
    assert_eq!(token.expires_in, Some(86_400));
    assert_eq!(sandbox.codat().company_of(token.access_token.expose_secret()), Some(company));

    sandbox.advance(Duration::from_secs(86_400));
    assert_eq!(sandbox.codat().company_of(token.access_token.expose_secret()), None);
}

#[tokio::test]
async fn every_answer_says_what_is_left_of_the_quota() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.ignore_unknown_requests();
    let company = sandbox.codat().add_company("Acme");
    sandbox.client().codat().companies().get_access_token(&company).await.unwrap();
    let request = sandbox.requests().remove(0);
    let mut stranger = request.clone();
    stranger.headers.remove("authorization");
    let mut astray = request.clone();
    astray.target.push_str("/elsewhere");
    for (request, status) in [(stranger, "401"), (astray, "404"), (request, "503")] {
        if status == "503" {
            sandbox.inject(Fault::Status(503));
        }
        let answer = over_a_socket(sandbox.address().unwrap(), &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        assert!(answer.contains("x-rate-limit-limit: 1000\r\n"), "{answer}");
        assert!(answer.contains("x-rate-limit-remaining: 999\r\n"), "{answer}");
        assert!(answer.contains("x-rate-limit-reset: "), "{answer}");
    }
}

#[tokio::test]
async fn unknown_companies_and_the_removed_endpoint_are_not_found() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let error = client.codat().companies().get_access_token("no-such-company").await.unwrap_err();
    assert_eq!(error.message(), Some("No company was found with ID no-such-company"));
    assert!(error.request_id().is_some());

    let company = sandbox.codat().add_company("Acme");
    #[expect(deprecated, reason = "the vendor has removed it, and the sandbox with it")]
    let error = client.codat().connection_management().get(&company).await.unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error}");
    assert_eq!(error.message(), Some("NotFound"));
}

#[tokio::test]
async fn companies_are_listed_page_by_page() {
    let sandbox = Sandbox::start().await.unwrap();
    let before = sandbox.client().codat().companies().list(&ListCompanies::new()).await.unwrap();
    let known = before.results.len();
    for name in ["A", "B", "C", "D", "E"] {
        sandbox.codat().add_company(name);
    }
    let companies = sandbox.client().codat().companies();
    let mut pages = companies.list(&ListCompanies::new().page_size(2).order_by("name")).pages();
    let mut names = Vec::new();
    while let Some(company) = pages.try_next().await.unwrap() {
        names.push(company.name.unwrap());
    }
    assert_eq!(names[known..], ["A", "B", "C", "D", "E"]);
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 1 + (known + 5).div_ceil(2));
    assert!(requests[1..].iter().all(|request| request.target.contains("orderBy=name&pageSize=2")));

    let last = companies.list(&ListCompanies::new().page(2).page_size(known as u32 + 4)).await.unwrap();
    assert_eq!(
        (last.results.len(), last.page_number, last.total_results),
        (1, Some(2), Some(known as i64 + 5))
    );
    let links = last.links.unwrap();
    assert!(links.next.is_none() && links.previous.is_some());
    for refused in [ListCompanies::new().page(0), ListCompanies::new().page_size(5001)] {
        assert!(matches!(companies.list(&refused).await, Err(Error::BadRequest(_))));
    }
}
