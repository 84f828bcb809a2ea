//! A server in this process that answers every request with the same bytes, at next to no cost of its own.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
};

/// Answers with this JSON for as long as the process lives.
pub fn answering(mut json: String) -> SocketAddr {
    let length = json.len();
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
    json.insert_str(0, &head);
    let answer = Arc::new(json);
    serving(move |stream| answer_each(stream, answer.as_bytes()))
}

/// Accepts connections, reads nothing and says nothing.
pub fn silent() -> SocketAddr {
    serving(|_stream| -> io::Result<()> {
        loop {
            thread::park();
        }
    })
}

fn serving(serve: impl Fn(TcpStream) -> io::Result<()> + Clone + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let address = listener.local_addr().expect("a bound address");
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let serve = serve.clone();
            thread::spawn(move || serve(stream));
        }
    });
    address
}

fn answer_each(mut stream: TcpStream, answer: &[u8]) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = [0; 4096];
    let mut filled = 0;
    loop {
        let count = stream.read(&mut buffer[filled..])?;
        if count == 0 {
            return Ok(());
        }
        filled += count;
        if is_whole(&buffer[..filled]) {
            stream.write_all(answer)?;
            filled = 0;
        }
    }
}

/// Whether the request has arrived: the clients' bodies are JSON objects that end with their last brace.
fn is_whole(request: &[u8]) -> bool {
    request.ends_with(b"\r\n\r\n") || request.ends_with(b"}")
}
