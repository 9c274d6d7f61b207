import { createServer, type Socket } from "node:net";
import { Resources } from "./resources.ts";

export interface NewsServer {
  readonly port: number;
  /** Every article that was posted, oldest first. */
  readonly posted: readonly Buffer[];
}

/** The little of NNTP (RFC 3977) that posting takes: one empty group of any name, and POST. */
export async function startNewsServer(): Promise<NewsServer> {
  const posted: Buffer[] = [];
  const server = createServer((socket) => {
    serve(socket, posted);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  new Resources().closeLater(
    () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  );
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("NNTP has no port");
  return { port: address.port, posted };
}

function serve(socket: Socket, posted: Buffer[]): void {
  let pending = "";
  let posting = false;
  const say = (line: string) => socket.write(`${line}\r\n`, "latin1");
  say("200 ready");
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => {
    pending += chunk.toString("latin1");
    for (;;) {
      const end = pending.indexOf(posting ? "\r\n.\r\n" : "\r\n");
      if (end < 0) return;
      const text = pending.slice(0, end);
      pending = pending.slice(end + (posting ? 5 : 2));
      if (posting) {
        posted.push(Buffer.from(`${text.replace(/^\./gm, "")}\r\n`, "latin1"));
        posting = false;
        say("240 posted");
        continue;
      }
      const [command = "", name = ""] = text.split(" ");
      posting = command.toUpperCase() === "POST";
      say(answerTo(command.toUpperCase(), name));
    }
  });
}

function answerTo(command: string, name: string): string {
  switch (command) {
    case "CAPABILITIES":
      return "101 these\r\nVERSION 2\r\nREADER\r\nPOST\r\n.";
    case "MODE":
      return "200 posting allowed";
    case "GROUP":
      return `211 0 0 0 ${name}`;
    case "LIST":
      return "215 none\r\n.";
    case "POST":
      return "340 go on";
    case "QUIT":
      return "205 bye";
    default:
      return "500 unknown";
  }
}
