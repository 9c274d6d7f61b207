import { fromAddress } from "../core/mime/from-address.ts";
import { isStructureField } from "../core/mime/header-fields.ts";
import { entityOctets, readEntity, type Entity } from "../core/mime/entity.ts";
import { openMessage, type OpenContext } from "../core/smime/open.ts";
import { entityKind } from "../core/smime/protection-hint.ts";
import { unwrap } from "../core/smime/unwrap.ts";
import { onlyFile, parseArguments } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { readMessage } from "./files.ts";
import { openContext, readerOptions } from "./reader.ts";

/**
 * The message without its encryption: the header that the reader would see, and of the body what
 * was encrypted, signatures in it included.
 */
export async function decrypt(args: readonly string[]): Promise<Uint8Array> {
  const options = parseArguments(args, readerOptions);
  const message = await readMessage(onlyFile(options));
  const context = await openContext(options);
  const { encryption, content } = await openMessage(message, context);
  if (encryption.verdict === "none") throw new Failure("the message is not encrypted", 1);
  const inner = await decryptedEntity(message, context);
  if (encryption.verdict !== "decrypted" || content === null || inner === null) {
    throw new Failure(`${encryption.verdict}: ${encryption.reason ?? ""}`, 1);
  }
  if (entityKind(inner.fields).kind === "other") return content;
  const header = readEntity(content).fields.filter((field) => !isStructureField(field));
  const structure = inner.fields.filter(isStructureField);
  return entityOctets({ fields: [...header, ...structure], body: inner.body });
}

/** What the innermost encryption holds; null if there is none that could be taken off. */
async function decryptedEntity(message: Uint8Array, context: OpenContext): Promise<Entity | null> {
  const unwrapping = { ...context, from: fromAddress(message) };
  let entity = readEntity(message);
  let decrypted: Entity | null = null;
  for (;;) {
    const step = await unwrap(entity, unwrapping);
    if (step === null || step.inner === null) return decrypted;
    entity = readEntity(step.inner);
    if (step.layer.kind === "encrypted") decrypted = entity;
  }
}
