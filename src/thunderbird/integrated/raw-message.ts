import { rawMessage as throughApi, type MessageHeader } from "../messages.ts";
import { bridge } from "./bridge.ts";

type Header = Pick<MessageHeader, "id" | "size">;

/** Octets, as Thunderbird counts them. The bridge gives no start of less. */
const LARGE = 1024 * 1024;

/**
 * The exact bytes as they are stored. Through the bridge where it has them: the public call waits
 * until Thunderbird has read the message for itself, and takes seconds for a large one.
 */
export async function rawMessage({ id, size }: Header): Promise<Uint8Array> {
  try {
    const stored = await bridge.read(id);
    if (stored !== null) {
      return new Uint8Array(stored instanceof Blob ? await bufferOf(stored) : stored);
    }
  } catch {
    // The public call is slower, and independent of what went wrong.
  }
  return throughApi({ id, size });
}

/** As `blob.arrayBuffer()`, which grows its buffer step by step and takes half as long again. */
function bufferOf(blob: Blob): Promise<ArrayBuffer> {
  return new Promise((resolve, reject) => {
    const fileReader = new FileReader();
    fileReader.onload = () => {
      resolve(fileReader.result as ArrayBuffer);
    };
    fileReader.onerror = () => {
      reject(fileReader.error ?? new Error("the message cannot be read"));
    };
    fileReader.readAsArrayBuffer(blob);
  });
}

/**
 * The first octets of a large message, header included, if they are on this machine: enough to see
 * whether the rest is of any interest. null for all others.
 */
export async function messageStart({ id, size }: Header): Promise<Uint8Array | null> {
  const start = size < LARGE ? null : await bridge.readStart(id).catch(() => null);
  return start === null ? null : new Uint8Array(start);
}
