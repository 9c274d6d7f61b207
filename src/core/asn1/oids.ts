/** Object identifiers by the names that their standards give them. */

/** Content types (RFC 5652, RFC 5083, RFC 3274). */
export const contentTypes = {
  data: "1.2.840.113549.1.7.1",
  signedData: "1.2.840.113549.1.7.2",
  envelopedData: "1.2.840.113549.1.7.3",
  compressedData: "1.2.840.113549.1.9.16.1.9",
  authEnvelopedData: "1.2.840.113549.1.9.16.1.23",
} as const;

/** Attributes (RFC 5652, section 11; RFC 8551, section 2.5; RFC 6211). */
export const attributeTypes = {
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
  countersignature: "1.2.840.113549.1.9.6",
  smimeCapabilities: "1.2.840.113549.1.9.15",
  signingCertificate: "1.2.840.113549.1.9.16.2.12",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
  encryptionKeyPreference: "1.2.840.113549.1.9.16.2.11",
  microsoftEncryptionKeyPreference: "1.3.6.1.4.1.311.16.4",
  algorithmProtection: "1.2.840.113549.1.9.52",
} as const;

export const digests = {
  md5: "1.2.840.113549.2.5",
  sha1: "1.3.14.3.2.26",
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
} as const;

/** Public keys and signatures (RFC 8017, RFC 5480, RFC 5758, RFC 8410). */
export const publicKeys = {
  rsaEncryption: "1.2.840.113549.1.1.1",
  rsaesOaep: "1.2.840.113549.1.1.7",
  mgf1: "1.2.840.113549.1.1.8",
  pSpecified: "1.2.840.113549.1.1.9",
  rsassaPss: "1.2.840.113549.1.1.10",
  md5WithRsa: "1.2.840.113549.1.1.4",
  sha1WithRsa: "1.2.840.113549.1.1.5",
  sha256WithRsa: "1.2.840.113549.1.1.11",
  sha384WithRsa: "1.2.840.113549.1.1.12",
  sha512WithRsa: "1.2.840.113549.1.1.13",
  ecPublicKey: "1.2.840.10045.2.1",
  ecdsaWithSha1: "1.2.840.10045.4.1",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  ecdsaWithSha384: "1.2.840.10045.4.3.3",
  ecdsaWithSha512: "1.2.840.10045.4.3.4",
  x25519: "1.3.101.110",
  ed25519: "1.3.101.112",
} as const;

/** Content-encryption algorithms (RFC 3565, RFC 5084, RFC 3370). */
export const ciphers = {
  aes128Cbc: "2.16.840.1.101.3.4.1.2",
  aes192Cbc: "2.16.840.1.101.3.4.1.22",
  aes256Cbc: "2.16.840.1.101.3.4.1.42",
  aes128Gcm: "2.16.840.1.101.3.4.1.6",
  aes192Gcm: "2.16.840.1.101.3.4.1.26",
  aes256Gcm: "2.16.840.1.101.3.4.1.46",
  desEde3Cbc: "1.2.840.113549.3.7",
  rc2Cbc: "1.2.840.113549.3.2",
} as const;

/** Key agreement schemes and key wraps (RFC 5753, RFC 8418, RFC 3370, RFC 3565). */
export const keyAgreement = {
  stdDhSha1Kdf: "1.3.133.16.840.63.0.2",
  stdDhSha224Kdf: "1.3.132.1.11.0",
  stdDhSha256Kdf: "1.3.132.1.11.1",
  stdDhSha384Kdf: "1.3.132.1.11.2",
  stdDhSha512Kdf: "1.3.132.1.11.3",
  cofactorDhSha1Kdf: "1.3.133.16.840.63.0.3",
  cofactorDhSha224Kdf: "1.3.132.1.14.0",
  cofactorDhSha256Kdf: "1.3.132.1.14.1",
  cofactorDhSha384Kdf: "1.3.132.1.14.2",
  cofactorDhSha512Kdf: "1.3.132.1.14.3",
  stdDhHkdfSha256: "1.2.840.113549.1.9.16.3.19",
  stdDhHkdfSha384: "1.2.840.113549.1.9.16.3.20",
  stdDhHkdfSha512: "1.2.840.113549.1.9.16.3.21",
  tripleDesWrap: "1.2.840.113549.1.9.16.3.6",
  aes128Wrap: "2.16.840.1.101.3.4.1.5",
  aes192Wrap: "2.16.840.1.101.3.4.1.25",
  aes256Wrap: "2.16.840.1.101.3.4.1.45",
} as const;
