/** A node of a parsed file, of any kind. */
export interface AnyNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
  );
}

/** Visits a tree, parents first; what lies below a node is left out where `visit` says false. */
export function walk(node: unknown, visit: (node: AnyNode) => boolean): void {
  if (Array.isArray(node)) for (const item of node) walk(item, visit);
  if (!isNode(node) || !visit(node)) return;
  for (const [key, value] of Object.entries(node)) {
    if (key !== "loc" && key !== "extra" && !key.endsWith("Comments")) walk(value, visit);
  }
}
