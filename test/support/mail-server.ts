import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import { connect, type Socket } from "node:net";
import { deliverOverLmtp } from "./lmtp.ts";
import { ended, freePort, Resources, waitFor } from "./resources.ts";

/** One message as an SMTP client transmitted it. */
export interface WireMessage {
  readonly from: string;
  readonly to: readonly string[];
  /** The octets between DATA and the final dot, dot-stuffing undone. */
  readonly data: Buffer;
}

export interface MailServer {
  readonly imapPort: number;
  readonly smtpPort: number;
  /** Everything sent so far, oldest first. */
  readonly wire: readonly WireMessage[];
  /** Puts a raw message straight into a mailbox, past SMTP and past the wire. */
  deliver(to: string, message: Buffer | string): Promise<void>;
  /** The files of a user's mailbox as they rest on the server. */
  mailboxFiles(user: string): { path: string; data: Buffer }[];
  /** IMAP ends at once, with all connections. Nothing can be delivered meanwhile. */
  killImap(): Promise<void>;
  /** IMAP is there again, with all that it had. */
  reviveImap(): Promise<void>;
  /** From now on SMTP refuses every message with this reply, or accepts again. */
  refuse(reply: string | undefined): void;
  /** From now on SMTP drops the connection at that step of every message, or no more. */
  breakOff(at: SmtpStep | undefined): void;
  /** Called with each message when it has been taken, and answered only after that. */
  onTaken(listener: (() => void) | undefined): void;
  stop(): Promise<void>;
}

export type SmtpStep = "connect" | "sender" | "recipient" | "content";

/** What the SMTP server's types do not tell of a connection. */
interface Connection {
  readonly _socket: Socket;
  handler_QUIT: (command: Buffer, answered: () => void) => void;
}

/** Dovecot refuses to act for root; 65534 is nobody and nogroup on Debian. */
const MAIL_USER = 65534;

/**
 * A mail server of its own: IMAP and storage by Dovecot, in front of it an SMTP server that keeps
 * what it was sent and delivers through Dovecot's LMTP. Any user exists and any password is right.
 */
export async function startMailServer(): Promise<MailServer> {
  const resources = new Resources();
  try {
    return await start(resources);
  } catch (error) {
    await resources.release();
    throw error;
  }
}

async function start(resources: Resources): Promise<MailServer> {
  const base = resources.folder("smime-mail");
  // The mail user has to pass through.
  chmodSync(base, 0o711);
  const mail = join(base, "mail");
  mkdirSync(mail);
  if (process.getuid?.() === 0) chownSync(mail, MAIL_USER, MAIL_USER);
  const imapPort = await freePort();
  const lmtpSocket = join(base, "run", "lmtp");
  const configuration = join(base, "dovecot.conf");
  writeFileSync(configuration, dovecotConfiguration(base, mail, imapPort));

  const startDovecot = async () => {
    const child = resources.spawn("/usr/sbin/dovecot", ["-F", "-c", configuration], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await waitFor(
      "Dovecot's IMAP and LMTP",
      async () => {
        if (child.exitCode !== null) throw new Error(`Dovecot ended: ${said}`);
        return (
          (await answers({ port: imapPort, host: "127.0.0.1" })) && answers({ path: lmtpSocket })
        );
      },
      { milliseconds: 20_000 },
    );
    return child;
  };
  let dovecot = await startDovecot();

  const wire: WireMessage[] = [];
  let refusal: string | undefined;
  let breaking: SmtpStep | undefined;
  let taken: (() => void) | undefined;
  /** True where the connection was dropped. */
  const broken = (step: SmtpStep): boolean => {
    if (breaking !== step) return false;
    for (const connection of smtp.connections) connection._socket.resetAndDestroy();
    return true;
  };
  const smtp: SMTPServer & { connections: Set<Connection> } = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 500,
    // Longer than any test.
    socketTimeout: 3_600_000,
    onConnect: (_session, done) => {
      // Thunderbird says good-bye five seconds after a message, and version 140 begins the next one
      // on the same connection if that comes before the answer: then it waits forever. So it goes on.
      for (const connection of smtp.connections) {
        connection.handler_QUIT = (_command, answered) => {
          answered();
        };
      }
      done();
    },
    onAuth: ({ username }, _session, done) => {
      done(null, { user: username });
    },
    onMailFrom: (_address, _session, done) => {
      if (!broken("sender")) done();
    },
    onRcptTo: (_address, _session, done) => {
      if (!broken("recipient")) done();
    },
    onData: (stream, { envelope }, done) => {
      if (broken("content")) return;
      const from = envelope.mailFrom ? envelope.mailFrom.address : "";
      const to = envelope.rcptTo.map(({ address }) => address);
      buffer(stream)
        .then(async (data) => {
          if (refusal !== undefined) throw new Error(refusal);
          wire.push({ from, to, data });
          taken?.();
          await deliverOverLmtp(lmtpSocket, from, to, data);
        })
        .then(
          () => {
            done();
          },
          (error: unknown) => {
            done(error instanceof Error ? error : new Error(String(error)));
          },
        );
    },
  });
  await new Promise<void>((resolve, reject) => {
    smtp.once("error", reject);
    smtp.listen(0, "127.0.0.1", resolve);
  });
  // A Thunderbird that is ended in the middle of a connection is no error of the server.
  smtp.on("error", () => undefined);
  resources.closeLater(
    () =>
      new Promise((resolve) => {
        smtp.close(resolve);
      }),
  );
  const address = smtp.server.address();
  if (address === null || typeof address === "string") throw new Error("SMTP has no port");

  return {
    imapPort,
    smtpPort: address.port,
    wire,
    deliver: (to, message) =>
      deliverOverLmtp(lmtpSocket, "sender@elsewhere.example", [to], Buffer.from(message)),
    mailboxFiles: (user) => filesBelow(join(mail, user)),
    killImap: async () => {
      resources.kill(dovecot);
      await ended(dovecot, 5_000);
      rmSync(join(base, "run"), { recursive: true, force: true });
    },
    reviveImap: async () => {
      dovecot = await startDovecot();
    },
    refuse: (reply) => {
      refusal = reply;
    },
    breakOff: (at) => {
      // Before the first step nobody is there at all.
      if (at === "connect") smtp.server.close();
      else if (breaking === "connect") smtp.server.listen(address.port, "127.0.0.1");
      breaking = at;
      // Thunderbird keeps connections for the next message.
      for (const connection of smtp.connections) connection._socket.resetAndDestroy();
    },
    onTaken: (listener) => {
      taken = listener;
    },
    stop: () => resources.release(),
  };
}

function dovecotConfiguration(base: string, mail: string, imapPort: number): string {
  const own = process.getuid?.() ?? MAIL_USER;
  const group = process.getgid?.() ?? MAIL_USER;
  const root = own === 0;
  const mailUser = root ? MAIL_USER : own;
  const mailGroup = root ? MAIL_USER : group;
  // Without root, every process runs as this user, in the group it has, and in no chroot.
  const name = userInfo().username;
  const users = root
    ? ""
    : `default_internal_user = ${name}\ndefault_login_user = ${name}\ndefault_internal_group =\n`;
  const login = root ? "" : "  chroot =\n";
  return `
base_dir = ${base}/run
state_dir = ${base}/state
log_path = ${base}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
${users}first_valid_uid = ${mailUser}
first_valid_gid = ${mailGroup}
mail_location = maildir:${mail}/%u
mail_fsync = never
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=${mailUser} gid=${mailGroup} home=${mail}/%u allow_all_users=yes
}
service imap-login {
${login}  inet_listener imap {
    port = ${imapPort}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
${login}}
service lmtp {
  unix_listener lmtp {
    mode = 0600
  }
}
namespace inbox {
  inbox = yes
  mailbox Drafts {
    auto = subscribe
    special_use = \\Drafts
  }
  mailbox Sent {
    auto = subscribe
    special_use = \\Sent
  }
  mailbox Templates {
    auto = subscribe
  }
  mailbox Trash {
    auto = subscribe
    special_use = \\Trash
  }
}
`;
}

function answers(target: { port: number; host: string } | { path: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(target);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}

/** Dovecot moves messages and has lock files: what went while it was looked for is looked for anew. */
function filesBelow(folder: string, attempts = 10): { path: string; data: Buffer }[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => ({ path, data: readFileSync(path) }));
  } catch (error) {
    if (attempts <= 1 || (error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return filesBelow(folder, attempts - 1);
  }
}
