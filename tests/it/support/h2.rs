use super::tls;
use rustls::{ServerConnection, StreamOwned};
use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// An HTTP/2 server over TLS, its frames made by hand: for what no HTTP library would do.
pub struct H2 {
    address: SocketAddr,
    connections: Arc<Mutex<Vec<Connection>>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    pub requests: usize,
    pub closed: bool,
}

/// What the server does when a request has come.
pub enum Step {
    Say(Vec<u8>),
    SayAndClose(Vec<u8>),
    /// From now on the path takes everything and brings nothing.
    Swallow,
}

impl H2 {
    /// `play` is asked with the number of the connection, from 0, that of its request, from 0, and the stream's id.
    pub fn serving(play: impl Fn(usize, usize, u32) -> Step + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(Mutex::new(Vec::new()));
        let (play, seen) = (Arc::new(play), connections.clone());
        thread::spawn(move || {
            for (number, socket) in listener.incoming().enumerate() {
                seen.lock().unwrap().push(Connection::default());
                let (play, seen) = (play.clone(), seen.clone());
                thread::spawn(move || {
                    let mut count = 0;
                    let _ = serve(socket.unwrap(), |stream| {
                        count += 1;
                        seen.lock().unwrap()[number].requests = count;
                        play(number, count - 1, stream)
                    });
                    seen.lock().unwrap()[number].closed = true;
                });
            }
        });
        Self { address, connections }
    }

    pub fn base(&self) -> String {
        format!("https://{}", self.address)
    }

    /// The connections so far.
    pub fn connections(&self) -> Vec<Connection> {
        self.connections.lock().unwrap().clone()
    }
}

fn serve(socket: TcpStream, mut play: impl FnMut(u32) -> Step) -> io::Result<()> {
    const SETTINGS: u8 = 4;
    let connection = ServerConnection::new(Arc::new(tls::config(tls::SERVER, &[b"h2"]))).unwrap();
    let mut stream = StreamOwned::new(connection, socket);
    stream.read_exact(&mut [0; 24])?;
    stream.write_all(&frame(SETTINGS, 0, 0, &[]))?;
    let mut is_swallowed = false;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head)?;
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        stream.read_exact(&mut payload)?;
        let (kind, flags) = (head[3], head[4]);
        let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        let said = match (kind, flags & 1) {
            _ if is_swallowed => continue,
            (1, _) => match play(id) {
                Step::Say(said) => said,
                Step::SayAndClose(said) => return stream.write_all(&said),
                Step::Swallow => {
                    is_swallowed = true;
                    continue;
                }
            },
            (SETTINGS, 0) => frame(SETTINGS, 1, 0, &[]),
            (6, 0) => frame(6, 1, 0, &payload),
            _ => continue,
        };
        stream.write_all(&said)?;
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// 200 and `{}`.
pub fn answer(stream: u32) -> Vec<u8> {
    [frame(1, 4, stream, &[0x88]), frame(0, 1, stream, b"{}")].concat()
}

pub fn reset(stream: u32, code: u32) -> Vec<u8> {
    frame(3, 0, stream, &code.to_be_bytes())
}

/// No stream after `last` was looked at.
pub fn go_away(last: u32, code: u32) -> Vec<u8> {
    frame(7, 0, 0, &[last.to_be_bytes(), code.to_be_bytes()].concat())
}
