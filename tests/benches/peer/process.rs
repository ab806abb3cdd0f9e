//! The release binary under a bench: started on core 0, looked at from outside, and killed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::Instant;

/// A process and the folder of its configuration and journal, which outlives it.
pub(crate) struct Tollgate {
    child: Child,
    /// Where it takes OTLP/gRPC.
    pub(crate) port: u16,
    health: u16,
    pub(crate) folder: tempfile::TempDir,
    config: PathBuf,
}

impl Tollgate {
    /// Starts it on core 0 with `{in}`, `{out}`, `{health}` and `{storage}` of `config` filled in.
    pub(crate) fn start(config: &str, sink: u16, durability: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (port, health, path) = (free_port(), free_port(), folder.path().join("bench.yaml"));
        let storage = match durability {
            "memory" => "{}".to_owned(),
            lasting => {
                let directory = folder.path().join("journal");
                format!("{{directory: '{}', durability: {lasting}, max_size: 24GiB}}", directory.display())
            }
        };
        let ports = [("{in}", port), ("{out}", sink), ("{health}", health)];
        let filled = |text: String, (name, port): (&str, u16)| text.replace(name, &port.to_string());
        let text = ports.into_iter().fold(config.replace("{storage}", &storage), filled);
        std::fs::File::create(&path).and_then(|mut file| file.write_all(text.as_bytes())).expect("a config");
        let tollgate = Self { child: spawn(&path), port, health, folder, config: path };
        tollgate.wait();
        tollgate
    }

    /// Kills it and starts it again on the same folder; how long it took to listen.
    pub(crate) fn again(&mut self) -> Duration {
        self.stop();
        let begin = Instant::now();
        self.child = spawn(&self.config);
        self.wait();
        begin.elapsed()
    }

    /// Waits until both of its ports are listened on.
    fn wait(&self) {
        let listens = |port| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        for _ in 0..4000 {
            if listens(self.port) && listens(self.health) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("nothing listens on {} or {}", self.port, self.health);
    }

    /// User and system time so far; a tick is 10 ms, so runs must last seconds.
    pub(crate) fn cpu_nanos(&self) -> u64 {
        let stat = self.proc("stat");
        let fields: Vec<&str> = stat.rsplit_once(") ").expect("a command").1.split(' ').collect();
        (fields[11].parse::<u64>().expect("utime") + fields[12].parse::<u64>().expect("stime")) * 10_000_000
    }

    /// The most it ever held resident.
    pub(crate) fn rss_mib(&self) -> u64 {
        self.told("status", "VmHWM:") / 1024
    }

    /// What it holds resident now.
    pub(crate) fn rss_bytes(&self) -> u64 {
        self.told("status", "VmRSS:") * 1024
    }

    /// Bytes of files it has written so far, in whole pages, as the kernel counts them.
    pub(crate) fn written_bytes(&self) -> u64 {
        self.told("io", "write_bytes:")
    }

    fn proc(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).expect("it runs")
    }

    fn told(&self, file: &str, key: &str) -> u64 {
        let text = self.proc(file);
        let line = text.lines().find_map(|line| line.strip_prefix(key)).expect("the kernel tells");
        line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
    }

    /// Whether it still looks through what an earlier life left.
    pub(crate) fn recovers(&self) -> bool {
        self.asked("/ready").contains("unread_bytes")
    }

    /// The answer to a GET of its health port, head and body.
    fn asked(&self, path: &str) -> String {
        use std::io::Read;

        let mut answer = String::new();
        let ask = std::net::TcpStream::connect(("127.0.0.1", self.health)).and_then(|mut stream| {
            write!(stream, "GET {path} HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")?;
            stream.read_to_string(&mut answer)
        });
        ask.expect("it answers");
        answer
    }

    pub(crate) fn stop(&mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Tollgate {
    fn drop(&mut self) {
        // A bench that fails leaves no process behind; one that ended has none.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn spawn(config: &Path) -> Child {
    Command::new("taskset")
        .args(["-c", "0", env!("CARGO_BIN_EXE_tollgate"), "run", "--config"])
        .arg(config)
        .stdout(Stdio::null())
        .spawn()
        .expect("taskset and the release binary")
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Keeps this process off the core that is measured.
pub(crate) fn pin() {
    let process = std::process::id().to_string();
    let pinned = Command::new("taskset").args(["-a", "-cp", "1", &process]).output();
    assert!(pinned.is_ok_and(|output| output.status.success()), "taskset (util-linux) pins the driver");
}
