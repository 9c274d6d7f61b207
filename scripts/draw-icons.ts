/**
 * `npm run icons`: draws the logo in the sizes that Thunderbird and the add-on directory ask for. An
 * SVG is drawn by Thunderbird itself, as it would be on the screen.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startThunderbird } from "../test/support/thunderbird.ts";

const icons = join(dirname(fileURLToPath(import.meta.url)), "../icons");
const svg = readFileSync(join(icons, "logo.svg"), "utf8");

const DRAW = `
  const [svg, size] = arguments;
  const { document } = mainWindow();
  const html = "http://www.w3.org/1999/xhtml";
  const image = document.createElementNS(html, "img");
  image.src = "data:image/svg+xml;base64," + btoa(svg);
  await image.decode();
  const canvas = document.createElementNS(html, "canvas");
  canvas.width = canvas.height = size;
  canvas.getContext("2d").drawImage(image, 0, 0, size, size);
  return canvas.toDataURL("image/png").replace(/^.*,/, "");
`;

const thunderbird = await startThunderbird({
  profileName: "icons",
  mailServer: { imapPort: 9, smtpPort: 9 },
  accounts: [],
});
try {
  for (const size of [16, 32, 48, 64, 96, 128]) {
    const png = String(await thunderbird.execute(DRAW, [svg, size]));
    writeFileSync(join(icons, `logo-${size}.png`), png, "base64");
  }
} finally {
  await thunderbird.stop();
}
