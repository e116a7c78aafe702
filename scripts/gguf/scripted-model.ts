import { type Tensor, toGguf } from "./gguf-file.ts";

/** Whether this repository brings llama.cpp for this machine; see `overrides` in package.json. In CI it must. */
export const HAS_LLAMA: boolean =
  process.env["CI"] === "true" || (process.platform === "linux" && process.arch === "x64");

/** What the model says, whatever it is asked. */
export interface ModelScript {
  /** Pieces of text, one token each; three characters at least, no piece twice. */
  readonly pieces: readonly string[];
  /**
   * What follows the last piece: the end of the answer, the first piece again and so on for ever, or itself again, with
   * the end so near behind that any penalty on repetition brings it. @defaultValue `end`
   */
  readonly then?: "end" | "again" | "stutter";
  /** Tokens of its context. @defaultValue 1024 */
  readonly contextTokens?: number;
  /** What it calls itself. @defaultValue `scripted` */
  readonly name?: string;
  /** Any piece may follow any other, the next one being a little likelier than the rest; then it never ends. */
  readonly isWayward?: boolean;
}

/** Messages one after the other, each under its role and with the token of the end; then a line end, after which the first piece comes. */
export const CHAT_TEMPLATE = [
  "{% for message in messages %}",
  "{{ '[' + message['role'] + ']\\n' + message['content'] + eos_token }}",
  "{% endfor %}",
  "{% if add_generation_prompt %}{{ '[assistant]\\n' }}{% endif %}",
].join("");

const UNKNOWN = 0;
const BEGIN = 1;
const END = 2;
/** The byte tokens stand behind the three special ones. */
const FIRST_BYTE = 3;
const SPACE = FIRST_BYTE + 256;
const FIRST_PIECE = SPACE + 1;
const NEW_LINE = FIRST_BYTE + 10;
/** Of the vocabulary in llama.cpp: a usual token, an unknown one, one with a meaning, a byte. */
const KINDS = { usual: 1, unknown: 2, control: 3, byte: 6 } as const;
const HEAD_SIZE = 32;

/**
 * A llama of one layer that has learned one answer by heart: the embedding of token n is unit vector n, attention and
 * feed-forward are zero, and the output matrix is the table of what follows what. Its tokenizer takes each character
 * of a question as its bytes, a space as one token, so that all counts can be told beforehand.
 */
export function toScriptedModel(script: ModelScript): Buffer {
  const { pieces, then = "end", contextTokens = 1024, name = "scripted" } = script;
  checkPieces(pieces);
  const tokens = toTokens(pieces);
  const size = Math.ceil(tokens.length / HEAD_SIZE) * HEAD_SIZE;
  // Embedding and vocabulary are as large as each other, so the rest up to the next round number is never said.
  while (tokens.length < size) tokens.push(`<unused-${tokens.length}>`);
  const output = zeros(size, size);
  const follow = (token: number, next: number, weight = 1): void => {
    output.data[next * size + token] = weight;
  };
  const last = FIRST_PIECE + pieces.length - 1;
  if (script.isWayward === true)
    for (const token of [NEW_LINE, ...pieces.map((_piece, index) => FIRST_PIECE + index)])
      for (let next = FIRST_PIECE; next <= last; next += 1)
        follow(token, next, 1 - 0.3 / Math.sqrt(size));
  follow(NEW_LINE, FIRST_PIECE);
  for (let token = FIRST_PIECE; token < last; token += 1) follow(token, token + 1);
  if (then === "end") follow(last, END);
  if (then === "again") follow(last, FIRST_PIECE);
  if (then === "stutter") {
    follow(last, last);
    // A hidden value is the root of the size, so this is half a unit behind.
    follow(last, END, 1 - 0.5 / Math.sqrt(size));
  }
  return toGguf(toMetadata({ tokens, contextTokens, name, size }), toTensors(size, output));
}

function checkPieces(pieces: readonly string[]): void {
  const isSound = pieces.length > 0 && pieces.every((piece) => Array.from(piece).length >= 3);
  if (!isSound)
    throw new Error("a piece has three characters at least: shorter ones merge in questions");
  if (new Set(pieces).size < pieces.length) throw new Error("no piece may come twice");
}

function toTokens(pieces: readonly string[]): string[] {
  const bytes = Array.from({ length: 256 }, (_none, byte) => toByteToken(byte));
  return ["<unk>", "<s>", "</s>", ...bytes, "▁", ...pieces.map((one) => one.replaceAll(" ", "▁"))];
}

function toByteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}

function toKind(token: number): number {
  if (token === UNKNOWN) return KINDS.unknown;
  if (token === BEGIN || token === END) return KINDS.control;
  return token < SPACE ? KINDS.byte : KINDS.usual;
}

function toMetadata({
  tokens,
  contextTokens,
  name,
  size,
}: {
  readonly tokens: readonly string[];
  readonly contextTokens: number;
  readonly name: string;
  readonly size: number;
}): Parameters<typeof toGguf>[0] {
  const u32 = (value: number) => ({ as: "u32", value }) as const;
  const ids = tokens.map((_token, id) => id);
  return {
    "general.architecture": { as: "text", value: "llama" },
    "general.name": { as: "text", value: name },
    "general.file_type": u32(0),
    "llama.vocab_size": u32(size),
    "llama.context_length": u32(contextTokens),
    "llama.embedding_length": u32(size),
    "llama.block_count": u32(1),
    "llama.feed_forward_length": u32(HEAD_SIZE),
    "llama.attention.head_count": u32(1),
    "llama.attention.head_count_kv": u32(1),
    "llama.attention.key_length": u32(HEAD_SIZE),
    "llama.attention.value_length": u32(HEAD_SIZE),
    "llama.attention.layer_norm_rms_epsilon": { as: "f32", value: 1e-5 },
    "llama.rope.dimension_count": u32(HEAD_SIZE),
    "tokenizer.ggml.model": { as: "text", value: "llama" },
    "tokenizer.ggml.tokens": { as: "texts", value: tokens },
    "tokenizer.ggml.scores": { as: "f32s", value: ids.map((id) => -id) },
    "tokenizer.ggml.token_type": { as: "i32s", value: ids.map(toKind) },
    "tokenizer.ggml.bos_token_id": u32(BEGIN),
    "tokenizer.ggml.eos_token_id": u32(END),
    "tokenizer.ggml.unknown_token_id": u32(UNKNOWN),
    "tokenizer.ggml.add_bos_token": { as: "bool", value: true },
    "tokenizer.ggml.add_eos_token": { as: "bool", value: false },
    "tokenizer.ggml.add_space_prefix": { as: "bool", value: false },
    "tokenizer.chat_template": { as: "text", value: CHAT_TEMPLATE },
  };
}

function toTensors(size: number, output: Tensor): Readonly<Record<string, Tensor>> {
  const identity = zeros(size, size);
  for (let token = 0; token < size; token += 1) identity.data[token * size + token] = 1;
  const ones: Tensor = { columns: size, rows: 1, data: new Float32Array(size).fill(1) };
  return {
    "token_embd.weight": identity,
    "output_norm.weight": ones,
    "output.weight": output,
    "blk.0.attn_norm.weight": ones,
    "blk.0.attn_q.weight": zeros(size, HEAD_SIZE),
    "blk.0.attn_k.weight": zeros(size, HEAD_SIZE),
    "blk.0.attn_v.weight": zeros(size, HEAD_SIZE),
    "blk.0.attn_output.weight": zeros(HEAD_SIZE, size),
    "blk.0.ffn_norm.weight": ones,
    "blk.0.ffn_gate.weight": zeros(size, HEAD_SIZE),
    "blk.0.ffn_up.weight": zeros(size, HEAD_SIZE),
    "blk.0.ffn_down.weight": zeros(HEAD_SIZE, size),
  };
}

function zeros(columns: number, rows: number): Tensor {
  return { columns, rows, data: new Float32Array(columns * rows) };
}
