//! How much of a body is taken, and what of one that is packed.

use super::vendor::{BASE, Played, builder, places, send};
use crate::Outcome;
use bytes::Bytes;
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use http::{HeaderValue, StatusCode, header};
use std::io::{Read, Write};

/// Limit, size of the chunks, and a body: never more than the limit is handed over, and nothing that is cut short.
pub fn body(data: &[u8]) {
    let [limit, chunk, body @ ..] = data else { return };
    let (limit, chunk) = (usize::from(*limit) * 4, usize::from(*chunk) + 1);
    let Some(operation) = crate::operations().find(|operation| places(operation) == 0) else { return };
    let play = |status, packed: bool, body: &[u8]| {
        let coding = packed.then(|| (header::CONTENT_ENCODING, HeaderValue::from_static("gzip")));
        let chunks = body.chunks(chunk).map(Bytes::copy_from_slice).collect();
        let played = Played { status, headers: coding.into_iter().collect(), chunks, ..Played::default() };
        send(builder(BASE).max_body(limit).max_error_body(limit), played, |client| {
            client.engine().call(operation)
        })
        .0
    };
    let packed = packed(body);
    for result in [play(StatusCode::OK, false, body), play(StatusCode::OK, true, &packed)] {
        match result {
            Ok(answer) => assert!(answer.body == body && body.len() <= limit),
            Err(error) => {
                assert!(body.len() > limit && error.to_string().contains("over the limit"), "{error}");
                assert_eq!((error.outcome(), error.attempts()), (Outcome::Applied, 1));
            }
        }
    }
    for refused in [play(StatusCode::NOT_FOUND, false, body), play(StatusCode::NOT_FOUND, true, &packed)] {
        assert_eq!(refused.err().unwrap().body().unwrap(), &body[..limit.min(body.len())]);
    }
    // The body as something that calls itself gzip.
    assert!(play(StatusCode::NOT_FOUND, true, body).err().unwrap().body().unwrap().len() <= limit);
    if let Ok(answer) = play(StatusCode::OK, true, body)
        && !body.is_empty()
    {
        let mut expected = Vec::new();
        let whole = MultiGzDecoder::new(body).take(limit as u64 + 1).read_to_end(&mut expected);
        assert!(whole.is_ok() && answer.body == expected && expected.len() <= limit);
    }
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    proptest! {
        #[test]
        fn r14_bodies_hold(mut data in vec(any::<u8>(), 2..300), repeat in 1..8_usize) {
            let content = data.split_off(2);
            body(&[&data[..], &content.repeat(repeat)].concat());
            body(&[&data[..], &packed(&content.repeat(repeat))].concat());
        }
    }
}
