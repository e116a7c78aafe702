/** A file of format GGUF, version 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md), as little of it as is needed. */

export type Metadata =
  | { readonly as: "u32" | "i32" | "f32"; readonly value: number }
  | { readonly as: "bool"; readonly value: boolean }
  | { readonly as: "text"; readonly value: string }
  | { readonly as: "texts"; readonly value: readonly string[] }
  | { readonly as: "f32s" | "i32s"; readonly value: readonly number[] };

/** A matrix of 32-bit floats, row after row; one row for a vector. */
export interface Tensor {
  readonly columns: number;
  readonly rows: number;
  readonly data: Float32Array;
}

const TYPES = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8, list: 9 } as const;
const F32 = 0;
const ALIGNMENT = 32;

/** Lays metadata and tensors out as bytes; the same input gives the same bytes. */
export function toGguf(
  metadata: Readonly<Record<string, Metadata>>,
  tensors: Readonly<Record<string, Tensor>>,
): Buffer {
  const keys = Object.entries(metadata);
  const all = Object.entries(tensors);
  const parts: Buffer[] = [Buffer.from("GGUF"), u32(3), u64(all.length), u64(keys.length)];
  for (const [key, one] of keys) parts.push(text(key), toValue(one));
  let offset = 0;
  for (const [name, { columns, rows, data }] of all) {
    const sizes = rows === 1 ? [columns] : [columns, rows];
    parts.push(text(name), u32(sizes.length), ...sizes.map(u64), u32(F32), u64(offset));
    offset += toPadded(data.byteLength);
  }
  const head = pad(Buffer.concat(parts));
  const bodies = all.map(([, { data }]) =>
    pad(Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  );
  return Buffer.concat([head, ...bodies]);
}

function toValue(one: Metadata): Buffer {
  switch (one.as) {
    case "u32":
      return Buffer.concat([u32(TYPES.u32), u32(one.value)]);
    case "i32":
      return Buffer.concat([u32(TYPES.i32), i32(one.value)]);
    case "f32":
      return Buffer.concat([u32(TYPES.f32), f32(one.value)]);
    case "bool":
      return Buffer.concat([u32(TYPES.bool), Buffer.from([one.value ? 1 : 0])]);
    case "text":
      return Buffer.concat([u32(TYPES.text), text(one.value)]);
    case "texts":
      return list("text", one.value.map(text));
    case "f32s":
      return list("f32", one.value.map(f32));
    case "i32s":
      return list("i32", one.value.map(i32));
  }
}

function list(of: "text" | "f32" | "i32", values: readonly Buffer[]): Buffer {
  return Buffer.concat([u32(TYPES.list), u32(TYPES[of]), u64(values.length), ...values]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function toPadded(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}

function pad(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(toPadded(bytes.length) - bytes.length)]);
}
