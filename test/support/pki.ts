import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Certificates and key files for tests, made by the openssl command line.
 *
 *     const authority = createAuthority({ name: "Test CA" });
 *     const alice = authority.issue({ name: "Alice", address: "alice@example.org" });
 *     alice.p12({ password: "secret" });
 */

/** What `openssl genpkey` is asked for. */
export type KeyType =
  | "rsa2048"
  | "rsa3072"
  | "rsa4096"
  | "rsa1024"
  | "rsa-pss"
  | "ed448"
  | "p256"
  | "p384"
  | "p521"
  | "ed25519";

export interface CertificateOptions {
  /** Common name. */
  readonly name: string;
  /** Another whole subject, as `openssl -subj` takes it; `/` for an empty one. */
  readonly subject?: string;
  readonly keyType?: KeyType;
  /** An existing private key, PEM, instead of a new one. */
  readonly key?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** As `openssl` configuration writes it; null leaves the extension out. */
  readonly keyUsage?: string | null;
  readonly extendedKeyUsage?: string | null;
  readonly basicConstraints?: string | null;
  /** Further lines of the extension section. */
  readonly extensions?: readonly string[];
  /** Digest of the signature on this certificate. */
  readonly digest?: "sha256" | "sha384" | "sha512" | "sha1" | "md5";
  /** RSA-PSS instead of PKCS#1 v1.5 for the signature on this certificate. */
  readonly pss?: boolean;
  /** No extensions, as in version 1; valid from now on for a year. */
  readonly version1?: boolean;
}

export interface IdentityOptions extends CertificateOptions {
  /** Goes into the subject alternative name; none where it is left out. */
  readonly address?: string;
  /** Another whole subjectAltName line instead, such as "email:a@example.org,DNS:example.org". */
  readonly subjectAltName?: string;
}

export interface AuthorityOptions extends Partial<CertificateOptions> {
  /** Makes an intermediate; self-signed without. */
  readonly issuer?: Authority;
  readonly pathLength?: number;
  /** "permitted;email:example.org" and the like. */
  readonly nameConstraints?: string;
}

export interface Issued {
  /** DER. */
  readonly certificate: Uint8Array<ArrayBuffer>;
  readonly certificatePem: string;
  /** PKCS#8 PrivateKeyInfo, DER. */
  readonly privateKey: Uint8Array<ArrayBuffer>;
  readonly privateKeyPem: string;
  /** DER of the authorities above, nearest first, the root last. */
  readonly chain: readonly Uint8Array<ArrayBuffer>[];
  readonly chainPem: string;
}

export interface Identity extends Issued {
  readonly name: string;
  readonly address: string | null;
  p12(options?: P12Options): Uint8Array<ArrayBuffer>;
}

export interface P12Options {
  readonly password?: string;
  /** More for `openssl pkcs12 -export`, such as "-legacy" or "-nomac". */
  readonly args?: readonly string[];
  /** The authorities' certificates as well; true unless said otherwise. */
  readonly withChain?: boolean;
}

export interface Authority extends Issued {
  readonly name: string;
  issue(options: IdentityOptions): Identity;
}

const genpkey: Readonly<Record<KeyType, readonly string[]>> = {
  rsa2048: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
  rsa3072: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
  rsa4096: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"],
  rsa1024: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
  "rsa-pss": ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
  p256: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
  p384: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
  p521: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
  ed25519: ["-algorithm", "ED25519"],
  ed448: ["-algorithm", "ED448"],
};

/** Standard output of `openssl`. Throws with what it printed if it fails. */
export function openssl(args: readonly string[], input?: string | Uint8Array): Buffer {
  return execFileSync("openssl", args, {
    ...(input === undefined ? {} : { input }),
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    maxBuffer: 1 << 29,
  });
}

/** A folder with files by name, for one piece of work. */
export function withFiles<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  work: (path: (name: string) => string) => T,
): T {
  const folder = mkdtempSync(join(tmpdir(), "pki-"));
  const path = (name: string): string => join(folder, name);
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(path(name), content);
    return work(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An authority that signs itself or is signed by `issuer`. */
export function createAuthority(options: AuthorityOptions = {}): Authority {
  const { issuer, pathLength, nameConstraints, ...certificate } = options;
  const name = options.name ?? (issuer ? "Test Intermediate CA" : "Test Root CA");
  const limit = pathLength === undefined ? "" : `,pathlen:${String(pathLength)}`;
  const issued = makeCertificate(
    {
      keyUsage: "critical,keyCertSign,cRLSign",
      extendedKeyUsage: null,
      basicConstraints: `critical,CA:TRUE${limit}`,
      ...certificate,
      name,
      extensions: [
        ...(nameConstraints === undefined ? [] : [`nameConstraints=critical,${nameConstraints}`]),
        ...(certificate.extensions ?? []),
      ],
    },
    issuer ?? null,
  );
  const authority: Authority = {
    ...issued,
    name,
    issue: (identity) => issueIdentity(authority, identity),
  };
  return authority;
}

/** For signing and encrypting, unless the options say otherwise. */
function issueIdentity(authority: Authority, options: IdentityOptions): Identity {
  const { address, subjectAltName, ...certificate } = options;
  const names = subjectAltName ?? (address === undefined ? null : `email:${address}`);
  const agrees = /^p\d/.test(options.keyType ?? "");
  const issued = makeCertificate(
    {
      keyUsage: `critical,digitalSignature,${agrees ? "keyAgreement" : "keyEncipherment"}`,
      extendedKeyUsage: "emailProtection",
      basicConstraints: "critical,CA:FALSE",
      ...certificate,
      extensions: [
        ...(names === null ? [] : [`subjectAltName=${names}`]),
        ...(certificate.extensions ?? []),
      ],
    },
    authority,
  );
  return {
    ...issued,
    name: options.name,
    address: address ?? null,
    p12: (p12Options) => exportP12(issued, options.name, p12Options),
  };
}

function exportP12(
  issued: Issued,
  name: string,
  { password = "", args = [], withChain = true }: P12Options = {},
): Uint8Array<ArrayBuffer> {
  const certificates = issued.certificatePem + (withChain ? issued.chainPem : "");
  return withFiles({ certificates, key: issued.privateKeyPem, password: `${password}\n` }, (path) =>
    bytes(
      openssl([
        ...["pkcs12", "-export", "-inkey", path("key"), "-in", path("certificates")],
        // A friendly name is a BMPString.
        ...[
          "-name",
          name.replace(/[^\0-\uffff]/gu, "?"),
          "-passout",
          `file:${path("password")}`,
          ...args,
        ],
      ]),
    ),
  );
}

function makeCertificate(options: CertificateOptions, issuer: Issued | null): Issued {
  const { name, subject = `/O=Test/CN=${name}`, keyType = "rsa2048" } = options;
  const privateKeyPem = options.key ?? openssl(["genpkey", ...genpkey[keyType]]).toString("latin1");
  const line = (extension: string, value: string | null | undefined): string[] =>
    typeof value === "string" ? [`${extension}=${value}`] : [];
  const extensions = [
    ...line("basicConstraints", options.basicConstraints),
    ...line("keyUsage", options.keyUsage),
    ...line("extendedKeyUsage", options.extendedKeyUsage),
    "subjectKeyIdentifier=hash",
    ...(issuer === null ? [] : ["authorityKeyIdentifier=keyid,issuer"]),
    ...(options.extensions ?? []),
  ];
  const files = {
    key: privateKeyPem,
    extensions: `${extensions.join("\n")}\n`,
    database: "",
    "issuer.pem": issuer?.certificatePem ?? "",
    "issuer.key": issuer?.privateKeyPem ?? privateKeyPem,
  };
  const certificatePem = withFiles(files, (path) => {
    writeFileSync(path("config"), configuration(path("")));
    openssl([
      ...["req", "-new", "-utf8", "-config", path("config"), "-key", path("key")],
      ...["-subj", subject, "-out", path("request")],
    ]);
    if (options.version1 === true) {
      openssl([
        ...["x509", "-req", "-in", path("request"), "-out", path("certificate"), "-days", "365"],
        ...(issuer === null
          ? ["-signkey", path("key")]
          : ["-CA", path("issuer.pem"), "-CAkey", path("issuer.key"), "-set_serial", "7"]),
      ]);
      return readFileSync(path("certificate"), "latin1");
    }
    openssl([
      ...["ca", "-batch", "-utf8", "-notext", "-preserveDN"],
      ...["-config", path("config"), "-in", path("request"), "-out", path("certificate")],
      ...["-extfile", path("extensions"), "-keyfile", path("issuer.key")],
      ...(issuer === null ? ["-selfsign"] : ["-cert", path("issuer.pem")]),
      ...["-md", options.digest ?? "sha256"],
      ...(options.pss ? ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"] : []),
      ...["-startdate", asn1Time(options.notBefore ?? new Date("2020-01-01T00:00:00Z"))],
      ...["-enddate", asn1Time(options.notAfter ?? new Date("2049-12-31T00:00:00Z"))],
    ]);
    return readFileSync(path("certificate"), "latin1");
  });
  return {
    certificate: fromPem(certificatePem),
    certificatePem,
    privateKey: fromPem(privateKeyPem),
    privateKeyPem,
    chain: issuer === null ? [] : [issuer.certificate, ...issuer.chain],
    chainPem: issuer === null ? "" : issuer.certificatePem + issuer.chainPem,
  };
}

/** No serial numbers or databases last: each certificate is made in a folder of its own. */
const configuration = (folder: string): string => `
[req]
distinguished_name = name
string_mask = utf8only
[name]
[ca]
default_ca = test
[test]
database = ${folder}/database
new_certs_dir = ${folder}
policy = any
unique_subject = no
rand_serial = yes
email_in_dn = yes
[any]
countryName = optional
stateOrProvinceName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
emailAddress = optional
`;

/** GeneralizedTime. */
function asn1Time(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$|[-:T]/g, "") + "Z";
}

/** The DER of the first PEM block. */
export function fromPem(pem: string): Uint8Array<ArrayBuffer> {
  const base64 = /-----BEGIN [^-]+-----([^-]*)-----END/.exec(pem)?.[1] ?? "";
  return bytes(Buffer.from(base64, "base64"));
}

/** A copy that is a plain Uint8Array, not one of Node's pooled buffers. */
function bytes(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer);
}
