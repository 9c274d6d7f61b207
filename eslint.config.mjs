import importX from "eslint-plugin-import-x";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import tseslint from "typescript-eslint";

/** Which layer may import which; everything else is an error. Dependencies point one way. */
const layers = [
  ["core", []],
  ["storage", ["core"]],
  ["thunderbird", ["core"]],
  [
    "pages",
    [
      "core/errors.ts",
      "core/protocol.ts",
      "thunderbird/rpc.ts",
      "thunderbird/i18n.ts",
      "thunderbird/api.ts",
    ],
  ],
  [
    "message-display",
    [
      "core/errors.ts",
      "core/protocol.ts",
      "thunderbird/rpc.ts",
      "thunderbird/i18n.ts",
      "thunderbird/api.ts",
    ],
  ],
  ["compose-editor", ["thunderbird/api.ts", "thunderbird/compose-editor.ts"]],
  ["cli", ["core"]],
];

const zones = layers.map(([layer, allowed]) => ({
  target: `./src/${layer}`,
  from: "./src",
  except: [layer, ...allowed].map((path) => `./${path}`),
  message: `src/${layer} imports only ${["itself", ...allowed].join(", ")} and libraries.`,
}));

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "test/e2e/screenshots/"] },
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver()] },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones }],
      "import-x/no-cycle": "error",
      "no-restricted-imports": [
        "error",
        {
          paths: ["pkijs", "asn1js"].map((name) => ({
            name,
            message:
              "The ASN.1 libraries are for tests to compare with: src/core/asn1 reads by itself.",
          })),
        },
      ],
      "no-console": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            { from: "package", name: ["describe", "it", "test", "suite"], package: "node:test" },
          ],
        },
      ],
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ["src/**/*.js"],
    languageOptions: { sourceType: "script", globals: { console: "readonly" } },
    rules: { "no-undef": "error", "no-unused-vars": "error", eqeqeq: "error" },
  },
  { files: ["test/**"], rules: { "no-restricted-imports": "off" } },
  {
    files: ["test/**", "scripts/**"],
    rules: { "no-console": "off", "max-lines": "off" },
  },
);
