//! Lists as the servers that people have write them.

use super::*;

pub(super) const LISTS: [&str; 7] = [APACHE, NGINX, NEXTCLOUD, IIS, AWS, MINIO, R2];

const APACHE: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<D:multistatus xmlns:D="DAV:">
<D:response xmlns:lp1="DAV:" xmlns:lp2="http://apache.org/dav/props/">
<D:href>/dav/Our%20place/</D:href>
<D:propstat>
<D:prop>
<lp1:resourcetype><D:collection/></lp1:resourcetype>
</D:prop>
<D:status>HTTP/1.1 200 OK</D:status>
</D:propstat>
</D:response>
<D:response xmlns:lp1="DAV:" xmlns:lp2="http://apache.org/dav/props/">
<D:href>/dav/Our%20place/ab-0000000001</D:href>
<D:propstat>
<D:prop>
<lp1:resourcetype/>
</D:prop>
<D:status>HTTP/1.1 200 OK</D:status>
</D:propstat>
</D:response>
<D:response xmlns:lp1="DAV:" xmlns:lp2="http://apache.org/dav/props/">
<D:href>/dav/Our%20place/Holiday%20%c3%bc.jpg</D:href>
<D:propstat>
<D:prop>
<lp1:resourcetype/>
</D:prop>
<D:status>HTTP/1.1 200 OK</D:status>
</D:propstat>
</D:response>
<D:response xmlns:lp1="DAV:" xmlns:lp2="http://apache.org/dav/props/">
<D:href>/dav/Our%20place/old-ones/</D:href>
<D:propstat>
<D:prop>
<lp1:resourcetype><D:collection/></lp1:resourcetype>
</D:prop>
<D:status>HTTP/1.1 200 OK</D:status>
</D:propstat>
</D:response>
</D:multistatus>
"#;

const NGINX: &str = r#"<?xml version="1.0" encoding="utf-8" ?>
<D:multistatus xmlns:D="DAV:">
<D:response>
<D:href>/ours/</D:href>
<D:propstat>
<D:prop>
<D:resourcetype><D:collection/></D:resourcetype>
</D:prop>
<D:status>HTTP/1.1 200 OK</D:status>
</D:propstat>
</D:response>
<D:response>
<D:href>/ours/ab-0000000001</D:href>
<D:propstat>
<D:prop>
<D:resourcetype></D:resourcetype>
</D:prop>
<D:status>HTTP/1.1 200 OK</D:status>
</D:propstat>
</D:response>
</D:multistatus>
"#;

const NEXTCLOUD: &str = r#"<?xml version="1.0"?>
<d:multistatus xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns"><d:response><d:href>/remote.php/dav/files/alex/Our%20place/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response><d:response><d:href>/remote.php/dav/files/alex/Our%20place/ab%2d0000000001</d:href><d:propstat><d:prop><d:resourcetype/></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response><d:response><d:href>/remote.php/dav/files/alex/Our%20place/a%26b%20%281%29.txt</d:href><d:propstat><d:prop><d:resourcetype/></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>"#;

/// Whole addresses, behind a proxy that changed the host, and a mark at the beginning.
const IIS: &str = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><D:multistatus xmlns:D=\"DAV:\"><D:response><D:href>http://\
    inner:8080/ours/</D:href><D:propstat><D:status>HTTP/1.1 200 OK</D:status><D:prop><D:resourcetype><D:collection/></\
    D:resourcetype></D:prop></D:propstat></D:response><D:response><D:href>http://inner:8080/ours/ab-0000000001</D:href>\
    <D:propstat><D:status>HTTP/1.1 200 OK</D:status><D:prop><D:resourcetype/></D:prop></D:propstat></D:response></D:multistatus>";

const AWS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>our-bucket</Name><Prefix>ours%2F</Prefix><KeyCount>3</KeyCount><MaxKeys>1000</MaxKeys><Delimiter>%2F</Delimiter><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents><Key>ours/</Key><LastModified>2026-11-23T17:50:30.000Z</LastModified><ETag>&quot;fba9dede5f27731c9771645a39863328&quot;</ETag><Size>0</Size><StorageClass>STANDARD</StorageClass></Contents><Contents><Key>ours/Holiday+%C3%BC.jpg</Key><Size>4</Size></Contents><Contents><Key>ours/ab-0000000001</Key><LastModified>2026-11-23T17:50:30.000Z</LastModified><ETag>&quot;fba9dede5f27731c9771645a39863328&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><Size>2048</Size><StorageClass>STANDARD</StorageClass></Contents><CommonPrefixes><Prefix>ours%2Fold-ones%2F</Prefix></CommonPrefixes></ListBucketResult>"#;

const MINIO: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>our-bucket</Name><Prefix>ours/</Prefix><KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><Delimiter>/</Delimiter><IsTruncated>false</IsTruncated><Contents><Key>ours/ab-0000000001</Key><LastModified>2026-11-23T17:50:30.000Z</LastModified><ETag>&#34;fba9dede5f27731c9771645a39863328&#34;</ETag><Size>2048</Size><Owner><ID></ID><DisplayName></DisplayName></Owner><StorageClass>STANDARD</StorageClass></Contents><EncodingType>url</EncodingType></ListBucketResult>"#;

/// More of it is to come.
const R2: &str = r#"<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>our-bucket</Name><Contents><Key>ours%2Fab-0000000001</Key><Size>2048</Size><LastModified>2026-11-23T17:50:30.512Z</LastModified><ETag>"fba9dede5f27731c9771645a39863328"</ETag><StorageClass>STANDARD</StorageClass></Contents><IsTruncated>true</IsTruncated><NextContinuationToken>1vY9&amp;/+=</NextContinuationToken><MaxKeys>1000</MaxKeys><Delimiter>%2F</Delimiter><Prefix>ours%2F</Prefix><KeyCount>1</KeyCount><EncodingType>url</EncodingType></ListBucketResult>"#;

fn page(place: &Place, status: u16, text: &str) -> Page {
    place.dialect().read_page(&HttpAnswer { status, body: text.as_bytes().to_vec() }).unwrap()
}

#[test]
fn the_lists_of_web_dav_servers() {
    let names = |text| page(&web_dav(), 207, text).names;
    assert_eq!(names(APACHE), ["ab-0000000001", "Holiday ü.jpg"]);
    assert_eq!(names(NGINX), ["ab-0000000001"]);
    assert_eq!(names(NEXTCLOUD), ["ab-0000000001", "a&b (1).txt"]);
    assert_eq!(names(IIS), ["ab-0000000001"]);
}

#[test]
fn the_lists_of_s3_services() {
    assert_eq!(page(&s3(), 200, AWS).names, ["", "Holiday+ü.jpg", "ab-0000000001"]);
    assert_eq!(page(&s3(), 200, MINIO), Page { names: vec!["ab-0000000001".into()], next: None });
    let cut = Page { names: vec!["ab-0000000001".into()], next: Some("1vY9&/+=".into()) };
    assert_eq!(page(&s3(), 200, R2), cut);
}
