import { runWithDone } from "../harness/callback-style.ts";
import { toSeededOrder } from "../harness/seeded-order.ts";
import { splitClone, type Session, type TestRef } from "../harness/session.ts";

/** `node:test` as its importers see it: a function with the other functions on it. */
type TestModule = ((...parts: unknown[]) => unknown) & Record<string, unknown>;
type Callback = (this: unknown, ...parts: unknown[]) => unknown;

const TEST_NAMES = ["test", "it"];
const SUITE_NAMES = ["describe", "suite"];

/** Stands before `node:test`: observes tests, shuffles them, and registers a clone for each pair. */
export interface NodeShim {
  readonly module: TestModule;
  /** Whether the file registered anything, so that node:test came to life. */
  isUsed(): boolean;
  /** How many tests were registered so far, subtests left aside. */
  countTests(): number;
}

interface Scope {
  readonly path: readonly string[];
  /** Registrations held back for shuffling; null registers at once. */
  held: (() => unknown)[] | null;
}

/** Wraps the real module; `onFirst` is called before the first registration. Subtests made through a test's context are left as they are. */
export function createNodeShim(
  real: TestModule,
  session: Session,
  options: { readonly file: string; readonly onFirst: () => void },
): NodeShim {
  const registry = new Registry(real, session, options);
  const wrapTest = (target: Callback): Callback =>
    function (...parts) {
      return registry.addTest(target, toParts(parts));
    };
  const wrapSuite = (target: Callback): Callback =>
    function (...parts) {
      return registry.addSuite(target, toParts(parts));
    };
  const module = withVariants(real, wrapTest) as TestModule;
  for (const [name, value] of Object.entries(real)) {
    if (TEST_NAMES.includes(name)) module[name] = module;
    else if (SUITE_NAMES.includes(name)) module[name] = withVariants(value as Callback, wrapSuite);
    else if (/^(?:before|after)/u.test(name)) {
      module[name] = (...parts: unknown[]): unknown => {
        registry.open();
        return (value as Callback)(...parts);
      };
    } else if (!(name in module)) module[name] = value;
  }
  module["default"] = module;
  return { module, isUsed: () => registry.isOpen(), countTests: () => registry.countTests() };
}

/** The wrapped function with `only`; `skip` and `todo` stay real, since nothing of them runs. */
function withVariants(target: Callback, wrap: (inner: Callback) => Callback): Callback {
  const wrapped = wrap(target) as Callback & Record<string, unknown>;
  const variants = target as Callback & Record<string, Callback>;
  if (typeof variants["only"] === "function") wrapped["only"] = wrap(variants["only"]);
  for (const name of ["skip", "todo"]) wrapped[name] = variants[name];
  return wrapped;
}

interface Parts {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly body: Callback | undefined;
}

/** Reads `(name?, options?, fn?)` as node:test does. */
function toParts(parts: readonly unknown[]): Parts {
  const body = parts.find((part) => typeof part === "function") as Callback | undefined;
  const options = (parts.find((part) => typeof part === "object" && part !== null) ??
    {}) as Parts["options"];
  const given = typeof parts[0] === "string" ? parts[0] : (body?.name ?? "");
  return { name: given === "" ? "<anonymous>" : given, options, body };
}

/** Registers what the file registers, with the real module, in the order and form that the mode asks for. */
class Registry {
  readonly #real: TestModule;
  readonly #session: Session;
  readonly #file: string;
  readonly #onFirst: () => void;
  readonly #root: Scope;
  #scope: Scope;
  #isOpen = false;
  #tests = 0;

  constructor(
    real: TestModule,
    session: Session,
    options: { readonly file: string; readonly onFirst: () => void },
  ) {
    this.#real = real;
    this.#session = session;
    this.#file = options.file;
    this.#onFirst = options.onFirst;
    this.#root = { path: [], held: this.#isShuffling() ? [] : null };
    this.#scope = this.#root;
  }

  isOpen(): boolean {
    return this.#isOpen;
  }

  countTests(): number {
    return this.#tests;
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#onFirst();
    // A hook at the root runs before those of the file, for every test below it.
    (this.#real["beforeEach"] as Callback)((context: { readonly fullName: string }) => {
      this.#session.begin({ file: this.#file, markedTitle: context.fullName });
    });
  }

  addTest(target: Callback, parts: Parts): unknown {
    this.#tests += 1;
    const { path } = this.#scope;
    return this.#add(() => this.#registerTest(target, parts, path));
  }

  addSuite(target: Callback, parts: Parts): unknown {
    const { path } = this.#scope;
    return this.#add(() => this.#registerSuite(target, parts, path));
  }

  #isShuffling(): boolean {
    return this.#session.config.shuffleSeed !== null;
  }

  #add(register: () => unknown): unknown {
    this.open();
    const { held } = this.#scope;
    if (held === null) return register();
    // All top-level registrations of a module happen in one go; the next turn of the loop has them all.
    if (this.#scope === this.#root && held.length === 0) {
      setImmediate(() => {
        this.#release(this.#root);
        this.#root.held = [];
      });
    }
    return new Promise((resolve) => {
      held.push(() => {
        resolve(register());
      });
    });
  }

  #release(from: Scope): void {
    const { held, path } = from;
    if (held === null) return;
    from.held = null;
    const outer = this.#scope;
    this.#scope = from;
    const seed = this.#session.config.shuffleSeed ?? 0;
    for (const register of toSeededOrder(held, seed, path.join(" > "))) register();
    this.#scope = outer;
  }

  #registerTest(target: Callback, parts: Parts, path: readonly string[]): unknown {
    const fullTitle = [...path, parts.name].join(" > ");
    const titles = this.#session.toTitles(this.#file, fullTitle, parts.name);
    if (titles === null) return Promise.resolve();
    const registered = titles.map((title) => {
      const test = { file: this.#file, markedTitle: [...path, title].join(" > ") };
      return target(title, parts.options, toBody(this.#session, test, parts.body));
    });
    return registered.length === 1 ? registered[0] : Promise.all(registered);
  }

  #registerSuite(target: Callback, parts: Parts, path: readonly string[]): unknown {
    const inner: Scope = { path: [...path, parts.name], held: this.#isShuffling() ? [] : null };
    const isPlain = this.#session.config.mode === "plain";
    const options = isPlain ? parts.options : { ...parts.options, concurrency: 1 };
    const runIn = (self: unknown, context: unknown[]): unknown => {
      const outer = this.#scope;
      this.#scope = inner;
      try {
        return parts.body?.apply(self, context);
      } finally {
        this.#release(inner);
        this.#scope = outer;
      }
    };
    return target(parts.name, options, function (this: unknown, ...context: unknown[]) {
      return runIn(this, context);
    });
  }
}

/** The body as node:test calls it; a second parameter makes node:test wait for a callback. */
function toBody(session: Session, test: TestRef, body: Callback | undefined): Callback | undefined {
  if (body === undefined) return undefined;
  const observe = (self: unknown, context: unknown): unknown =>
    session.run(test, () =>
      body.length < 2
        ? body.call(self, context)
        : runWithDone((done) => body.call(self, context, done)),
    );
  return function (this: unknown, context: unknown) {
    return closeAfter(session, test, () => observe(this, context));
  };
}

function closeAfter(session: Session, test: TestRef, body: () => unknown): unknown {
  if (splitClone(test.markedTitle).clone !== null) return body();
  let isPending = false;
  try {
    const result = body();
    if (!(result instanceof Promise)) return result;
    isPending = true;
    return result.finally(() => {
      session.end(test);
    });
  } finally {
    if (!isPending) session.end(test);
  }
}
