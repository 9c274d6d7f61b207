import type { Operation } from "./shipped.ts";

/**
 * What no implementation can save: the platform's own cryptography over the message's bytes, and
 * its own base64 over those that travel in it. No MIME, no CMS, no copies.
 */
export type Floor = Readonly<Record<Operation, () => Promise<unknown>>>;

const RSA_2048 = { modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-256" };

export async function floorOf(message: Uint8Array<ArrayBuffer>): Promise<Floor> {
  const { subtle } = crypto;
  const name = "RSASSA-PKCS1-v1_5";
  const pair = await subtle.generateKey({ name, ...RSA_2048 }, false, ["sign", "verify"]);
  const digest = () => subtle.digest("SHA-256", message);
  const signature = await subtle.sign(name, pair.privateKey, await digest());
  const cbc = await envelope(message, { name: "AES-CBC", iv: new Uint8Array(16) });
  const gcm = await envelope(message, { name: "AES-GCM", iv: new Uint8Array(12) });
  return {
    sign: async () => subtle.sign(name, pair.privateKey, await digest()),
    verify: async () => subtle.verify(name, pair.publicKey, signature, await digest()),
    "encrypt CBC": cbc.encrypt,
    "decrypt CBC": cbc.decrypt,
    "encrypt GCM": gcm.encrypt,
    "decrypt GCM": gcm.decrypt,
  };
}

async function envelope(message: Uint8Array<ArrayBuffer>, cipher: AesCbcParams | AesGcmParams) {
  const { subtle } = crypto;
  const transport = await subtle.generateKey({ name: "RSA-OAEP", ...RSA_2048 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const wrap = () => subtle.encrypt("RSA-OAEP", transport.publicKey, new Uint8Array(32));
  const wrapped = await wrap();
  const key = await subtle.generateKey({ name: cipher.name, length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const encrypt = async () =>
    Buffer.from(await subtle.encrypt(cipher, key, message)).toString("base64");
  const lines = Buffer.from((await encrypt()).replace(/.{76}/g, "$&\r\n"), "latin1");
  return {
    encrypt: async () => {
      await wrap();
      return encrypt();
    },
    decrypt: async () => {
      await subtle.decrypt("RSA-OAEP", transport.privateKey, wrapped);
      return subtle.decrypt(cipher, key, Buffer.from(lines.toString("latin1"), "base64"));
    },
  };
}
