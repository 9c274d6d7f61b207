import { parseArgs } from "node:util";
import { Failure } from "./failure.ts";

/** A key file and the password that follows it on the command line. */
export interface KeyOption {
  readonly file: string;
  readonly password: string;
}

export interface Arguments {
  /** Without the verb. */
  readonly files: readonly string[];
  readonly keys: readonly KeyOption[];
  /** Values of an option that may be given several times, in order. */
  readonly all: (name: string) => readonly string[];
  readonly flag: (name: string) => boolean;
}

/** Whether an option takes a value. A list takes every further file behind it as well. */
export type OptionTypes = Readonly<Record<string, "string" | "boolean" | "list">>;

/** `--key FILE` and, belonging to the key before it, `--password PW`. */
export const keyOptions: OptionTypes = { key: "string", password: "string" };

/** @throws Failure for options that are not among the given ones */
export function parseArguments(args: readonly string[], options: OptionTypes): Arguments {
  const { tokens } = tokenize(args, options);
  const files: string[] = [];
  const keys: KeyOption[] = [];
  const values = new Map<string, string[]>();
  let previous = "";
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (options[previous] === "list" && files.length > 0) values.get(previous)?.push(token.value);
      else files.push(token.value);
    }
    if (token.kind !== "option") continue;
    const { name, value = "" } = token;
    values.set(name, [...(values.get(name) ?? []), value]);
    const last = keys.at(-1);
    if (name === "key") keys.push({ file: value, password: "" });
    else if (name === "password" && "key" in options) {
      if (last === undefined || previous !== "key") throw new Failure("--password without a --key");
      keys[keys.length - 1] = { file: last.file, password: value };
    }
    previous = name;
  }
  return {
    files,
    keys,
    all: (name) => values.get(name) ?? [],
    flag: (name) => values.has(name),
  };
}

function tokenize(args: readonly string[], options: OptionTypes) {
  try {
    return parseArgs({
      args: [...args],
      options: Object.fromEntries(
        Object.entries(options).map(([name, type]) => [
          name,
          { type: type === "boolean" ? "boolean" : "string", multiple: true },
        ]),
      ),
      allowPositionals: true,
      tokens: true,
    });
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error));
  }
}

/** The only value of an option; null if it is not given. @throws Failure for more than one */
export function single({ all }: Arguments, name: string): string | null {
  const [value = null, ...others] = all(name);
  if (others.length > 0) throw new Failure(`--${name} more than once`);
  return value;
}

/** The one file that a verb works on. @throws Failure */
export function onlyFile({ files: [file, ...others] }: Arguments): string {
  if (file === undefined) throw new Failure("no file given");
  if (others.length > 0) throw new Failure(`one file, not also ${others.join(", ")}`);
  return file;
}

/** `--time`, or now. @throws Failure for what is no date */
export function timeOption(args: Arguments): Date {
  const text = single(args, "time");
  if (text === null) return new Date();
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(NaN);
  if (Number.isNaN(time.getTime())) throw new Failure(`no ISO 8601 date and time: ${text}`);
  return time;
}
