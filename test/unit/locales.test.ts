import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import ts from "typescript";
import { errorCodes } from "../../src/core/errors.ts";
import type { NotReady } from "../../src/core/exchange/plan.ts";

interface Entry {
  readonly message: string;
  readonly placeholders?: Readonly<Record<string, { readonly content: string }>>;
}

type Locale = Readonly<Record<string, Entry>>;

const root = join(import.meta.dirname, "../..");
const readLocale = (language: string) =>
  JSON.parse(readFileSync(join(root, "_locales", language, "messages.json"), "utf8")) as Locale;
const en = readLocale("en");
const translations = readdirSync(join(root, "_locales"))
  .filter((language) => language !== "en")
  .map((language) => [language, readLocale(language)] as const);
const manifest = readFileSync(join(root, "manifest.json"), "utf8");
const bridge = readFileSync(join(root, "src/thunderbird/experiment/bridge.js"), "utf8");
/** The privileged script is no TypeScript and has its own way to ask for a string. */
const inBridge = new Set(
  [...bridge.matchAll(/localizeMessage\("(\w+)"\)/g)].map(([, key]) => key ?? ""),
);

const notReady: Record<NotReady, true> = {
  "no-certificate": true,
  untrusted: true,
  expired: true,
  "not-yet-valid": true,
  revoked: true,
  "not-for-encryption": true,
  weak: true,
  changed: true,
  newsgroup: true,
};

/** Keys that are put together at run time: the fixed beginning, and what may follow it. */
const families: Readonly<Record<string, readonly string[]>> = {
  error_: errorCodes.map(underscored),
  not_ready_: Object.keys(notReady).map(underscored),
};

function underscored(code: string): string {
  return code.replaceAll("-", "_");
}

interface TextCall {
  readonly where: string;
  /** Every key that the call may ask for, where it is written out. */
  readonly keys: readonly string[];
  /** The beginning of a key that is put together. */
  readonly prefix: string | null;
  /** null where they come from a spread. */
  readonly substitutions: number | null;
}

const literals = new Set<string>();
const calls: TextCall[] = [];
for (const name of readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })) {
  if (/\.tsx?$/.test(name)) scan(join("src", name));
}

/** Collects the string literals of a source file and what it asks `text()` for. */
function scan(path: string): void {
  const file = ts.createSourceFile(
    path,
    readFileSync(join(root, path), "utf8"),
    ts.ScriptTarget.Latest,
    true,
    path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node)) literals.add(node.text);
    const callee = ts.isCallExpression(node) ? node.expression.getText() : "";
    if (ts.isCallExpression(node) && /^(?:text|counted)$/.test(callee)) {
      const [key, ...substitutions] = node.arguments;
      const forms = callee === "counted" ? ["_one", "_other"] : [""];
      // The definitions themselves put together what they are asked for.
      if (key !== undefined && path !== "src/thunderbird/i18n.ts") {
        const { line } = file.getLineAndCharacterOfPosition(node.getStart());
        calls.push({
          where: `${path}:${line + 1}`,
          keys: writtenOut(key).flatMap((each) => forms.map((form) => each + form)),
          prefix: ts.isTemplateExpression(key) ? key.head.text : null,
          substitutions: node.arguments.some(ts.isSpreadElement) ? null : substitutions.length,
        });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
}

function writtenOut(key: ts.Expression): string[] {
  if (ts.isStringLiteral(key)) return [key.text];
  if (ts.isParenthesizedExpression(key)) return writtenOut(key.expression);
  if (ts.isConditionalExpression(key)) {
    return [...writtenOut(key.whenTrue), ...writtenOut(key.whenFalse)];
  }
  return [];
}

function placeholderCount(key: string): number {
  return Object.keys(en[key]?.placeholders ?? {}).length;
}

describe("locales", () => {
  for (const [language, locale] of translations) {
    it(`${language}: has the same keys in the same order`, () => {
      assert.deepEqual(Object.keys(locale), Object.keys(en));
    });

    it(`${language}: fills the same placeholders from the same substitutions`, () => {
      const contents = (entry: Entry | undefined) =>
        Object.entries(entry?.placeholders ?? {}).map(([name, { content }]) => [name, content]);
      for (const [key, entry] of Object.entries(en)) {
        assert.deepEqual(contents(locale[key]), contents(entry), key);
      }
    });

    it(`${language}: translates every sentence`, () => {
      const same = Object.keys(en).filter((key) => en[key]?.message === locale[key]?.message);
      const words = same.filter((key) => /\p{L} \p{L}/u.test(en[key]?.message ?? ""));
      assert.deepEqual(words, ["extensionName"]);
    });
  }

  for (const [language, locale] of [["en", en] as const, ...translations]) {
    it(`${language}: messages use each of their placeholders, and no others`, () => {
      for (const [key, { message, placeholders = {} }] of Object.entries(locale)) {
        const used = new Set(
          [...message.matchAll(/\$(\w+)\$/g)].map(([, name]) => name?.toLowerCase()),
        );
        assert.deepEqual([...used].sort(), Object.keys(placeholders).sort(), key);
        assert.doesNotMatch(message, /\$\d/, `${key} names its placeholders`);
        assert.deepEqual(
          Object.values(placeholders).map(({ content }) => content),
          Object.keys(placeholders).map((_, index) => `$${index + 1}`),
          key,
        );
      }
    });

    it(`${language}: nothing is empty or padded`, () => {
      for (const [key, { message }] of Object.entries(locale)) {
        assert.notEqual(message.trim(), "", key);
        assert.equal(message.trimStart(), message, key);
        if (!key.endsWith("_body")) assert.equal(message.trimEnd(), message, key);
      }
    });
  }

  it("address the reader politely in German", () => {
    for (const [key, { message }] of Object.entries(readLocale("de"))) {
      assert.doesNotMatch(message, /\b(du|dir|dich|dein\w*)\b/i, key);
    }
  });

  it("have a sentence for each error code, and none without a code", () => {
    const sentences = Object.keys(en).filter((key) => key.startsWith("error_"));
    assert.deepEqual(
      sentences.sort(),
      errorCodes.map((code) => `error_${underscored(code)}`).sort(),
    );
  });
});

describe("the strings that the source asks for", () => {
  it("are found by this test at all", () => {
    assert.ok(calls.length > 100, `${calls.length} calls`);
    assert.ok(calls.some(({ prefix }) => prefix === "error_"));
  });

  it("exist, with as many placeholders as are filled", () => {
    for (const { where, keys, substitutions } of calls) {
      for (const key of keys) {
        assert.ok(Object.hasOwn(en, key), `${where} asks for ${key}`);
        if (substitutions !== null)
          assert.equal(substitutions, placeholderCount(key), `${where}: ${key}`);
      }
    }
  });

  it("are put together only in the families listed here, which are complete", () => {
    for (const { where, prefix } of calls) {
      if (prefix !== null) assert.ok(Object.hasOwn(families, prefix), `${where}: ${prefix}…`);
    }
    for (const [prefix, members] of Object.entries(families)) {
      for (const member of members) assert.ok(Object.hasOwn(en, prefix + member), prefix + member);
    }
  });

  it("exist where a table names them", () => {
    const beginnings = new Set(
      Object.keys(en)
        .filter((key) => key.includes("_"))
        .map((key) => key.slice(0, key.indexOf("_"))),
    );
    for (const literal of literals) {
      if (!/^[a-z]+(_[a-z0-9]+)+$/.test(literal)) continue;
      if (!beginnings.has(literal.slice(0, literal.indexOf("_")))) continue;
      const exists = Object.hasOwn(en, literal) || Object.hasOwn(en, `${literal}_other`);
      assert.ok(exists, `${literal} looks like a key and is none`);
    }
  });

  it("exist where the bridge names them", () => {
    assert.ok(inBridge.size > 0);
    for (const key of inBridge) assert.ok(Object.hasOwn(en, key), key);
  });

  it("exist where the manifest names them", () => {
    const named = [...manifest.matchAll(/__MSG_(\w+)__/g)].map(([, key]) => key ?? "");
    assert.ok(named.includes("extensionName"));
    for (const key of named) assert.ok(Object.hasOwn(en, key), key);
  });
});

it("no string is left over", () => {
  const assembled = new Set(
    Object.entries(families).flatMap(([prefix, members]) =>
      members.map((member) => prefix + member),
    ),
  );
  const unused = Object.keys(en).filter(
    (key) =>
      !literals.has(key) &&
      !literals.has(key.replace(/_(?:one|other)$/, "")) &&
      !assembled.has(key) &&
      !inBridge.has(key) &&
      !manifest.includes(`__MSG_${key}__`),
  );
  assert.deepEqual(unused, []);
});
