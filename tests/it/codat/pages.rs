//! R17 for Codat's page.

/// In a process of its own, where nobody else's memory counts.
#[cfg(target_os = "linux")]
#[test]
fn r17_a_million_results_are_walked_in_flat_memory() {
    use crate::support::{COMPANY, builder, child};
    use connectory::codat::ListOptions;
    use connectory::{Body, Transport, TransportFuture};
    use std::{process::Command, sync::Arc};

    const RESULTS: usize = 1_000_000;
    const SIZE: usize = 5_000;

    /// Gives whatever page is asked for.
    #[derive(Debug)]
    struct Pages;

    impl Transport for Pages {
        fn send(&self, request: http::Request<bytes::Bytes>) -> TransportFuture<'_> {
            let query = request.uri().query().unwrap_or_default();
            let asked = query.split('&').find_map(|pair| pair.strip_prefix("page="));
            let number: usize = asked.map_or(1, |number| number.parse().unwrap());
            let first = (number - 1) * SIZE;
            let pull = |index| format!(r#"{{"id":"{index}","dataType":"invoices","status":"Complete"}}"#);
            let results: Vec<_> = (first..first + SIZE).map(pull).collect();
            let link =
                |number| format!(r#"{{"href":"/companies/c/data/history?page={number}&pageSize={SIZE}"}}"#);
            let mut links = format!(r#""current":{}"#, link(number));
            if first + SIZE < RESULTS {
                links += &format!(r#","next":{}"#, link(number + 1));
            }
            let body = format!(
                r#"{{"results":[{}],"pageNumber":{number},"pageSize":{SIZE},"totalResults":{RESULTS},"_links":{{{links}}}}}"#,
                results.join(",")
            );
            Box::pin(async move { Ok(http::Response::new(Body::from(body))) })
        }
    }

    // As it is by default, glibc learns from the first pages what to keep for the next ones, which looks like growth:
    // with fixed thresholds it gives each page back.
    let prepare = |command: &mut Command| {
        command.env("MALLOC_MMAP_THRESHOLD_", "65536").env("MALLOC_TRIM_THRESHOLD_", "0");
    };
    child::run_with(prepare, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = builder("http://127.0.0.1:1").transport(Arc::new(Pages)).build().unwrap();
        let options = ListOptions::new().page_size(SIZE as u32);
        let mut pages = client.codat().refresh_data().list_pull_operations(COMPANY, &options).pages();
        runtime.block_on(async {
            let (mut seen, mut before) = (0, 0);
            while let Some(pull) = pages.try_next().await.unwrap() {
                assert_eq!(pull.id.as_str(), seen.to_string());
                seen += 1;
                if seen == 2 * SIZE {
                    before = child::peak();
                }
            }
            assert_eq!(seen, RESULTS);
            let grown = child::growth(before);
            assert!(grown < 1 << 20, "grew by {grown} bytes after the second page");
        });
    });
}
