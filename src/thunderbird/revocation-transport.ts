import type { RevocationTransport } from "../core/ports.ts";

const TIMEOUT_MS = 8000;

/**
 * Over HTTP, as certificates name their addresses. Nothing of the user goes along: no cookies, no
 * referrer. A redirect is no answer, since it may lead anywhere. Names that only mean something
 * within the local network are not asked; a public name that leads there cannot be told apart.
 */
export function httpTransport({
  fetch = globalThis.fetch.bind(globalThis),
  isAllowed = isPublicAddress,
  timeout = TIMEOUT_MS,
}: {
  readonly fetch?: typeof globalThis.fetch;
  readonly isAllowed?: (url: URL) => boolean;
  /** In milliseconds. */
  readonly timeout?: number;
} = {}): RevocationTransport {
  return async ({ url, body, maxOctets }) => {
    try {
      const address = new URL(url);
      if (!isAllowed(address)) return null;
      const response = await fetch(address, {
        ...(body === null
          ? { method: "GET" }
          : {
              method: "POST",
              body: Uint8Array.from(body),
              headers: { "Content-Type": "application/ocsp-request" },
            }),
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(timeout),
      });
      return response.status === 200 ? await contentOf(response, maxOctets) : null;
    } catch {
      // No such host, no answer in time, no permission for the address.
      return null;
    }
  };
}

/** A whole host name below a top-level domain, over HTTP, without user name and password. */
export function isPublicAddress({ protocol, hostname, username, password }: URL): boolean {
  return (
    (protocol === "http:" || protocol === "https:") &&
    username === "" &&
    password === "" &&
    /\.[a-z][a-z0-9-]*\.?$/i.test(hostname) &&
    !/\.(?:local|localhost|internal|intranet|lan|home|corp|arpa)\.?$/i.test(hostname)
  );
}

async function contentOf(response: Response, maxOctets: number): Promise<Uint8Array | null> {
  const reader = response.body?.getReader();
  if (reader === undefined) return null;
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > maxOctets) {
      await reader.cancel();
      return null;
    }
    parts.push(value);
  }
  const content = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    content.set(part, at);
    at += part.length;
  }
  return content;
}
