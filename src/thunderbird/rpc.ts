import { SmimeError, errorCode, errorCodes, type ErrorCode } from "../core/errors.ts";
import type { Protocol, Reply } from "../core/protocol.ts";
import { api } from "./api.ts";

/**
 * Requests from pages and message scripts to the background. The protocol is an interface; argument
 * and answer types follow from it. A reply is `{ok: true, value}` or `{ok: false, code}`.
 */

type Sender = messenger.runtime.MessageSender;

interface Envelope {
  readonly protocol: string;
  readonly name: string;
  readonly request: unknown;
}

export type Handlers<P extends Protocol<P>> = {
  readonly [N in keyof P & string]: (
    request: P[N]["request"],
    sender: Sender,
  ) => Promise<P[N]["response"]>;
};

export type Client<P extends Protocol<P>> = <N extends keyof P & string>(
  name: N,
  request: P[N]["request"],
) => Promise<P[N]["response"]>;

const served = new Map<string, (envelope: Envelope, sender: Sender) => Promise<Reply<unknown>>>();

function isEnvelope(message: unknown): message is Envelope {
  if (typeof message !== "object" || message === null) return false;
  const { protocol, name } = message as Partial<Record<string, unknown>>;
  return typeof protocol === "string" && typeof name === "string" && "request" in message;
}

/**
 * Answers one protocol. `accepts` decides by the sender alone whether it may use the protocol.
 * Call synchronously at the top level of the background: it is woken by messages.
 * @param onFailure sees every error, so that causes can be looked at without travelling
 */
export function serve<P extends Protocol<P>>(
  protocol: string,
  accepts: (sender: Sender) => boolean,
  handlers: Handlers<P>,
  onFailure: (name: string, error: unknown) => void,
): void {
  if (served.has(protocol)) throw new Error(`${protocol} is served already`);
  served.set(protocol, async ({ name, request }, sender) => {
    try {
      if (!accepts(sender) || !Object.hasOwn(handlers, name)) throw new SmimeError("bad-request");
      const handler = handlers[name as keyof P & string];
      return { ok: true, value: await handler(request, sender) };
    } catch (error) {
      // Nobody else's words come into the log.
      onFailure(Object.hasOwn(handlers, name) ? name : "an unknown request", error);
      return { ok: false, code: errorCode(error) };
    }
  });
  if (served.size === 1) api.runtime.onMessage.addListener(dispatch);
}

function dispatch(message: unknown, sender: Sender): Promise<Reply<unknown>> | undefined {
  if (!isEnvelope(message)) return undefined;
  return served.get(message.protocol)?.(message, sender);
}

/** Pages of the add-on, not its scripts in messages. */
export function isOwnPage(sender: Sender): boolean {
  return sender.url?.startsWith(api.runtime.getURL("pages/")) === true;
}

/** The other end of `serve`. Failures arrive as SmimeError with the background's code. */
export function client<P extends Protocol<P>>(protocol: string): Client<P> {
  return async (name, request) => {
    const reply = (await api.runtime.sendMessage({ protocol, name, request })) as
      Reply<P[typeof name]["response"]> | undefined;
    if (reply === undefined) throw new SmimeError("internal", { detail: `nobody answers ${name}` });
    if (!reply.ok) throw new SmimeError(known(reply.code));
    return reply.value;
  };
}

function known(code: string): ErrorCode {
  return errorCodes.find((candidate) => candidate === code) ?? "internal";
}
