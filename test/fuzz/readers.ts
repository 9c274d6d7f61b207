import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { readContentInfo } from "../../src/core/asn1/content-info.ts";
import { readEnvelopedData } from "../../src/core/asn1/enveloped-data.ts";
import { readPfx } from "../../src/core/asn1/pfx.ts";
import { readSignedData } from "../../src/core/asn1/signed-data.ts";
import { SmimeError } from "../../src/core/errors.ts";
import { readBody } from "../../src/core/mime/body.ts";
import { contentTypeOf } from "../../src/core/mime/content-type.ts";
import { readEntity } from "../../src/core/mime/entity.ts";
import { fromAddress } from "../../src/core/mime/from-address.ts";
import { mainBodyParts } from "../../src/core/mime/main-body-parts.ts";
import { multipartParts } from "../../src/core/mime/multipart.ts";
import { referencesOf } from "../../src/core/mime/references.ts";
import { readKeyFile } from "../../src/core/pkcs12/read.ts";
import { inflate } from "../../src/core/smime/compressed-data.ts";
import { protectionHint } from "../../src/core/smime/open.ts";

/** What is fuzzed. Bundled and instrumented with all that it imports: see `instrumented.ts`. */

export const PASSWORD = "sample";

type Reader = (bytes: Uint8Array) => unknown;

const readers = {
  mime(bytes: Uint8Array) {
    protectionHint(bytes);
    fromAddress(bytes);
    referencesOf(bytes);
    const entity = readEntity(bytes);
    const boundary = contentTypeOf(entity.fields)?.parameters.get("boundary");
    if (boundary !== undefined) multipartParts(entity.body, boundary);
    mainBodyParts(entity);
    readBody(bytes);
  },
  async cms(bytes: Uint8Array) {
    await parseCertificate(bytes).catch(expected);
    const { contentType, content } = readContentInfo(bytes);
    for (const read of [
      () => readSignedData(content),
      () => readEnvelopedData(content, false),
      () => readEnvelopedData(content, true),
    ]) {
      attempt(read);
    }
    if (contentType.endsWith(".1.9")) await inflate(content);
  },
  async pkcs12(bytes: Uint8Array) {
    readPfx(bytes);
    await readKeyFile(bytes, PASSWORD);
  },
} satisfies Record<string, Reader>;

export type Target = keyof typeof readers;

/** Ends well for any bytes; whatever it throws is a finding. */
export async function readAnything(target: Target, bytes: Uint8Array): Promise<void> {
  try {
    await readers[target](bytes);
  } catch (error) {
    expected(error);
  }
}

function attempt(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expected(error);
  }
}

function expected(error: unknown): void {
  if (!(error instanceof SmimeError)) throw error;
}
