import { format } from "prettier";
import { measured, peers, type Cell, type Cells, type PeerName } from "./measured.ts";
import { encryptionRows, signatureRows } from "./rows.ts";

/** The matrix as the README shows it, between these two lines. */

const START = "<!-- The interoperability tables are written by `npm run interop-table`. -->";
const END = "<!-- End of the interoperability tables. -->";

/** The README with the tables that the measured cells make. */
export async function withTables(readme: string): Promise<string> {
  const [before, rest = ""] = readme.split(START);
  const after = rest.split(END)[1];
  if (before === undefined || after === undefined) throw new Error("the README lacks the markers");
  const notes = new Notes();
  const tables = [table("Signed with", signatureRows, "signed", notes)];
  tables.push(table("Encrypted with", encryptionRows, "encrypted", notes));
  const section = [START, ...tables, notes.list(), END].join("\n\n");
  return format(before + section + after, { parser: "markdown", printWidth: 100 });
}

interface Row {
  readonly id: string;
  readonly title: string;
  readonly notSent: string | null;
}

function table(
  heading: string,
  rows: readonly Row[],
  kind: "signed" | "encrypted",
  notes: Notes,
): string {
  return [
    [heading, ...peers],
    ["---", ...peers.map(() => ":-:")],
    ...rows.map((row) => [
      row.title,
      ...peers.map((peer) => pair(peer, row, measured[peer][kind][row.id] ?? {}, notes)),
    ]),
  ]
    .map((line) => `| ${line.join(" | ")} |`)
    .join("\n");
}

function pair(peer: PeerName, { notSent }: Row, { read, written }: Cells, notes: Notes): string {
  const first = notes.cell(peer, read);
  return `${first} / ${notSent === null ? notes.cell(peer, written) : notes.number(notSent)}`;
}

/** What stands below the tables: each text once, by its number. */
class Notes {
  readonly #texts: string[] = [];

  cell(peer: PeerName, cell: Cell | undefined): string {
    if (cell === undefined) throw new Error(`a cell of ${peer} is missing`);
    if (cell === "yes") return "✓";
    if ("silent" in cell) return this.number(`${peer} ${cell.silent}`);
    return "says" in cell
      ? this.number(`${peer}: \`${cell.says}\``)
      : this.number(`${peer} has no option that names “${cell.noOption}”`);
  }

  number(text: string): string {
    if (!this.#texts.includes(text)) this.#texts.push(text);
    return `(${this.#texts.indexOf(text) + 1})`;
  }

  list(): string {
    return this.#texts.map((text, index) => `${index + 1}. ${text}`).join("\n");
  }
}
