import { SmimeError } from "../core/errors.ts";
import { readBody, type MessageBody } from "../core/mime/body.ts";
import { readEntity, type Entity } from "../core/mime/entity.ts";
import { openMessage } from "../core/smime/open.ts";
import type { EncryptionVerdict, SignatureVerdict } from "../core/smime/verdict.ts";
import { sameAddress } from "../core/trust/addresses.ts";
import { onlyFile, parseArguments } from "./arguments.ts";
import { readMessage } from "./files.ts";
import { shownHeaders, subjectOf } from "./headers.ts";
import { htmlText } from "./html-text.ts";
import { jsonText } from "./json.ts";
import { openContext, readerOptions } from "./reader.ts";

const NOTHING: MessageBody = { html: null, text: null, attachments: [], inlineImages: [] };

/** What the user would be told and shown of a message, as one JSON object. */
export async function inspect(args: readonly string[]): Promise<string> {
  const options = parseArguments(args, readerOptions);
  const message = await readMessage(onlyFile(options));
  const opened = await openMessage(message, await openContext(options));
  const body = opened.rendered === null ? NOTHING : displayed(opened.rendered);
  const from = opened.from.outer;
  return jsonText({
    protection: opened.protection,
    signature: signature(opened.signature, from),
    encryption: encryption(opened.encryption),
    headers: shownHeaders(opened),
    from,
    subject: subjectOf(opened.rendered ?? readEntity(message)),
    text: body.text ?? (body.html === null ? "" : htmlText(body.html)),
    html: body.html !== null,
    attachments: [...body.attachments, ...body.inlineImages].map(({ name, type, content }) => ({
      name,
      type,
      bytes: content.length,
    })),
    layers: opened.layers,
  });
}

/** A message that is nested too deeply is shown as nothing, and has its verdict all the same. */
function displayed(message: Entity): MessageBody {
  try {
    return readBody(message);
  } catch (error) {
    if (error instanceof SmimeError) return NOTHING;
    throw error;
  }
}

function signature(
  { verdict, reason, signer, algorithm, signedAt, coversWholeMessage }: SignatureVerdict,
  from: string | null,
) {
  const addresses = signer?.addresses ?? [];
  const author = addresses.find((address) => from !== null && sameAddress(address, from));
  return {
    verdict,
    reason,
    signer: author ?? addresses[0] ?? null,
    addresses,
    fingerprint: signer?.fingerprint ?? null,
    algorithm,
    signedAt,
    coversWholeMessage,
  };
}

function encryption({ verdict, reason, cipher, keyManagement, authenticated }: EncryptionVerdict) {
  return { verdict, reason, cipher, keyManagement, authenticated };
}
