import { stripTypeScriptTypes } from "node:module";

/**
 * Strips types as Node does when it loads a file: positions stay as they are.
 *
 * @returns null for what Node cannot strip, such as an enum
 */
export function stripTypes(content: string): string | null {
  const emitWarning = Object.getOwnPropertyDescriptor(process, "emitWarning");
  // Node 22 says with the first call that the function is experimental; it is what Node itself uses.
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(content);
  } catch {
    return null;
  } finally {
    if (emitWarning !== undefined) Object.defineProperty(process, "emitWarning", emitWarning);
  }
}
