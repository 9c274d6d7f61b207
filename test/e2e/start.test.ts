import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync } from "node:fs";
import { after, it } from "node:test";
import { startDisplay, captureDisplay } from "../support/display.ts";
import { Marionette } from "../support/marionette.ts";
import { ended, freePort, Resources, stopEverything, waitFor } from "../support/resources.ts";

after(stopEverything);

interface Process {
  readonly command: string;
  readonly environment: readonly string[];
  readonly group: string;
}

function allProcesses(): Process[] {
  const processes: Process[] = [];
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const read = (name: string): string => readFileSync(`/proc/${pid}/${name}`, "latin1");
      // The command's name may hold anything but ends with the last parenthesis; see proc(5).
      const [state, , group = ""] = read("stat")
        .replace(/^.*\) /s, "")
        .split(" ");
      if (state === "Z") continue;
      const command = read("cmdline").replaceAll("\0", " ");
      processes.push({ command, environment: read("environ").split("\0"), group });
    } catch {
      // It has ended meanwhile.
    }
  }
  return processes;
}

/** The process groups that work with this temporary folder. Dovecot empties its environment. */
function groupsUsing(folder: string): Set<string> {
  return new Set(
    allProcesses()
      .filter(
        (each) => each.environment.includes(`TMPDIR=${folder}`) || each.command.includes(folder),
      )
      .map(({ group }) => group),
  );
}

function commandsIn(groups: ReadonlySet<string>): string[] {
  return allProcesses()
    .filter(({ group }) => groups.has(group))
    .map(({ command }) => command);
}

it("npm start opens Thunderbird with the add-on and two accounts, and leaves nothing", async () => {
  const resources = new Resources();
  const display = await startDisplay(resources);
  const temporary = resources.folder("smime-start");
  // As /tmp is: the mail server's storage belongs to another user.
  chmodSync(temporary, 0o755);
  const port = await freePort();
  const start = resources.spawn("npm", ["start", "--", "--marionette", String(port)], {
    env: { ...process.env, DISPLAY: display, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [start.stdout, start.stderr]) {
    stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  }

  const marionette = await Marionette.connect(port, {
    milliseconds: 120_000,
    alive: () => start.exitCode === null,
  }).catch(async (error: unknown) => {
    const screenshot = await captureDisplay(display, "start-failed");
    throw new Error(`${screenshot}; npm start said:\n${output}`, { cause: error });
  });
  const manifest = JSON.parse(readFileSync("manifest.json", "utf8")) as {
    browser_specific_settings: { gecko: { id: string } };
  };
  const { id } = manifest.browser_specific_settings.gecko;
  await waitFor("the add-on", () =>
    marionette
      .execute("return WebExtensionPolicy.getByID(arguments[0])?.active ?? false;", [id])
      .then((active) => active === true),
  );
  const addresses = await marionette.execute(
    `const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
     return MailServices.accounts.allIdentities.map((identity) => identity.email);`,
  );
  assert.deepEqual(addresses, ["alice@smime.example", "bob@smime.example"]);
  await captureDisplay(display, "start");

  const keys = /key files: (\S+)\/alice\.p12/.exec(output)?.[1] ?? "";
  assert.deepEqual(readdirSync(keys), ["alice.p12", "bob.p12", "example-ca.pem"]);
  const groups = groupsUsing(temporary);
  const commands = commandsIn(groups).join("\n");
  for (const program of ["dovecot -F", "thunderbird", "web-ext", "build.mjs", "Xvfb"]) {
    assert.ok(commands.includes(program), `${program} is not among\n${commands}`);
  }

  // As Ctrl-C in a terminal does: to the whole foreground group.
  assert.ok(start.pid);
  process.kill(-start.pid, "SIGINT");
  assert.ok(await ended(start, 30_000), "npm start goes on after SIGINT");
  assert.deepEqual([...commandsIn(groups), ...commandsIn(groupsUsing(temporary))], []);
  // tsx keeps what it has compiled there, as npm does its cache elsewhere.
  const left = readdirSync(temporary).filter((name) => !name.startsWith("tsx-"));
  assert.deepEqual(left, []);
  assert.equal(await stillListens(port), false);
  await resources.release();
});

async function stillListens(port: number): Promise<boolean> {
  return Marionette.connect(port, { milliseconds: 0 }).then(
    () => true,
    () => false,
  );
}
