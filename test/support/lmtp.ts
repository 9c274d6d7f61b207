import { connect } from "node:net";

/**
 * Hands a message to an LMTP server (RFC 2033) on a Unix socket.
 * @throws Error with the server's reply when it refuses the message for any recipient
 */
export async function deliverOverLmtp(
  path: string,
  from: string,
  to: readonly string[],
  message: Buffer,
): Promise<void> {
  const socket = connect(path);
  const replies = readReplies(socket);
  const expect = async (code: string): Promise<void> => {
    const { value: reply, done } = await replies.next();
    if (done || !reply.startsWith(code)) throw new Error(`LMTP said: ${reply ?? "nothing"}`);
  };
  try {
    await expect("220");
    socket.write("LHLO localhost\r\n");
    await expect("250");
    socket.write(`MAIL FROM:<${from}>\r\n`);
    await expect("250");
    for (const recipient of to) {
      socket.write(`RCPT TO:<${recipient}>\r\n`);
      await expect("250");
    }
    socket.write("DATA\r\n");
    await expect("354");
    socket.write(withDots(message));
    // One reply for each recipient is what makes LMTP differ from SMTP.
    for (const recipient of to) await expect(recipient && "250");
    socket.write("QUIT\r\n");
  } finally {
    socket.end();
  }
}

/** CRLF line ends, dot-stuffing, and the final dot (RFC 5321, section 4.5.2). */
function withDots(message: Buffer): Buffer {
  const lines = message
    .toString("latin1")
    .replace(/\r?\n$/, "")
    .split(/\r?\n/);
  return Buffer.from(
    lines.map((line) => (line.startsWith(".") ? `.${line}` : line)).join("\r\n") + "\r\n.\r\n",
    "latin1",
  );
}

/** Each whole reply, its last line first three octets being the code. */
async function* readReplies(stream: AsyncIterable<Buffer>): AsyncGenerator<string, undefined> {
  let pending = "";
  for await (const chunk of stream) {
    pending += chunk.toString("latin1");
    for (;;) {
      const match = /^(?:\d{3}-[^\r\n]*\r\n)*\d{3} [^\r\n]*\r\n/.exec(pending);
      if (!match) break;
      pending = pending.slice(match[0].length);
      yield match[0];
    }
  }
  return undefined;
}
