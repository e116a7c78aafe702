/** What Node calls a TypeScript file before it has stripped its types, and what it is without them. */
export const TYPED_FORMATS: Readonly<Record<string, "module" | "commonjs">> = {
  "module-typescript": "module",
  "commonjs-typescript": "commonjs",
};
