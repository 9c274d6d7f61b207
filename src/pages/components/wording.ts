/** A string of `_locales` and what fills its placeholders: what `text()` takes. */
export type Wording = readonly [key: string, ...substitutions: string[]];
