//! Signatures of S3 requests, version 4, in headers: so that no address holds anything that lets somebody in, and the file itself is
//! signed along.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>

use chrono::DateTime;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::HttpHeader;
use super::s3::S3Keys;

/// What is signed of a request.
pub(super) struct ToSign<'a> {
    pub(super) method: &'a str,
    /// With its port, where that is not the usual one: as every stack writes `Host`.
    pub(super) host: &'a str,
    /// Encoded.
    pub(super) path: &'a str,
    /// Encoded, in the order of names.
    pub(super) query: &'a str,
    pub(super) body: &'a [u8],
}

/// The headers that sign it, for a region and at a time.
pub(super) fn sign(request: &ToSign<'_>, keys: &S3Keys, region: &str, now_ms: i64) -> Vec<HttpHeader> {
    let moment = DateTime::from_timestamp_millis(now_ms).unwrap_or_default().format("%Y%m%dT%H%M%SZ").to_string();
    let day = &moment[..8];
    let content = HEXLOWER.encode(&Sha256::digest(request.body));
    let mut headers =
        vec![HttpHeader::new("x-amz-content-sha256", content.clone()), HttpHeader::new("x-amz-date", moment.clone())];
    let token = keys.session_token.as_ref().map(|token| HttpHeader::new("x-amz-security-token", token.as_str()));
    headers.extend(token);

    let mut lines = Zeroizing::new(format!("host:{}\n", request.host));
    let mut names = "host".to_owned();
    for HttpHeader { name, value } in &headers {
        lines.push_str(&format!("{name}:{}\n", value.as_str()));
        names.push_str(&format!(";{name}"));
    }
    let ToSign { method, path, query, .. } = request;
    let whole = Zeroizing::new(format!("{method}\n{path}\n{query}\n{}\n{names}\n{content}", lines.as_str()));
    let scope = format!("{day}/{region}/s3/aws4_request");
    let told = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{}", HEXLOWER.encode(&Sha256::digest(whole.as_bytes())));

    let first = Zeroizing::new(format!("AWS4{}", keys.secret_key.as_str()));
    let mut key = mac(first.as_bytes(), day);
    for part in [region, "s3", "aws4_request"] {
        key = mac(&key[..], part);
    }
    let signature = HEXLOWER.encode(&mac(&key[..], &told)[..]);
    let access_key = &keys.access_key;
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={names}, Signature={signature}");
    headers.push(HttpHeader::new("Authorization", authorization));
    headers
}

fn mac(key: &[u8], text: &str) -> Zeroizing<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text.as_bytes());
    Zeroizing::new(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(host: &str, query: &str, keys: &S3Keys) -> String {
        let request = ToSign { method: "GET", host, path: "/", query, body: b"" };
        let headers = sign(&request, keys, "us-east-1", 1_369_353_600_000);
        let last = headers.last().unwrap();
        assert_eq!(last.name, "Authorization");
        last.value.as_str().to_owned()
    }

    /// The examples of the specification.
    #[test]
    fn requests_are_signed_as_the_specification_shows() {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let keys = S3Keys::new("AKIAIOSFODNN7EXAMPLE", secret, None).unwrap();
        let host = "examplebucket.s3.amazonaws.com";
        for (query, expected) in [
            ("max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
            ("lifecycle=", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ] {
            let said = signature(host, query, &keys);
            let (head, signature) = said.rsplit_once('=').unwrap();
            assert_eq!(signature, expected);
            assert_eq!(
                head,
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
                 SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature"
            );
            assert!(!said.contains(secret));
        }
        let keys = S3Keys::new("AKIAIOSFODNN7EXAMPLE", secret, Some("of-a-session")).unwrap();
        assert!(signature(host, "", &keys).contains("x-amz-date;x-amz-security-token,"));
    }
}
