//! Real servers on loopback, for tests: nginx for WebDAV, s3s-fs for S3. Each has a folder of its own and a port that the system
//! chose, and ends with its value.
//!
//! Where one is not installed the test is skipped, and says so; `NIGHTSTAND_REQUIRE=servers` makes that a failure.
#![expect(clippy::unwrap_used, reason = "a test that can't begin may stop at once")]

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

use tempfile::TempDir;

/// Who may use the WebDAV server.
pub const USER: &str = "alex";
/// With which password.
pub const PASSWORD: &str = "a long wait";
/// The S3 service's bucket.
pub const BUCKET: &str = "ours";
/// Who may use the S3 service.
pub const ACCESS_KEY: &str = "AKIANIGHTSTAND";
/// With which secret.
pub const SECRET_KEY: &str = "oars/and+lanterns";

/// How often a server is started before it is given up: somebody else may have taken its port in between.
const STARTS: usize = 5;

/// A server that runs until it is dropped.
pub struct Server {
    process: Child,
    address: SocketAddr,
    folder: TempDir,
}

impl Server {
    /// WebDAV: `/ours/` for [`USER`], and `/small/`, where a file has a thousand bytes at most. None where it can't be had here.
    pub fn web_dav() -> Option<Self> {
        let Some(nginx) = find("nginx") else { return skip("nginx is not installed") };
        // Beside the program, wherever its package was unpacked.
        let module = nginx.with_file_name("../lib/nginx/modules/ngx_http_dav_ext_module.so");
        if !module.exists() {
            return skip("nginx has no module for WebDAV's PROPFIND");
        }
        Some(Self::start(|folder, port| {
            for part in ["files/ours", "files/small"] {
                fs::create_dir_all(folder.join(part)).unwrap();
            }
            fs::write(folder.join("users"), format!("{USER}:{{PLAIN}}{PASSWORD}\n")).unwrap();
            fs::write(folder.join("nginx.conf"), configuration(folder, &module, port)).unwrap();
            let mut command = Command::new(&nginx);
            command
                .arg("-p")
                .arg(folder)
                .arg("-e")
                .arg(folder.join("error.log"))
                .arg("-c")
                .arg(folder.join("nginx.conf"));
            command
        }))
    }

    /// S3, with [`BUCKET`]. None where it can't be had here.
    pub fn s3() -> Option<Self> {
        let Some(s3s) = find("s3s-fs") else { return skip("s3s-fs is not installed") };
        Some(Self::start(|folder, port| {
            fs::create_dir_all(folder.join("files").join(BUCKET)).unwrap();
            let mut command = Command::new(&s3s);
            command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
            command.args(["--access-key", ACCESS_KEY, "--secret-key", SECRET_KEY]).arg(folder.join("files"));
            command
        }))
    }

    fn start(command: impl Fn(&Path, u16) -> Command) -> Self {
        for _ in 0..STARTS {
            let folder = tempfile::tempdir().unwrap();
            let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let address = free.local_addr().unwrap();
            let mut command = command(folder.path(), address.port());
            drop(free);
            let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let mut server = Self { process, address, folder };
            while server.process.try_wait().unwrap().is_none() {
                if TcpStream::connect(address).is_ok() {
                    return server;
                }
                thread::park_timeout(Duration::from_millis(5));
            }
        }
        panic!("a server that is installed does not start");
    }

    /// The address of something on it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// Where the mailbox's files lie.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join("files/ours")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // Where a system's own services lie.
    let folders = env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join(program)).find(|path| path.is_file())
}

fn skip<T>(missing: &str) -> Option<T> {
    let required = env::var("NIGHTSTAND_REQUIRE").is_ok_and(|list| list.split(',').any(|one| one == "servers"));
    assert!(!required, "NIGHTSTAND_REQUIRE names servers: {missing}");
    // Past the test's captured output: a skip has to be seen.
    std::io::stderr().write_all(format!("SKIPPED: servers: {missing}; no real server was tried\n").as_bytes()).unwrap();
    None
}

fn configuration(folder: &Path, module: &Path, port: u16) -> String {
    let (folder, module) = (folder.display(), module.display());
    let place = "dav_methods PUT DELETE; dav_ext_methods PROPFIND OPTIONS;";
    format!(
        r#"
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
load_module {module};
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/files;
        auth_basic "ours";
        auth_basic_user_file {folder}/users;
        location /ours/ {{ client_max_body_size 64m; {place} }}
        location /small/ {{ client_max_body_size 1000; {place} }}
    }}
}}
"#
    )
}
